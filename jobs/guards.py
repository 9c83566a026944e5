"""Refuses to delete a channel, or anything of it, while a job is working on it; a deleted job's files go with it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model, ProtectedError
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from channels_app.models import Channel
from jobs import workplace
from jobs.models import ACTIVE, Job


def active_jobs_on(instance: Model) -> list[Job]:
    """The active jobs of a channel, or those whose inputs name this row of a channel."""
    if isinstance(instance, Channel):
        return list(Job.objects.filter(channel=instance, state__in=ACTIVE)[:5])
    channel_id = getattr(instance, "channel_id", None)
    if channel_id is None:
        return []
    wanted = str(instance.pk)
    active = Job.objects.filter(channel_id=channel_id, state__in=ACTIVE)
    return [job for job in active if wanted in map(str, job.inputs.values())]


@receiver(pre_delete)
def refuse_while_jobs_are_active(sender: type[Model], instance: Model, **_: Any) -> None:
    """Raises ProtectedError with a sentence that names the jobs; the pages and the API answer 409."""
    if sender._meta.app_label != "channels_app":
        return
    jobs = active_jobs_on(instance)
    if jobs:
        names = ", ".join(f"“{job.title}”" for job in jobs)
        raise ProtectedError(
            f"{str(sender._meta.verbose_name).capitalize()}: a job is still at work on it ({names}). "
            "Cancel it or wait until it has ended, then delete.",
            set(jobs),
        )


@receiver(post_delete, sender=Job)
def remove_its_files(instance: Job, **_: Any) -> None:
    """Once the deletion is committed, whatever was deleted: the job, its channel or its owner."""
    transaction.on_commit(partial(workplace.discard_job, instance.pk), robust=True)
