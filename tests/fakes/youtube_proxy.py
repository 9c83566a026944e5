"""The way into the made-up YouTube: a proxy that answers itself, for every host of YouTube's, with TLS and with faults."""

from __future__ import annotations

import contextlib
import json
import ssl
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes import youtube_pages as pages
from tests.fakes import youtube_watch as watch
from tests.fakes.loopback import QuietHandler

if TYPE_CHECKING:
    from tests.fakes.youtube_world import YouTubeWorld

HOSTS = ("youtube.com", "ytimg.com", "ggpht.com", "googleapis.com", "google.com")


class ProxyServer(ThreadingHTTPServer):
    """Serves until its process ends; a connection never holds it up."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is none of our business; anything else is."""
        if not isinstance(sys.exception(), OSError | ssl.SSLError):
            super().handle_error(request, client_address)


def endpoint_of(host: str, path: str) -> str:
    """Which part of YouTube an address is."""
    if host.endswith("googleapis.com") or path.startswith("/youtube/v3/"):
        return "api"
    if host.startswith(("i.ytimg", "yt3.")) or path.startswith(("/vi/", "/avatar/")):
        return "picture"
    if path.startswith("/youtubei/v1/"):
        name = path.rpartition("/")[2].removesuffix("_url")
        return name if name in ("search", "browse", "resolve", "next", "player") else "other"
    if path.startswith("/feeds/"):
        return "feed"
    if path.startswith("/api/timedtext"):
        return "captions"
    return "page" if host.endswith("youtube.com") else "other"


def handler(
    world: Callable[[], YouTubeWorld], context: Callable[[str], ssl.SSLContext]
) -> type[BaseHTTPRequestHandler]:
    """The handler of a proxy that answers itself. context: the TLS of a host."""

    class Handler(QuietHandler):
        """A proxy's connection, and after CONNECT the one of the host that was asked for."""

        host = ""
        # An answer is two writes: the second must not wait until the first has been acknowledged.
        disable_nagle_algorithm = True

        def do_CONNECT(self) -> None:
            host = self.path.rpartition(":")[0]
            if not host.endswith(HOSTS):
                self.send_error(502, "There is no internet here")
                return
            self.send_response(200, "Connection established")
            self.end_headers()
            try:
                self.connection = context(host).wrap_socket(self.connection, server_side=True)
            except (ssl.SSLError, OSError):
                self.close_connection = True
                return
            self.host = host
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")  # type: ignore[assignment]
            self.close_connection = False

        def finish(self) -> None:
            """Close what TLS made of the connection; the server knows the bare one only."""
            with contextlib.suppress(OSError):
                super().finish()
            self.connection.close()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            what = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if key := self.headers.get("X-Goog-Api-Key"):
                what["key"] = key
            self._answer(parts.path, what)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            what = json.loads(body or b"{}")
            what.pop("context", None)
            self._answer(urlsplit(self.path).path, what)

        def _answer(self, path: str, what: dict[str, Any]) -> None:
            here = world()
            endpoint = endpoint_of(self.host, path)
            fault = here.took(endpoint, self.host, path, what)
            kind = fault.kind if fault else ""
            headers: dict[str, str] = {}
            match kind:
                case "":
                    status, media_type, body = here.answer(endpoint, what, path)
                case "429" | "400" | "403" | "404" | "500":
                    status, media_type, body = int(kind), "text/html", b"<html><body>We're sorry</body></html>"
                    if fault and fault.retry_after:
                        headers["Retry-After"] = fault.retry_after
                case "consent" | "sorry":
                    status, media_type, body = 302, "text/html", b""
                    headers["Location"] = (
                        "https://consent.youtube.com/m?continue=x"
                        if kind == "consent"
                        else "https://www.google.com/sorry/index"
                    )
                case "bot" | "later":
                    video = here.by_video[what["videoId"]]
                    status, media_type, body = pages.answer_json(watch.player(video, here.now, here.thumbnails, kind))
                case "empty":
                    status, media_type, body = pages.answer_json({"responseContext": {}})
                case "broken":
                    status, media_type, body = pages.answer_json({"contents": [{"twoColumn": None}, 7]})
                case "barren":
                    status, media_type, body = pages.answer_json(
                        pages.search_page([], pages.continuation(q="", sp="", **{"from": 1}), is_first=False)
                    )
                case "quota":
                    status, media_type, body = pages.answer_json(
                        {"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}, 403
                    )
                case "drop":
                    self.close_connection = True
                    return
                case "stall":
                    here.released.wait(30)
                    self.close_connection = True
                    return
                case _:
                    status, media_type, body = (
                        200,
                        "text/html",
                        b"<html><body>Please sign in to this network</body></html>",
                    )
            if kind == "cut":
                status, media_type, body = here.answer(endpoint, what, path)
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            for name, value in headers.items():
                self.send_header(name, value)
            if kind == "huge":
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                with contextlib.suppress(OSError):
                    while not here.released.is_set():
                        self.wfile.write(b'{"a": "' + b" " * 2**20)
                return
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # the client may have had enough
                self.wfile.write(body[: len(body) // 2] if kind == "cut" else body)
                self.wfile.flush()
            self.close_connection = self.close_connection or kind == "cut"

    return Handler
