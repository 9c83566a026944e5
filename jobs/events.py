"""The log of a job: the only writer of Event rows, and their way to the live stream.

The database is the truth. Entries are written in the transaction of the change that they tell; after the commit they
go to Redis, which only carries them. `Job.published_rev` remembers how far that worked, so that the writer or the
sweeper can publish the rest later; a message that arrives twice is harmless (docs/adr/0002).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jobs import rings
from jobs.models import Event, Job
from jobs.picture import live_picture
from jobs.rings import Message

REPUBLISH_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be numbered and written; the fields are those of Event."""

    kind: str
    attempt: int = 0
    slot: str = ""
    start: int = 0
    end: int = 0
    body: dict[str, Any] = field(default_factory=dict)


JOB = Entry("job")


def write(job: Job, entries: list[Entry], *, at: datetime | None = None) -> list[Message]:
    """Write entries under the revs that `job` has just been moved by, and return them as messages.

    The caller holds the row's lock (its UPDATE raised `rev` by `len(entries)` in this transaction) and gives the
    row as it is now.
    """
    first = job.rev - len(entries) + 1
    at = at or timezone.now()
    rows = [
        Event(
            job_id=job.pk,
            rev=first + index,
            kind=entry.kind,
            attempt=entry.attempt,
            slot=entry.slot,
            start=entry.start,
            end=entry.end,
            body=entry.body,
            at=at,
        )
        for index, entry in enumerate(entries)
    ]
    Event.objects.bulk_create(rows)
    return [message(job, row) for row in rows]


def message(job: Job, event: Event) -> Message:
    """An entry as the live stream carries it (docs/architecture.md, "Live stream")."""
    base: Message = {"k": event.kind, "id": str(job.pk), "rev": event.rev}
    if event.kind == "job":
        return {**base, "rev": job.rev, "row": live_picture(job)}
    if event.kind == "log":
        return {**base, "attempt": event.attempt, "from": event.start, "lines": event.body["lines"]}
    if event.kind == "panel" and "text" in event.body:
        return {**base, "attempt": event.attempt, "slot": event.slot, "from": event.start, "text": event.body["text"]}
    if event.kind == "panel":
        return {**base, "slot": event.slot, "data": event.body}
    return {**base, **event.body}


def publish_after_commit(job: Job, messages: list[Message], *, listed: str = "") -> None:
    """Publish once the surrounding transaction has committed.

    listed: what lists of jobs have to know, `new` (there is one more) or `moved` (another state); else nothing.
    """

    # Taken now: later entries of the same transaction raise `job.rev` further.
    first, last = job.rev - len(messages) + 1, job.rev

    def publish() -> None:
        extra: list[Message] = [{"k": "list", "id": str(job.pk), "what": listed}] if listed else []
        if rings.publish(job.channel_id, [*messages, *extra]):
            mark_published(job.pk, first, last)

    transaction.on_commit(publish, robust=True)


def mark_published(job_id: UUID, first: int, last: int) -> None:
    """Remember that revs `first` to `last` are on the stream; does nothing if an earlier one is still missing."""
    Job.objects.filter(pk=job_id, published_rev__gte=first - 1, published_rev__lt=last).update(published_rev=last)


def republish(job: Job) -> bool:
    """Publish what has not reached the stream yet. False when Redis is (still) away."""
    pending = list(Event.objects.filter(job=job, rev__gt=job.published_rev).order_by("rev")[:REPUBLISH_AT_MOST])
    if not pending:
        return True
    if not rings.publish(job.channel_id, [message(job, event) for event in pending]):
        return False
    mark_published(job.pk, pending[0].rev, pending[-1].rev)
    return True
