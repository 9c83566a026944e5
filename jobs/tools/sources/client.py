"""Asking a source's API: one request at a time in its turn, bounded in time and bytes, every failure a plain sentence."""

from __future__ import annotations

import json
import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from jobs.tools import web
from jobs.tools.sources.errors import SourceRefused, SourceUnavailable
from jobs.tools.sources.pacing import LOCAL_CIRCUIT, LOCAL_PACE, Circuit, Pace
from jobs.tools.sources.record import Found, Source

if TYPE_CHECKING:
    from xml.etree import ElementTree

# It writes down whole addresses, and some sources want their key in there.
logging.getLogger("httpx").setLevel(logging.WARNING)

USER_AGENT = "CRAFTStudio/0.1"
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
# An answer may trickle: this is the most it takes in all.
SECONDS_AT_MOST = 30.0
MOST_BYTES = 8_000_000
# A limit that ends sooner than this is waited for, once; a longer one is told.
PATIENCE_SECONDS = 5.0
Parameters = Mapping[str, str | int | Sequence[str]]


def _never() -> None:
    """Nobody stops it."""


@dataclass
class Client:
    """One source, asked on behalf of somebody.

    urls: base addresses by name (`settings.SOURCE_URLS`), before the adapter's own; an empty one switches it off. key:
    the person's or the server's key for it. contact: address or e-mail of whoever runs this studio; sources ask for it.
    language: two letters, for sources that have one host a language. pace, circuit: shared by whoever must share them.
    whose: added to a host's name in both, where limits count by key. should_stop: asked while waiting; raises to stop.
    """

    source: Source
    urls: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    contact: str = ""
    language: str = "en"
    pace: Pace = field(default_factory=lambda: LOCAL_PACE)
    circuit: Circuit = field(default_factory=lambda: LOCAL_CIRCUIT)
    should_stop: Callable[[], None] = _never
    whose: str = ""
    read_seconds: float = READ_SECONDS
    requests: int = field(default=0, init=False)

    def base(self, at: str = "") -> str:
        """The base address under a name, the source's slug if none is given. Raises SourceRefused if it is off."""
        name = at or self.source.slug
        url = self.urls.get(name, self.source.addresses[name]).replace("{language}", self.language).rstrip("/")
        if not url:
            raise SourceRefused(f"{self.source.label}: {self.source.off}", "off")
        return url

    def secure(self, url: str) -> str:
        """An address from an answer, whole and quoted; over TLS unless the source itself is asked without."""
        url = quote(url.strip(), safe="%/:=&?~#+!$,;'@()*[]")
        if url.startswith("//"):
            return f"{urlsplit(self.base()).scheme}:{url}"
        if url.startswith("http://") and self.base().startswith("https://"):
            return "https://" + url.removeprefix("http://")
        return url if url.startswith(("https://", "http://")) else ""

    def json(
        self, path: str, parameters: Parameters | None = None, *, headers: Mapping[str, str] | None = None, at: str = ""
    ) -> dict[str, Any]:
        """The object that is answered. Raises errors.SourceError."""
        body = self._ask(f"{self.base(at)}{path}", parameters or {}, headers or {}, "json")
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self.unreadable() from error
        if not isinstance(answer, dict):
            raise self.unreadable()
        return answer

    def xml(self, path: str, parameters: Parameters | None = None, *, at: str = "") -> ElementTree.Element:
        """The document that is answered. Raises errors.SourceError."""
        body = self._ask(f"{self.base(at)}{path}", parameters or {}, {}, "xml")
        try:
            return web.xml(body)
        except ValueError as error:
            raise self.unreadable() from error

    def needs_key(self) -> str:
        """The key. Raises SourceRefused if there is none."""
        if not self.key:
            raise SourceRefused(f"{self.source.label} needs an API key: add one under Settings → API keys.", "key")
        return self.key

    def missing(self, source_id: str) -> SourceRefused:
        """What to raise when there is nothing under an id."""
        return SourceRefused(f"{self.source.label} has nothing under “{source_id[:60]}” any more.", "missing")

    def number(self, source_id: str) -> str:
        """An id that is a number, however long. Raises SourceRefused for anything else."""
        if not re.fullmatch(r"[0-9]{1,20}", source_id):
            raise self.missing(source_id)
        return source_id

    def wanted(self, found: Found | None, source_id: str) -> Found:
        """What was found under an id. Raises SourceRefused if that is nothing."""
        if found is None:
            raise self.missing(source_id)
        return found

    def unreadable(self) -> SourceUnavailable:
        """What to raise when an answer is not what its documentation says."""
        return SourceUnavailable(f"{self.source.label} answered something that cannot be read.", "unreadable")

    def _ask(self, url: str, parameters: Parameters, headers: Mapping[str, str], kind: str) -> bytes:
        import httpx

        name, host = self.source.label, urlsplit(url).netloc + self.whose
        if left := self.circuit.left(host):
            raise SourceUnavailable(
                f"{name} has asked for patience and is left alone for {max(left, 1):.0f} s.", "limit", left
            )
        for is_last in (False, True):
            web.pause(self.pace(host, self.source.interval), self.should_stop)
            self.should_stop()
            self.requests += 1
            try:
                status, answered, body = self._read(url, parameters, headers)
            except httpx.TimeoutException as error:
                raise SourceUnavailable(f"{name} does not answer in time.", "slow") from error
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                raise SourceUnavailable(f"{name} is not reachable.", "down") from error
            if status == 200 or (status == 404 and kind in answered.get("content-type", "").lower()):
                self.circuit.answered(host)
                if kind not in answered.get("content-type", "").lower():
                    raise self.unreadable()
                return body
            wait = web.retry_after(answered)
            if status in (429, 503) and not is_last and wait is not None and wait <= PATIENCE_SECONDS:
                web.pause(wait, self.should_stop)
                continue
            raise self._refusal(host, status, wait, body)
        raise self.unreadable()  # never reached: the last turn returns or raises

    def _read(
        self, url: str, parameters: Parameters, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        import httpx

        sent = {"User-Agent": self._agent(), "Accept": "application/json, application/xml;q=0.9", **headers}
        timeout = httpx.Timeout(self.read_seconds, connect=CONNECT_SECONDS)
        given: dict[str, Any] = {name: _value(value) for name, value in parameters.items()}
        deadline = time.monotonic() + SECONDS_AT_MOST
        # Redirects are not followed: an API that moves is an answer to be told, and a key must not travel on.
        with httpx.stream("GET", url, params=given, headers=sent, timeout=timeout, verify=_trusted()) as answer:
            body = bytearray()
            for part in answer.iter_bytes():
                self.should_stop()
                body += part
                if len(body) > MOST_BYTES:
                    raise SourceUnavailable(f"{self.source.label} answered with too much.", "unreadable")
                if time.monotonic() > deadline:
                    raise SourceUnavailable(f"{self.source.label} does not answer in time.", "slow")
            return answer.status_code, answer.headers, bytes(body)

    def _agent(self) -> str:
        return f"{USER_AGENT} ({self.contact})" if self.contact else f"{USER_AGENT} (self-hosted; no contact set)"

    def _refusal(self, host: str, status: int, wait: float | None, body: bytes) -> Exception:
        name = self.source.label
        if status in (401, 403) and self.source.key:
            return SourceRefused(f"{name} does not accept the API key: check it under Settings → API keys.", "key")
        if status == 429:
            self.circuit.blocked(host, wait)
            again = f"Try again in {wait:.0f} s." if wait is not None else "Try again in a few minutes."
            return SourceUnavailable(f"{name} asks for patience: too many requests. {again}", "limit", wait)
        if status == 403:
            self.circuit.blocked(host, wait)
            return SourceUnavailable(f"{name} blocks requests from this studio for now.", "blocked", wait)
        if status in (400, 404, 422):
            return SourceRefused(f"{name} does not take this question{self._said(body)}", "query")
        return SourceUnavailable(f"{name} answers with error {status}.", "down", wait)

    def _said(self, body: bytes) -> str:
        try:
            said = web.readable(web.message_in(json.loads(body)), self.key)
        except ValueError:
            said = ""
        return f": {said}" if said else "."


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed; reading them takes longer than many an answer."""
    import httpx

    return httpx.create_ssl_context()


def _value(value: str | int | Sequence[str]) -> str | list[str]:
    return str(value) if isinstance(value, str | int) else list(value)
