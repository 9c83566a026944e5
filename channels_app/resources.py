"""What may be done to resources. Whoever calls has asked `access.py` first."""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts import limits
from accounts.models import User
from channels_app import actions, files, licences, queries
from channels_app.files import Stored
from channels_app.models import Channel, Resource, ResourceUse, Script, ScriptUse

UPLOAD = "upload"
# What did not come from a public source.
OWN_LABELS = {UPLOAD: "Upload", Resource.COMPOSED: "The studio’s composer", Resource.PAINTED: "Image model"}
UPLOAD_BYTES = 500 * 1024**2
TITLE_CHARACTERS, CREATOR_CHARACTERS, SOURCE_ID_CHARACTERS = 200, 300, 300
# Types that may be kept, with the ending of their files: what browsers show and players play, and papers.
SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/tiff": ".tif",
    "video/mp4": ".mp4",
    "video/x-m4v": ".m4v",
    "video/webm": ".webm",
    "video/quicktime": ".mov",
    "video/x-matroska": ".mkv",
    "video/mpeg": ".mpg",
    "video/ogg": ".ogv",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/flac": ".flac",
    "audio/x-flac": ".flac",
    "audio/aac": ".aac",
    "audio/aiff": ".aif",
    "audio/x-aiff": ".aif",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
# A text has no signature: its name says that it is meant as one.
TEXT_NAMES = (".txt", ".md")
TYPES_IN_WORDS = (
    "a picture (JPEG, PNG, GIF, WebP, AVIF, TIFF), a film (MP4, WebM, MOV, MKV), "
    "a sound (MP3, M4A, OGG, WAV, FLAC), a PDF or a plain text (.txt, .md in UTF-8)"
)
HEAD_BYTES = 8192


# What sources are called, by slug: the app that asks them says it (jobs/apps.py).
_labels: list[Callable[[], Mapping[str, str]]] = []


def name_sources(labels: Callable[[], Mapping[str, str]]) -> None:
    """Register who knows what sources are called."""
    _labels.append(labels)


def source_label(slug: str) -> str:
    """A source as people call it."""
    if slug in OWN_LABELS:
        return OWN_LABELS[slug]
    known = (labels().get(slug) for labels in _labels)
    return next((label for label in known if label), slug.replace("-", " ").capitalize())


class BadFile(Exception):
    """This file is none that a video can use. The text says why, for the person who uploaded it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResource:
    """A file in the store, and what is known about it; the fields are those of Resource."""

    stored: Stored
    media_type: str
    title: str
    source: str = UPLOAD
    source_id: str = ""
    original_url: str = ""
    landing_url: str = ""
    creator: str = ""
    licence_code: str = licences.UNKNOWN
    licence_url: str = ""
    licence_raw: str = ""
    attribution: str = ""
    is_ai_made: bool = False
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def media_type_of(head: bytes, name: str = "") -> str:
    """The type by the first bytes of a file, whatever it is called; a text is one that is called so and holds no other.

    Raises BadFile for what is not kept.
    """
    import filetype

    kind = filetype.guess(head)
    media_type = kind.mime if kind else ""
    if not kind and PurePath(name).suffix.lower() in TEXT_NAMES and _is_text(head):
        media_type = "text/plain"
    if media_type not in SUFFIXES:
        raise BadFile(f"this is not {TYPES_IN_WORDS}. Convert it, then upload it again")
    return media_type


def _is_text(head: bytes) -> bool:
    """Whether these bytes are UTF-8 without signs that no text has; the last sign may be cut."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign.isspace() for sign in text.removeprefix("\ufeff"))


def keep(
    channel: Channel, new: NewResource, *, made_by_job: UUID | None = None, job_position: int | None = None
) -> tuple[Resource, bool]:
    """Keep a file for the channel's owner and use it in the channel; whether it is new to its owner.

    The same file is the same record: one that is there (or in the bin) is brought back and used here, and keeps the
    title and terms that it has. Raises LimitReached when it does not fit into the owner's storage.
    """
    owner: User = channel.owner
    with transaction.atomic():
        row = Resource.with_binned.filter(owner=owner, sha256=new.stored.sha256).first()
        is_new = row is None
        if row is None:
            limits.check(owner, limits.Limit.STORAGE, new.stored.size)
            try:
                with transaction.atomic():
                    row = _create(owner, new, made_by_job, job_position)
            except IntegrityError:
                # Somebody has stored the same file at this moment.
                row, is_new = Resource.with_binned.get(owner=owner, sha256=new.stored.sha256), False
        if row.deleted_at is not None:
            actions.restore_row(row)
        assign(row, channel)
    return row, is_new


