"""Where a waiting job stands in line, when it will start, and when a running one will end.

Judged by how long the kind's latest jobs took. A page of jobs costs one query, however many and of whatever kinds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from statistics import median
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, IntegerField, Subquery, TextField
from django.utils import timezone

from channels_app.models import Channel
from jobs.models import Job, State
from jobs.picture import instant

SAMPLES = 20
SAMPLES_NEEDED = 5
Estimate = dict[str, Any]
UNKNOWN: Estimate = {"queue_position": None, "starts_in": "", "eta": None}


class Counted(Subquery):
    """How many rows a query finds, as a value of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


class Listed(Subquery):
    """The durations `took` that a query finds, in seconds and separated by commas: many short queries in one."""

    template = "(SELECT GROUP_CONCAT(took / 1e6) FROM (%(subquery)s) AS listed)"  # SQLite keeps microseconds
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL has durations."""
        template = "(SELECT STRING_AGG(EXTRACT(EPOCH FROM took)::text, ',') FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=template, **context)


def samples_of(kind: str, channel: Channel | None = None) -> Listed:
    """How long the latest completed jobs of a kind took, in a channel or anywhere."""
    # Only completed jobs have a result; these are the words of the indexes `job_usual` and `job_usual_here`.
    done = Job.objects.filter(kind=kind, result__isnull=False, started_at__isnull=False).order_by("-ended_at")
    if channel:
        done = done.filter(channel=channel)
    took = done.annotate(took=ExpressionWrapper(F("ended_at") - F("started_at"), DurationField()))
    return Listed(took.values("took")[:SAMPLES])


def usual(samples: Iterable[str | None]) -> float | None:
    """The median of the first of these lists that is long enough, in seconds."""
    for listed in samples:
        seconds = [float(one) for one in (listed or "").split(",") if one]
        if len(seconds) >= SAMPLES_NEEDED:
            return median(seconds)
    return None


def estimates(channel: Channel, jobs: Iterable[Job]) -> dict[UUID, Estimate]:
    """For each job of a channel: while it waits, its place in line and when it starts; while it runs, when it ends.

    What is not known is None or empty.
    """
    jobs, now = list(jobs), timezone.now()
    waiting = [job for job in jobs if job.state == State.QUEUED and job.due_at and job.due_at <= now]
    running = [job for job in jobs if job.state == State.RUNNING and job.lease_until and job.started_at]
    found = {job.pk: dict(UNKNOWN) for job in jobs}
    if not waiting and not running:
        return found
    kinds = sorted({job.kind for job in [*waiting, *running]})
    due = Job.objects.filter(due_at__lte=now).order_by()
    asked: dict[str, Subquery] = {}
    for index, job in enumerate(waiting):
        ahead = due.filter(queue=job.queue, created_at__lt=job.created_at)
        asked[f"ahead{index}"] = Counted(ahead.values("pk"))
    for index, kind in enumerate(kinds):
        asked[f"here{index}"], asked[f"anywhere{index}"] = samples_of(kind, channel), samples_of(kind)
    told = cast("dict[str, Any]", Channel.objects.filter(pk=channel.pk).values(**asked).first() or {})
    usually = {
        kind: usual([told.get(f"here{index}"), told.get(f"anywhere{index}")]) for index, kind in enumerate(kinds)
    }
    for index, job in enumerate(waiting):
        position = 1 + told.get(f"ahead{index}", 0)
        seconds = usually[job.kind]
        words = "" if seconds is None else starts_in(seconds, position, job.queue)
        found[job.pk] |= {"queue_position": position, "starts_in": words}
    for job in running:
        seconds = usually[job.kind]
        if seconds is not None and job.started_at:
            found[job.pk]["eta"] = instant(job.started_at + timedelta(seconds=seconds))
    return found


def starts_in(seconds: float, position: int, queue: str) -> str:
    """When the job at that place in line starts, as a range in words."""
    rounds = max(position / settings.JOB_QUEUES.get(queue, 1), 0.5)
    return f"starts in about {in_words(seconds * (rounds - 0.5))}–{in_words(seconds * (rounds + 0.5))}"


def in_words(seconds: float) -> str:
    """A rough time, e.g. "40 s", "4 min"."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min"
