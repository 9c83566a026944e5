"""One attempt: what a kind says is written in order, and however it ends, the job ends or goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from channels_app.models import Note
from jobs import lifecycle, panel, worker, workplace
from jobs.context import Cancelled, Delivery, Fenced, HandedBack
from jobs.models import Attempt, Event, Job, State
from jobs.redaction import HIDDEN
from tests.servers import wait_until
from tests.unit.jobs.conftest import Engine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def output(job: Job, start: int = 1) -> dict[str, Any]:
    return panel.output(Job.objects.get(pk=job.pk), start=start)


def lines(job: Job) -> list[str]:
    return [line["text"] for line in output(job)["lines"]]


def leftovers() -> list[Path]:
    from django.conf import settings

    roots = [Path(settings.WORK_DIR), Path(settings.MEDIA_ROOT)]
    return [path for root in roots if root.exists() for path in root.rglob("*") if path.is_file()]


def test_a_run_that_ends_well_completes_the_job(engine: Engine) -> None:
    job = engine.submit("ok", say="hello")
    done = engine.run()
    assert (done.state, done.result) == (State.COMPLETED, {"order": "ok", "attempt": 1})
    assert lines(job) == ["order: ok", "hello"]


def test_output_is_numbered_without_gaps_and_in_few_batches(engine: Engine) -> None:
    job = engine.submit("lines", count=1234)
    done = engine.run()
    found = output(job)
    assert [line["n"] for line in found["lines"]] == list(range(1, 1001))
    rest = output(job, found["next"])
    assert [line["n"] for line in rest["lines"]] == list(range(1001, 1236))
    assert rest["lines"][-1]["text"] == "line 1233"
    assert (done.done, done.of) == (1234, 1234)
    assert Event.objects.filter(job=job, kind="log").count() < 100


def test_revs_are_gapless(engine: Engine) -> None:
    job = engine.submit("lines", count=500)
    done = engine.run()
    assert list(Event.objects.filter(job=job).values_list("rev", flat=True)) == list(range(1, done.rev + 1))


def test_a_user_error_is_final_and_shown_as_it_is(engine: Engine) -> None:
    engine.submit("user_error")
    failed = engine.run()
    assert failed.state == State.FAILED
    assert failed.error == "The drill was told to refuse. Give it another order."


def test_any_other_error_is_told_in_plain_words_and_logged_whole(engine: Engine) -> None:
    engine.submit("crash")
    failed = engine.run()
    assert (failed.state, failed.failures) == (State.QUEUED, 1)
    assert failed.error.startswith("Something went wrong on our side (RuntimeError)")
    assert "the drill was told to crash" in failed.attempts.get().traceback


@pytest.mark.parametrize("done", [float("nan"), float("inf")])
def test_progress_that_is_no_number_of_ours_is_refused_where_it_is_told(engine: Engine, done: float) -> None:
    job = engine.submit()
    sink = worker.AttemptSink(job.pk, 1)
    with pytest.raises(ValueError, match="neither JSON nor a progress bar"):
        sink.progress(done, 10, "")


def test_it_is_tried_again_by_itself(engine: Engine) -> None:
    engine.submit("crash_once")
    assert engine.run().state == State.QUEUED
    done = engine.run()
    assert (done.state, done.result) == (State.COMPLETED, {"order": "crash_once", "attempt": 2})


def test_delivered_units_stay_and_a_retry_makes_only_the_missing(engine: Engine, channel: Any) -> None:
    job = engine.submit("deliver", count=6)
    assert engine.run().state == State.QUEUED
    assert Note.objects.filter(channel=channel).count() == 3
    done = engine.run()
    assert done.result == {"made": 3}
    assert Note.objects.filter(channel=channel).count() == 6
    assert list(job.delivered_units.values_list("position", flat=True)) == list(range(6))


def test_an_artifact_appears_with_completion(engine: Engine) -> None:
    job = engine.submit("artifact")
    engine.run()
    artifact = job.artifacts.get()
    with default_storage.open(artifact.file) as file:
        assert file.read() == b"made by a drill\n"
    assert (artifact.size, artifact.media_type) == (16, "text/plain")
    assert [stage["state"] for stage in panel.stages(job)] == ["complete"]
    assert len(leftovers()) == 1


@pytest.mark.redis
def test_a_process_whose_attempt_was_fenced_out_takes_no_further_ring(engine: Engine, redis_server: str) -> None:
    """It was paused between the claim and the run; what it still holds of that attempt has to end with it."""
    job = engine.submit()
    worker.begin("ai")
    lifecycle.lose(job.pk, 1)
    worker.answer("ai")
    fresh = engine.fresh(job)
    assert (fresh.state, fresh.attempt) == (State.QUEUED, 1)
    worker.answer("ai")
    assert engine.fresh(job).state == State.COMPLETED


def test_a_fenced_out_attempt_leaves_no_file_and_no_row(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    job = engine.submit("artifact")
    claim = engine.claim()
    store = workplace.store

    def lose_meanwhile(*args: Any) -> Any:
        made = store(*args)
        lifecycle.lose(job.pk, 1)
        return made

    monkeypatch.setattr(workplace, "store", lose_meanwhile)
    worker.run(claim, end_process=lambda: None)
    assert not job.artifacts.exists()
    assert leftovers() == []
    assert engine.fresh(job).state == State.QUEUED


def test_nul_characters_and_keys_never_reach_the_log(engine: Engine) -> None:
    job = engine.submit("ok", say="key sk-abcdefghijklmnop1234 and Bearer abcdef123456")
    engine.run()
    assert lines(job)[1] == f"key {HIDDEN} and Bearer {HIDDEN}"
    assert worker.readable("a\x00b") == "a\ufffdb"


def in_thread(work: Callable[[], None]) -> threading.Thread:
    from django.db import connections

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_cancelled_run_stops_at_its_next_call(engine: Engine, settings: Any) -> None:
    from datetime import timedelta

    settings.JOB_LEASE = timedelta(seconds=1)
    job = engine.submit("wait")
    claim = engine.claim()
    running = in_thread(lambda: worker.run(claim, end_process=lambda: None))
    wait_until(lambda: lines(job), what="the first output")
    lifecycle.cancel(job.pk)
    running.join(10)
    assert not running.is_alive()
    fresh = engine.fresh(job)
    assert (fresh.state, fresh.attempts.get().outcome) == (State.CANCELLED, Attempt.Outcome.CANCELLED)


def test_a_run_that_ignores_cancelling_is_ended_after_its_grace(engine: Engine, settings: Any) -> None:
    from datetime import timedelta

    settings.JOB_LEASE = timedelta(seconds=1)
    settings.JOB_GRACE_SECONDS = 0.3
    ended = threading.Event()
    job = engine.submit("ok")
    claim = engine.claim()
    sink = worker.AttemptSink(job.pk, claim.attempt.number)
    watch = worker.Watch(sink, 60, 60, end_process=ended.set)
    with watch.watching():
        lifecycle.cancel(job.pk)
        assert ended.wait(10)
    assert engine.fresh(job).state == State.CANCELLED


@pytest.mark.parametrize(("limit", "silence", "words"), [(0.3, 60, "time limit of 0.3 seconds"), (60, 0.3, "silent")])
def test_a_run_that_hangs_is_ended_and_tried_again(engine: Engine, limit: float, silence: float, words: str) -> None:
    ended = threading.Event()
    job = engine.submit("ok")
    claim = engine.claim()
    sink = worker.AttemptSink(job.pk, claim.attempt.number)
    with worker.Watch(sink, limit, silence, end_process=ended.set).watching():
        assert ended.wait(10)
    fresh = engine.fresh(job)
    assert (fresh.state, fresh.failures) == (State.QUEUED, 1)
    assert words in fresh.error


@pytest.mark.parametrize("limit", ["time", "silence", "grace"])
def test_a_run_that_hangs_is_ended_even_when_the_database_cannot_record_it(
    engine: Engine, limit: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: Any, **__: Any) -> None:
        raise OperationalError("the database is locked")

    monkeypatch.setattr(lifecycle, "fail", unavailable)
    monkeypatch.setattr(lifecycle, "stop", unavailable)
    settings.JOB_GRACE_SECONDS = 0.1
    ended = threading.Event()
    job = engine.submit("ok")
    sink = worker.AttemptSink(job.pk, engine.claim().attempt.number)
    limits = {"time": (0.3, 60), "silence": (60, 0.3), "grace": (60, 60)}[limit]
    if limit == "grace":
        lifecycle.cancel(job.pk)
    with worker.Watch(sink, *limits, end_process=ended.set).watching():
        assert ended.wait(10)
    assert engine.fresh(job).state == State.RUNNING, "its lease runs out, and the sweeper finds it lost"


def test_a_watch_that_fails_itself_fails_the_attempt(engine: Engine) -> None:
    ended = threading.Event()
    job = engine.submit("ok")
    sink = worker.AttemptSink(job.pk, engine.claim().attempt.number)
    sink._flushed_at = time.monotonic() + 60  # the batch is left to the watch
    with worker.Watch(sink, 60, 60, end_process=ended.set).watching():
        sink.announce("slot", {"no JSON": object()})
        assert ended.wait(10)
    fresh = engine.fresh(job)
    assert (fresh.state, fresh.failures) == (State.QUEUED, 1)
    assert "our side (TypeError)" in fresh.error


def test_a_worker_that_was_taken_over_ends_its_process(engine: Engine, settings: Any) -> None:
    from datetime import timedelta

    settings.JOB_LEASE = timedelta(seconds=0.5)
    ended = threading.Event()
    job = engine.submit("ok")
    claim = engine.claim()
    lifecycle.lose(job.pk, 1)
    sink = worker.AttemptSink(job.pk, claim.attempt.number)
    with worker.Watch(sink, 60, 60, end_process=ended.set).watching():
        assert ended.wait(10)
    with pytest.raises(Fenced):
        sink.log("late")


def test_the_lease_is_renewed_while_the_run_goes_on(engine: Engine, settings: Any) -> None:
    from datetime import timedelta

    settings.JOB_LEASE = timedelta(seconds=0.8)
    job = engine.submit("ok")
    claim = engine.claim()
    first = engine.fresh(job).lease_until
    sink = worker.AttemptSink(job.pk, claim.attempt.number)
    with worker.Watch(sink, 60, 60, end_process=lambda: None).watching():
        wait_until(lambda: engine.fresh(job).lease_until != first, what="a renewed lease")


def test_shutting_down_hands_the_job_back_uncounted(engine: Engine) -> None:
    job = engine.submit("wait")
    worker.shutting_down.set()
    try:
        back = engine.run()
    finally:
        worker.shutting_down.clear()
    assert (back.state, back.failures, back.losses) == (State.QUEUED, 0, 0)
    assert job.attempts.get().outcome == Attempt.Outcome.YIELDED


def test_what_was_said_is_kept_when_the_database_fails_in_between(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import DatabaseError

    job = engine.submit("ok")
    claim = engine.claim()
    sink = worker.AttemptSink(job.pk, claim.attempt.number)
    touch = lifecycle.touch

    def broken(*args: Any, **changes: Any) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(lifecycle, "touch", broken)
    with pytest.raises(DatabaseError):
        sink.log("first")
    monkeypatch.setattr(lifecycle, "touch", touch)
    sink.log("second")
    sink.flush(everything=True)
    assert [(line["n"], line["text"]) for line in output(job)["lines"]] == [(1, "first"), (2, "second")]


def test_streamed_text_is_kept_by_slot_and_offset(engine: Engine) -> None:
    job = engine.submit("ok")
    claim = engine.claim()
    sink = worker.AttemptSink(job.pk, claim.attempt.number)
    for token in ("Once ", "upon ", "a time"):
        sink.stream("script:1:body", token)
    sink.flush(everything=True)
    assert panel.slots(engine.fresh(job)) == {"script:1:body": "Once upon a time"}
    pieces = panel.output(job, attempt=1, start=0, slot="script:1:body")["lines"]
    assert "".join(piece["text"] for piece in pieces) == "Once upon a time"


def test_a_delivery_is_undone_with_the_transaction_that_fails(engine: Engine, channel: Any) -> None:
    job = engine.submit("ok")
    claim = engine.claim()
    sink = worker.AttemptSink(job.pk, claim.attempt.number)

    def write(delivery: Delivery) -> None:
        Note.objects.create(channel=channel, title="half", text="made")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        sink.deliver(0, write)
    assert not Note.objects.filter(channel=channel).exists()
    assert not sink.delivered(0)


@pytest.mark.parametrize("stop", [Cancelled, HandedBack, Fenced])
def test_a_kind_cannot_swallow_a_stop(stop: type[BaseException]) -> None:
    assert not issubclass(stop, Exception)