def _create(owner: User, new: NewResource, made_by_job: UUID | None, job_position: int | None) -> Resource:
    return Resource.objects.create(
        owner=owner,
        title=" ".join(new.title.split())[:TITLE_CHARACTERS] or "Untitled",
        media_type=new.media_type,
        file=new.stored.name,
        sha256=new.stored.sha256,
        size=new.stored.size,
        width=new.width,
        height=new.height,
        seconds=new.seconds,
        source=new.source,
        source_id=new.source_id[:SOURCE_ID_CHARACTERS],
        original_url=new.original_url,
        landing_url=new.landing_url,
        creator=new.creator[:CREATOR_CHARACTERS],
        licence_code=new.licence_code if new.licence_code in licences.BY_CODE else licences.UNKNOWN,
        licence_url=new.licence_url,
        licence_raw=new.licence_raw,
        attribution=new.attribution,
        is_ai_made=new.is_ai_made,
        made_by_job=made_by_job,
        job_position=job_position,
    )


def keep_upload(channel: Channel, upload: Any, **known: Any) -> tuple[Resource, bool]:
    """Keep an uploaded file: `upload` is Django's; `known` are fields of NewResource that the person has given.

    Raises BadFile, or LimitReached.
    """
    if not upload.size:
        raise BadFile("it is empty (0 bytes). Choose another file")
    if upload.size > UPLOAD_BYTES:
        raise BadFile("it is larger than 500 MB. Upload a shorter or smaller version")
    with _on_disk(upload) as path:
        return keep_file(channel, path, str(upload.name), **known)


def keep_file(channel: Channel, path: Path, name: str, **known: Any) -> tuple[Resource, bool]:
    """Keep a copy of a file that was called `name`: what it holds decides its type. `known` as in `keep_upload`.

    Raises BadFile, or LimitReached.
    """
    with path.open("rb") as file:
        media_type = media_type_of(file.read(HEAD_BYTES), name)
    # Before 500 MB are copied into the store; `keep` asks again beside the row.
    limits.check(channel.owner, limits.Limit.STORAGE, path.stat().st_size)
    stored = files.store(path, SUFFIXES[media_type])
    title = known.pop("title", "") or PurePath(name).stem.replace("_", " ").strip()
    return keep(channel, NewResource(stored=stored, media_type=media_type, title=title, **known))


