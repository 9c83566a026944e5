"""Serves stored files to people who may see them: with ranges, for players; never as a page of ours."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date

CHUNK = 256 * 1024
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
# Types that a browser would run as a page: offered for saving only.
ACTIVE_TYPES = frozenset({"image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", "application/xml"})


def serve_file(
    request: HttpRequest, storage_name: str, media_type: str, filename: str, *, inline: bool = True
) -> HttpResponseBase:
    """A stored file, whole or the range asked for. Raises Http404 when it is gone.

    The caller has made sure that the person may see it. `inline` shows it in the page's players; active types
    (SVG, HTML) are offered for saving whatever is asked.
    """
    if not default_storage.exists(storage_name):
        raise Http404("This file is no longer here.")
    size = default_storage.size(storage_name)
    modified = default_storage.get_modified_time(storage_name)
    etag = f'"{size:x}-{int(modified.timestamp() * 1000):x}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Last-Modified": http_date(modified.timestamp()),
        "Cache-Control": "private, max-age=0, must-revalidate",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
        "Content-Disposition": content_disposition_header(
            not inline or media_type in ACTIVE_TYPES, filename
        )
        or "inline",
    }
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    wanted = wanted_range(request, etag, size)
    if wanted is None:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = wanted
    headers["Content-Length"] = str(end - start)
    partial = "Range" in request.headers and (start, end) != (0, size)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if partial else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=media_type)
    content: Any = pieces(storage_name, start, end)
    if isinstance(request, ASGIRequest):
        content = pieces_async(storage_name, start, end)
    return StreamingHttpResponse(content, status=status, headers=headers, content_type=media_type)


def wanted_range(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of what is asked for; the whole file for anything but one plain range.

    None when the range lies outside the file.
    """
    text = request.headers.get("Range", "")
    condition = request.headers.get("If-Range")
    match = ONE_RANGE.match(text)
    if not match or match.groups() == ("", "") or (condition and condition != etag):
        return 0, size
    first, last = match.groups()
    if not first:
        return (max(size - int(last), 0), size) if int(last) else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None


def pieces(storage_name: str, start: int, end: int) -> Iterator[bytes]:
    """The bytes from start to end, a chunk at a time."""
    with default_storage.open(storage_name) as file:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


async def pieces_async(storage_name: str, start: int, end: int) -> AsyncIterator[bytes]:
    """The same for ASGI, reading in a thread so that other streams go on."""
    from asgiref.sync import sync_to_async

    iterator = pieces(storage_name, start, end)
    following = sync_to_async(lambda: next(iterator, b""), thread_sensitive=False)
    while chunk := await following():
        yield chunk
