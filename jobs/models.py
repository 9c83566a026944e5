"""The rows of the job engine. Only `lifecycle.py` writes the state of a job; only `events.py` writes its log."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from channels_app.models import Channel
from jobs import registry


class State(models.TextChoices):
    """Where a job is in its life; docs/job-lifecycle.md draws the moves between them."""

    QUEUED = "queued", "Queued"  # waiting for a worker slot, or for the next automatic retry
    RUNNING = "running", "Running"  # a worker has it, or (a pipeline) its next stage waits for one
    COMPLETED = "completed", "Completed"  # its result is kept
    FAILED = "failed", "Failed"  # out of retries, or an error that no retry can mend
    CANCELLED = "cancelled", "Cancelled"  # a person ended it


ACTIVE = (State.QUEUED, State.RUNNING)
ENDED = (State.COMPLETED, State.FAILED, State.CANCELLED)


class Job(models.Model):
    """One asked-for piece of work. The row is the truth; a message on the queue is only a ring at the door.

    attempt: number of the latest attempt, and the fence that each of its writes carries.
    due_at: set exactly while the job waits for a worker; lease_until: set exactly while one has it.
    failures: failed tries of the current stage; losses: attempts whose worker died, since the last hand-made retry.
    rev: number of the latest event; published_rev: the latest that is known to have reached the live stream.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="jobs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="jobs")
    kind = models.CharField(max_length=40, choices=registry.choices)
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=200, blank=True)
    inputs = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=200, blank=True)
    rerun_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="reruns")

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    outcome = models.CharField(max_length=20, blank=True)
    stage = models.CharField(max_length=40, blank=True)
    queue = models.CharField(max_length=20)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    losses = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    force = models.BooleanField(default=False)

    phase = models.CharField(max_length=80, blank=True)
    done = models.FloatField(default=0)
    of = models.FloatField(default=0)
    note = models.CharField(max_length=200, blank=True)
    tokens = models.PositiveBigIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    kept = models.JSONField(default=dict, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)

    rev = models.PositiveBigIntegerField(default=0)
    published_rev = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["channel", "-created_at", "-id"], name="job_newest"),
            models.Index(fields=["channel", "state", "-created_at", "-id"], name="job_newest_by_state"),
            models.Index(fields=["channel", "kind", "-created_at", "-id"], name="job_newest_by_kind"),
            models.Index(fields=["channel", "kind", "subject", "-created_at"], name="job_subject"),
            models.Index(fields=["channel", "updated_at"], name="job_changed"),
            # Conditions without values: SQLite uses a partial index only where the query says the very same words.
            models.Index(fields=["user"], name="job_active_of_user", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["channel"], name="job_active_in_channel", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["kind", "-ended_at"], name="job_usual", condition=Q(result__isnull=False)),
            models.Index(
                fields=["channel", "kind", "-ended_at"], name="job_usual_here", condition=Q(result__isnull=False)
            ),
            models.Index(
                fields=["queue", "channel", "due_at", "created_at"], name="job_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(lease_until__isnull=False)),
            models.Index(fields=["updated_at"], name="job_unpublished", condition=Q(published_rev__lt=F("rev"))),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_waits_or_works",
                condition=Q(state=State.QUEUED, due_at__isnull=False, lease_until__isnull=True)
                | Q(state=State.RUNNING, due_at__isnull=True, lease_until__isnull=False)
                | Q(state=State.RUNNING, due_at__isnull=False, lease_until__isnull=True)
                | Q(state__in=ENDED, due_at__isnull=True, lease_until__isnull=True),
            ),
            models.CheckConstraint(
                name="job_ended_has_an_end",
                condition=Q(state__in=ENDED, ended_at__isnull=False) | Q(state__in=ACTIVE, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="job_completed_has_a_result",
                condition=~Q(state=State.COMPLETED) | Q(result__isnull=False, outcome__gt=""),
            ),
            models.CheckConstraint(name="job_failed_has_an_error", condition=~Q(state=State.FAILED) | Q(error__gt="")),
            models.CheckConstraint(
                name="job_cancelled_by_a_person",
                condition=~Q(state=State.CANCELLED) | Q(cancel_requested_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="job_one_active_per_subject",
                fields=["channel", "kind", "subject"],
                condition=Q(state__in=ACTIVE) & ~Q(subject=""),
            ),
            models.UniqueConstraint(
                name="job_one_per_idempotency_key",
                fields=["channel", "user", "idempotency_key"],
                condition=~Q(idempotency_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE

    @property
    def waiting_for(self) -> str:
        """The queue that a running pipeline's next stage waits for, or nothing."""
        return self.queue if self.state == State.RUNNING and self.due_at is not None else ""


class Attempt(models.Model):
    """One try at a job (a pipeline: at one of its stages). Never overwritten by a later one.

    try_number: 1 for the first try of the stage, 2 … for its automatic retries.
    """

    class Outcome(models.TextChoices):
        """How an attempt ended; empty while it runs."""

        OK = "ok", "Done"
        FAILED = "failed", "Failed"
        LOST = "lost", "Lost its worker"
        CANCELLED = "cancelled", "Cancelled"
        YIELDED = "yielded", "Handed back"

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    stage = models.CharField(max_length=40, blank=True)
    try_number = models.PositiveIntegerField()
    worker = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    error = models.TextField(blank=True)
    traceback = models.TextField(blank=True)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="attempt_number")]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.job_id}"


class StageRun(models.Model):
    """How far one stage of a pipeline, or one named phase of another job, has come."""

    class Status(models.TextChoices):
        """PRODUCT §4's words for a stage."""

        NOT_STARTED = "not_started", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        REVIEW = "review", "Review"
        COMPLETE = "complete", "Complete"
        APPROVED = "approved", "Approved"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        NEEDS_HUMAN = "needs_human", "Needs you"
        ERROR = "error", "Error"

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="stage_runs")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    label = models.CharField(max_length=80)
    state = models.CharField(max_length=20, choices=Status.choices, default=Status.NOT_STARTED)
    score = models.FloatField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="stage_run_name")]

    def __str__(self) -> str:
        return f"{self.label}: {self.state}"


