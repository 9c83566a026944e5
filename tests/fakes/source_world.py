"""One loopback server that answers as the sources of resources do, with media files, and with faults on request.

The answers are shaped after the sources' documentation and filled with things of our own. Every source has a path of
its own under one address, or, with `apart`, a host of its own, as hosts are asked in turn; `SourceWorld.urls` is what
`SOURCE_URLS` has to be.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import threading
import wave
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.loopback import QuietHandler, serving
from tests.fakes.source_answers import ANSWERS, Query, arxiv_licence


def png(width: int = 16, height: int = 9, shade: int = 120) -> bytes:
    """A grey picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + bytes([shade]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def wav(seconds: float = 0.1) -> bytes:
    """Silence."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(8000 * seconds) * 2))
    return held.getvalue()


def mp4() -> bytes:
    """The boxes a clip begins with, without a picture in them."""
    ftyp = b"ftypisom\0\0\2\0isomiso2mp41"
    return struct.pack(">I", len(ftyp) + 4) + ftyp + struct.pack(">I", 72) + b"mdat" + bytes(64)


@dataclass
class Fault:
    """What goes wrong at an endpoint. times: so often, then no more; below zero: always."""

    kind: str
    times: int = -1
    retry_after: str = ""


@dataclass
class SourceWorld:
    """The running world: its address, what it was asked, its files by name, and its faults by the path they begin with.

    Faults: `429`, `403`, `500`, `503`, `stall`, `cut`, `lie`, `html`, `endless`, `private`, `empty`, `loop`, `broken`,
    `list`, `nulls`, `huge`, `trickle`.
    """

    url: str = ""
    asked: list[tuple[str, Query, dict[str, str]]] = field(default_factory=list)
    files: dict[str, bytes] = field(
        default_factory=lambda: {
            "harbour.png": png(),
            "harbour two.png": png(shade=90),
            "rain.wav": wav(),
            "waves.mp4": mp4(),
            "paper.pdf": b"%PDF-1.4\n%%EOF\n",
        }
    )
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    # What is on Wikimedia Commons in place of the files of all kinds: names of `files` with their titles and licences.
    shelf: dict[str, tuple[str, str]] = field(default_factory=dict)
    # Seconds that a source takes to answer, by its slug, and every file under `media`.
    delays: dict[str, float] = field(default_factory=dict)
    # The hosts of sources that have one of their own.
    hosts: dict[str, str] = field(default_factory=dict)
    weak_etags: bool = False
    # Where every file of `/media/` has moved to, if anywhere.
    redirect: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    # Set when somebody waits for an answer or a file that does not end.
    stalled: threading.Event = field(default_factory=threading.Event)

    # How many files are being fetched now, and how many were at most.
    fetching: int = 0
    most_fetching: int = 0
    counting: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """While a file is fetched."""
        with self.counting:
            self.fetching += 1
            self.most_fetching = max(self.most_fetching, self.fetching)
        try:
            yield
        finally:
            with self.counting:
                self.fetching -= 1

    @property
    def urls(self) -> dict[str, str]:
        """For SOURCE_URLS."""
        names = (*ANSWERS, "arxiv-oai")
        return {name: f"{self.hosts.get(name, self.url)}/{name}" for name in names}

    @property
    def allowed(self) -> list[str]:
        """For DOWNLOAD_ALLOW_HOSTS."""
        return [urlsplit(url).netloc for url in (self.url, *self.hosts.values())]

    def break_(self, path: str, kind: str, times: int = -1, retry_after: str = "") -> None:
        """From now on this goes wrong at every path that begins so."""
        self.faults.setdefault(path, []).append(Fault(kind, times, retry_after))

    def media(self, name: str) -> str:
        """The address of a file."""
        return f"{self.url}/media/{name}"

    def put(self, **shelf: tuple[str, str]) -> None:
        """Have these pictures on Wikimedia Commons: a name, its title, its licence in LICENCES."""
        self.shelf = {f"{name}.png": told for name, told in shelf.items()}
        self.files |= {name: png(shade=40 + 20 * place) for place, name in enumerate(self.shelf)}

    @property
    def downloads(self) -> list[str]:
        """The files that were asked for."""
        return [path for path, _, _ in self.asked if path.startswith("/media/")]

    def fault(self, path: str) -> Fault | None:
        """The fault that is due."""
        for prefix, faults in self.faults.items():
            for fault in faults if path.startswith(prefix) else ():
                if fault.times:
                    fault.times -= 1
                    return fault
        return None


def _nulls(value: Any) -> Any:
    """The same answer with nothing in its leaves."""
    if isinstance(value, dict):
        return {name: _nulls(inner) for name, inner in value.items()}
    return [_nulls(inner) for inner in value] if isinstance(value, list) else None


@contextmanager
def source_world(*, apart: bool = False) -> Iterator[SourceWorld]:
    """Run the world on a free port of this machine; apart: a port of its own for every source."""
    world = SourceWorld()

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path
            world.asked.append(
                (path, parse_qs(parts.query), {name.lower(): value for name, value in self.headers.items()})
            )
            fault = world.fault(path)
            kind = fault.kind if fault else ""
            with suppress(OSError):  # the client may have had enough
                if kind.isdigit():
                    extra = {"Retry-After": fault.retry_after} if fault and fault.retry_after else {}
                    self.send(int(kind), b'{"error": "no"}', "application/json", extra)
                elif kind == "stall":
                    world.stalled.set()
                    world.released.wait(20)
                elif kind == "html":
                    self.send(200, b"<!doctype html><html><body>Sign in</body></html>", "text/html", {})
                elif kind == "private":
                    self.send(302, b"", "text/plain", {"Location": "http://169.254.169.254/latest/meta-data/"})
                elif world.redirect and path.startswith("/media/"):
                    self.send(302, b"", "text/plain", {"Location": world.redirect})
                elif kind == "loop":
                    self.send(302, b"", "text/plain", {"Location": self.path})
                elif kind == "empty":
                    self.send(200, b"", "image/png", {})
                elif kind == "endless":
                    self.endless()
                elif "/services/img/" in path:
                    self.file("harbour.png", kind)
                elif path.startswith("/media/") or "/download/" in path:
                    with world.counted():
                        world.released.wait(world.delays.get("media", 0.0))
                        self.file(unquote(path).rpartition("/")[2], kind)
                else:
                    self.answer(path, parse_qs(parts.query), kind)

        def answer(self, path: str, query: Query, kind: str) -> None:
            slug, _, rest = path.removeprefix("/").partition("/")
            maker = arxiv_licence if slug == "arxiv-oai" else ANSWERS.get(slug)
            if maker is None:
                self.send(404, b"{}", "application/json", {})
                return
            world.released.wait(world.delays.get(slug, 0.0))
            made = maker(world, f"/{rest}", query)
            if isinstance(made, bytes):
                mime = "application/pdf" if made.startswith(b"%PDF") else "application/atom+xml"
            else:
                if kind == "nulls":
                    made = _nulls(made)
                made, mime = json.dumps([made] if kind == "list" else made).encode(), "application/json; charset=utf-8"
            self.send(200, b"{<" if kind == "broken" else made, mime, {}, more=50 if kind == "cut" else 0)

        def file(self, name: str, kind: str) -> None:
            body = world.files.get(name)
            if body is None:
                self.send(404, b"", "text/plain", {})
                return
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers = {"ETag": f"W/{etag}" if world.weak_etags else etag, "Accept-Ranges": "bytes"}
            status, start = 200, 0
            wanted = self.headers.get("Range", "")
            if wanted and self.headers.get("If-Range") == headers["ETag"]:
                status, start = 206, int(wanted.removeprefix("bytes=").rstrip("-"))
                headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            rest = body[start:]
            if kind == "trickle":
                self.trickle(rest)
            elif kind == "huge":
                self.send(200, rest, "image/png", headers, more=10**10)
            elif kind == "cut":
                self.send(status, rest[: len(rest) // 2], "image/png", headers, more=len(rest) - len(rest) // 2)
            else:
                self.send(status, rest, "image/png", headers, more=1000 if kind == "lie" else 0)

        def send(self, status: int, body: bytes, kind: str, headers: dict[str, str], more: int = 0) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body) + more), **headers}.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def trickle(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(10**6))
            self.end_headers()
            self.wfile.write(body)
            world.stalled.set()
            self.close_connection = True
            while not world.released.wait(0.05):
                self.wfile.write(b"x")

        def endless(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.close_connection = True
            while not world.released.is_set():
                self.wfile.write(png() * 500)

    with ExitStack() as running:
        world.url = running.enter_context(serving(Handler))
        if apart:
            world.hosts = {slug: running.enter_context(serving(Handler)) for slug in ANSWERS}
        try:
            yield world
        finally:
            world.released.set()
