"""Asking public sources politely: few requests, one after another, none that lasts, none that is large.

Whatever goes wrong is a sentence for the job's output, never an error: a fact-check goes on without the web.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

USER_AGENT = "CRAFT-Studio/0.1 (self-hosted writing desk; checks facts, one request at a time)"
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
# A request may trickle: this is the most it takes in all.
SECONDS_AT_MOST = 10.0
LOOKUP_SECONDS = 2.0
MOST_BYTES = 1_000_000


class Unreachable(Exception):
    """The source does not answer, or not with what was asked for; the text says what happened."""


class Lookup:
    """Whether a host's name can be found. Asked on a thread of its own: the resolver knows no time limit."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._since = parts.hostname or "", time.monotonic()
        self._done = threading.Event()
        # A proxy looks names up itself.
        if not self._host or getproxies():
            self._done.set()
        else:
            threading.Thread(target=self._ask, daemon=True, name=f"lookup of {self._host}").start()

    def _ask(self) -> None:
        # That there is no such host is found out by the request.
        with suppress(OSError, UnicodeError):
            socket.getaddrinfo(self._host, None)
        self._done.set()

    def is_answered(self) -> bool:
        """Wait for the answer, at most `LOOKUP_SECONDS` since it was asked for."""
        return self._done.wait(max(self._since + LOOKUP_SECONDS - time.monotonic(), 0.0))


@dataclass
class Visitor:
    """One source during one job. budget: how many requests are left; pause: seconds between two.

    wait: called with the seconds to wait before a request, so that a cancelled job does not wait. lookup: of its host,
    best begun before there is anything to ask.
    """

    name: str
    budget: int
    pause: float = 0.0
    wait: Callable[[float], None] = time.sleep
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)
    lookup: Lookup | None = None
    _asked_at: float = field(default=-1e9, init=False)

    def get(self, url: str, parameters: Mapping[str, str], kind: str) -> bytes:
        """The body of the answer, which must be of that kind: `json` or `xml`.

        Raises Unreachable; after that the source is not asked again.
        """
        if self.budget <= 0:
            raise Unreachable(f"{self.name}: asked often enough for one job")
        self.budget -= 1
        delay = self._asked_at + self.pause - time.monotonic()
        if delay > 0:
            self.wait(delay)
        if self.lookup and not self.lookup.is_answered():
            raise self.given_up("is not reachable")
        self._asked_at = time.monotonic()
        try:
            return self._read(url, parameters, kind)
        except httpx.TimeoutException as error:
            raise self.given_up("does not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self.given_up("is not reachable") from error

    def given_up(self, why: str) -> Unreachable:
        """What to raise when the source is of no use to this job: from now on it is not asked again."""
        self.budget = 0
        return Unreachable(f"{self.name} {why}, going on without it")

    def _read(self, url: str, parameters: Mapping[str, str], kind: str) -> bytes:
        headers = {"User-Agent": USER_AGENT, "Accept": f"application/{kind}"}
        deadline = time.monotonic() + SECONDS_AT_MOST
        with httpx.stream("GET", url, params=dict(parameters), headers=headers, timeout=self.timeout) as answer:
            if answer.status_code == 429:
                raise self.given_up("asks for patience")
            if answer.status_code != 200:
                raise self.given_up(f"answers {answer.status_code}")
            if kind not in answer.headers.get("Content-Type", "").lower():
                raise self.given_up("answers something else than was asked for")
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise self.given_up("answers with too much")
                if time.monotonic() > deadline:
                    raise self.given_up("does not answer in time")
        return bytes(body)
