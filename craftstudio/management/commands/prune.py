"""`manage.py prune`: remove what is no longer needed."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import throttle
from channels_app import actions, files, queries, revisions, uploads, youtube_facts
from jobs import spending, workplace
from jobs.models import ENDED, Event, Job

# Old enough that nothing under way can still be writing it.
SETTLED = timedelta(days=1)
# Of what autosave kept before, one text a day is enough.
THINNED = timedelta(days=30)


class Command(BaseCommand):
    """Old jobs, binned notes and scripts, old autosaves, files that no row names, folders of dead attempts."""

    help = "Removes jobs that ended long ago, binned notes and scripts, and files nothing refers to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How old."""
        parser.add_argument("--days", type=int, default=90, help="keep jobs that ended within so many days (90)")
        parser.add_argument("--bin-days", type=int, default=30, help="keep deleted notes and scripts so long (30)")

    def handle(self, *args: Any, days: int, bin_days: int, **options: Any) -> None:
        """Remove, and say how much."""
        now = timezone.now()
        old = Job.objects.filter(state__in=ENDED, ended_at__lt=now - timedelta(days=days))
        jobs = 0
        for job in old.iterator(chunk_size=200):
            Event.objects.filter(job=job).delete()
            job.delete()
            jobs += 1
        spending.forget_before(now - timedelta(days=max(days, 1)))
        binned = actions.purge_binned(now - timedelta(days=bin_days))
        thinned = revisions.prune(now - THINNED)
        removed = files.remove_unreferenced(queries.files_in_use(), older_than=now - SETTLED)
        uploads.forget_expired(now - SETTLED)
        folders = clear_work_folders() + workplace.remove_forgotten(now - SETTLED)
        remembered = youtube_facts.forget_before(now - timedelta(days=bin_days))
        throttle.prune()
        call_command("clearsessions")
        self.stdout.write(
            f"{jobs} jobs, {binned} deleted rows, {thinned} autosaved texts, {removed} files, "
            f"{folders} folders of attempts, {remembered} remembered answers of YouTube removed"
        )


def clear_work_folders() -> int:
    """Remove work folders of jobs that are not running; returns how many."""
    root = Path(settings.WORK_DIR)
    running = {str(pk) for pk in Job.objects.filter(lease_until__isnull=False).values_list("pk", flat=True)}
    settled = timezone.now().timestamp() - SETTLED.total_seconds()
    doomed = [
        path
        for path in (root.iterdir() if root.is_dir() else ())
        if path.name not in running and path.stat().st_mtime < settled
    ]
    for path in doomed:
        shutil.rmtree(path, ignore_errors=True)
    return len(doomed)
