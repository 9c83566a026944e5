"""What has come of a download so far, kept so that a later attempt goes on where the line was cut."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jobs.tools.files.sniff import HEAD_BYTES
from jobs.tools.sources.record import FileLink

CHUNK_BYTES = 1 << 20
# A strong ETag (RFC 9110, 8.8.3): only such a one says that the bytes are the same.
RESUMABLE = re.compile(r'"[\x21\x23-\x7e]{1,200}"')


class Part:
    """What has come of a file so far: its bytes, the version they are of, and their checksums."""

    def __init__(self, folder: Path, link: FileLink) -> None:
        name = hashlib.sha256(link.url.encode("utf-8", "replace")).hexdigest()[:32]
        self._path, self._note = folder / f"{name}.part", folder / f"{name}.part.json"
        self._wants_sha1, self._wants_md5 = bool(link.sha1), bool(link.md5)
        self.etag, self.size = "", 0
        self._reset()
        try:
            etag = json.loads(self._note.read_text(encoding="utf-8"))["etag"]
        except (OSError, ValueError, KeyError, TypeError):
            etag = ""
        if isinstance(etag, str) and RESUMABLE.fullmatch(etag) and self._path.is_file():
            self.etag = etag
            with self._path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    self.took(chunk)
        else:
            self.discard()

    def _reset(self) -> None:
        self.sha256 = hashlib.sha256()
        # Sources give these to notice damage; nothing is trusted because of them.
        self.sha1 = hashlib.sha1(usedforsecurity=False)
        self.md5 = hashlib.md5(usedforsecurity=False)

    def begin(self, etag: str) -> None:
        """A body follows, of this version; only a strong ETag says that a later request gets the same bytes."""
        etag = etag.strip()
        if etag and RESUMABLE.fullmatch(etag):
            self.etag = etag
            self._note.write_text(json.dumps({"etag": etag}), encoding="utf-8")

    @contextmanager
    def appending(self) -> Iterator[Any]:
        """The file, open at its end."""
        with self._path.open("ab") as file:
            yield file

    def took(self, chunk: bytes) -> None:
        """These bytes have come."""
        self.size += len(chunk)
        self.sha256.update(chunk)
        if self._wants_sha1:
            self.sha1.update(chunk)
        if self._wants_md5:
            self.md5.update(chunk)

    def head(self) -> bytes:
        """What the file begins with."""
        with self._path.open("rb") as file:
            return file.read(HEAD_BYTES)

    def become(self, path: Path) -> None:
        """Give the file its name, whole or not at all."""
        with self._path.open("rb+") as file:
            os.fsync(file.fileno())
        self._path.replace(path)
        self._note.unlink(missing_ok=True)

    def discard(self) -> None:
        """Leave nothing."""
        self._path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
        self.etag, self.size = "", 0
        self._reset()


@contextmanager
def claimed(folder: Path) -> Iterator[bool]:
    """A folder for one download: whether it is the caller's alone until the end. Nothing but parts is left in it.

    Another process that is at work in it is not waited for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = os.open(folder, os.O_RDONLY)
    is_ours = False
    try:
        with suppress(OSError):
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever was here before may have removed the folder meanwhile.
            is_ours = os.fstat(place).st_ino == folder.stat().st_ino
        yield is_ours
    finally:
        if is_ours and not any(folder.glob("*.part")):
            shutil.rmtree(folder, ignore_errors=True)
        os.close(place)
