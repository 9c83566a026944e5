"""Uploads in pieces, that go on where the line was cut. After the semantics of tus (https://tus.io/protocols): the server
says at which byte it is, and a piece names the byte at which it begins; nothing else of that protocol is spoken here.

A part lies in a folder of its own beside the attempts'; `prune` removes those to which nothing has come for a day.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import limits
from accounts.models import User
from channels_app import resources
from channels_app.models import Channel, Resource, Upload
from channels_app.resources import UPLOAD_BYTES, BadFile

# What one request carries: what is lost of it when the line is cut is sent again.
PIECE_BYTES = 4 * 1024**2
COPY_BYTES = 1 << 16
# So much of the disk is left to everything else.
SPARE_BYTES = 200 * 1024**2
OPEN_AT_MOST = 20
EXPIRES = timedelta(days=1)
NAME_CHARACTERS = 300
FULL = "The disk of this studio is full. What has come is kept for a day: send the file again when there is room."


class DiskFull(Exception):
    """There is no room for it on this machine."""


class WrongOffset(Exception):
    """The piece does not begin where the part ends. offset: where it ends."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"Upload-Offset: {offset:,} bytes are here. Go on there.")


class Incomplete(Exception):
    """Not all of the file has come."""


def uploads_of(channel: Channel, user: User) -> QuerySet[Upload]:
    """The uploads that a person has under way to a channel, and that are not too old to go on."""
    return Upload.objects.filter(channel=channel, user=user, touched_at__gt=timezone.now() - EXPIRES)


def part_of(upload: Upload) -> Path:
    """Where what has come of it lies."""
    return Path(settings.WORK_DIR) / f"upload-{upload.pk}" / "part"


def begin(channel: Channel, user: User, *, name: str, size: int, identity: str) -> Upload:
    """The upload of this file: the one that was broken off, or a new one. What its owner may keep is set aside for it.

    Raises BadFile, LimitReached, DiskFull.
    """
    if size <= 0:
        raise BadFile("it is empty (0 bytes). Choose another file")
    if size > UPLOAD_BYTES:
        raise BadFile("it is larger than 500 MB. Upload a shorter or smaller version")
    digest = sha256(f"{identity}\n{size}\n{name}".encode()).hexdigest()
    forget_expired(timezone.now() - EXPIRES)
    with transaction.atomic():
        # One at a time for each owner: two that begin together must not fill the same room.
        owner = User.objects.select_for_update().get(pk=channel.owner_id)
        known = uploads_of(channel, user).filter(identity=digest).first()
        if known is not None:
            return known
        if uploads_of(channel, user).count() >= OPEN_AT_MOST:
            raise BadFile(f"{OPEN_AT_MOST} uploads are under way. Finish or cancel one first")
        limits.check(owner, limits.Limit.STORAGE, size)
        if _free_bytes() < size + SPARE_BYTES:
            raise DiskFull("The disk of this studio has no room for this file. Ask whoever runs it.")
        shown = "".join(sign for sign in name if sign.isprintable())[-NAME_CHARACTERS:]
        return Upload.objects.create(channel=channel, user=user, name=shown or "file", size=size, identity=digest)


def _free_bytes() -> int:
    folder = Path(settings.WORK_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free


def append(upload: Upload, offset: int, piece: IO[bytes]) -> int:
    """Add a piece that begins at `offset`; returns how many bytes are here now. What came before a failure stays.

    Raises WrongOffset, BadFile for more than was announced, LimitReached, DiskFull.
    """
    limits.check(upload.channel.owner, limits.Limit.STORAGE, 0)
    with _locked(upload, offset) as part:
        try:
            while chunk := piece.read(COPY_BYTES):
                if part.tell() + len(chunk) > upload.size:
                    raise BadFile(f"more than the {upload.size:,} bytes that were announced have come")
                part.write(chunk)
                part.flush()
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(FULL) from error
            raise
        here = part.tell()
    upload.save(update_fields=["touched_at"])
    # `prune` goes by the age of the folder.
    os.utime(part_of(upload).parent)
    return here


@contextmanager
def _locked(upload: Upload, offset: int) -> Iterator[IO[bytes]]:
    """Its part, open at its end, for one request at a time. Raises WrongOffset, also while another writes."""
    part = part_of(upload)
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongOffset(upload.offset) from None
        if file.tell() != offset:
            raise WrongOffset(file.tell())
        yield file


def finish(upload: Upload, **known: Any) -> tuple[Resource, bool]:
    """Keep the file as `resources.keep_file` does, once all of it is here; whether it is new to its owner.

    What is no medium is forgotten. Raises Incomplete, BadFile, LimitReached, DiskFull.
    """
    if upload.offset != upload.size:
        told = f"{upload.offset:,} of {upload.size:,} bytes are here"
        raise Incomplete(f"“{upload.name}” is not whole yet: {told}. Send the rest.")
    try:
        with transaction.atomic():
            # What was set aside for it is what it now takes.
            Upload.objects.filter(pk=upload.pk).delete()
            kept = resources.keep_file(upload.channel, part_of(upload), upload.name, **known)
    except BadFile:
        cancel(upload)
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(FULL) from error
        raise
    shutil.rmtree(part_of(upload).parent, ignore_errors=True)
    return kept


def cancel(upload: Upload) -> None:
    """Forget it, with what has come."""
    Upload.objects.filter(pk=upload.pk).delete()
    shutil.rmtree(part_of(upload).parent, ignore_errors=True)


def forget_expired(before: datetime) -> int:
    """Forget the uploads to which nothing has come since a moment; returns how many."""
    old = list(Upload.objects.filter(touched_at__lt=before))
    for upload in old:
        cancel(upload)
    return len(old)
