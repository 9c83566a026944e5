"""Refuses a body that is larger than its address takes before anything of it is parsed or written aside."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from channels_app import api_errors
from channels_app.forms.audio import SOUND_BYTES
from channels_app.resources import UPLOAD_BYTES

MEGABYTE = 1024**2
# Fields around a file, and what encoding a form adds to them.
AROUND = MEGABYTE
# The addresses that take more than a page of text; everything else takes texts and small text files.
LARGER = (
    (re.compile(r"/c/[^/]+/audio/sections/[^/]+/take/"), SOUND_BYTES),
    (re.compile(r"/(?:c|api/v1/channels)/[^/]+/resources/"), UPLOAD_BYTES),
)

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class _TooLarge(Exception):
    """More has come than may."""


def limit_of(path: str) -> int:
    """The most bytes that a body for this path may have."""
    largest = next((size for pattern, size in LARGER if pattern.fullmatch(path)), settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return int(largest) + AROUND


class BodyLimit:
    """An ASGI application in front of Django's: judges by Content-Length, and counts what comes without one."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        path, limit = scope["path"], limit_of(scope["path"])
        if announced(scope) > limit:
            await refuse(path, limit, send)
            return
        came = 0

        async def counted() -> Any:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                raise _TooLarge
            return message

        try:
            await self.application(scope, counted, send)
        except _TooLarge:
            # Django reads the whole body before it answers, so nothing has been sent yet.
            await refuse(path, limit, send)


def announced(scope: Any) -> int:
    """The Content-Length, or 0 where there is none (or no number: then what comes is counted)."""
    lengths = [value for name, value in scope["headers"] if name.lower() == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() and len(lengths[0]) < 20 else 0


async def refuse(path: str, limit: int, send: Send) -> None:
    """413 with a sentence, as a page or in the API's shape."""
    sentence = f"What you sent is larger than the {limit // MEGABYTE} MB that this address takes. Send less at once."
    if path.startswith("/api/"):
        kind, body = b"application/json", json.dumps(api_errors.body("too_large", sentence)).encode()
    else:
        kind, body = b"text/html; charset=utf-8", render_to_string("413.html", {"sentence": sentence}).encode()
    headers = [(b"Content-Type", kind), (b"Content-Length", str(len(body)).encode()), (b"Connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
