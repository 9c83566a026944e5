"""Where an attempt works and where a job's files lie: made aside first, shown only with the job's completion."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage

from channels_app.files import FinishedFile, digest
from jobs.context import ArtifactFile
from jobs.models import Artifact, Job
from jobs.wellformed import mended_json

ARTIFACTS = "artifacts"


def work_dir(job_id: UUID, attempt: int) -> Path:
    """The folder of one attempt, on this host."""
    return Path(settings.WORK_DIR) / str(job_id) / str(attempt)


def open_work_dir(job_id: UUID, attempt: int) -> Path:
    """The attempt's folder, made and empty."""
    folder = work_dir(job_id, attempt)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def stored_folder(job_id: UUID, attempt: int) -> str:
    """Where in the storage an attempt's artifacts lie; nothing else ever does."""
    return f"{ARTIFACTS}/{job_id}/{attempt}"


def store(job_id: UUID, attempt: int, file: ArtifactFile, position: int) -> Artifact:
    """Put an artifact into the storage and return its row, not yet saved. Raises ValueError for an empty file."""
    size = file.path.stat().st_size
    if not size:
        raise ValueError(f"artifact {file.name!r} is empty")
    sha256 = digest(file.path)
    with FinishedFile(file.path) as content:
        name = default_storage.save(f"{stored_folder(job_id, attempt)}/{file.name}", content)
    return Artifact(
        job_id=job_id,
        attempt=attempt,
        position=position,
        name=file.name,
        media_type=file.media_type,
        size=size,
        sha256=sha256,
        file=name,
        meta=mended_json(file.meta),
    )


def discard(job_id: UUID, attempt: int) -> None:
    """Remove everything an attempt that did not complete may have left, here and in the storage."""
    clear(job_id, attempt)
    _remove_stored(stored_folder(job_id, attempt))


def discard_job(job_id: UUID) -> None:
    """Remove every artifact of a job whose row is gone."""
    folder = f"{ARTIFACTS}/{job_id}"
    for attempt in _folders(folder):
        _remove_stored(f"{folder}/{attempt}")
    remove_empty(folder)


def remove_forgotten(older_than: datetime) -> int:
    """Remove artifacts that no row names: of jobs that are gone, and of attempts that were killed before they could
    clean up. Returns how many folders of attempts.

    `older_than` has to lie well before now: files are stored before the row that names them is committed.
    """
    removed = 0
    for job_id in _folders(ARTIFACTS):
        kept = _attempts_in_use(job_id)
        for attempt in _folders(f"{ARTIFACTS}/{job_id}"):
            folder = f"{ARTIFACTS}/{job_id}/{attempt}"
            if attempt not in kept and _is_settled(folder, older_than):
                _remove_stored(folder)
                removed += 1
        if not kept and not _folders(f"{ARTIFACTS}/{job_id}"):
            remove_empty(f"{ARTIFACTS}/{job_id}")
    return removed


def _attempts_in_use(job_id: str) -> set[str]:
    """The attempts of a job whose stored files are named by a row, or may be soon."""
    try:
        rows = Artifact.objects.filter(job=UUID(job_id)).values_list("attempt", flat=True).distinct()
        at_work = Job.objects.filter(pk=UUID(job_id), lease_until__isnull=False).values_list("attempt", flat=True)
    except ValueError:
        return set()  # no folder of ours bears such a name
    return {str(number) for number in [*rows, *at_work]}


def _is_settled(folder: str, older_than: datetime) -> bool:
    """Whether nothing in the folder has changed since a moment."""
    _, names = default_storage.listdir(folder)
    try:
        return all(default_storage.get_modified_time(f"{folder}/{name}") < older_than for name in names)
    except FileNotFoundError:
        return False  # somebody is removing it just now


def _folders(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[0]
    except FileNotFoundError:
        return []


def _remove_stored(folder: str) -> None:
    if not default_storage.exists(folder):
        return
    _, names = default_storage.listdir(folder)
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    remove_empty(folder)


def clear(job_id: UUID, attempt: int) -> None:
    """Remove the attempt's work folder, and the job's if it was the last one."""
    folder = work_dir(job_id, attempt)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        shutil.rmtree(folder.parent, ignore_errors=True)


def remove_empty(folder: str) -> None:
    """Storages with real folders keep empty ones: remove this one."""
    storage: Any = default_storage
    if hasattr(storage, "location"):
        shutil.rmtree(Path(storage.path(folder)), ignore_errors=True)
