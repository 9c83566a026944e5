"""A made-up YouTube on this machine, for the unmodified yt-dlp.

yt-dlp always speaks HTTPS with youtube.com. So this is a proxy (HTTP CONNECT) that answers itself, whatever host is
asked for, with certificates of a CA that it makes up at its start: yt-dlp's own option `proxy` leads here, and
`compat_opts: no-certifi` with the environment's SSL_CERT_FILE makes it believe that CA. Verification stays on.

    python -m tests.fakes.youtube_world [--port N] [--seed N] [--channels N]

prints the environment to start a studio with, as JSON, and serves until it is stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import ssl
import struct
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme

from tests.fakes import youtube_pages as pages
from tests.fakes import youtube_watch as watch
from tests.fakes.youtube_proxy import ProxyServer, handler
from tests.fakes.youtube_search import Engine
from tests.fakes.youtube_seed import MadeChannel, MadeVideo, made

ON_A_PAGE = 20
ON_A_TAB = 30
TABS = {
    "EgZ2aWRlb3P": ("videos", ("long",)),
    "EgZzaG9ydHP": ("shorts", ("short",)),
    "EgdzdHJlYW1z": ("streams", ("live", "was_live")),
}
KEY = "AIza-made-up-key"


@dataclass
class Fault:
    """Something wrong with an endpoint. skip: requests that are still right; times: how many are wrong, None for ever.

    kind: `400`, `403`, `404`, `429`, `500`; `html`, a page instead of JSON; `consent` and `sorry`, sent elsewhere; `bot` and
    `later`, a video's refusals; `cut`, half a body; `drop`, no answer at all; `huge`, a body without an end; `stall`,
    none for long; `empty`, JSON that says nothing; `barren`, a page of results that only leads on; `broken`, JSON of
    another shape; `quota`, of the Data API.
    """

    endpoint: str
    kind: str
    skip: int = 0
    times: int | None = 1
    retry_after: str | None = None


@dataclass(frozen=True)
class Asked:
    """One request that came. endpoint: `search`, `browse`, `resolve`, `next`, `player`, `feed`, `captions`, `api`, `page`,
    `picture`, `other`. what: the body or the query. fault: what was wrong with the answer."""

    endpoint: str
    host: str
    path: str
    what: dict[str, Any]
    fault: str


@dataclass
class YouTubeWorld:
    """The running world. port: of the proxy. ca_file: the certificate to believe. now: the moment it stands at."""

    port: int
    ca_file: Path
    now: datetime
    channels: list[MadeChannel]
    thumbnails: str = "https://i.ytimg.com"
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.by_channel: dict[str, MadeChannel] = {channel.id: channel for channel in self.channels}
        self.by_video: dict[str, MadeVideo] = {video.id: video for channel in self.channels for video in channel.videos}
        self.engine = Engine([video for video in self.by_video.values() if video.status in ("public", "age")], self.now)
        self._lock = threading.Lock()

    @property
    def proxy(self) -> str:
        """The proxy's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def options(self) -> dict[str, Any]:
        """yt-dlp's options that lead here, as YTDLP_OPTIONS takes them; SSL_CERT_FILE must name `ca_file`."""
        return {"proxy": self.proxy, "compat_opts": ["no-certifi"]}

    @property
    def api_url(self) -> str:
        """Where its Data API is, in plain HTTP. Its key is `KEY`."""
        return f"{self.proxy}/youtube/v3"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process whose YouTube this is."""
        return {"YTDLP_OPTIONS": json.dumps(self.options), "SSL_CERT_FILE": str(self.ca_file)}

    def fails(
        self, endpoint: str, kind: str, *, skip: int = 0, times: int | None = 1, retry_after: str | None = None
    ) -> None:
        """Let something be wrong. endpoint: see Asked, or `any`. The first that fits a request counts."""
        with self._lock:
            self.faults.append(Fault(endpoint, kind, skip, times, retry_after))

    def count(self, *endpoints: str) -> int:
        """How many requests came to these endpoints; to all, if none is named."""
        return sum(not endpoints or asked.endpoint in endpoints for asked in self.asked)

    def took(self, endpoint: str, host: str, path: str, what: dict[str, Any]) -> Fault | None:
        """Write a request down, and say what is to be wrong with its answer."""
        with self._lock:
            hit = None
            for fault in self.faults:
                if fault.endpoint not in (endpoint, "any") or fault.times == 0:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                hit = fault
                break
            self.asked.append(Asked(endpoint, host, path, what, hit.kind if hit else ""))
            return hit

    def answer(self, endpoint: str, what: dict[str, Any], path: str) -> tuple[int, str, bytes]:
        """Status, media type and body of what is asked for."""
        match endpoint:
            case "search":
                return pages.answer_json(self._search(what))
            case "browse":
                page = self._browse(what)
                return (
                    pages.answer_json(page)
                    if page
                    else (404, "application/json", b'{"error": {"code": 404, "message": "Not found"}}')
                )
            case "player" | "next":
                video = self.by_video.get(str(what.get("videoId")))
                if not video:
                    return pages.answer_json(
                        {
                            "playabilityStatus": watch.REFUSALS["removed"],
                            "videoDetails": {"videoId": what.get("videoId")},
                        }
                    )
                shown = (
                    watch.player(video, self.now, self.thumbnails)
                    if endpoint == "player"
                    else watch.watch_next(video, self.now)
                )
                return pages.answer_json(shown)
            case "resolve":
                return pages.answer_json(self._resolved(str(what.get("url"))))
            case "captions":
                video = self.by_video.get(str(what.get("v")))
                return pages.answer_json(pages.captions(video)) if video else (404, "text/html", b"")
            case "feed":
                channel = self.by_channel.get(str(what.get("channel_id")))
                if not channel or channel.is_gone:
                    return 404, "text/html", b"Not found"
                return 200, "text/xml; charset=utf-8", pages.feed(channel, self.now).encode()
            case "api":
                return self._data_api(path, what)
            case "page":
                return 200, "text/html; charset=utf-8", self._page(path).encode()
            case "picture":
                return 200, "image/png", picture(path)
            case _:
                return 429 if path.startswith("/sorry") else 404, "text/html", b"<html>We're sorry</html>"

    def _watch(self, endpoint: str, video_id: str) -> dict[str, Any]:
        video = self.by_video.get(video_id)
        if not video:
            return {"playabilityStatus": watch.REFUSALS["removed"], "videoDetails": {"videoId": video_id}}
        if endpoint == "next":
            return watch.watch_next(video, self.now)
        return watch.player(video, self.now, self.thumbnails)

    def _search(self, what: dict[str, Any]) -> dict[str, Any]:
        asked = (
            pages.untoken(what["continuation"])
            if "continuation" in what
            else {"q": what.get("query"), "sp": what.get("params")}
        )
        start = int(asked.get("from", 0))
        results = self.engine.results(str(asked["q"]), str(asked["sp"] or ""))
        items = [pages.found(video, self.now, self.thumbnails) for video in results[start : start + ON_A_PAGE]]
        if items and start % (5 * ON_A_PAGE) == 0:
            items.insert(1, pages.channel_found(results[start].channel))
            items.insert(3, {"adSlotRenderer": {"adSlotMetadata": {}}})
        is_last = start + ON_A_PAGE >= len(results)
        after = None if is_last else pages.continuation(**{**asked, "from": start + ON_A_PAGE})
        return pages.search_page(items, after, is_first=start == 0)

    def _resolved(self, url: str) -> dict[str, Any]:
        """What yt-dlp alone asks before it asks for a channel's tab."""
        parts = urlsplit(url).path.strip("/").split("/")
        params = next((start for start, (name, _) in TABS.items() if name == parts[-1]), "")
        return {"endpoint": {"browseEndpoint": {"browseId": parts[1], "params": params}}}

    def _browse(self, what: dict[str, Any]) -> dict[str, Any] | None:
        asked = pages.untoken(what["continuation"]) if "continuation" in what else what
        if "about" in asked:
            return pages.about_panel(self.by_channel[asked["about"]], self.now)
        channel = self.by_channel.get(str(asked.get("browseId")))
        if not channel or channel.is_gone:
            return None
        tab, kinds = next(
            (tab for start, tab in TABS.items() if str(asked.get("params")).startswith(start)), ("videos", ("long",))
        )
        videos, start = channel.of(*kinds), int(asked.get("from", 0))
        items = [pages.grid_item(video, self.now, self.thumbnails) for video in videos[start : start + ON_A_TAB]]
        if start + ON_A_TAB < len(videos):
            items.append(
                pages.continuation(browseId=channel.id, params=asked.get("params"), **{"from": start + ON_A_TAB})
            )
        if start:
            return {"onResponseReceivedActions": [{"appendContinuationItemsAction": {"continuationItems": items}}]}
        if not videos:
            # What there is no tab for opens the first one.
            tab, shelf = "featured", channel.of("long", "short")[:6]
            items = [
                {"gridVideoRenderer": pages.found(one, self.now, self.thumbnails)["videoRenderer"]} for one in shelf
            ]
        return pages.channel_page(channel, tab, items, self.thumbnails)

    def _page(self, path: str) -> str:
        """A page for a browser: the client's settings, and on a channel's tab its data."""
        parts = path.strip("/").split("/")
        channel = self.by_channel.get(parts[1]) if parts[0] == "channel" and len(parts) > 1 else None
        data = ""
        if channel:
            tab = next((start for start, (name, _) in TABS.items() if name == parts[-1]), "")
            data = f"<script>var ytInitialData = {json.dumps(self._browse({'browseId': channel.id, 'params': tab}))};</script>"
        return f'<!DOCTYPE html><html><script>ytcfg.set({{"INNERTUBE_API_KEY": "made-up"}});</script>{data}</html>'

    def _data_api(self, path: str, what: dict[str, Any]) -> tuple[int, str, bytes]:
        if what.get("key") != KEY:
            return pages.answer_json(
                {"error": {"code": 400, "message": "API key not valid.", "errors": [{"reason": "badRequest"}]}}, 400
            )
        ids = str(what.get("id", "")).split(",")
        if len(ids) > 50:
            return pages.answer_json({"error": {"code": 400, "errors": [{"reason": "invalidParameter"}]}}, 400)
        if path.endswith("/channels"):
            known = (self.by_channel.get(one) for one in ids)
            return pages.answer_json(
                {"items": [watch.api_channel(one, self.now) for one in known if one and not one.is_gone]}
            )
        videos = (self.by_video.get(one) for one in ids)
        return pages.answer_json(
            {"items": [watch.api_video(one, self.now) for one in videos if one and one.status == "public"]}
        )


