"""What a file is, by the bytes it begins with. What is not on the list is not kept."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.tools.sources.record import Media

HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file that the studio keeps."""

    mime: str
    suffix: str
    media_type: Media


# By the type that the library `filetype` gives.
_KEPT = {
    "image/jpeg": Kind("image/jpeg", "jpg", "image"),
    "image/png": Kind("image/png", "png", "image"),
    "image/gif": Kind("image/gif", "gif", "image"),
    "image/webp": Kind("image/webp", "webp", "image"),
    "image/avif": Kind("image/avif", "avif", "image"),
    "image/tiff": Kind("image/tiff", "tif", "image"),
    "video/mp4": Kind("video/mp4", "mp4", "video"),
    "video/x-m4v": Kind("video/mp4", "mp4", "video"),
    "video/quicktime": Kind("video/quicktime", "mov", "video"),
    "video/webm": Kind("video/webm", "webm", "video"),
    "video/x-matroska": Kind("video/x-matroska", "mkv", "video"),
    "video/mpeg": Kind("video/mpeg", "mpg", "video"),
    "audio/mpeg": Kind("audio/mpeg", "mp3", "audio"),
    "audio/x-wav": Kind("audio/wav", "wav", "audio"),
    "audio/ogg": Kind("audio/ogg", "ogg", "audio"),
    "audio/x-flac": Kind("audio/flac", "flac", "audio"),
    "audio/mp4": Kind("audio/mp4", "m4a", "audio"),
    "audio/aac": Kind("audio/aac", "aac", "audio"),
    "audio/x-aiff": Kind("audio/aiff", "aiff", "audio"),
    "application/pdf": Kind("application/pdf", "pdf", "text"),
}
_OGG_VIDEO = Kind("video/ogg", "ogv", "video")


def sniff(head: bytes) -> Kind | None:
    """The kind of file that begins with these bytes; None for everything that is not kept."""
    import filetype

    found = filetype.guess(head[:HEAD_BYTES])
    kind = _KEPT.get(found.mime) if found else None
    if kind and kind.suffix == "ogg" and b"\x80theora" in head[:HEAD_BYTES]:
        return _OGG_VIDEO
    return kind
