"""A loopback server that answers as Wikipedia's Action API and arXiv's Atom API do, with the faults they may have.

The formats are those of https://www.mediawiki.org/wiki/API:Search (formatversion 2, generator=search with
prop=extracts|info) and https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from tests.fakes.loopback import QuietHandler, serving


@dataclass
class PublicSources:
    """The running fake: its address, its pages and papers, what it was asked, and what is wrong with it.

    fault: empty, or `429`, `500`, `html`, `huge`, `stall`, `error`, `list`, `doctype`, `cut`.
    """

    url: str
    pages: list[tuple[str, str]] = field(default_factory=list)
    papers: list[tuple[str, str]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def wikipedia(self) -> bytes:
        """Search results with the introductions of their pages."""
        pages = [
            {
                "pageid": 100 + number,
                "ns": 0,
                "title": title,
                "index": number,
                "extract": text,
                "fullurl": f"https://en.wikipedia.org/wiki/{title.replace(' ', '_')}",
            }
            for number, (title, text) in enumerate(self.pages, 1)
        ]
        # Pages come in the order of their ids, not of their rank.
        return json.dumps({"batchcomplete": True, "query": {"pages": pages[::-1]}} if pages else {}).encode()

    def arxiv(self) -> bytes:
        """A feed of papers."""
        entries = "".join(
            f"<entry><id>http://arxiv.org/abs/1000.{number:05}v1</id><updated>2020-01-01T00:00:00Z</updated>"
            f"<published>2020-01-01T00:00:00Z</published><title>{escape(title)}</title>"
            f"<summary>\n  {escape(text)}\n</summary><author><name>A. Author</name></author></entry>"
            for number, (title, text) in enumerate(self.papers, 1)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
            f'<title type="html">ArXiv Query</title><id>http://arxiv.org/api/x</id>{entries}</feed>'
        ).encode()


@contextmanager
def public_sources() -> Iterator[PublicSources]:
    """Run the fake on a free port of this machine."""
    fake = PublicSources("")

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            fake.asked.append({"path": parts.path, "agent": self.headers["User-Agent"], **query})
            is_wikipedia = parts.path.endswith("/w/api.php")
            kind = "application/json; charset=utf-8" if is_wikipedia else "application/atom+xml; charset=utf-8"
            body = fake.wikipedia() if is_wikipedia else fake.arxiv()
            status, headers = 200, dict[str, str]()
            match fake.fault:
                case "429":
                    status, body, kind, headers = 429, b"Too many requests", "text/plain", {"Retry-After": "60"}
                case "500":
                    status, body, kind = 500, b"upstream", "text/html"
                case "html":
                    body, kind = b"<html><body>Please sign in to this network</body></html>", "text/html"
                case "error":
                    body = b'{"error": {"code": "maxlag", "info": "Waiting for a database server"}}'
                case "list":
                    body = b'{"query": {"pages": [1, "two", null]}}' if is_wikipedia else b"<feed"
                case "doctype":
                    body = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><feed>&b;</feed>'
                case "huge":
                    body += b" " * 5_000_000
                case "stall":
                    fake.released.wait(20)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) + (10 if fake.fault == "cut" else 0)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            with suppress(OSError):  # the client may have had enough
                self.wfile.write(body)
            self.close_connection = True

    with serving(Handler) as url:
        fake.url = url
        try:
            yield fake
        finally:
            fake.released.set()
