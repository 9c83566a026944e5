"""Stored sounds and pictures, named by what they hold: the same bytes are the same file, and no file is ever half."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

FOLDER = "files"
# Lies in the storage itself, so that a finished file is moved into place and never copied there.
ASIDE = ".aside"


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a file is kept, its sha256 and its size in bytes."""

    name: str
    sha256: str
    size: int


class FinishedFile(File):  # type: ignore[type-arg]
    """A finished file that a file-system storage moves into place, so that it appears whole."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        """Django's sign that the file may be moved."""
        return str(self._path)


def digest(path: Path) -> str:
    """The file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def store(path: Path, suffix: str) -> Stored:
    """Keep a copy of the file at `path`; `suffix` such as ".wav". The same content is stored once.

    Raises ValueError for an empty file. The file lies whole and on disk when this returns; until a row names it,
    `remove_unreferenced` may remove it once it is old.
    """
    size = path.stat().st_size
    if not size:
        raise ValueError(f"{path.name} is empty")
    sha256 = digest(path)
    name = f"{FOLDER}/{sha256[:2]}/{sha256}{suffix}"
    if isinstance(default_storage, FileSystemStorage):
        _put(default_storage, path, name)
    elif not default_storage.exists(name):
        with path.open("rb") as content:
            saved = default_storage.save(name, File(content))
        if saved != name:
            # Another process stored the same content meanwhile.
            default_storage.delete(saved)
    return Stored(name, sha256, size)


def _put(storage: FileSystemStorage, path: Path, name: str) -> None:
    """Copy aside, flush, move into place. What was there is replaced: the same bytes, and young again for `prune`."""
    aside = Path(storage.path(ASIDE))
    aside.mkdir(parents=True, exist_ok=True)
    target = Path(storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=aside, delete=False) as copy:
        try:
            with path.open("rb") as source:
                shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
            Path(copy.name).chmod(0o644)
            Path(copy.name).replace(target)
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise


def stored_names() -> Iterator[str]:
    """Every file kept here."""
    if not default_storage.exists(FOLDER):
        return
    folders, _ = default_storage.listdir(FOLDER)
    for folder in folders:
        _, names = default_storage.listdir(f"{FOLDER}/{folder}")
        yield from (f"{FOLDER}/{folder}/{name}" for name in names)


def left_aside() -> Iterator[str]:
    """Copies that a process which was killed never moved into place."""
    if default_storage.exists(ASIDE):
        _, names = default_storage.listdir(ASIDE)
        yield from (f"{ASIDE}/{name}" for name in names)


def remove_unreferenced(referenced: Collection[str], *, older_than: datetime) -> int:
    """Delete files that no row names and that are older than a moment; returns how many.

    `older_than` has to lie well before now: between storing a file and committing its row nothing names it.
    """
    removed = 0
    for name in [*stored_names(), *left_aside()]:
        if name not in referenced and _is_older(name, older_than):
            default_storage.delete(name)
            removed += 1
    return removed


def _is_older(name: str, moment: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < moment
    except FileNotFoundError:
        return False  # moved into place, or removed by another prune
