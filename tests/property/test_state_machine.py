"""Whatever happens to a job, in whatever order: its row stays sound, and it can still come to an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from channels_app.models import Channel
from jobs import actions, lifecycle, registry
from jobs.models import ACTIVE, ENDED, Attempt, Event, Job, StageRun, State, light
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
ATTEMPTS_PER_STREAK = 40
Seen = dict[str, Any]


class OneJob(RuleBasedStateMachine):
    """A job, its workers (some of them zombies), the sweeper and a person who presses buttons."""

    channel: Channel
    job: Job
    rev = 0

    @initialize(kind=st.sampled_from(["drill", "relay"]))
    def submit(self, kind: str) -> None:
        inputs = {"order": "ok"} if kind == "drill" else {"middle": "pass"}
        self.job = actions.submit(self.channel, self.channel.owner, kind, inputs).job

    def row(self) -> Job:
        return light().get(pk=self.job.pk)

    # --- workers ---
    @rule()
    def claim(self) -> None:
        before = self.row()
        claim = lifecycle.claim(before.queue, "hypothesis")
        if before.due_at is None:
            assert claim is None
        else:
            assert claim is not None
            assert (claim.job.state, claim.attempt.number) == (State.RUNNING, before.attempt + 1)

    @rule(move=st.sampled_from(["finish", "fail", "refuse", "lose", "hand_back", "again", "pass"]))
    def leave(self, move: str) -> None:
        """An attempt ends. Those that have ended before try the same, and are not heard."""
        row = self.row()
        following = registry.spec(row.kind).stage_after(row.stage)
        if move == "pass" and following is None:
            move = "finish"
        moves: dict[str, Callable[[int], Job | None]] = {
            "finish": lambda attempt: lifecycle.finish(row.pk, attempt, result={}),
            "fail": lambda attempt: lifecycle.fail(row.pk, attempt, error="no"),
            "refuse": lambda attempt: lifecycle.fail(row.pk, attempt, error="never", permanent=True),
            "lose": lambda attempt: lifecycle.lose(row.pk, attempt),
            "hand_back": lambda attempt: lifecycle.hand_back(row.pk, attempt),
            "again": lambda attempt: lifecycle.run_again(row.pk, attempt, "once more"),
            "pass": lambda attempt: lifecycle.pass_stage(row.pk, attempt, following, []),
        }
        before = self.snapshot()
        for zombie in range(max(row.attempt - 2, 0), row.attempt + (row.lease_until is None)):
            assert moves[move](zombie) is None
            assert not lifecycle.renew(row.pk, zombie)
            assert lifecycle.touch(row.pk, zombie, [], done=1.0) is None
        assert self.snapshot() == before
        if row.lease_until is not None:
            assert moves[move](row.attempt) is not None

    @precondition(lambda self: self.row().lease_until is not None)
    @rule()
    def report(self) -> None:
        """A running attempt tells how far it is and prolongs its lease."""
        assert lifecycle.renew(self.job.pk, self.row().attempt)
        assert lifecycle.touch(self.job.pk, self.row().attempt, [], done=1.0, of=2.0)

    @rule()
    def stop(self) -> None:
        row = self.row()
        may = row.lease_until is not None and row.cancel_requested_at is not None
        assert (lifecycle.stop(self.job.pk, row.attempt) is not None) == may

    # --- a person ---
    @rule(force=st.booleans())
    def cancel(self, force: bool) -> None:
        before = self.row()
        if before.state in (State.COMPLETED, State.FAILED):
            with pytest.raises(lifecycle.StateMismatch):
                lifecycle.cancel(self.job.pk, force=force)
        else:
            after = lifecycle.cancel(self.job.pk, force=force)
            assert after.cancel_requested_at is not None
            assert after.state == State.CANCELLED or (after.lease_until is not None and not force)

    @precondition(lambda self: self.row().state in (State.FAILED, State.CANCELLED))
    @rule()
    def retry(self) -> None:
        after = lifecycle.retry(self.job.pk)
        assert (after.state, after.failures, after.losses, after.error) == (State.QUEUED, 0, 0, "")

    @precondition(lambda self: self.row().state not in (State.FAILED, State.CANCELLED))
    @rule()
    def retry_what_has_not_failed(self) -> None:
        before = self.snapshot()
        with pytest.raises(lifecycle.StateMismatch):
            lifecycle.retry(self.job.pk)
        assert self.snapshot() == before

    # --- what always holds ---
    def snapshot(self) -> Seen:
        """Everything that is written about the job."""
        row = Job.objects.filter(pk=self.job.pk).values().get()
        attempts = list(Attempt.objects.filter(job=self.job).order_by("number").values())
        return {**row, "attempts": attempts, "events": Event.objects.filter(job=self.job).count()}

    @invariant()
    def is_sound(self) -> None:
        row = self.row()
        attempts = list(Attempt.objects.filter(job=row).order_by("number"))
        assert [attempt.number for attempt in attempts] == list(range(1, row.attempt + 1))
        running = [attempt.number for attempt in attempts if not attempt.outcome]
        assert running == ([row.attempt] if row.lease_until else [])
        assert all((attempt.ended_at is None) == (not attempt.outcome) for attempt in attempts)
        assert (row.state in ENDED) == (row.ended_at is not None) == (not row.due_at and not row.lease_until)
        assert row.failures <= registry.spec(row.kind).max_retries
        assert row.losses <= lifecycle.LOSSES_AT_MOST
        open_stages = StageRun.objects.filter(job=row, state=StageRun.Status.IN_PROGRESS).count()
        assert open_stages <= (1 if row.state in ACTIVE else 0)

    @invariant()
    def is_told_without_a_hole(self) -> None:
        revs = list(Event.objects.filter(job=self.job).order_by("rev").values_list("rev", flat=True))
        assert revs == list(range(1, self.row().rev + 1))[: len(revs)]
        assert self.row().rev >= self.rev
        self.rev = self.row().rev

    def teardown(self) -> None:
        """From wherever it stands: claimed and finished often enough, the job is completed, or cancelled as asked."""
        if not hasattr(self, "job"):
            return
        for _ in range(ATTEMPTS_PER_STREAK):
            row = self.row()
            if not row.is_active:
                break
            if row.lease_until is None:
                lifecycle.claim(row.queue, "hypothesis")
            else:
                lifecycle.finish(row.pk, row.attempt, result={}) or lifecycle.stop(row.pk, row.attempt)
        assert self.row().state in ENDED
        Job.objects.filter(pk=self.job.pk).delete()


def test_no_sequence_of_events_breaks_a_job(db: None, settings_quick: None) -> None:
    class InOneChannel(OneJob):
        channel = Channel.objects.create(owner=factories.premium("ana"), slug="tidal", name="Tidal")

    run_state_machine_as_test(
        InOneChannel,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            # Shrinking would replay hundreds of lives; a story of 25 steps is short enough to read.
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not connection.needs_rollback


@pytest.fixture
def settings_quick(settings: Any) -> None:
    """Retries are due at once, and force stop is offered at once."""
    settings.JOB_BACKOFF = (0.0,)
    settings.JOB_FORCE_SECONDS = 0
