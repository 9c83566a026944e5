"""Files of jobs on disk: none outlives what names it, and none that is named is removed."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from channels_app import actions as content
from jobs import workplace
from jobs.models import Artifact, Job
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db(transaction=True)


def stored() -> set[str]:
    """Every file below artifacts/."""
    root = Path(default_storage.path("artifacts"))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def leave(job_id: object, attempt: int, *, days_old: float = 0) -> None:
    """A file as an attempt that was killed leaves it."""
    name = default_storage.save(f"artifacts/{job_id}/{attempt}/half.txt", ContentFile(b"half"))
    moment = (timezone.now() - timedelta(days=days_old)).timestamp()
    os.utime(default_storage.path(name), (moment, moment))


def artifact(engine: Engine) -> Job:
    engine.submit("artifact")
    return engine.run()


def age_everything(days: float) -> None:
    moment = (timezone.now() - timedelta(days=days)).timestamp()
    for path in Path(default_storage.path("artifacts")).rglob("*"):
        os.utime(path, (moment, moment))


def test_deleting_a_channel_removes_its_jobs_files(engine: Engine) -> None:
    artifact(engine)
    assert stored()
    content.delete_channel(engine.channel)
    assert stored() == set()
    assert list(Path(default_storage.path("artifacts")).iterdir()) == []


def test_prune_removes_what_no_row_names_and_nothing_else(engine: Engine) -> None:
    job = artifact(engine)
    named = set(stored())
    age_everything(2)
    gone = uuid.uuid4()
    leave(gone, 1, days_old=2)
    leave(job.pk, 7, days_old=2)
    leave("no-job-of-ours", 1, days_old=2)
    leave(uuid.uuid4(), 1)
    call_command("prune")
    left = {Path(name).parts[0] for name in stored() - named}
    assert named <= stored()
    assert len(left) == 1, "only the fresh one may still be on its way"
    assert not default_storage.exists(f"artifacts/{gone}")


def test_prune_leaves_what_a_running_attempt_has_stored(engine: Engine) -> None:
    engine.submit()
    claim = engine.claim()
    leave(claim.job.pk, 1, days_old=2)
    assert workplace.remove_forgotten(timezone.now() - timedelta(days=1)) == 0


def test_prune_removes_old_jobs_with_their_files(engine: Engine) -> None:
    job = artifact(engine)
    Job.objects.filter(pk=job.pk).update(ended_at=timezone.now() - timedelta(days=100))
    call_command("prune")
    assert not Job.objects.exists()
    assert not Artifact.objects.exists()
    assert stored() == set()
