"""The state machine of a job, and the only writer of its state.

Every move is one compare-and-set UPDATE: it names the state (and for a running attempt, its number: the fence) that it
starts from, and acts only if a row changed. So a late, repeated or zombie caller changes nothing.

    (new)   ──create──▶ queued ──claim──▶ running ──finish──▶ completed
    running ──fail (tries left), lose, hand_back──▶ queued
    running ──pass_stage, run_again──▶ running, waiting for the next queue
    running ──fail (none left)──▶ failed          running | queued ──cancel──▶ cancelled
    failed | cancelled ──retry──▶ queued
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from channels_app.models import Channel
from jobs import events, registry, rings
from jobs.context import FINISH
from jobs.events import JOB, Entry
from jobs.models import ACTIVE, Artifact, Attempt, Job, QueueTurn, StageRun, State, light
from jobs.picture import instant
from jobs.spec import JobSpec, SpecError, Stage

logger = logging.getLogger(__name__)

LOSSES_AT_MOST = 5
NEVER = datetime.min.replace(tzinfo=UTC)
KEPT_LOSING = "This job kept losing its worker, so the studio stopped trying. Retry it, or look at the attempts."
IN_FLIGHT = Q(state=State.RUNNING, lease_until__isnull=False)


class StateMismatch(Exception):
    """The job is not in a state from which this move is possible; the text says which state it is in."""


class AlreadyActive(Exception):
    """Another active job has the same kind and subject in this channel."""

    def __init__(self, other: Job | None) -> None:
        super().__init__("This is already being done by another job.")
        self.other = other


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt that has just begun: the row as it stands, and what is to be run."""

    job: Job
    attempt: Attempt
    stage: Stage | None


def log_move(job: Job, move: str) -> None:
    """One line per move; never inputs, texts or keys."""
    logger.info("job=%s kind=%s attempt=%d move=%s state=%s", job.pk, job.kind, job.attempt, move, job.state)


def _move(job_id: UUID, when: Q, *, entries: int = 1, **changes: Any) -> Job | None:
    """Compare-and-set: the row as it is after the change, or None if it was not as `when` says."""
    changed = Job.objects.filter(when, pk=job_id).update(rev=F("rev") + entries, updated_at=timezone.now(), **changes)
    return light().get(pk=job_id) if changed else None


def _tell(job: Job, entries: list[Entry], *, listed: str = "moved") -> None:
    events.publish_after_commit(job, events.write(job, entries), listed=listed)


def _ring_after_commit(queue: str) -> None:
    transaction.on_commit(lambda: rings.ring(queue), robust=True)


# --- entries ---------------------------------------------------------------------------------------------------------
def attempt_fields(attempt: Attempt) -> dict[str, Any]:
    """An attempt as people and machines read it."""
    return {
        "number": attempt.number,
        "stage": attempt.stage,
        "try": attempt.try_number,
        "worker": attempt.worker,
        "started_at": instant(attempt.started_at),
        "ended_at": instant(attempt.ended_at),
        "outcome": attempt.outcome,
        "error": attempt.error,
    }


def stage_fields(stage: StageRun) -> dict[str, Any]:
    """A stage as people and machines read it."""
    return {
        "name": stage.name,
        "label": stage.label,
        "position": stage.position,
        "state": stage.state,
        "score": stage.score,
        "started_at": instant(stage.started_at),
        "ended_at": instant(stage.ended_at),
    }


def _attempt_entry(attempt: Attempt) -> Entry:
    return Entry("attempt", attempt=attempt.number, body={"attempt": attempt_fields(attempt)})


def _artifact_entry(artifact: Artifact) -> Entry:
    body = {"name": artifact.name, "media_type": artifact.media_type, "size": artifact.size}
    return Entry("art", attempt=artifact.attempt, body={"artifact": body})


def _stage_entry(stage: StageRun) -> Entry:
    return Entry("stage", body={"stage": stage_fields(stage)})


