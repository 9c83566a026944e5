"""The one writer of a script's text: nobody's words are lost, whoever saves when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from channels_app import revisions
from channels_app.models import Channel, Claim, Passage, Revision, Script
from channels_app.models.script import BODY_CHARACTERS
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
Kept = Revision.State.KEPT


@pytest.fixture
def script(channel: Channel) -> Script:
    return factories.script(channel, body="The sea rises twice a day.")


def told(script: Script, **wanted: Any) -> list[str]:
    """The texts of the history, oldest first."""
    return list(script.revisions.filter(**wanted).order_by("number").values_list("body", flat=True))


def test_the_first_edit_keeps_what_was_there(script: Script, ana: User) -> None:
    revisions.save_body(script, "It falls as well.", user=ana, version=1)
    assert told(script) == ["The sea rises twice a day.", "It falls as well."]
    assert (script.version, script.words, script.body) == (2, 4, "It falls as well.")
    assert Script.objects.get().version == 2
    first, second = script.revisions.order_by("number")
    assert (first.author, second.author) == (None, ana)
    assert first.created_at < second.created_at


def test_a_new_script_begins_with_its_first_revision(channel: Channel, ana: User) -> None:
    script = revisions.begin(Script(channel=channel, title="Tides", body="One."), user=ana)
    revisions.save_body(script, "Two.", user=ana)
    assert told(script) == ["One.", "Two."]
    empty = revisions.begin(Script(channel=channel, title="Nothing yet"), user=ana)
    assert not told(empty)


def test_saving_the_same_text_changes_nothing(script: Script, ana: User) -> None:
    revisions.save_body(script, script.body, user=ana, version=1)
    assert (script.version, told(script)) == (1, [])


def test_another_title_is_a_change(script: Script, ana: User) -> None:
    revisions.save_body(script, script.body, user=ana, title="Tides")
    assert (script.title, script.version) == ("Tides", 2)
    assert [row.title for row in script.revisions.order_by("number")] == ["Why two tides", "Tides"]


def test_a_writer_who_has_not_seen_the_last_text_is_told(script: Script, ana: User) -> None:
    other = Script.objects.get()
    revisions.save_body(script, "Mine.", user=ana, version=1)
    with pytest.raises(revisions.Conflict) as caught:
        revisions.save_body(other, "Theirs.", user=ana, version=1)
    assert (caught.value.current.body, caught.value.current.version) == ("Mine.", 2)
    assert Script.objects.get().body == "Mine."
    revisions.save_body(other, "Theirs.", user=ana, version=2)
    assert told(script)[-2:] == ["Mine.", "Theirs."]


def test_two_who_wrote_the_same_do_not_disagree(script: Script, ana: User) -> None:
    other = Script.objects.get()
    revisions.save_body(script, "Mine.", user=ana, version=1)
    assert revisions.save_body(other, "Mine.", user=ana, version=1).version == 2


def test_autosaves_of_one_person_are_one_revision_until_somebody_else_writes(
    script: Script, ana: User, django_user_model: Any
) -> None:
    for text in ("T", "Th", "The"):
        revisions.save_body(script, text, user=ana, autosave=True)
    assert told(script) == ["The sea rises twice a day.", "The"]
    revisions.save_body(script, "The moon", user=factories.admin(), autosave=True)
    revisions.save_body(script, "The moon.", user=ana, autosave=True)
    assert told(script)[1:] == ["The", "The moon", "The moon."]


def test_after_ten_minutes_autosave_begins_another_revision(script: Script, ana: User) -> None:
    revisions.save_body(script, "Early.", user=ana, autosave=True)
    script.revisions.update(created_at=timezone.now() - timedelta(minutes=11))
    revisions.save_body(script, "Late.", user=ana, autosave=True)
    assert told(script)[1:] == ["Early.", "Late."]


def test_saving_by_hand_is_never_written_over_by_autosave(script: Script, ana: User) -> None:
    revisions.save_body(script, "By hand.", user=ana)
    revisions.save_body(script, "By hand. And more.", user=ana, autosave=True)
    revisions.save_body(script, "By hand. And more.", user=ana, note="Before lunch")
    revisions.save_body(script, "After lunch.", user=ana, autosave=True)
    assert told(script)[1:] == ["By hand.", "By hand. And more.", "After lunch."]
    assert [row.note for row in script.revisions.all()][:2] == ["", "Before lunch"]


def test_what_was_written_past_the_door_is_kept_all_the_same(script: Script, ana: User) -> None:
    revisions.save_body(script, "One.", user=ana)
    Script.objects.update(body="From nowhere.")
    revisions.save_body(script, "Two.", user=ana)
    assert told(script)[1:] == ["One.", "From nowhere.", "Two."]


def test_a_text_too_long_is_refused(script: Script, ana: User) -> None:
    with pytest.raises(ValidationError, match="200,000"):
        revisions.save_body(script, "x" * (BODY_CHARACTERS + 1), user=ana)
    with pytest.raises(ValidationError, match="200,000"):
        revisions.propose(script, "x" * (BODY_CHARACTERS + 1), user=ana, origin="model")


def test_a_deleted_script_is_not_written(script: Script, ana: User) -> None:
    Script.objects.update(deleted_at=timezone.now())
    with pytest.raises(Script.DoesNotExist):
        revisions.save_body(script, "Too late.", user=ana)


# --- proposals and restoring -------------------------------------------------------------------------------------------
def proposal(script: Script, body: str = "Better.", **fields: Any) -> Revision:
    return revisions.propose(script, body, user=None, origin=Revision.Origin.MODEL, **fields)


def test_a_proposal_waits_and_an_accepted_one_is_the_text(script: Script, ana: User) -> None:
    proposed = proposal(script, model="ollama/tiny", prompt="script-revise 1")
    assert Script.objects.get().body == "The sea rises twice a day."
    revisions.save_body(script, "Meanwhile.", user=ana)
    with pytest.raises(revisions.Conflict):
        revisions.accept(proposed, user=ana, version=1)
    assert proposed.state == Revision.State.PROPOSED
    assert revisions.accept(proposed, user=ana, version=2).body == "Better."
    assert told(script, state=Kept) == ["The sea rises twice a day.", "Meanwhile.", "Better."]
    newest = script.revisions.first()
    assert newest and (newest.pk, newest.author, newest.model) == (proposed.pk, ana, "ollama/tiny")


def test_accepting_a_text_keeps_the_name_that_the_script_has_been_given_since(script: Script, ana: User) -> None:
    proposed = proposal(script)
    revisions.save_body(script, None, title="Why tides", user=ana, version=1)
    accepted = revisions.accept(proposed, user=ana, version=2)
    assert (accepted.title, accepted.body) == ("Why tides", "Better.")
    proposed.refresh_from_db()
    assert proposed.title == Script.objects.get().title == "Why tides"


def test_a_proposal_is_answered_once(script: Script, ana: User) -> None:
    proposed = proposal(script)
    revisions.discard(proposed)
    for answer in (lambda: revisions.accept(proposed, user=ana), lambda: revisions.discard(proposed)):
        with pytest.raises(revisions.NotProposed, match="discarded already"):
            answer()
    assert Script.objects.get().version == 1


def test_restoring_makes_a_new_revision_and_loses_none(script: Script, ana: User) -> None:
    revisions.save_body(script, "Two.", user=ana)
    revisions.save_body(script, "Three.", user=ana)
    first = script.revisions.get(number=1)
    revisions.restore(first, user=ana, version=3)
    assert told(script) == ["The sea rises twice a day.", "Two.", "Three.", "The sea rises twice a day."]
    newest = script.revisions.first()
    assert newest and (newest.origin, newest.note) == ("restored", "Revision 1 again")


def test_a_discarded_proposal_can_be_restored(script: Script, ana: User) -> None:
    proposed = proposal(script)
    revisions.discard(proposed)
    assert revisions.restore(proposed, user=ana).body == "Better."


# --- whatever happens --------------------------------------------------------------------------------------------------
saves = st.lists(
    st.tuples(
        st.sampled_from("ab"),  # whose tab
        st.sampled_from(["one", "two", "three", "four"]),
        st.booleans(),  # autosave
        st.booleans(),  # reload first
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=saves)
def test_two_tabs_never_lose_a_text_that_the_other_has_not_seen(channel: Channel, ana: User, steps: Any) -> None:
    script = factories.script(channel, body="zero")
    seen = {"a": (1, "zero"), "b": (1, "zero")}
    expected, version = "zero", 1
    for tab, body, autosave, reload in steps:
        if reload:
            seen[tab] = (version, expected)
        try:
            revisions.save_body(script, body, user=ana, version=seen[tab][0], autosave=autosave)
        except revisions.Conflict as conflict:
            assert seen[tab][0] != version and body != expected
            assert (conflict.current.version, conflict.current.body) == (version, expected)
            continue
        assert seen[tab][0] == version or body == expected
        version += body != expected
        expected = body
        seen[tab] = (version, expected)
        row = Script.objects.get(pk=script.pk)
        assert (row.version, row.body) == (version, expected)
    numbers = list(script.revisions.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    if version > 1:
        assert told(script)[0] == "zero"
        assert told(script)[-1] == expected


# --- marks -------------------------------------------------------------------------------------------------------------
def mark(model: Any, script: Script, text: str, position: int = 0, **fields: Any) -> Any:
    start = script.body.index(text)
    place = {"start": start, "end": start + len(text), "text": text}
    return model.objects.create(script=script, made_by_job=uuid4(), job_position=position, **place, **fields)


def test_marks_move_with_their_text_and_a_changed_one_is_stale_until_it_is_back(script: Script, ana: User) -> None:
    claim = mark(Claim, script, "rises twice", verdict="unverified", reason="no_source")
    hits = [{"rule": "x", "label": "X", "why": "…", "start": script.body.index("twice"), "end": 19}]
    passage = mark(Passage, script, "rises twice", hits=hits)
    before = script.body

    def places() -> set[tuple[str, bool]]:
        rows = [Claim.objects.get(), Passage.objects.get()]
        return {(script.body[row.start : row.end], row.is_stale) for row in rows}

    revisions.save_body(script, "🌊 Look: " + before, user=ana)
    assert places() == {("rises twice", False)}
    hit = Passage.objects.get().hits[0]
    assert script.body[hit["start"] : hit["end"]] == "twice"
    revisions.save_body(script, script.body.replace("twice", "thrice"), user=ana)
    assert {stale for _, stale in places()} == {True}
    revisions.save_body(script, script.body.replace("thrice", "twice"), user=ana)
    assert places() == {("rises twice", False)}
    hit = Passage.objects.get().hits[0]
    assert script.body[hit["start"] : hit["end"]] == "twice"
    assert {claim.pk, passage.pk} == {Claim.objects.get().pk, Passage.objects.get().pk}


def test_marks_survive_an_empty_text(script: Script, ana: User) -> None:
    mark(Claim, script, "The sea", verdict="unverified", reason="no_source")
    mark(Passage, script, "day.", hits=[])
    before = script.body
    revisions.save_body(script, "", user=ana)
    assert Claim.objects.get().is_stale and Passage.objects.get().is_stale
    revisions.save_body(script, before, user=ana)
    assert [(row.text, row.is_stale) for row in (Claim.objects.get(), Passage.objects.get())] == [
        ("The sea", False),
        ("day.", False),
    ]
    assert before[Passage.objects.get().start :] == "day."


# --- thinning out ------------------------------------------------------------------------------------------------------
def test_old_autosaves_are_thinned_out_to_one_a_day(script: Script, ana: User) -> None:
    month = timezone.now().replace(hour=12) - timedelta(days=40)
    for number in range(6):
        revisions.save_body(script, f"Autosaved {number}.", user=ana, autosave=True)
        Revision.objects.filter(body=f"Autosaved {number}.").update(
            created_at=month + timedelta(days=number // 3, minutes=number)
        )
    revisions.save_body(script, "By hand.", user=ana)
    refused = proposal(script)
    revisions.discard(refused)
    Revision.objects.filter(body__in=["By hand.", "Better."]).update(created_at=month)
    assert revisions.prune(timezone.now() - timedelta(days=30)) == 5
    assert told(script) == ["The sea rises twice a day.", "Autosaved 2.", "Autosaved 5.", "By hand."]


def test_the_present_text_stays_however_old(script: Script, ana: User) -> None:
    revisions.save_body(script, "First.", user=ana, autosave=True)
    Revision.objects.update(created_at=timezone.now() - timedelta(days=90))
    assert revisions.prune(timezone.now()) == 0
