"""Scripts are written and revised: offline and by a model, streamed, proposed, and never put into anybody's text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from channels_app import revisions
from channels_app.models import Channel, Revision, Script
from channels_app.models.script import BODY_CHARACTERS
from jobs import actions, drafts, lifecycle, panel, worker
from jobs.actions import InvalidInputs
from jobs.context import Cancelled
from jobs.kinds import script as kind
from jobs.models import Job, State
from jobs.spec import NeedMissing, UserError
from jobs.steps import authors
from jobs.tools.llm import offers
from jobs.tools.text.loop import loop
from tests import factories
from tests.fakes.llm_openai import MODEL, Reply, openai_server
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db(transaction=True)
BODY = "### One\n\nThe sea rises twice a day.\n\n### Two\n\nThe Moon pulls on everything.\n"
FACTS = (
    "The Moon pulls the near side of the Earth more strongly than its centre. The far side is pulled less strongly. "
    "This difference raises two bulges of water on opposite sides of the Earth. A lunar day lasts 24 hours and 50 "
    "minutes. Coasts see two high tides about 12 hours and 25 minutes apart. The Sun raises tides as well. At new and "
    "full Moon both add up to spring tides. At the quarters they partly cancel and make neap tides."
)


@pytest.fixture
def script(channel: Channel) -> Script:
    """A script with a text, and notes to write from."""
    factories.note(channel, "Two high tides", text=FACTS, source_url="https://example.org/tides")
    return factories.script(channel, body=BODY)


@pytest.fixture
def empty(script: Script, channel: Channel) -> Script:
    """A draft without a word."""
    return factories.script(channel, title="Why two high tides", body="", status="draft")


def ask(engine: Engine, **inputs: Any) -> Job:
    return actions.submit(engine.channel, engine.channel.owner, "script", inputs).job


def done(engine: Engine, **inputs: Any) -> Job:
    job = ask(engine, **inputs)
    ended = engine.run()
    assert ended.state == State.COMPLETED, panel.attempts(ended)
    return engine.fresh(job)


def streamed(job: Job) -> str:
    return "".join(panel.slots(job).values())


class TestOffline:
    """Without a language model: what the notes say, arranged."""

    def test_a_script_is_revised_into_a_proposal_and_stays_as_it_is(self, engine: Engine, script: Script) -> None:
        job = done(engine, script=str(script.pk), instruction="Remove the section Two")
        proposed = Revision.objects.get()
        assert (proposed.state, proposed.origin, proposed.model) == ("proposed", "offline", "offline")
        assert (proposed.prompt, proposed.base_version) == ("offline script 1", 1)
        assert "The Moon pulls" not in proposed.body
        assert streamed(job) == proposed.body
        assert list(panel.slots(job)) == [f"script:{script.pk}:body"]
        assert job.result == {
            "script": str(script.pk),
            "revision": str(proposed.pk),
            "model": "offline",
            "words": proposed.words,
            "is_cut": False,
            "loops": True,
        }
        script.refresh_from_db()
        assert (script.body, script.version) == (BODY, 1)

    def test_an_empty_draft_is_written_about_its_title(self, engine: Engine, empty: Script) -> None:
        done(engine, script=str(empty.pk))
        proposed = Revision.objects.get()
        assert "tide" in proposed.body
        assert "<!-- source: Two high tides, https://example.org/tides" in proposed.body

    def test_without_a_script_the_run_makes_a_draft(self, engine: Engine, script: Script) -> None:
        job = done(engine, topic="high tides", type="short")
        made = Script.objects.exclude(pk=script.pk).get()
        assert (made.title, made.body, made.status, made.type) == ("high tides", "", "draft", "short")
        assert job.result and job.result["script"] == str(made.pk)
        assert made.revisions.get().state == "proposed"
        assert list(panel.slots(job)) == [f"script:{job.pk}:body"]

    def test_thin_notes_are_refused_before_queueing_with_the_way_out(self, engine: Engine) -> None:
        with pytest.raises(NeedMissing) as caught:
            ask(engine, topic="high tides")
        assert caught.value.link == "Add notes"
        assert not Job.objects.exists()
        assert not Script.objects.exists()

    def test_what_it_cannot_do_is_refused_before_queueing(self, engine: Engine, script: Script) -> None:
        with pytest.raises(UserError, match="choose a language model"):
            ask(engine, script=str(script.pk), instruction="Make it sound like a pirate")
        assert not Job.objects.exists()

    def test_a_retry_leaves_one_proposal(self, engine: Engine, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(proposed: Revision) -> dict[str, Any]:
            raise OSError("the disk is full")

        ask(engine, script=str(script.pk), instruction="Remove the section Two")
        with monkeypatch.context() as patched:
            patched.setattr(kind, "result_of", fail)
            assert engine.run().state == State.QUEUED
        assert engine.run().state == State.COMPLETED
        assert Revision.objects.count() == 1


class TestForm:
    """What is refused, by its field."""

    @pytest.mark.parametrize(
        ("inputs", "told"),
        [
            ({}, "Topic: say what the script is about"),
            ({"topic": "   "}, "Topic: say what the script is about"),
            ({"script": "{script}"}, "What should change"),
            ({"script": "{script}", "instruction": " "}, "What should change"),
            ({"topic": "x" * 301}, "300"),
            ({"topic": "t", "type": "huge"}, "huge"),
            ({"topic": "t", "model": "no model"}, "Model"),
            ({"script": "6f1d7f5e-0000-4000-8000-000000000000"}, "no such script in this channel"),
        ],
        ids=str,
    )
    def test_it_names_what_is_missing(self, engine: Engine, script: Script, inputs: dict[str, str], told: str) -> None:
        given = {name: value.format(script=script.pk) for name, value in inputs.items()}
        with pytest.raises(InvalidInputs, match=told):
            ask(engine, **given)

    def test_one_text_is_written_at_a_time(self, engine: Engine, script: Script) -> None:
        ask(engine, script=str(script.pk), instruction="Remove the section Two")
        with pytest.raises(lifecycle.AlreadyActive):
            ask(engine, script=str(script.pk), instruction="Remove the section One")

    def test_a_script_deleted_meanwhile_is_told(self, engine: Engine, script: Script) -> None:
        job = ask(engine, script=str(script.pk), instruction="Remove the section Two")
        Script.objects.update(deleted_at=timezone.now())
        assert engine.run().state == State.FAILED
        assert "has been deleted" in engine.fresh(job).error


class TestModel:
    """With a language model, over the wire."""

    @pytest.fixture(autouse=True)
    def _nothing_remembered(self) -> Iterator[None]:
        offers.forget()
        yield
        offers.forget()

    def write(self, engine: Engine, settings: Any, *replies: Reply, **inputs: Any) -> tuple[Job, list[dict[str, Any]]]:
        with openai_server(*replies) as server:
            settings.OPENAI_BASE_URL = server.url
            ask(engine, model=f"compatible/{MODEL}", **inputs)
            return engine.run(), server.asked

    @pytest.mark.parametrize("usage", [(12, 34), None])
    def test_what_no_text_may_hold_is_mended_on_its_way(
        self, engine: Engine, script: Script, settings: Any, usage: tuple[int, int] | None
    ) -> None:
        pieces = ("The sea \ud83c", "\udf0a rises.\r", "\nIt falls\rand \udf0a rests \ud83c")
        job, _ = self.write(engine, settings, Reply(pieces=pieces, usage=usage), script=str(script.pk), instruction="x")
        assert job.state == State.COMPLETED, panel.attempts(job)
        assert streamed(job) == "The sea 🌊 rises.\nIt falls\nand \ufffd rests "
        assert Revision.objects.get().body == "The sea 🌊 rises.\nIt falls\nand \ufffd rests\n"

    def test_a_script_is_revised_word_by_word(self, engine: Engine, script: Script, settings: Any) -> None:
        text = "### One\n\nTwice a day the sea rises. 🌊 Why does the sea rise?"
        job, sent = self.write(
            engine, settings, Reply(text), script=str(script.pk), instruction="Turn the first sentence round"
        )
        assert job.state == State.COMPLETED, panel.attempts(job)
        proposed = Revision.objects.get()
        assert proposed.body == text + "\n"
        assert (proposed.origin, proposed.model, proposed.prompt) == ("model", f"compatible/{MODEL}", "script-revise 1")
        assert streamed(job) == text
        told = json.dumps(sent[0])
        assert "Turn the first sentence round" in told
        assert "The Moon pulls the near side" in told, "the notes go along"
        assert "The sea rises twice a day." in told

    def test_a_text_that_was_cut_says_so(self, engine: Engine, empty: Script, settings: Any) -> None:
        job, _ = self.write(engine, settings, Reply("The sea rises and", finish="length"), script=str(empty.pk))
        assert job.result and job.result["is_cut"] is True
        assert "the end is missing" in Revision.objects.get().note

    def test_a_short_that_says_goodbye_is_told_so(self, engine: Engine, empty: Script, settings: Any) -> None:
        job, _ = self.write(engine, settings, Reply("The sea rises twice. Thanks for watching!"), script=str(empty.pk))
        assert job.result and job.result["loops"] is False
        assert "a loop does not say goodbye" in Revision.objects.get().note

    def test_a_fence_around_the_whole_is_taken_off(self, engine: Engine, empty: Script, settings: Any) -> None:
        self.write(engine, settings, Reply("```markdown\n### One\n\nThe sea.\n```"), script=str(empty.pk))
        assert Revision.objects.get().body == "### One\n\nThe sea.\n"

    @pytest.mark.parametrize("nonsense", ["   ", "--- 123 ***"])
    def test_no_text_is_told_in_one_sentence(
        self, engine: Engine, script: Script, settings: Any, nonsense: str
    ) -> None:
        job, _ = self.write(engine, settings, Reply(nonsense), script=str(script.pk), instruction="Shorter")
        assert not Revision.objects.exists()
        assert job.state != State.COMPLETED

    def test_an_endless_text_is_refused_and_nothing_is_lost(
        self, engine: Engine, script: Script, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = "The sea. " * (BODY_CHARACTERS // 8)
        monkeypatch.setattr(
            authors, "author_for", lambda user, wanted="": authors.Author(name="compatible/y", label="Y")
        )
        monkeypatch.setattr(authors, "stream", lambda ctx, *_, **__: authors.Written(said))
        ask(engine, script=str(script.pk), instruction="Longer", model="compatible/y")
        job = engine.run()
        assert job.state == State.FAILED
        assert "more than 200,000 characters" in job.error
        script.refresh_from_db()
        assert script.body == BODY


class TestStopped:
    """A stopped stream keeps what came."""

    def stopped(self, engine: Engine, script: Script, monkeypatch: pytest.MonkeyPatch) -> Job:
        """A job that was cancelled in mid-stream."""

        def stream(ctx: Any, author: Any, prompt: Any, slot: str, **_: Any) -> authors.Written:
            ctx.stream(slot, "Half a ")
            ctx.stream(slot, "sentence")
            raise Cancelled

        monkeypatch.setattr(
            authors, "author_for", lambda user, wanted="": authors.Author(name="compatible/y", label="Y")
        )
        monkeypatch.setattr(authors, "stream", stream)
        job = ask(engine, script=str(script.pk), instruction="Shorter", model="compatible/y")
        claim = engine.claim()
        lifecycle.cancel(job.pk)
        worker.run(claim, end_process=lambda: None)
        assert engine.fresh(job).state == State.CANCELLED
        return job

    def test_what_came_can_be_made_a_proposal(
        self, engine: Engine, script: Script, monkeypatch: pytest.MonkeyPatch, client: Client
    ) -> None:
        job = self.stopped(engine, script, monkeypatch)
        client.force_login(engine.channel.owner)
        desk = f"/c/tidal/scripts/{script.pk}/?tab=revise"
        shown = client.get(desk).content.decode()
        assert "Half a sentence" in shown
        address = f"/c/tidal/jobs/{job.pk}/draft/"
        assert address in shown
        for _ in range(2):
            assert client.post(address).headers["Location"] == desk
        proposed = Revision.objects.get()
        assert (proposed.body, proposed.state, proposed.model) == ("Half a sentence", "proposed", "compatible/y")
        assert proposed.prompt == "script-revise 1"
        assert address not in client.get(desk).content.decode()
        revisions.accept(proposed, user=engine.channel.owner)
        script.refresh_from_db()
        assert script.body == "Half a sentence"

    def test_nobody_else_may(
        self, engine: Engine, script: Script, monkeypatch: pytest.MonkeyPatch, client: Client
    ) -> None:
        job = self.stopped(engine, script, monkeypatch)
        for person, status in ((factories.editor(), 403), (factories.stranger(), 404)):
            client.force_login(person)
            assert client.post(f"/c/tidal/jobs/{job.pk}/draft/").status_code == status
        assert not Revision.objects.exists()

    def test_a_job_that_ran_to_its_end_has_nothing_left(self, engine: Engine, script: Script, client: Client) -> None:
        job = done(engine, script=str(script.pk), instruction="Remove the section Two")
        client.force_login(engine.channel.owner)
        client.post(f"/c/tidal/jobs/{job.pk}/draft/")
        assert Revision.objects.count() == 1
        assert drafts.unfinished(engine.channel, script) is None


class TestWriteIt:
    """A new script that is written for somebody."""

    ADDRESS = "/c/tidal/scripts/write/"

    def test_makes_the_draft_and_starts_the_job(self, engine: Engine, script: Script, client: Client) -> None:
        client.force_login(engine.channel.owner)
        answer = client.post(self.ADDRESS, {"topic": "high tides", "type": "long", "model": "offline"})
        made = Script.objects.exclude(pk=script.pk).get()
        assert answer.headers["Location"] == f"/c/tidal/scripts/{made.pk}/?tab=revise"
        assert (made.title, made.type, made.body) == ("high tides", "long", "")
        assert Job.objects.get().inputs["script"] == str(made.pk)
        assert f'data-slot="script:script:{made.pk}"' in client.get(answer.headers["Location"]).content.decode()

    def test_what_cannot_start_leaves_no_draft(self, engine: Engine, client: Client) -> None:
        client.force_login(engine.channel.owner)
        answer = client.post(self.ADDRESS, {"topic": "high tides", "type": "long"}, follow=True)
        shown = answer.content.decode()
        assert "never invents" in shown
        assert '<a href="/c/tidal/notes/#new-note">Add notes</a>' in shown
        assert 'value="high tides"' in shown
        assert not Script.objects.exists()
        assert "say what the script should be about" in client.post(self.ADDRESS, follow=True).content.decode()

    def test_the_database_does_not_wait_for_a_provider(
        self, engine: Engine, script: Script, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held: list[bool] = []
        remember = offers._remember

        def watched(*answer: Any) -> None:
            held.append(connection.in_atomic_block)
            remember(*answer)

        monkeypatch.setattr(offers, "_remember", watched)
        offers.forget()
        client.force_login(engine.channel.owner)
        with openai_server() as server:
            settings.OPENAI_BASE_URL = server.url
            asked = {"topic": "high tides", "type": "long", "model": f"compatible/{MODEL}"}
            client.post(self.ADDRESS, asked)
        assert held == [False]
        assert Job.objects.get().inputs["model"] == f"compatible/{MODEL}"

    def test_nobody_else_may(self, engine: Engine, client: Client) -> None:
        for person, status in ((factories.editor(), 403), (factories.stranger(), 404)):
            client.force_login(person)
            assert client.post(self.ADDRESS, {"topic": "x"}).status_code == status


@pytest.mark.parametrize(
    ("body", "works", "told"),
    [
        ("The sea rises twice a day. Which is why the sea", True, "lead"),
        ("The sea rises. Goodbye!", False, "goodbye"),
        ("The sea rises. Nobody ever sees it.", True, "see whether the loop is felt"),
        ("", True, "see whether"),
    ],
)
def test_whether_a_short_loops(body: str, works: bool, told: str) -> None:
    assert loop(body).works is works
    assert told in loop(body).in_words