# --- asking ----------------------------------------------------------------------------------------------------------
def create(
    *,
    channel: Channel,
    user: Any,
    kind: str,
    spec: JobSpec,
    title: str,
    subject: str,
    inputs: dict[str, Any],
    idempotency_key: str = "",
    rerun_of: Job | None = None,
) -> Job:
    """A new queued job with its first event; its queue is rung once the transaction commits.

    Raises AlreadyActive when another active job has this subject, IntegrityError for a repeated idempotency key.
    """
    now = timezone.now()
    first = spec.stages[0]
    job = Job(
        channel=channel,
        user=user,
        kind=kind,
        title=title[:200],
        subject=subject,
        inputs=inputs,
        idempotency_key=idempotency_key,
        rerun_of=rerun_of,
        stage=first.name,
        queue=first.queue,
        due_at=now,
        rev=1,
        created_at=now,
        updated_at=now,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            if spec.is_pipeline:
                StageRun.objects.bulk_create(
                    StageRun(job=job, position=position, name=stage.name, label=stage.label)
                    for position, stage in enumerate(spec.stages)
                )
            # Rung before it is told: a worker takes longer to begin than the news to spread.
            _ring_after_commit(job.queue)
            _tell(job, [JOB], listed="new")
    except IntegrityError:
        other = light().filter(channel=channel, kind=kind, subject=subject, state__in=ACTIVE).first()
        if subject and other:
            raise AlreadyActive(other) from None
        raise
    log_move(job, "create")
    return job


def cancel(job_id: UUID, *, force: bool = False) -> Job:
    """Cancel: a waiting job at once, a running one by asking its worker; with `force` a running one at once too.

    Repeating it is harmless. Raises StateMismatch for a job that has ended otherwise.
    """
    now = timezone.now()
    with transaction.atomic():
        waiting = Q(state__in=ACTIVE, due_at__isnull=False)
        job = _move(
            job_id, waiting, **_ended(State.CANCELLED, now), cancel_requested_at=Coalesce("cancel_requested_at", now)
        )
        if job:
            _tell(job, [JOB])
            log_move(job, "cancel")
            return job
        if force:
            return _force(job_id, now)
        job = _move(job_id, IN_FLIGHT & Q(cancel_requested_at__isnull=True), cancel_requested_at=now)
        if job:
            _tell(job, [JOB])
            log_move(job, "ask to cancel")
            return job
    current = light().get(pk=job_id)
    if current.cancel_requested_at and (current.is_active or current.state == State.CANCELLED):
        return current
    raise StateMismatch(f"This job is {current.state}: only one that waits or runs can be cancelled.")


def ask_to_finish(job_id: UUID) -> Job:
    """Leave word for a running job to end early with what it has; its run asks for it. Raises StateMismatch."""
    with transaction.atomic():
        job = _move(job_id, IN_FLIGHT & Q(cancel_requested_at__isnull=True), entries=1)
        if job is None:
            current = light().get(pk=job_id)
            raise StateMismatch(f"This job is {current.state}: only one that runs can be ended early.")
        job.kept = {**job.kept, FINISH: True}
        job.save(update_fields=["kept"])
        _tell(job, [JOB])
    log_move(job, "ask to finish")
    return job


def _force(job_id: UUID, now: datetime) -> Job:
    """End a running job now. Its worker finds itself fenced out and stops everything it started."""
    current = light().get(pk=job_id)
    job = _move(
        job_id,
        IN_FLIGHT & Q(attempt=current.attempt),
        entries=2,
        **_ended(State.CANCELLED, now),
        cancel_requested_at=Coalesce("cancel_requested_at", now),
        force=True,
    )
    if job is None:
        if current.state == State.CANCELLED:
            return current
        raise StateMismatch(f"This job is {current.state}: only one that waits or runs can be stopped.")
    attempt = _end_attempt(job, Attempt.Outcome.CANCELLED, "Stopped by force.")
    _tell(job, [_attempt_entry(attempt), JOB])
    _close_stages(job, StageRun.Status.ERROR)
    log_move(job, "force stop")
    return job


def retry(job_id: UUID) -> Job:
    """Queue a failed or cancelled job again: counters start anew, its history stays. Raises StateMismatch, AlreadyActive."""
    now = timezone.now()
    current = light().get(pk=job_id)
    stage = registry.spec(current.kind).stage(current.stage)
    try:
        with transaction.atomic():
            job = _move(
                job_id,
                Q(state__in=(State.FAILED, State.CANCELLED)),
                state=State.QUEUED,
                queue=stage.queue,
                due_at=now,
                ended_at=None,
                cancel_requested_at=None,
                force=False,
                failures=0,
                losses=0,
                error="",
                outcome="",
                **_no_progress(),
            )
            if job is None:
                raise StateMismatch(f"This job is {current.state}: only a failed or cancelled one can be retried.")
            if FINISH in job.kept:
                job.kept = {name: value for name, value in job.kept.items() if name != FINISH}
                job.save(update_fields=["kept"])
            _tell(job, [JOB])
            _ring_after_commit(job.queue)
    except IntegrityError:
        same = light().filter(channel=current.channel_id, kind=current.kind, subject=current.subject, state__in=ACTIVE)
        raise AlreadyActive(same.first()) from None
    log_move(job, "retry")
    return job


# --- an attempt ------------------------------------------------------------------------------------------------------
def claim(queue: str, worker: str) -> Claim | None:
    """Begin an attempt at the fairest due job of a queue, or None when nothing is due."""
    while True:
        now = timezone.now()
        with transaction.atomic():
            job_id = fairest(queue, now)
            if job_id is None:
                return None
            job = _move(
                job_id,
                Q(queue=queue, due_at__lte=now, state__in=ACTIVE),
                entries=2,
                state=State.RUNNING,
                attempt=F("attempt") + 1,
                due_at=None,
                lease_until=now + settings.JOB_LEASE,
                worker=worker,
                started_at=Coalesce("started_at", now),
                **_no_progress(),
            )
            if job is None:
                continue  # another worker was quicker: look again
            attempt = Attempt.objects.create(
                job=job,
                number=job.attempt,
                stage=job.stage,
                try_number=job.failures + 1,
                worker=worker,
                started_at=now,
            )
            QueueTurn.objects.bulk_create(
                [QueueTurn(queue=queue, channel_id=job.channel_id, served_at=now)],
                update_conflicts=True,
                unique_fields=["queue", "channel"],
                update_fields=["served_at"],
            )
            _tell(job, [_attempt_entry(attempt), JOB])
            begun = _begin_stage(job, now)
        log_move(job, "claim")
        return Claim(job, attempt, begun)


def fairest(queue: str, now: datetime) -> UUID | None:
    """The due job whose turn it is: of the channel with the fewest running, then longest not served, its oldest."""
    due = Job.objects.filter(queue=queue, due_at__lte=now)
    oldest = dict(due.order_by().values_list("channel").annotate(Min("created_at")))
    if not oldest:
        return None
    if len(oldest) == 1:
        (turn,) = oldest
    else:
        at_work = Job.objects.filter(queue=queue, lease_until__isnull=False)
        running = Counter(at_work.values_list("channel", flat=True))
        served = dict(QueueTurn.objects.filter(queue=queue).values_list("channel", "served_at"))
        turn = min(oldest, key=lambda channel: (running[channel], served.get(channel, NEVER), oldest[channel]))
    return due.filter(channel=turn).order_by("created_at", "pk").values_list("pk", flat=True).first()


def rehearse(queue: str) -> None:
    """What a claim does, without a job: whoever will claim later does it quicker for it. Changes nothing."""
    with transaction.atomic():
        fairest(queue, timezone.now())
        nobody = uuid4()
        if _move(nobody, IN_FLIGHT, lease_until=None) is None:
            light().filter(pk=nobody).first()


def touch(job_id: UUID, attempt: int, entries: list[Entry], **changes: Any) -> Job | None:
    """Write entries and harmless fields (progress, cost) of a running attempt; the state stays as it is.

    Call it in a transaction. None when the attempt was fenced out: then nothing may be written.
    """
    job = _move(job_id, IN_FLIGHT & Q(attempt=attempt), entries=len(entries), **changes)
    if job and entries:
        _tell(job, entries, listed="")
    return job


def renew(job_id: UUID, attempt: int) -> bool:
    """Prolong the lease of a running attempt. False when the row has moved on without it."""
    return bool(
        Job.objects.filter(IN_FLIGHT, pk=job_id, attempt=attempt).update(
            lease_until=timezone.now() + settings.JOB_LEASE
        )
    )


def finish(
    job_id: UUID,
    attempt: int,
    *,
    result: dict[str, Any],
    outcome: str = "done",
    artifacts: list[Artifact] | None = None,
) -> Job | None:
    """Complete the job with its result and artifacts. None when the attempt was fenced out: nothing is written."""
    artifacts = artifacts or []
    now = timezone.now()
    with transaction.atomic():
        job = _move(
            job_id,
            IN_FLIGHT & Q(attempt=attempt),
            entries=2 + len(artifacts),
            **_ended(State.COMPLETED, now),
            result=result,
            outcome=outcome,
            error="",
            failures=0,
        )
        if job is None:
            return None
        Artifact.objects.bulk_create(artifacts)
        ended = _end_attempt(job, Attempt.Outcome.OK)
        _tell(job, [*map(_artifact_entry, artifacts), _attempt_entry(ended), JOB])
        _close_stages(job, StageRun.Status.NEEDS_HUMAN if outcome == "needs_you" else StageRun.Status.COMPLETE)
    log_move(job, "finish")
    return job


def pass_stage(job_id: UUID, attempt: int, following: Stage, artifacts: list[Artifact]) -> Job | None:
    """A pipeline's stage has passed: the next one becomes due on its own queue, or a polite cancel takes effect here.

    Its artifacts appear; one that an earlier run of the stage left under the same name is replaced.
    """
    now = timezone.now()
    onward = {
        "stage": following.name,
        "queue": following.queue,
        "due_at": now,
        "lease_until": None,
        "worker": "",
        "failures": 0,
        "losses": 0,
        "error": "",
    }
    with transaction.atomic():
        job = _leave(job_id, attempt, Attempt.Outcome.OK, StageRun.Status.COMPLETE, onward, move="pass stage")
        if job and artifacts:
            Artifact.objects.filter(job=job, name__in=[artifact.name for artifact in artifacts]).delete()
            Artifact.objects.bulk_create(artifacts)
            append(job, [_artifact_entry(artifact) for artifact in artifacts])
    return job


def run_again(job_id: UUID, attempt: int, note: str) -> Job | None:
    """A gate sends its own stage round once more: due at once, counted neither as failure nor as loss."""
    onward = {"due_at": timezone.now(), "lease_until": None, "worker": ""}
    return _leave(job_id, attempt, Attempt.Outcome.YIELDED, None, onward, error=note, move="run again")


def hand_back(job_id: UUID, attempt: int) -> Job | None:
    """The worker is shutting down: the job waits again, and nothing is counted against it."""
    onward = {"state": State.QUEUED, "due_at": timezone.now(), "lease_until": None, "worker": ""}
    return _leave(
        job_id, attempt, Attempt.Outcome.YIELDED, None, onward, error="The worker was stopped.", move="hand back"
    )


def lose(job_id: UUID, attempt: int) -> Job | None:
    """The attempt's worker is gone: run again at once, until it has happened too often."""
    with transaction.atomic():
        losses = Job.objects.filter(pk=job_id).values_list("losses", flat=True).get() + 1
        if losses >= LOSSES_AT_MOST:
            onward = {**_ended(State.FAILED, timezone.now()), "losses": losses, "error": KEPT_LOSING}
        else:
            onward = {
                "state": State.QUEUED,
                "due_at": timezone.now(),
                "lease_until": None,
                "worker": "",
                "losses": losses,
            }
        return _leave(
            job_id, attempt, Attempt.Outcome.LOST, None, onward, error="Its worker stopped answering.", move="lose"
        )


def fail(job_id: UUID, attempt: int, *, error: str, traceback: str = "", permanent: bool = False) -> Job | None:
    """The attempt has failed: wait for the next automatic retry, or for a person when none is left or none can help."""
    now = timezone.now()
    with transaction.atomic():
        row = Job.objects.filter(pk=job_id).only("kind", "failures").get()
        try:
            spec = registry.spec(row.kind)
            retries, backoff = spec.max_retries, spec.backoff or settings.JOB_BACKOFF
        except registry.UnknownKind:
            retries, backoff = 0, (0.0,)
        if permanent or row.failures >= retries:
            onward = {**_ended(State.FAILED, now), "error": error}
        else:
            pause = backoff[min(row.failures, len(backoff) - 1)]
            onward = {
                "state": State.QUEUED,
                "due_at": now + timedelta(seconds=pause),
                "lease_until": None,
                "worker": "",
                "failures": row.failures + 1,
                "error": error,
            }
        return _leave(
            job_id,
            attempt,
            Attempt.Outcome.FAILED,
            StageRun.Status.ERROR,
            onward,
            error=error,
            traceback=traceback,
            move="fail",
        )


def stop(job_id: UUID, attempt: int) -> Job | None:
    """The kind has stopped because a person asked for it. None when the attempt was fenced out, or nobody asked."""
    with transaction.atomic():
        if not Job.objects.filter(pk=job_id, cancel_requested_at__isnull=False).exists():
            return None
        return _leave(job_id, attempt, Attempt.Outcome.CANCELLED, StageRun.Status.ERROR, {}, move="stop")


def _leave(
    job_id: UUID,
    attempt: int,
    outcome: Attempt.Outcome,
    stage_state: StageRun.Status | None,
    onward: dict[str, Any],
    *,
    error: str = "",
    traceback: str = "",
    move: str,
) -> Job | None:
    """End the attempt and send the job `onward`; a job that a person has cancelled ends here instead."""
    fence = IN_FLIGHT & Q(attempt=attempt)
    with transaction.atomic():
        job = None
        if onward:
            job = _move(job_id, fence & Q(cancel_requested_at__isnull=True), entries=2, **onward)
        if job is None:
            ended = _ended(State.CANCELLED, timezone.now())
            job = _move(job_id, fence & Q(cancel_requested_at__isnull=False), entries=2, **ended)
        if job is None:
            return None
        closed = _end_attempt(job, outcome, error, traceback)
        _tell(job, [_attempt_entry(closed), JOB])
        if stage_state or not job.is_active:
            # An attempt that was only interrupted leaves its stage open, unless nothing will go on with it.
            _close_stages(job, stage_state or StageRun.Status.ERROR)
        if job.due_at and job.due_at <= timezone.now():
            _ring_after_commit(job.queue)
    log_move(job, move)
    return job


def _ended(state: State, now: datetime) -> dict[str, Any]:
    return {"state": state, "ended_at": now, "due_at": None, "lease_until": None, "worker": ""}


def _no_progress() -> dict[str, Any]:
    return {"phase": "", "done": 0, "of": 0, "note": ""}


def _end_attempt(job: Job, outcome: Attempt.Outcome, error: str = "", traceback: str = "") -> Attempt:
    attempt = Attempt.objects.get(job=job, number=job.attempt)
    attempt.outcome, attempt.error, attempt.traceback = outcome, error, traceback
    attempt.ended_at = timezone.now()
    attempt.save(update_fields=["outcome", "error", "traceback", "ended_at"])
    return attempt


# --- stages ----------------------------------------------------------------------------------------------------------
def append(job: Job, entries: list[Entry]) -> None:
    """Further entries in a transaction that already holds the job's row; `job.rev` is brought up to date."""
    Job.objects.filter(pk=job.pk).update(rev=F("rev") + len(entries))
    job.rev += len(entries)
    _tell(job, entries, listed="")


def _begin_stage(job: Job, now: datetime) -> Stage | None:
    """The declared stage that this attempt runs, marked as in progress; None if the kind or stage is no longer there."""
    try:
        spec = registry.spec(job.kind)
        stage = spec.stage(job.stage)
    except (registry.UnknownKind, SpecError):
        return None
    if spec.is_pipeline:
        run = StageRun.objects.get(job=job, name=job.stage)
        run.state, run.started_at, run.ended_at = StageRun.Status.IN_PROGRESS, now, None
        run.save(update_fields=["state", "started_at", "ended_at"])
        append(job, [_stage_entry(run)])
    return stage


def _close_stages(job: Job, state: StageRun.Status) -> None:
    """The stage (or phase) in progress has come to its end."""
    if not job.stage and not job.phase:
        return
    open_runs = list(StageRun.objects.filter(job=job, state=StageRun.Status.IN_PROGRESS))
    for run in open_runs:
        run.state, run.ended_at = state, timezone.now()
        run.save(update_fields=["state", "ended_at"])
    if open_runs:
        append(job, [_stage_entry(run) for run in open_runs])


def begin_phase(job: Job, name: str) -> list[Entry]:
    """A single-stage job names its next phase; the phase before it is complete. Returns the entries that tell it.

    The caller holds the job's row and writes the entries.
    """
    now = timezone.now()
    changed = list(StageRun.objects.filter(job=job, state=StageRun.Status.IN_PROGRESS).exclude(name=name))
    for run in changed:
        run.state, run.ended_at = StageRun.Status.COMPLETE, now
        run.save(update_fields=["state", "ended_at"])
    position = StageRun.objects.filter(job=job).count()
    run, _ = StageRun.objects.get_or_create(
        job=job, name=name[:80], defaults={"position": position, "label": name[:80]}
    )
    run.state, run.started_at, run.ended_at = StageRun.Status.IN_PROGRESS, now, None
    run.save(update_fields=["state", "started_at", "ended_at"])
    return [_stage_entry(stage) for stage in [*changed, run]]