def picture(path: str) -> bytes:
    """A small picture (PNG) of two colours that the address decides."""
    width, height = 320, 180
    first, second = (hashlib.sha256(path.encode()).digest()[at : at + 3] for at in (0, 3))
    rows = b"".join(
        b"\0" + first * (width * row // height) + second * (width - width * row // height) for row in range(height)
    )

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@contextmanager
def youtube_world(
    *, seed: int = 1, channels: int = 60, port: int = 0, thumbnails: str = "", now: datetime | None = None
) -> Iterator[YouTubeWorld]:
    """Run the world. thumbnails: where pictures are said to be; empty: where YouTube has them; `here`: at the proxy's own
    address, in plain HTTP, for a browser that has no internet."""
    authority = trustme.CA()
    contexts: dict[str, ssl.SSLContext] = {}
    lock = threading.Lock()

    def context(host: str) -> ssl.SSLContext:
        with lock:
            if host not in contexts:
                contexts[host] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                authority.issue_cert(host).configure_cert(contexts[host])
            return contexts[host]

    now = now or datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="youtube-world-") as folder:
        ca_file = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        running: list[YouTubeWorld] = []
        with ProxyServer(("127.0.0.1", port), handler(lambda: running[0], context)) as server:
            here = f"http://127.0.0.1:{server.server_port}" if thumbnails == "here" else thumbnails
            running.append(
                YouTubeWorld(server.server_port, ca_file, now, made(seed, channels, now), here or "https://i.ytimg.com")
            )
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield running[0]
            finally:
                running[0].released.set()
                server.shutdown()
                thread.join()


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="A made-up YouTube on this machine.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--channels", type=int, default=300)
    parser.add_argument("--thumbnails", default="", help="`here`: pictures in plain HTTP at the proxy's own address")
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with youtube_world(seed=given.seed, channels=given.channels, port=given.port, thumbnails=given.thumbnails) as world:
        print(json.dumps({**world.environment, "PID": str(os.getpid())}), flush=True)  # noqa: T201
        stop.wait()


if __name__ == "__main__":
    main()
