"""Proposals: the page as plain forms, the API, and what may be done to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from channels_app import actions, ideas, proposals
from channels_app.forms.proposal import ProposalFilter
from channels_app.models import Channel, Idea, Proposal
from tests import factories

pytestmark = pytest.mark.django_db
JSON = "application/json"
LIST = "/c/tidal/proposals/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def titles(channel: Channel, **query: str) -> list[str]:
    return [row.title for row in ProposalFilter(query).apply(channel)]


def post(page: Client, act: str, row: Proposal, **data: str) -> Any:
    return page.post(reverse(f"proposal-{act}", args=["tidal", row.pk]), data, follow=True)


class TestApprove:
    @pytest.mark.postgres
    def test_makes_an_idea_that_remembers_the_videos_and_who_worded_it(self, channel: Channel) -> None:
        videos = [{"id": "v1", "title": "King tides", "url": "https://youtube.example/v1", "channel": "Coast"}]
        row = factories.proposal(channel, type="short", basis={"videos": videos})
        idea, is_new = proposals.approve(row)
        assert is_new
        assert (idea.title, idea.hook, idea.angle, idea.tags) == (row.title, row.hook, row.angle, row.tags)
        assert (idea.type, idea.source, idea.model, idea.prompt) == ("short", "ai", "offline", "offline proposal 1")
        assert idea.source_data["videos"] == videos
        assert idea.source_data["proposal"]["id"] == str(row.pk)
        row.refresh_from_db()
        assert (row.state, row.idea) == ("approved", idea)
        assert row.answered_at

    def test_twice_is_once(self, channel: Channel) -> None:
        row = factories.proposal(channel)
        idea, _ = proposals.approve(row)
        assert proposals.approve(row) == (idea, False)
        assert Idea.objects.count() == 1

    def test_an_idea_that_was_deleted_comes_back_with_what_was_written_into_it(self, channel: Channel) -> None:
        row = factories.proposal(channel)
        idea, _ = proposals.approve(row)
        Idea.objects.update(hook="My own words.")
        actions.bin_row(idea)
        again, is_new = proposals.approve(row)
        assert (again.pk, is_new) == (idea.pk, False)
        assert Idea.objects.get().hook == "My own words."

    def test_a_rejected_one_is_not_approved(self, channel: Channel) -> None:
        row = factories.proposal(channel, state="rejected")
        with pytest.raises(proposals.NotNow, match="Undo that first"):
            proposals.approve(row)
        assert not Idea.objects.exists()


class TestReject:
    def test_keeps_the_reason_and_the_newer_one_counts(self, channel: Channel) -> None:
        row = factories.proposal(channel)
        proposals.reject(row, "  too\ncold ")
        assert (row.state, row.reason) == ("rejected", "too cold")
        proposals.reject(row, "no drone")
        row.refresh_from_db()
        assert row.reason == "no drone"

    def test_an_approved_one_is_not_rejected(self, channel: Channel) -> None:
        row = factories.proposal(channel)
        proposals.approve(row)
        with pytest.raises(proposals.NotNow, match="has become an idea"):
            proposals.reject(row)


class TestReopen:
    def test_takes_a_rejection_back(self, channel: Channel) -> None:
        row = factories.proposal(channel, state="rejected", reason="too cold", answered_at=timezone.now())
        proposals.reopen(row)
        row.refresh_from_db()
        assert (row.state, row.reason, row.answered_at) == ("open", "", None)

    def test_takes_the_idea_back_and_approving_again_brings_the_same(self, channel: Channel) -> None:
        row = factories.proposal(channel)
        idea, _ = proposals.approve(row)
        proposals.reopen(row)
        assert not Idea.objects.exists()
        assert row.state == "open"
        assert proposals.approve(row)[0].pk == idea.pk
        assert Idea.objects.count() == 1

    def test_not_when_a_script_has_been_made_of_it(self, channel: Channel) -> None:
        row = factories.proposal(channel)
        idea, _ = proposals.approve(row)
        ideas.convert_to_script(idea)
        with pytest.raises(proposals.NotNow, match="A script has been made"):
            proposals.reopen(row)
        row.refresh_from_db()
        assert row.state == "approved"
        assert Idea.objects.exists()


def test_what_is_long_in_the_bin_is_purged(channel: Channel) -> None:
    actions.bin_row(factories.proposal(channel))
    assert actions.purge_binned(timezone.now() + timedelta(seconds=1)) == 1
    assert not Proposal.with_binned.exists()


@pytest.mark.postgres
@pytest.mark.parametrize("fields", [{"score": 101.0}, {"score": -1.0}])
def test_the_database_refuses_a_score_that_is_none(channel: Channel, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.proposal(channel, **fields)


class TestFilter:
    @pytest.fixture(autouse=True)
    def _rows(self, channel: Channel) -> None:
        factories.proposal(channel, "Bells", score=40.0)
        factories.proposal(channel, "Anchors", score=90.0)
        factories.proposal(channel, "Own", score=None)
        factories.proposal(channel, "Cables", state="rejected", score=95.0)
        proposals.approve(factories.proposal(channel, "Dykes", score=10.0, topic="sea dykes"))

    @pytest.mark.postgres
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["Anchors", "Bells", "Own"]),
            ({"sort": "newest"}, ["Own", "Anchors", "Bells"]),
            ({"sort": "title"}, ["Anchors", "Bells", "Own"]),
            ({"state": "rejected"}, ["Cables"]),
            ({"state": "approved"}, ["Dykes"]),
            ({"state": "all"}, ["Cables", "Anchors", "Bells", "Dykes", "Own"]),
            ({"q": "bell quay"}, ["Bells"]),
            ({"q": "SEA", "state": "all"}, ["Dykes"]),
            ({"q": "x\x00", "sort": "huge", "state": "maybe"}, ["Anchors", "Bells", "Own"]),
        ],
        ids=str,
    )
    def test_lets_through_what_is_wanted(self, channel: Channel, query: dict[str, str], found: list[str]) -> None:
        assert titles(channel, **query) == found


class TestPage:
    def test_says_what_to_do_while_there_are_none(self, page: Client, channel: Channel) -> None:
        shown = text(page.get(LIST))
        assert "No proposals yet" in shown
        assert "/c/tidal/discover/" in shown
        assert "Propose five" in shown
        assert "No proposal is like that" in text(page.get(f"{LIST}?q=zebra"))
        factories.proposal(channel, state="rejected")
        assert "All of them are answered" in text(page.get(LIST))

    def test_starting_with_nothing_found_is_refused_with_the_way_out(self, page: Client, channel: Channel) -> None:
        answer = page.post(reverse("job-submit", args=["tidal", "proposals"]), {}, headers={"Accept": JSON})
        error = answer.json()["error"]
        assert answer.status_code == 422
        assert (error["url"], error["link"]) == ("/c/tidal/discover/", "Open Discover")

    def test_shows_every_number_with_its_drawing_and_what_it_came_from(self, page: Client, channel: Channel) -> None:
        shown = text(page.get(LIST)) if factories.proposal(channel) else ""
        assert shown.count('<svg class="plot"') == 4
        assert shown.count('role="img"') == 5
        assert "unknown" in shown
        assert "Trend momentum is told." in shown
        assert "style=" not in shown.split("data-proposal-list")[1].split("</ul>")[0]

    def test_everything_that_comes_from_elsewhere_is_shown_as_text(self, page: Client, channel: Channel) -> None:
        evil = "<script>alert(1)</script>"
        part = {"name": "alignment", "label": evil, "weight": 20, "value": 1.0, "told": evil,
                "evidence": {"words": [{"text": evil, "share": 1.0, "from": "nowhere"}]}}  # fmt: skip
        factories.proposal(channel, evil, hook=evil, angle=evil, tags=[evil], model=evil, topic=evil, reasoning=evil,
                           trend_signals=[evil], parts=[part])  # fmt: skip
        shown = text(page.get(LIST))
        assert evil not in shown
        assert "&lt;script&gt;alert(1)" in shown

    def test_approve_undo_and_reject_work_as_plain_forms(self, page: Client, channel: Channel) -> None:
        row = factories.proposal(channel)
        shown = text(post(page, "approve", row))
        assert "is approved and has become an idea" in shown
        assert reverse("idea", args=["tidal", Idea.objects.get().pk]) in shown
        assert reverse("proposal-reopen", args=["tidal", row.pk]) in shown
        assert "is open again" in text(post(page, "reopen", row))
        assert not Idea.objects.exists()
        assert "will not be proposed again" in text(post(page, "reject", row, reason="too cold"))
        row.refresh_from_db()
        assert (row.state, row.reason) == ("rejected", "too cold")
        assert "Rejected because: too cold" in text(page.get(f"{LIST}?state=rejected"))
        assert "Undo that first" in text(post(page, "approve", row))

    def test_a_reason_that_is_too_long_is_refused_by_name(self, page: Client, channel: Channel) -> None:
        row = factories.proposal(channel)
        assert "Reason: use at most 500 characters." in text(post(page, "reject", row, reason="x" * 501))
        row.refresh_from_db()
        assert row.state == "open"

    def test_deleting_is_undone(self, page: Client, channel: Channel) -> None:
        row = factories.proposal(channel)
        assert "is deleted" in text(post(page, "delete", row))
        assert not Proposal.objects.exists()
        post(page, "restore", row)
        assert Proposal.objects.get() == row

    def test_one_card_as_it_stands_in_the_list(self, page: Client, channel: Channel) -> None:
        row = factories.proposal(channel)
        query = {"fragment": "proposal", "id": str(row.pk)}
        assert "King tides" in text(page.get(LIST, query))
        assert page.get(LIST, {**query, "state": "rejected"}).status_code == 204
        assert page.get(LIST, {**query, "id": str(uuid4())}).status_code == 204
        assert page.get(LIST, {**query, "id": "x"}).status_code == 204

    def test_a_reader_sees_and_answers_nothing(self, client: Client, channel: Channel) -> None:
        factories.proposal(channel)
        client.force_login(factories.editor())
        shown = text(client.get(LIST))
        assert "King tides" in shown
        assert "Make it an idea" not in shown
        assert "Reject" not in shown.split("data-proposal-list")[1]

    def test_the_pill_leads_here(self, page: Client, channel: Channel) -> None:
        assert f'href="{LIST}"' in text(page.get("/c/tidal/ideas/"))

    def test_the_idea_shows_the_videos_it_was_proposed_from(self, page: Client, channel: Channel) -> None:
        videos = [{"id": "v1", "title": "Kings of the sea", "url": "https://youtube.example/v1", "channel": "Coast"}]
        idea, _ = proposals.approve(factories.proposal(channel, basis={"videos": videos}))
        for address in ("/c/tidal/ideas/", f"/c/tidal/ideas/{idea.pk}/"):
            shown = text(page.get(address))
            assert '<a href="https://youtube.example/v1" rel="noreferrer noopener">Kings of the sea</a>' in shown


class TestApi:
    def answer(self, page: Client, row: Proposal, verb: str, **data: str) -> Any:
        return page.post(f"/api/v1/proposals/{row.pk}/{verb}/", data, JSON)

    def test_lists_and_shows_with_the_evidence(self, page: Client, channel: Channel) -> None:
        row = factories.proposal(channel)
        [listed] = page.get("/api/v1/channels/tidal/proposals/").json()["results"]
        assert listed == page.get(f"/api/v1/channels/tidal/proposals/{row.pk}/").json()
        assert (listed["score"], listed["state"], listed["idea"]) == (70.0, "open", None)
        assert [part["name"] for part in listed["parts"]] == ["momentum", "gap", "alignment", "timeliness"]
        assert listed["parts"][3]["value"] is None

    def test_approve_reject_and_reopen(self, page: Client, channel: Channel) -> None:
        row = factories.proposal(channel)
        approved = self.answer(page, row, "approve").json()
        assert (approved["state"], approved["idea"]) == ("approved", str(Idea.objects.get().pk))
        assert self.answer(page, row, "approve").status_code == 200
        refused = self.answer(page, row, "reject")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
        assert self.answer(page, row, "reopen").json()["idea"] is None
        rejected = self.answer(page, row, "reject", reason="too cold").json()
        assert (rejected["state"], rejected["reason"]) == ("rejected", "too cold")

    @pytest.mark.parametrize(
        ("verb", "data", "status"), [("reject", {"reason": "x" * 501}, 400), ("burn", {}, 404)], ids=["long", "unknown"]
    )
    def test_what_is_wrong_is_refused(
        self, page: Client, channel: Channel, verb: str, data: dict[str, str], status: int
    ) -> None:
        row = factories.proposal(channel)
        assert self.answer(page, row, verb, **data).status_code == status

    def test_a_persons_own_has_no_score_and_cannot_be_given_one(self, page: Client, channel: Channel) -> None:
        sent = {"title": "Salt", "tags": ["sea"], "score": 100, "state": "approved", "parts": []}
        made = page.post("/api/v1/channels/tidal/proposals/", sent, JSON)
        assert made.status_code == 201
        assert (made.json()["score"], made.json()["state"], made.json()["model"]) == (None, "open", "")
        assert "Not scored: a person wrote it." in text(page.get(LIST))
        assert self.answer(page, Proposal.objects.get(), "approve").status_code == 200
        assert Idea.objects.get().source == "manual"
