"""Serves stored files to people who may see them: with ranges, for players; never as a page of ours."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date, parse_etags

CHUNK = 256 * 1024
# Eighteen digits are more bytes than any file has, and fewer than make `int` slow.
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})$")
# What browsers play or show without running any of it. Everything else (SVG and HTML above all) is only for saving.
SHOWN_TYPES = frozenset({"text/plain", "text/vtt", "application/json", "application/pdf"})
SHOWN_FAMILIES = ("audio/", "video/", "image/")
ACTIVE_TYPES = frozenset({"image/svg+xml"})
SANDBOX = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from start to end (exclusive); `partial` if that is what was asked for, even when it is all of them."""

    start: int
    end: int
    partial: bool


def serve_file(
    request: HttpRequest, storage_name: str, media_type: str, filename: str, *, inline: bool = True
) -> HttpResponseBase:
    """A stored file, whole or the range asked for. Raises Http404 when it is gone.

    The caller has made sure that the person may see it. `inline` shows it in the page's players; types that a browser
    would run (SVG, HTML) are offered for saving whatever is asked.
    """
    try:
        size = default_storage.size(storage_name)
        modified = default_storage.get_modified_time(storage_name).timestamp()
    except FileNotFoundError:
        raise Http404("This file is no longer here.") from None
    etag = f'"{size:x}-{int(modified * 1000):x}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Last-Modified": http_date(modified),
        "Cache-Control": "private, max-age=0, must-revalidate",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Disposition": content_disposition_header(not (inline and may_be_shown(media_type)), filename)
        or "inline",
    }
    if is_known(request, etag):
        return HttpResponse(status=304, headers=headers)
    span = wanted_span(request, etag, headers["Last-Modified"], size)
    if span is None:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(span.end - span.start)
    if span.partial:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    status = 206 if span.partial else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=media_type)
    content: Any = pieces(storage_name, span)
    if isinstance(request, ASGIRequest):
        content = pieces_async(storage_name, span)
    return StreamingHttpResponse(content, status=status, headers=headers, content_type=media_type)


def may_be_shown(media_type: str) -> bool:
    """Whether a browser shows this type without running anything in it."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain not in ACTIVE_TYPES and (plain in SHOWN_TYPES or plain.startswith(SHOWN_FAMILIES))


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the client has this very file already."""
    known = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    return etag in known or "*" in known


def wanted_span(request: HttpRequest, etag: str, modified: str, size: int) -> Span | None:
    """What is asked for: the whole file for anything but one plain range of the file as the client knows it.

    None when the range lies outside the file.
    """
    match = ONE_RANGE.match(request.headers.get("Range", ""))
    condition = request.headers.get("If-Range")
    if not match or match.groups() == ("", "") or (condition and condition not in (etag, modified)):
        return Span(0, size, partial=False)
    first, last = match.groups()
    if not first:
        wanted = min(int(last), size)
        return Span(size - wanted, size, partial=True) if wanted else None
    start = int(first)
    if last and int(last) < start:
        return Span(0, size, partial=False)  # no range at all, says RFC 9110
    end = min(int(last) + 1, size) if last else size
    return Span(start, end, partial=True) if start < end else None


def pieces(storage_name: str, span: Span) -> Generator[bytes]:
    """The bytes of a span, a chunk at a time."""
    with default_storage.open(storage_name) as file:
        file.seek(span.start)
        left = span.end - span.start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


async def pieces_async(storage_name: str, span: Span) -> AsyncGenerator[bytes]:
    """The same for ASGI, reading in a thread so that other streams go on."""
    iterator = pieces(storage_name, span)
    following = sync_to_async(lambda: next(iterator, b""), thread_sensitive=False)
    try:
        while chunk := await following():
            yield chunk
    finally:
        # A listener who leaves in the middle must not keep the file open.
        iterator.close()
