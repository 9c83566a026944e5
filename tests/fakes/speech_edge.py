"""A loopback server that speaks the protocol of Edge's reading service, faults included."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from html import unescape
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

TICKS = 10_000_000


@dataclass
class EdgeServer:
    """The running fake: its address, the SSML it was sent, the tokens it was shown, and how it behaves.

    boundaries: (word, start, end) in seconds. statuses: refusals before the first answer. skew: seconds its clock is
    ahead. fault: "cut" closes the connection within the sound, "rubbish" sends an unknown message, "silence" no sound.
    """

    url: str = ""
    sound: bytes = b""
    boundaries: list[tuple[str, float, float]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    skew: float = 0.0
    fault: str = ""
    hang: bool = False
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


@contextmanager
def edge_server(**settings: Any) -> Iterator[EdgeServer]:
    """Run the fake on a free port of this machine."""
    fake = EdgeServer(**settings)
    loop = asyncio.new_event_loop()
    started = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await _answer(request, fake, stop)

        application = web.Application()
        application.router.add_get("/edge/v1", answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/edge/v1?TrustedClientToken=test"
        started.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert started.wait(10)
        yield fake
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _answer(request: web.Request, fake: EdgeServer, stop: asyncio.Event) -> web.StreamResponse:
    fake.tokens.append(parse_qs(request.query_string).get("Sec-MS-GEC", [""])[0])
    if fake.statuses:
        date = formatdate(time.time() + fake.skew, usegmt=True)
        return web.Response(status=fake.statuses.pop(0), headers={"Date": date})
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.receive_str()
    ssml = await socket.receive_str()
    fake.asked.append(ssml)
    if fake.hang:
        await stop.wait()
        return socket
    await socket.send_str("Path:turn.start\r\n\r\n{}")
    for word, start, end in fake.boundaries:
        data = {"Offset": round(start * TICKS), "Duration": round((end - start) * TICKS), "text": {"Text": word}}
        metadata = {"Metadata": [{"Type": "WordBoundary", "Data": data}]}
        await socket.send_str(f"Path:audio.metadata\r\n\r\n{json.dumps(metadata)}")
    half = len(fake.sound) // 2
    if fake.fault != "silence":
        await socket.send_bytes(_sound(fake.sound[:half]))
    if fake.fault == "rubbish":
        await socket.send_str("Path:surprise\r\n\r\n{}")
    if fake.fault != "cut":
        if fake.fault != "silence":
            await socket.send_bytes(_sound(fake.sound[half:]))
        await socket.send_str("Path:turn.end\r\n\r\n{}")
    await socket.close()
    return socket


def _sound(data: bytes) -> bytes:
    header = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    return len(header).to_bytes(2, "big") + header + data


def text_of(ssml: str) -> str:
    """The text within the SSML."""
    return unescape(re.sub(r"<[^>]+>", "", ssml.partition("\r\n\r\n")[2]))
