"""Where an attempt works and where a job's files lie: made aside first, shown only with the job's completion."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage

from channels_app.files import FinishedFile, digest
from jobs.context import ArtifactFile
from jobs.models import Artifact


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
    return f"artifacts/{job_id}/{attempt}"


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
        meta=file.meta,
    )


def discard(job_id: UUID, attempt: int) -> None:
    """Remove everything an attempt that did not complete may have left, here and in the storage."""
    clear(job_id, attempt)
    folder = stored_folder(job_id, attempt)
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
