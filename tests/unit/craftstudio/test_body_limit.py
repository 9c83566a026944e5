"""Bodies that are too large for their address: refused by what is announced and by what comes."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator

from craftstudio.body_limit import MEGABYTE, BodyLimit, limit_of

TAKE = "/c/tidal/audio/sections/0b0e4b3e/take/"


def ask(path: str, sizes: list[int], *, length: int | None = None) -> tuple[int, bytes, int]:
    """Send bodies of these sizes; the status, the answer, and how many bytes reached the application."""
    reached = 0

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal reached
        while True:
            message = await receive()
            reached += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    async def scenario() -> tuple[int, bytes]:
        headers = [] if length is None else [(b"Content-Length", str(length).encode())]
        scope = {"type": "http", "path": path, "headers": headers, "method": "POST"}
        asked = ApplicationCommunicator(BodyLimit(application), scope)
        for size in sizes:
            await asked.send_input({"type": "http.request", "body": b"x" * size, "more_body": True})
        await asked.send_input({"type": "http.request", "body": b"", "more_body": False})
        start, body = await asked.receive_output(5), await asked.receive_output(5)
        return start["status"], body["body"]

    status, body = async_to_sync(scenario)()
    return status, body, reached


@pytest.mark.parametrize(
    ("path", "megabytes"),
    [("/sign-in/", 6), (TAKE, 51), (f"{TAKE}more/", 6), ("/api/v1/x/", 6), ("/c/tidal/resources/search/", 6)],
)
def test_only_recordings_may_be_large(path: str, megabytes: int) -> None:
    assert limit_of(path) == megabytes * MEGABYTE
    assert ask(path, [100], length=megabytes * MEGABYTE)[0] == 200
    assert ask(path, [], length=megabytes * MEGABYTE + 1)[0] == 413


@pytest.mark.parametrize("path", ["/c/tidal/resources/", "/api/v1/channels/tidal/resources/"])
def test_uploads_to_the_library_may_have_500_mb(path: str) -> None:
    assert limit_of(path) == 501 * MEGABYTE
    assert ask(path, [100], length=501 * MEGABYTE)[0] == 200
    assert ask(path, [], length=501 * MEGABYTE + 1)[0] == 413


def test_what_is_announced_too_large_is_not_read() -> None:
    status, body, reached = ask("/sign-in/", [MEGABYTE], length=7 * MEGABYTE)
    assert (status, reached) == (413, 0)
    assert b"larger than the 6 MB" in body


def test_what_comes_unannounced_is_counted() -> None:
    status, body, reached = ask("/api/v1/channels/", [MEGABYTE] * 8)
    assert status == 413
    assert b'"code": "too_large"' in body
    assert reached <= 6 * MEGABYTE


@pytest.mark.parametrize("length", [0, 6 * MEGABYTE])
def test_what_fits_passes(length: int) -> None:
    assert ask("/", [10, 20], length=length) == (200, b"ok", 30)
