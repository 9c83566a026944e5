"""The state machine: every move does what it says, and only from where it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F
from django.utils import timezone

from channels_app.models import Channel
from jobs import lifecycle
from jobs.models import Attempt, Event, Job, StageRun, State
from tests.unit.jobs.conftest import Engine

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def revs(job: Job) -> list[int]:
    return list(Event.objects.filter(job=job).order_by("rev").values_list("rev", flat=True))


def test_a_new_job_waits_with_its_first_event(engine: Engine) -> None:
    job = engine.fresh(engine.submit())
    assert (job.state, job.attempt, job.queue) == (State.QUEUED, 0, "ai")
    assert job.due_at is not None
    assert job.due_at <= timezone.now()
    assert revs(job) == [1]


def test_a_claim_begins_a_numbered_attempt_under_a_lease(engine: Engine) -> None:
    engine.submit()
    claim = engine.claim()
    assert claim.job.state == State.RUNNING
    assert (claim.attempt.number, claim.attempt.try_number) == (1, 1)
    assert claim.job.due_at is None
    assert claim.job.lease_until is not None
    assert claim.job.lease_until > timezone.now()
    assert lifecycle.claim("ai", "another") is None


def test_nothing_is_claimed_from_another_queue_or_before_it_is_due(engine: Engine) -> None:
    job = engine.submit()
    assert lifecycle.claim("media", "test") is None
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now() + timedelta(minutes=1))
    assert lifecycle.claim("ai", "test") is None


def test_the_fairest_job_is_claimed(engine: Engine, channel: Channel) -> None:
    """One channel's many jobs do not delay another's first."""
    other = Engine(Channel.objects.create(owner=channel.owner, slug="reef", name="Reef"))
    first, second, third = engine.submit(), engine.submit(), engine.submit()
    theirs = other.submit()
    assert [engine.claim().job.pk for _ in range(4)] == [first.pk, theirs.pk, second.pk, third.pk]


def test_of_two_idle_channels_the_one_served_longest_ago_is_next(engine: Engine, channel: Channel) -> None:
    other = Engine(Channel.objects.create(owner=channel.owner, slug="reef", name="Reef"))
    engine.submit()
    claim = engine.claim()
    lifecycle.finish(claim.job.pk, 1, result={})
    engine.submit()
    theirs = other.submit()
    assert engine.claim().job.pk == theirs.pk


def test_finishing_keeps_the_result_and_closes_the_attempt(engine: Engine) -> None:
    engine.submit()
    claim = engine.claim()
    job = lifecycle.finish(claim.job.pk, 1, result={"x": 1})
    assert job is not None
    assert (job.state, job.outcome, job.result) == (State.COMPLETED, "done", {"x": 1})
    assert job.attempts.get().outcome == Attempt.Outcome.OK
    assert revs(job) == list(range(1, job.rev + 1))


def test_a_zombie_attempt_changes_nothing(engine: Engine) -> None:
    """An attempt that was taken over can neither write, renew, finish nor fail."""
    job = engine.submit()
    engine.claim()
    assert lifecycle.lose(job.pk, 1)
    engine.claim()
    before = engine.fresh(job)
    assert lifecycle.finish(job.pk, 1, result={"from": "a zombie"}) is None
    assert lifecycle.fail(job.pk, 1, error="zombie") is None
    assert lifecycle.lose(job.pk, 1) is None
    assert lifecycle.hand_back(job.pk, 1) is None
    assert lifecycle.touch(job.pk, 1, [], done=5.0) is None
    assert not lifecycle.renew(job.pk, 1)
    after = engine.fresh(job)
    assert (after.state, after.attempt, after.rev) == (before.state, 2, before.rev)


def test_a_failure_waits_for_its_backoff_and_the_fourth_is_final(engine: Engine, settings: Any) -> None:
    settings.JOB_BACKOFF = (10, 60, 300)
    job = engine.submit()
    for number, pause in enumerate((10, 60, 300), start=1):
        engine.claim()
        before = timezone.now()
        failed = lifecycle.fail(job.pk, number, error="it broke")
        assert failed is not None
        assert (failed.state, failed.failures) == (State.QUEUED, number)
        assert failed.due_at is not None
        assert pause <= (failed.due_at - before).total_seconds() < pause + 5
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    claim = engine.claim()
    assert claim.attempt.try_number == 4
    failed = lifecycle.fail(job.pk, 4, error="it broke")
    assert failed is not None
    assert (failed.state, failed.error) == (State.FAILED, "it broke")
    assert [a.outcome for a in failed.attempts.all()] == ["failed"] * 4


def test_a_permanent_failure_is_not_retried(engine: Engine) -> None:
    job = engine.submit()
    engine.claim()
    failed = lifecycle.fail(job.pk, 1, error="This video is private.", permanent=True)
    assert failed is not None
    assert failed.state == State.FAILED


def test_losses_run_again_at_once_and_end_after_five(engine: Engine) -> None:
    job = engine.submit()
    for number in range(1, 5):
        engine.claim()
        lost = lifecycle.lose(job.pk, number)
        assert lost is not None
        assert (lost.state, lost.losses, lost.failures) == (State.QUEUED, number, 0)
    engine.claim()
    lost = lifecycle.lose(job.pk, 5)
    assert lost is not None
    assert (lost.state, lost.error) == (State.FAILED, lifecycle.KEPT_LOSING)


def test_a_waiting_job_is_cancelled_at_once_and_again_is_harmless(engine: Engine) -> None:
    job = engine.submit()
    assert lifecycle.cancel(job.pk).state == State.CANCELLED
    assert lifecycle.cancel(job.pk).state == State.CANCELLED
    assert lifecycle.claim("ai", "test") is None


def test_a_running_job_is_asked_to_cancel(engine: Engine) -> None:
    job = engine.submit()
    engine.claim()
    asked = lifecycle.cancel(job.pk)
    assert asked.state == State.RUNNING
    assert asked.cancel_requested_at is not None
    stopped = lifecycle.stop(job.pk, 1)
    assert stopped is not None
    assert stopped.state == State.CANCELLED
    assert stopped.attempts.get().outcome == Attempt.Outcome.CANCELLED


@pytest.mark.parametrize("move", ["fail", "lose", "hand_back"])
def test_a_cancelled_job_ends_whatever_its_attempt_does(engine: Engine, move: str) -> None:
    job = engine.submit()
    engine.claim()
    lifecycle.cancel(job.pk)
    moves: dict[str, Any] = {
        "fail": lambda: lifecycle.fail(job.pk, 1, error="broke"),
        "lose": lambda: lifecycle.lose(job.pk, 1),
        "hand_back": lambda: lifecycle.hand_back(job.pk, 1),
    }
    assert moves[move]().state == State.CANCELLED


def test_a_result_that_arrives_before_the_cancel_took_effect_is_kept(engine: Engine) -> None:
    job = engine.submit()
    engine.claim()
    lifecycle.cancel(job.pk)
    finished = lifecycle.finish(job.pk, 1, result={"made": "it"})
    assert finished is not None
    assert finished.state == State.COMPLETED


def test_force_ends_a_running_job_now_and_fences_its_worker_out(engine: Engine) -> None:
    job = engine.submit()
    engine.claim()
    lifecycle.cancel(job.pk)
    assert lifecycle.cancel(job.pk, force=True).state == State.CANCELLED
    assert lifecycle.finish(job.pk, 1, result={}) is None
    assert job.attempts.get().outcome == Attempt.Outcome.CANCELLED
    fresh = engine.fresh(job)
    assert revs(fresh) == list(range(1, fresh.rev + 1))


@pytest.mark.parametrize("force", [False, True])
def test_an_ended_job_cannot_be_cancelled(engine: Engine, force: bool) -> None:
    job = engine.submit()
    engine.claim()
    lifecycle.finish(job.pk, 1, result={})
    with pytest.raises(lifecycle.StateMismatch, match="completed"):
        lifecycle.cancel(job.pk, force=force)


def test_retry_starts_the_counters_anew_and_keeps_the_history(engine: Engine) -> None:
    job = engine.submit()
    engine.claim()
    lifecycle.fail(job.pk, 1, error="broke", permanent=True)
    again = lifecycle.retry(job.pk)
    assert (again.state, again.failures, again.error, again.attempt) == (State.QUEUED, 0, "", 1)
    assert engine.claim().attempt.number == 2
    assert job.attempts.count() == 2
    with pytest.raises(lifecycle.StateMismatch, match="running"):
        lifecycle.retry(job.pk)


def test_two_active_jobs_never_share_a_subject(engine: Engine) -> None:
    first = engine.submit(subject="script:1")
    with pytest.raises(lifecycle.AlreadyActive) as caught:
        engine.submit(subject="script:1")
    assert caught.value.other == first
    lifecycle.cancel(first.pk)
    second = engine.submit(subject="script:1")
    with pytest.raises(lifecycle.AlreadyActive) as caught:
        lifecycle.retry(first.pk)
    assert caught.value.other == second


def test_a_pipeline_waits_for_the_next_queue_between_its_stages(engine: Engine) -> None:
    job = engine.relay()
    assert lifecycle.claim("ai", "test") is None
    after_first = engine.run("pipeline")
    assert (after_first.state, after_first.stage, after_first.waiting_for) == (State.RUNNING, "middle", "ai")
    after_middle = engine.run("ai")
    assert (after_middle.stage, after_middle.waiting_for) == ("last", "render")
    done = engine.run("render")
    assert (done.state, done.result) == (State.COMPLETED, {"baton": ["first", "middle", "last"]})
    assert list(job.stage_runs.values_list("state", flat=True)) == [StageRun.Status.COMPLETE] * 3
    assert list(job.attempts.values_list("stage", flat=True)) == ["first", "middle", "last"]
    assert revs(done) == list(range(1, done.rev + 1))


def test_a_stage_that_fails_is_tried_again_without_the_stages_before_it(engine: Engine) -> None:
    job = engine.relay("crash_once")
    engine.run("pipeline")
    assert engine.run("ai").state == State.QUEUED
    assert engine.run("ai").waiting_for == "render"
    assert list(job.attempts.values_list("stage", "outcome")) == [
        ("first", "ok"),
        ("middle", "failed"),
        ("middle", "ok"),
    ]


def test_failures_are_counted_per_stage(engine: Engine) -> None:
    engine.relay("crash_once")
    engine.run("pipeline")
    assert engine.run("ai").failures == 1
    assert engine.run("ai").failures == 0


def test_a_gate_may_run_its_stage_again_uncounted(engine: Engine) -> None:
    job = engine.relay("again")
    engine.run("pipeline")
    again = engine.run("ai")
    assert (again.waiting_for, again.failures, again.losses) == ("ai", 0, 0)
    assert engine.run("ai").waiting_for == "render"
    assert list(job.attempts.values_list("outcome", flat=True)) == ["ok", "yielded", "ok"]


def test_a_gate_may_end_the_job_with_needs_you(engine: Engine) -> None:
    engine.relay("gate")
    engine.run("pipeline")
    job = engine.run("ai")
    assert (job.state, job.outcome, job.result) == (State.COMPLETED, "needs_you", {"score": 5})
    assert job.stage_runs.get(name="middle").state == StageRun.Status.NEEDS_HUMAN


def test_a_pipeline_is_cancelled_at_its_stage_boundary(engine: Engine) -> None:
    job = engine.relay()
    claim = engine.claim("pipeline")
    lifecycle.cancel(job.pk)
    from jobs import worker

    worker.run(claim, end_process=lambda: None)
    fresh = engine.fresh(job)
    assert (fresh.state, fresh.attempts.get().outcome) == (State.CANCELLED, "ok")


@pytest.mark.parametrize("move", [lifecycle.lose, lifecycle.hand_back])
def test_a_cancelled_pipeline_leaves_no_stage_in_progress(engine: Engine, move: Callable[[UUID, int], Job]) -> None:
    """Whatever ends the attempt: nothing will go on with the stage."""
    job = engine.relay()
    claim = engine.claim("pipeline")
    lifecycle.cancel(job.pk)
    assert move(job.pk, claim.attempt.number).state == State.CANCELLED
    assert not StageRun.objects.filter(job=job, state=StageRun.Status.IN_PROGRESS).exists()


def test_between_two_stages_a_pipeline_is_cancelled_at_once(engine: Engine) -> None:
    job = engine.relay()
    engine.run("pipeline")
    assert lifecycle.cancel(job.pk).state == State.CANCELLED
    assert lifecycle.claim("ai", "test") is None


def test_unpublished_events_stay_marked(engine: Engine) -> None:
    """No Redis here: nothing is published, and the row says so."""
    job = engine.submit()
    assert Job.objects.filter(pk=job.pk, published_rev__lt=F("rev")).exists()