class Event(models.Model):
    """One entry of a job's log: `rev` counts 1, 2, 3 … within the job, without gaps.

    kind: as the live stream names it. `log` carries numbered lines [start, end) of its attempt; `panel` with a slot
    and text carries the characters [start, end) of that slot; `job` has no body, the row itself is its content.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="events")
    rev = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=8)
    attempt = models.PositiveIntegerField(default=0)
    slot = models.CharField(max_length=120, blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    body = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("rev",)
        constraints = [models.UniqueConstraint(fields=["job", "rev"], name="event_rev")]
        indexes = [
            models.Index(
                fields=["job", "attempt", "slot", "end"], name="event_output", condition=Q(kind__in=["log", "panel"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rev} of {self.job_id}"


class DeliveredUnit(models.Model):
    """A unit of a job's result that has been written: a retry makes only the positions that are missing."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="delivered_units")
    position = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="delivered_once")]

    def __str__(self) -> str:
        return f"unit {self.position} of {self.job_id}"


class Artifact(models.Model):
    """A file that a completed job left: narration, captions, an MP4."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="artifacts")
    attempt = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    meta = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="artifact_name")]

    def __str__(self) -> str:
        return self.name


class Spend(models.Model):
    """What a job has cost on one day (UTC), and whose daily limit that counts against.

    held_usd: what the call that is under way may still cost; it counts only while the job runs. It outlives its job:
    deleting a channel does not give the day's money back. Without a job it is a trial of somebody's key.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="spends")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    tokens = models.PositiveBigIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    held_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "day"], name="spend_per_job_and_day")]
        indexes = [models.Index(fields=["user", "day"], name="spend_of_a_day")]

    def __str__(self) -> str:
        return f"${self.cost_usd} on {self.day}"


class QueueTurn(models.Model):
    """When a channel was last served by a queue; the claim prefers the channel that has waited longest."""

    id = models.BigAutoField(primary_key=True)
    queue = models.CharField(max_length=20)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    served_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "channel"], name="queue_turn")]

    def __str__(self) -> str:
        return f"{self.queue} served {self.channel_id}"


# The large columns that lists and live rows never show.
HEAVY = ("inputs", "kept", "result")


def light() -> models.QuerySet[Job]:
    """Jobs without their large columns, with the channel and person that a row names."""
    return Job.objects.defer(*HEAVY).select_related("channel", "user")
