"""The script desk and the list of scripts, used as plain forms and by the desk's own requests."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from channels_app import revisions
from channels_app.models import Channel, Revision, Script
from channels_app.models.script import BODY_CHARACTERS
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def script(channel: Channel) -> Script:
    return factories.script(channel)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def url(name: str, script: Script, *more: Any) -> str:
    return reverse(name, args=[script.channel.slug, script.pk, *more])


def sent(script: Script, **fields: Any) -> dict[str, Any]:
    return {"title": script.title, "type": script.type, "body": script.body, "version": script.version, **fields}


def proposal(script: Script, body: str = "Better words.") -> Revision:
    return revisions.propose(script, body, user=None, origin="model", model="ollama/tiny", note="“shorter”")


class TestSaving:
    """By autosave, and by the plain form."""

    def test_autosave_answers_with_what_there_is_now(self, page: Client, script: Script) -> None:
        answer = page.post(url("script-save", script), sent(script, body="One two three.\r\n", title="New"))
        assert answer.json() == {"version": 2, "words": 3, "time": "0:01"}
        script.refresh_from_db()
        assert (script.title, script.body) == ("New", "One two three.\n")
        newest = script.revisions.first()
        assert newest and newest.is_autosave

    def test_by_hand_it_stays_in_the_history(self, page: Client, script: Script) -> None:
        page.post(url("script-save", script), sent(script, body="One."))
        page.post(url("script-save", script), sent(script, body="One.", version=2, named="1"))
        newest = script.revisions.first()
        assert newest and not newest.is_autosave

    def test_the_type_is_saved_along(self, page: Client, script: Script) -> None:
        page.post(url("script-save", script), sent(script, type="long"))
        script.refresh_from_db()
        assert (script.type, script.version) == ("long", 2)
        # No text has changed, so there is nothing to be kept.
        assert script.revisions.count() <= 1

    @pytest.mark.parametrize("body", [None, "Mine."])
    def test_a_tab_that_has_not_seen_a_new_type_does_not_put_it_back(
        self, page: Client, script: Script, body: str | None
    ) -> None:
        page.post(url("script-save", script), sent(script, type="long"))
        answer = page.post(url("script-save", script), sent(script, version=1, body=body or script.body))
        assert answer.status_code == 409
        assert answer.json()["theirs"]["type"] == "long"
        assert "<p>Type: <del>Long</del> <ins>Short</ins></p>" in answer.json()["html"]
        script.refresh_from_db()
        assert script.type == "long"
        assert page.post(url("script-save", script), sent(script, version=2, body="Mine.")).status_code == 200

    def test_a_conflict_shows_both_texts(self, page: Client, script: Script, ana: User) -> None:
        revisions.save_body(script, "Theirs.", user=ana)
        answer = page.post(url("script-save", script), sent(script, body="Mine.", version=1))
        assert answer.status_code == 409
        body = answer.json()
        assert body["theirs"] == {"version": 2, "title": script.title, "body": "Theirs.", "type": "short"}
        assert "<del>Theirs</del><ins>Mine</ins>" in body["html"]
        script.refresh_from_db()
        assert script.body == "Theirs."

    def test_the_other_text_is_called_by_whose_it_is(self, page: Client, script: Script, ana: User) -> None:
        for number, (writer, words) in enumerate(
            [(ana, "Take the other tab’s"), (factories.user("ed"), "Take theirs")], 2
        ):
            revisions.save_body(script, f"Another text {number}.", user=writer)
            answer = page.post(url("script-save", script), sent(script, body="Mine.", version=1))
            assert f">{words}<" in answer.json()["html"]

    def test_keeping_mine_over_theirs_keeps_theirs_in_the_history(
        self, page: Client, script: Script, ana: User
    ) -> None:
        revisions.save_body(script, "Theirs.", user=ana, autosave=True)
        page.post(url("script-save", script), sent(script, body="Mine.", version=2, over="1"))
        script.refresh_from_db()
        assert script.body == "Mine."
        assert [row.body for row in script.revisions.all()][:2] == ["Mine.", "Theirs."]

    def test_taking_theirs_keeps_mine_in_the_history(self, page: Client, script: Script) -> None:
        answer = page.post(
            url("script-aside", script), sent(script, body="Mine."), headers={"accept": "application/json"}
        )
        assert answer.json() == {"revision": 1}
        kept = script.revisions.get()
        assert (kept.body, kept.state, kept.note) == ("Mine.", "discarded", "Set aside for another text")
        script.refresh_from_db()
        assert (script.body, script.version) == (factories.BODY, 1)
        plain = page.post(url("script-aside", script), sent(script, body="Mine."))
        assert "kept in the history, as revision 2" in told(plain)

    def test_the_plain_form_shows_both_texts_and_then_saves_over(self, page: Client, script: Script, ana: User) -> None:
        revisions.save_body(script, "Theirs.", user=ana)
        answer = page.post(url("script", script), sent(script, body="Mine.", version=1))
        assert answer.status_code == 409
        shown = text(answer)
        assert ">Mine.</textarea>" in shown.replace("\n", "")
        assert 'name="version" value="2"' in shown
        assert page.post(url("script", script), sent(script, body="Mine.", version=2)).status_code == 302
        script.refresh_from_db()
        assert script.body == "Mine."

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"title": ""}, "Title: give it a name"),
            ({"body": "é" * (BODY_CHARACTERS + 1)}, "at most 200,000 characters"),
            ({"body": "nul\x00"}, "Null characters are not allowed"),
            ({"type": "huge"}, "huge"),
            ({"version": "soon"}, "whole number"),
        ],
        ids=["title", "long", "nul", "type", "version"],
    )
    def test_what_cannot_be_is_said_in_a_sentence(
        self, page: Client, script: Script, fields: dict[str, str], error: str
    ) -> None:
        for name in ("script-save", "script-aside"):
            answer = page.post(url(name, script), sent(script, **fields), headers={"accept": "application/json"})
            assert answer.status_code == 400
            assert error in answer.json()["error"]
        script.refresh_from_db()
        assert script.version == 1
        assert not script.revisions.exists()


class TestTabs:
    """The tabs beside the text."""

    @pytest.mark.parametrize("tab", ["revise", "facts", "humanize", "pacing", "credits", "history"])
    def test_each_is_drawn_in_the_page_and_alone(self, page: Client, script: Script, tab: str) -> None:
        whole = text(page.get(url("script", script), {"tab": tab}))
        assert f'data-tab-link="{tab}" aria-current="page"' in whole
        alone = text(page.get(url("script", script), {"tab": tab, "fragment": "tab"}))
        assert alone.strip().startswith('<div class="desk-tab" id="desk-tab"')
        assert "<html" not in alone

    @pytest.mark.parametrize("tab", ["", "nonsense", "write", "<b>"])
    def test_an_unknown_one_is_the_first(self, page: Client, script: Script, tab: str) -> None:
        assert 'data-tab="revise"' in text(page.get(url("script", script), {"tab": tab}))

    def test_an_empty_script_is_offered_a_draft(self, page: Client, channel: Channel) -> None:
        empty = factories.script(channel, body="")
        shown = text(page.get(url("script", empty)))
        assert "Write a draft" in shown
        assert 'name="topic"' in shown
        assert 'data-tab-label="Write"' in shown

    def test_a_reader_sees_everything_and_changes_nothing(self, client: Client, script: Script) -> None:
        proposal(script)
        client.force_login(factories.editor())
        for tab in ("revise", "pacing", "credits", "history"):
            shown = text(client.get(url("script", script), {"tab": tab})).partition("<main")[2]
            assert 'type="submit"' not in shown
        assert "Better" in text(client.get(url("script", script), {"tab": "revise"}))

    def test_pacing_is_drawn_for_a_text_that_is_not_saved(self, page: Client, channel: Channel) -> None:
        address = reverse("script-count", args=[channel.slug])
        shown = text(page.post(address, {"body": "One two three.", "type": "short"}))
        assert 'data-words="3"' in shown
        assert "147 words below the target" in shown
        shown = text(page.post(address, {"body": "### A\n\n" + "One " * 1234, "type": "long"}))
        assert "<dd>1,234 " in shown
        assert "of about 1,500<" in shown
        assert ">1,234 words ·" in shown

    def test_markup_in_a_script_is_text(self, page: Client, channel: Channel) -> None:
        script = factories.script(channel, title="<b>x</b>", body="</textarea><script>alert(1)</script>")
        proposal(script, "<img src=x onerror=alert(1)>")
        for tab in ("revise", "pacing", "history"):
            shown = text(page.get(url("script", script), {"tab": tab, "revision": "1"}))
            assert "<script>alert" not in shown
            assert "<img src=x" not in shown


class TestRevisions:
    """Accepting, discarding, restoring."""

    def test_a_proposal_shows_what_it_would_change(self, page: Client, script: Script) -> None:
        proposal(script, script.body.replace("twice", "two times"))
        shown = text(page.get(url("script", script)))
        assert "<del>twice</del><ins>two times</ins>" in shown
        assert "ollama/tiny" in shown
        assert "“shorter”" in shown

    def test_a_draft_for_an_empty_script_is_read_as_it_is(self, page: Client, channel: Channel) -> None:
        empty = factories.script(channel, body="")
        proposal(empty)
        shown = text(page.get(url("script", empty)))
        assert "Your draft is ready" in shown
        assert ">Better words.</div>" in shown
        assert "<ins>" not in shown

    def test_accepting_makes_it_the_text_and_offers_to_undo(self, page: Client, script: Script) -> None:
        row = proposal(script)
        answer = page.post(url("revision-accept", script, row.number), {"version": 1}, follow=True)
        script.refresh_from_db()
        assert script.body == "Better words."
        assert "Accepted" in text(answer)
        undo = url("revision-restore", script, 2)
        assert undo in text(answer)
        page.post(undo, {"version": 2})
        script.refresh_from_db()
        assert script.body == factories.BODY

    def test_accepting_an_old_page_shows_the_difference_to_what_is_there(
        self, page: Client, script: Script, ana: User
    ) -> None:
        row = proposal(script)
        revisions.save_body(script, "Meanwhile.", user=ana)
        answer = page.post(url("revision-accept", script, row.number), {"version": 1}, follow=True)
        assert "Nothing is lost" in text(answer)
        assert "<del>Meanwhile</del>" in text(answer)
        assert "You have changed the script since" in text(answer)
        script.refresh_from_db()
        assert script.body == "Meanwhile."

    def test_a_second_answer_is_told(self, page: Client, script: Script) -> None:
        row = proposal(script)
        page.post(url("revision-discard", script, row.number))
        answer = page.post(url("revision-accept", script, row.number), {"version": 1}, follow=True)
        assert "has been discarded already" in text(answer)
        assert "has been discarded already" in text(page.post(url("revision-discard", script, row.number), follow=True))

    def test_one_is_compared_to_now_and_to_the_one_before(self, page: Client, script: Script, ana: User) -> None:
        revisions.save_body(script, "Two words.", user=ana)
        revisions.save_body(script, "Three words here.", user=ana)
        now = text(page.get(url("script", script), {"tab": "history", "revision": "2"}))
        assert "<del>Two</del><ins>Three</ins>" in now
        assert url("revision-restore", script, 2) in now
        before = text(page.get(url("script", script), {"tab": "history", "revision": "2", "against": "before"}))
        assert "<ins>" in before and "Three" not in before.partition('class="diff"')[2].partition("</div>")[0]
        newest = text(page.get(url("script", script), {"tab": "history", "revision": "3"}))
        assert "<del>Two</del><ins>Three</ins>" in newest
        assert url("revision-restore", script, 3) not in newest

    @pytest.mark.parametrize("number", ["0", "99", "x", "-1", "9" * 40])
    def test_one_that_is_not_there_is_the_list(self, page: Client, script: Script, number: str) -> None:
        query = {"tab": "history", "revision": number, "undo": number}
        assert page.get(url("script", script), query).status_code == 200

    def test_restoring_an_old_page_changes_nothing(self, page: Client, script: Script, ana: User) -> None:
        revisions.save_body(script, "Two.", user=ana)
        revisions.save_body(script, "Three.", user=ana)
        answer = page.post(url("revision-restore", script, 1), {"version": 2}, follow=True)
        assert "Nothing is lost" in text(answer)
        script.refresh_from_db()
        assert script.body == "Three."

    def test_those_of_another_script_are_not_there(self, page: Client, script: Script, channel: Channel) -> None:
        proposal(script)
        other = factories.script(channel, title="Other")
        for name in ("accept", "discard", "restore"):
            assert page.post(url(f"revision-{name}", other, 1)).status_code == 404


class TestList:
    """Finding one of many."""

    @pytest.fixture(autouse=True)
    def _three(self, channel: Channel) -> None:
        factories.script(channel, "Tides", status="draft", type="short", body="The sea.")
        factories.script(channel, "Winds", status="final", type="long", body="The air.")

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["Tides", "Winds"]),
            ({"status": "draft"}, ["Tides"]),
            ({"type": "long"}, ["Winds"]),
            ({"q": "sea"}, ["Tides"]),
            ({"q": "WIND"}, ["Winds"]),
            ({"q": "%"}, []),
            ({"q": "x" * 101}, ["Tides", "Winds"]),
            ({"status": "nonsense", "type": ""}, ["Tides", "Winds"]),
            ({"status": "draft", "type": "long"}, []),
        ],
        ids=str,
    )
    def test_it_is_filtered_and_searched(
        self, page: Client, channel: Channel, query: dict[str, str], found: list[str]
    ) -> None:
        answer = page.get(reverse("scripts", args=[channel.slug]), query)
        assert sorted(row.title for row in answer.context["page"]) == found

    def test_the_next_page_keeps_the_filter(self, page: Client, channel: Channel) -> None:
        for number in range(60):
            factories.script(channel, f"Sea {number}", body="", status="draft")
        shown = text(page.get(reverse("scripts", args=[channel.slug]), {"q": "Sea &", "status": "draft"}))
        assert "No script is" in shown
        shown = text(page.get(reverse("scripts", args=[channel.slug]), {"q": "Sea", "status": "draft"}))
        assert 'href="?q=Sea&amp;status=draft&amp;page=2"' in shown

    def test_nothing_found_names_what_left_everything_out(self, page: Client, channel: Channel) -> None:
        shown = text(page.get(reverse("scripts", args=[channel.slug]), {"q": "zebra", "status": "draft"}))
        assert "“zebra”" in shown and "draft" in shown
        assert "Show all scripts" in shown