@contextmanager
def _on_disk(upload: Any) -> Iterator[Path]:
    """The upload as a file: Django has streamed a large one to disk already, a small one is written aside."""
    if hasattr(upload, "temporary_file_path"):
        yield Path(upload.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile() as aside:
        aside.writelines(upload.chunks())
        aside.flush()
        yield Path(aside.name)


def assign(resource: Resource, channel: Channel) -> None:
    """Use a resource in a channel of its owner; twice is once."""
    with transaction.atomic():
        # Whoever deletes it holds it too, so that nothing in the bin is ever used.
        Resource.with_binned.select_for_update().get(pk=resource.pk)
        ResourceUse.objects.get_or_create(resource=resource, channel=channel)


def take_off(resource: Resource, channel: Channel) -> None:
    """No longer use it in the channel; it stays in its owner's library. Raises ProtectedError while a script there uses it.

    Scripts in the bin do not hold it: they come back without it.
    """
    with transaction.atomic():
        locked = Resource.with_binned.select_for_update().get(pk=resource.pk)
        scripts = list(queries.scripts_using(locked, channel).order_by("title").values_list("title", flat=True)[:5])
        if scripts:
            used = ", ".join(f"“{title}”" for title in scripts)
            told = f"Resource: “{locked.title}” is used in the script {used}. Take it off there first."
            raise ProtectedError(told, {locked})
        ScriptUse.objects.filter(resource=resource, script__channel=channel).delete()
        ResourceUse.objects.filter(resource=resource, channel=channel).delete()


def use_in_script(resource: Resource, script: Script) -> None:
    """Use a resource in a script, and so in its channel; twice is once. The resource is one of the channel's owner."""
    with transaction.atomic():
        assign(resource, script.channel)
        ScriptUse.objects.get_or_create(resource=resource, script=script)


def take_off_script(resource: Resource, script: Script) -> None:
    """No longer use it in the script; the channel goes on using it."""
    ScriptUse.objects.filter(resource=resource, script=script).delete()


def bin_resource(resource: Resource) -> None:
    """Take a resource out of sight; `actions.restore_row` undoes it. Raises ProtectedError while a channel uses it."""
    with transaction.atomic():
        locked = Resource.objects.select_for_update().get(pk=resource.pk)
        names = list(locked.uses.order_by("channel__name").values_list("channel__name", flat=True)[:5])
        if names:
            scripts = locked.script_uses.filter(script__deleted_at=None).order_by("script__title")
            titles = list(scripts.values_list("script__title", flat=True)[:5])
            used = ", ".join(f"“{name}”" for name in [*names, *titles])
            raise ProtectedError(
                f"Resource: “{locked.title}” is used by {used}. Take it off there first, then delete it.", {locked}
            )
        resource.deleted_at = timezone.now()
        resource.save(update_fields=["deleted_at"])


def bin_picture(picture: Resource, channel: Channel) -> None:
    """Take a picture that was made for the channel out of its gallery and out of sight, in one go.

    Raises ProtectedError while another channel uses it. `restore_picture` undoes it.
    """
    with transaction.atomic():
        Resource.objects.select_for_update().get(pk=picture.pk)
        take_off(picture, channel)
        bin_resource(picture)


def restore_picture(picture: Resource, channel: Channel) -> None:
    """Bring a binned picture back into the channel's gallery."""
    with transaction.atomic():
        actions.restore_row(picture)
        assign(picture, channel)


def bin_resources(owner: User, ids: Iterable[UUID]) -> tuple[list[Resource], list[str]]:
    """Take several of the owner's out of sight; those that went, and a sentence for each that is used."""
    gone, refused = [], []
    for row in Resource.objects.filter(owner=owner, pk__in=list(ids)):
        try:
            bin_resource(row)
        except ProtectedError as refusal:
            refused.append(str(refusal.args[0]))
        else:
            gone.append(row)
    return gone, refused


def restore_resources(owner: User, ids: Iterable[UUID]) -> list[Resource]:
    """Bring several binned ones of the owner back."""
    with transaction.atomic():
        rows = list(Resource.with_binned.filter(owner=owner, pk__in=list(ids), deleted_at__isnull=False))
        for row in rows:
            actions.restore_row(row)
    return rows


def forget_outdated(resource: Resource, changed: Collection[str]) -> list[str]:
    """Empty what a change of these fields makes wrong: the source's own line of credit, and the address of another
    licence unless that is given too. The fields that were emptied."""
    gone = []
    if {"title", "creator", "licence_code", "licence_url", "landing_url"} & set(changed):
        gone.append("attribution")
    if "licence_code" in changed and "licence_url" not in changed:
        gone.append("licence_url")
    for name in gone:
        setattr(resource, name, "")
    return gone


def attribution_block(rows: Sequence[Resource]) -> str:
    """The credits of some resources, a line each, as they are pasted below a video; what is owed comes first."""
    owed = [row for row in rows if row.licence.level != licences.FREE]
    free = [
        row for row in rows if row.licence.level == licences.FREE and row.source != UPLOAD and row.licence_code != "own"
    ]
    return "\n".join(dict.fromkeys(line for row in [*owed, *free] if (line := credit_line(row))))


def credit_line(row: Resource) -> str:
    """Title, creator, page and licence of a resource; its source's own line where there is one."""
    if row.attribution:
        return row.attribution
    by = f" by {row.creator}" if row.creator else ""
    page = f" ({row.landing_url})" if row.landing_url else ""
    terms = f", {row.licence.label}" if row.licence_code not in (licences.UNKNOWN, "own") else ""
    terms += f" ({row.licence_url})" if terms and row.licence_url else ""
    return f"“{row.title}”{by}{page}{terms}"
