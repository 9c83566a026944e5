"""Finds what nobody is working on and sets it going again: lost attempts, unheard rings, unpublished events.

Any number of sweepers may run at once: each of their moves is compare-and-set, and rings and messages may repeat.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, F
from django.utils import timezone

from jobs import events, lifecycle, rings, workplace
from jobs.models import Job, light

logger = logging.getLogger(__name__)

RING_AT_MOST = 200
PUBLISH_AT_MOST = 100
# A writer publishes right after its commit: only what it has evidently not managed to is ours.
PUBLISH_AFTER = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: attempts found lost, rings rung, jobs whose events were published."""

    lost: int
    rung: int
    published: int


def sweep() -> Swept:
    """One sweep over everything."""
    return Swept(lost=sweep_lost(), rung=sweep_due(), published=sweep_unpublished())


def sweep_lost() -> int:
    """Attempts whose lease has run out: their worker is gone, the job goes on elsewhere."""
    lost = 0
    expired = Job.objects.filter(lifecycle.IN_FLIGHT, lease_until__lt=timezone.now())
    for job_id, attempt in list(expired.values_list("pk", "attempt")):
        if lifecycle.lose(job_id, attempt):
            workplace.discard(job_id, attempt)
            lost += 1
    return lost


def sweep_due() -> int:
    """Ring for jobs that are due while too few rings wait on their queue (Redis was away, or a retry's pause is over)."""
    rung = 0
    due = Job.objects.filter(due_at__lte=timezone.now()).order_by().values("queue").annotate(count=Count("pk"))
    for row in due:
        waiting = rings.rings_waiting(row["queue"])
        if waiting is None:
            return rung
        needed = min(row["count"], RING_AT_MOST) - waiting
        if needed > 0 and rings.ring(row["queue"], needed):
            rung += needed
    return rung


def sweep_unpublished() -> int:
    """Publish events that never reached the live stream."""
    published = 0
    before = timezone.now() - PUBLISH_AFTER
    behind = light().filter(published_rev__lt=F("rev"), updated_at__lt=before).order_by("updated_at")
    for job in behind[:PUBLISH_AT_MOST]:
        try:
            if not events.republish(job):
                break
        except DatabaseError:
            raise
        except Exception:
            # What cannot be carried now never can: it would stand before all others for ever. Pages still show it.
            logger.exception("job=%s: its events cannot be published, pages read them from the database", job.pk)
            events.mark_published(job.pk, job.published_rev + 1, job.rev)
            continue
        published += 1
    return published


def run(stop: threading.Event) -> None:
    """Sweep every JOB_SWEEP_SECONDS until stopped; one failing sweep does not end the sweeping."""
    while not stop.wait(settings.JOB_SWEEP_SECONDS):
        try:
            swept = sweep()
        except Exception:
            logger.exception("a sweep failed; the next one tries again")
            continue
        if swept.lost:
            logger.warning("found %d lost attempt(s)", swept.lost)
