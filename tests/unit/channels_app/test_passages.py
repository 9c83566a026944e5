"""What a person does with marked passages: apply, keep, undo, by page and by API, and what happens when the text moves."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from channels_app import passages, revisions
from channels_app.models import Passage, Revision, Script
from channels_app.views.humanize import segments_of
from tests import factories
from tests.unit.channels_app.conftest import World

pytestmark = pytest.mark.django_db
FIRST, SECOND = "The sea rises twice a day.", "The Moon pulls on everything."
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def script(world: World) -> Script:
    """Two sections of one sentence."""
    return world.script


def url(script: Script, name: str, *more: Any) -> str:
    return reverse(name, args=[script.channel.slug, script.pk, *more])


def both(script: Script) -> tuple[Passage, Passage]:
    return factories.passage(script), factories.passage(script, SECOND, "Everything feels the Moon.")


def fresh(passage: Passage) -> Passage:
    return Passage.objects.get(pk=passage.pk)


def body(script: Script) -> str:
    return Script.objects.get(pk=script.pk).body


def apply_all(script: Script) -> list[Passage]:
    return passages.apply(script, None, user=script.channel.owner, version=None)


class TestApplying:
    def test_one_fix_becomes_a_revision_and_the_other_passage_moves_along(self, script: Script) -> None:
        first, second = both(script)
        before = body(script)
        passages.apply(script, [first.pk], user=script.channel.owner, version=script.version)
        assert body(script) == before.replace(FIRST, first.fix)
        newest = script.revisions.order_by("-number")[0]
        assert (newest.origin, newest.note, newest.body) == (Revision.Origin.FIXED, "1 style fix applied", body(script))
        second = fresh(second)
        assert fresh(first).state == Passage.State.APPLIED
        assert body(script)[second.start : second.end] == SECOND
        assert [hit["start"] - second.start for hit in second.hits] == [0]

    def test_all_fixes_are_one_revision(self, script: Script) -> None:
        first, second = both(script)
        factories.passage(script, SECOND, "", state="open")
        assert len(apply_all(script)) == 2
        assert body(script).count(first.fix) == body(script).count(second.fix) == 1
        assert script.revisions.filter(origin=Revision.Origin.FIXED).count() == 1

    def test_a_passage_that_was_changed_is_refused_and_nothing_happens(self, script: Script) -> None:
        first, _ = both(script)
        revisions.save_body(script, body(script).replace("twice", "once"), user=None)
        before = body(script)
        with pytest.raises(passages.NotNow, match="nothing was applied"):
            passages.apply(script, [first.pk], user=None, version=None)
        assert (body(script), fresh(first).is_stale) == (before, True)

    def test_text_written_past_the_marks_is_noticed(self, script: Script) -> None:
        first, _ = both(script)
        Script.objects.filter(pk=script.pk).update(body="x" + script.body)
        with pytest.raises(passages.NotNow):
            passages.apply(script, [first.pk], user=None, version=None)

    def test_another_version_is_a_conflict(self, script: Script) -> None:
        first, _ = both(script)
        with pytest.raises(revisions.Conflict):
            passages.apply(script, [first.pk], user=None, version=script.version + 1)
        assert fresh(first).state == Passage.State.OPEN

    def test_twice_is_refused(self, script: Script) -> None:
        first, _ = both(script)
        passages.apply(script, [first.pk], user=None, version=None)
        with pytest.raises(passages.NotNow):
            passages.apply(script, [first.pk], user=None, version=None)

    def test_overlapping_passages_do_not_garble_the_text(self, script: Script) -> None:
        factories.passage(script)
        factories.passage(script, "rises twice a day.", "comes up twice a day.")
        assert len(apply_all(script)) == 1
        assert "Twice a day the sea rises." in body(script)


class TestUndoing:
    def test_the_old_text_is_back_and_asked_about_again(self, script: Script) -> None:
        first, second = both(script)
        before = body(script)
        apply_all(script)
        assert passages.undo(script, None, user=None, version=None) == 2
        assert body(script) == before
        for passage in (fresh(first), fresh(second)):
            assert (passage.state, passage.is_stale) == (Passage.State.OPEN, False)
            assert before[passage.start : passage.end] == passage.text
            assert passage.hits[0]["start"] == passage.start

    def test_what_was_written_elsewhere_since_stays(self, script: Script) -> None:
        first, _ = both(script)
        passages.apply(script, [first.pk], user=None, version=None)
        revisions.save_body(script, f"A new first line.\n\n{body(script)}\nAnd a last one.", user=None)
        passages.undo(script, [first.pk], user=None, version=None)
        assert FIRST in body(script)
        assert body(script).startswith("A new first line.")
        assert body(script).endswith("And a last one.")

    def test_a_fix_that_was_rewritten_since_is_left_alone(self, script: Script) -> None:
        first, _ = both(script)
        passages.apply(script, [first.pk], user=None, version=None)
        revisions.save_body(script, body(script).replace("Twice a day", "Often"), user=None)
        with pytest.raises(passages.NotNow, match="History"):
            passages.undo(script, [first.pk], user=None, version=None)

    def test_restoring_the_revision_before_asks_again_as_well(self, script: Script) -> None:
        first, second = both(script)
        apply_all(script)
        earlier = script.revisions.exclude(origin=Revision.Origin.FIXED).order_by("-number")[0]
        revisions.restore(earlier, user=None)
        assert {passage.pk for passage in passages.waiting(script)} == {first.pk, second.pk}
        assert len(apply_all(script)) == 2

    def test_one_that_was_kept_is_asked_about_again(self, script: Script) -> None:
        first, _ = both(script)
        passages.dismiss(script, [first.pk])
        assert passages.undo(script, [first.pk], user=None, version=None) == 1
        assert fresh(first).state == Passage.State.OPEN

    def test_nothing_to_undo_is_told(self, script: Script) -> None:
        with pytest.raises(passages.NotNow):
            passages.undo(script, None, user=None, version=None)


class TestPage:
    def tab(self, page: Client, script: Script) -> str:
        answer = page.get(url(script, "script"), {"tab": "humanize"})
        assert answer.status_code == 200
        return str(answer.content.decode())

    def test_a_card_shows_the_marks_their_reasons_and_the_difference(self, page: Client, script: Script) -> None:
        first, _ = both(script)
        shown = self.tab(page, script)
        assert f'data-mark="style" data-mark-id="{first.pk}" data-start="{first.start}" data-end="{first.end}"' in shown
        assert '<mark title="Model vocabulary">The</mark>' in shown
        assert "People say it less." in shown
        assert "<ins>" in shown
        assert "Apply all (2)" in shown
        assert "no proof of anything" in shown

    def test_html_in_a_script_stays_text(self, page: Client, script: Script) -> None:
        script.body = "<script>alert(1)</script> The sea <b>rises</b>."
        script.save()
        factories.passage(script, script.body, "The sea <i>rises</i>.")
        shown = self.tab(page, script)
        assert "<script>alert" not in shown
        assert "<i>rises" not in shown

    def test_acting_without_a_script_leads_back_to_the_tab(self, page: Client, script: Script) -> None:
        first, second = both(script)
        answer = page.post(url(script, "passage-apply", first.pk))
        assert answer.headers["Location"] == f"{url(script, 'script')}?tab=humanize"
        page.post(url(script, "passage-dismiss", second.pk))
        shown = self.tab(page, script)
        assert "Apply this" not in shown
        assert "Take back every applied fix (1)" in shown
        page.post(url(script, "passages-undo"))
        assert FIRST in body(script)

    def test_acting_by_script_answers_with_the_text_and_an_undo(self, page: Client, script: Script) -> None:
        first, _ = both(script)
        answer = page.post(url(script, "passage-apply", first.pk), **JSON).json()
        assert (answer["message"], answer["body"]) == ("1 fix applied.", body(script))
        assert answer["undo"]["passages"] == [str(first.pk)]
        undone = page.post(answer["undo"]["url"], {"passage": answer["undo"]["passages"]}, **JSON).json()
        assert undone["body"] == body(script)
        assert FIRST in body(script)

    @pytest.mark.parametrize("how", ["page", "script"])
    def test_a_conflict_is_told_and_nothing_is_lost(self, page: Client, script: Script, how: str) -> None:
        first, _ = both(script)
        before = body(script)
        answer = page.post(
            url(script, "passage-apply", first.pk), {"version": script.version + 7}, **(JSON if how == "script" else {})
        )
        if how == "script":
            assert answer.status_code == 409
            assert "changed while you looked" in answer.json()["error"]["message"]
        else:
            (said,) = get_messages(answer.wsgi_request)
            assert "changed while you looked" in str(said)
        assert body(script) == before

    def test_a_stale_passage_offers_nothing_to_apply(self, page: Client, script: Script) -> None:
        first, _ = both(script)
        Passage.objects.update(is_stale=True)
        shown = self.tab(page, script)
        assert "Changed since" in shown
        assert url(script, "passage-apply", first.pk) not in shown

    def test_a_reader_sees_and_may_not_act(self, client: Client, script: Script) -> None:
        both(script)
        client.force_login(factories.editor())
        shown = self.tab(client, script)
        assert "Model vocabulary" in shown
        assert "Apply this" not in shown

    def test_thousands_of_passages_are_shown_a_few_at_a_time(
        self, page: Client, script: Script, django_assert_max_num_queries: Any
    ) -> None:
        one = factories.passage(script)
        Passage.objects.bulk_create(
            Passage(
                script=script, start=one.start, end=one.end, text=one.text, hits=one.hits, fix=one.fix,
                made_by_job=uuid4(), job_position=0,
            )
            for _ in range(3000)
        )  # fmt: skip
        with django_assert_max_num_queries(40):
            shown = self.tab(page, script)
        assert "The first 60 of 3001 are shown" in shown

    def test_answers_are_looked_up_at_once_and_names_of_nothing_take_nothing_back(
        self, page: Client, script: Script, django_assert_max_num_queries: Any
    ) -> None:
        both(script)
        page.post(url(script, "passages-apply"), **JSON)
        applied = body(script)
        assert page.post(url(script, "passages-undo"), {"passage": "nonsense"}, **JSON).status_code == 409
        with django_assert_max_num_queries(12):
            assert (
                page.post(
                    url(script, "passages-undo"), {"passage": " ".join(str(uuid4()) for _ in range(1500))}
                ).status_code
                == 404
            )
        assert body(script) == applied

    def test_a_passage_of_another_script_is_not_there(self, page: Client, script: Script) -> None:
        other = factories.script(script.channel, "Other")
        foreign = factories.passage(other)
        assert page.post(url(script, "passage-apply", foreign.pk)).status_code == 404


def test_marks_of_several_rules_on_the_same_words_are_one_segment(script: Script) -> None:
    hits = [
        {"rule": "a", "label": "A", "why": "A.", "start": 2, "end": 10},
        {"rule": "b", "label": "B", "why": "B.", "start": 6, "end": 12},
        {"rule": "c", "label": "Whole", "why": "C.", "start": 0, "end": 20},
        {"rule": "d", "label": "Out", "why": "D.", "start": 90, "end": 99},
    ]
    passage = Passage(script=script, start=0, end=20, text="abcdefghijklmnopqrst", hits=hits)
    assert [(segment.text, segment.rules) for segment in segments_of(passage)] == [
        ("ab", ""),
        ("cdef", "A"),
        ("ghij", "A, B"),
        ("kl", "B"),
        ("mnopqrst", ""),
    ]


class TestApi:
    def post(self, page: Client, script: Script, passage: Passage, verb: str, **data: Any) -> Any:
        return page.post(url(script, "api-passage-act", passage.pk, verb), json.dumps(data), "application/json")

    def test_passages_are_listed_with_their_hits(self, page: Client, script: Script) -> None:
        first, second = both(script)
        rows = page.get(url(script, "api-passages")).json()["results"]
        assert {row["id"] for row in rows} == {str(first.pk), str(second.pk)}
        row = next(row for row in rows if row["id"] == str(first.pk))
        assert (row["text"], row["fix"], row["state"], row["hits"][0]["rule"]) == (
            FIRST,
            first.fix,
            "open",
            "vocabulary",
        )

    def test_apply_dismiss_and_undo(self, page: Client, script: Script) -> None:
        first, second = both(script)
        assert self.post(page, script, first, "apply").json()["state"] == "applied"
        assert self.post(page, script, second, "dismiss").json()["state"] == "dismissed"
        assert self.post(page, script, first, "undo").json()["state"] == "open"
        assert FIRST in body(script)

    def test_conflicts_and_mistakes_are_told(self, page: Client, script: Script) -> None:
        first, _ = both(script)
        answer = self.post(page, script, first, "apply", version=99)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
        assert self.post(page, script, first, "apply", version="x").status_code == 400
        assert self.post(page, script, first, "burn").status_code == 404
        Passage.objects.filter(pk=first.pk).update(is_stale=True)
        assert self.post(page, script, first, "apply").status_code == 409


def test_admin_shows_them_and_changes_nothing(client: Client, script: Script) -> None:
    first, _ = both(script)
    client.force_login(factories.admin())
    assert client.get(reverse("admin:channels_app_passage_changelist"), {"q": "sea"}).status_code == 200
    assert client.get(reverse("admin:channels_app_passage_change", args=[first.pk])).status_code == 200
    assert client.get(reverse("admin:channels_app_passage_add")).status_code == 403
    client.post(reverse("admin:channels_app_passage_change", args=[first.pk]), {"fix": "x"})
    assert fresh(first).fix == first.fix
