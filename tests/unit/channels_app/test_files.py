"""The store: the same bytes are one file, no file is ever half, and what nobody names goes."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.utils import timezone

from channels_app import files
from tests import factories


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file to store."""
    made = tmp_path / "sound.wav"
    made.write_bytes(b"sound")
    return made


def content(stored: files.Stored) -> bytes:
    with default_storage.open(stored.name) as file:
        return file.read()


def everything() -> list[str]:
    return [*files.stored_names(), *files.left_aside()]


def test_a_file_is_named_by_its_content(path: Path) -> None:
    stored = files.store(path, ".wav")
    sha256 = hashlib.sha256(b"sound").hexdigest()
    assert stored == files.Stored(f"files/{sha256[:2]}/{sha256}.wav", sha256, 5)
    assert content(stored) == b"sound"
    assert path.exists()


def test_the_same_content_is_stored_once(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.wav"
    other.write_bytes(b"sound")
    assert files.store(path, ".wav") == files.store(other, ".wav")
    assert len(everything()) == 1


def test_a_broken_file_under_the_same_name_is_healed(path: Path) -> None:
    stored = files.store(path, ".wav")
    Path(default_storage.path(stored.name)).write_bytes(b"so")
    files.store(path, ".wav")
    assert content(stored) == b"sound"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(ValueError, match="empty"):
        files.store(empty, ".wav")
    assert everything() == []


def test_nothing_is_left_when_storing_fails(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.store(path, ".wav")
    assert everything() == []


def test_other_storages_keep_it_by_content_too(path: Path, settings: object) -> None:
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    assert isinstance(default_storage, InMemoryStorage)
    assert files.store(path, ".wav") == files.store(path, ".wav")
    assert len(list(files.stored_names())) == 1


def test_only_what_is_old_and_unnamed_is_removed(path: Path, tmp_path: Path) -> None:
    named, unnamed = files.store(path, ".wav"), factories.stored(b"unnamed")
    young = factories.stored(b"young")
    aside = Path(default_storage.path(files.ASIDE)) / "tmpkilled"
    aside.write_bytes(b"half")
    yesterday = timezone.now() - timedelta(days=1)
    for name in (named.name, unnamed.name, f"{files.ASIDE}/tmpkilled"):
        os.utime(default_storage.path(name), (yesterday.timestamp() - 60, yesterday.timestamp() - 60))
    assert files.remove_unreferenced({named.name}, older_than=yesterday) == 2
    assert sorted(everything()) == sorted([named.name, young.name])


def test_storing_again_makes_a_file_young(path: Path) -> None:
    stored = files.store(path, ".wav")
    os.utime(default_storage.path(stored.name), (0, 0))
    files.store(path, ".wav")
    assert files.remove_unreferenced(set(), older_than=timezone.now() - timedelta(hours=1)) == 0


def test_an_empty_store_has_nothing_to_remove() -> None:
    assert files.remove_unreferenced(set(), older_than=timezone.now()) == 0
