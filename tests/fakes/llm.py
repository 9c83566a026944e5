"""A loopback server for language models with every fault we know of; the files beside it give it a provider's words.

with openai_server(Reply("Twice a day."), Reply.error(429, "slow down", Retry_After="1")) as server:
    …                      # server.url is the base URL, server.asked every request, server.closed set when a
                           # client hung up before the reply had ended
"""

from __future__ import annotations

import json
import re
import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.fakes.loopback import QuietHandler, serving

POLL_SECONDS = 0.01
Event = tuple[str, dict[str, Any]]  # the event's name (empty: none) and its data


@dataclass(kw_only=True)
class _Faults:
    pieces: Sequence[str] | None = None
    delay: float = 0.0
    first_delay: float = 0.0
    usage: tuple[int, int] | None = (11, 7)
    finish: str = "stop"
    stall_after: int | None = None
    cut_after: int | None = None
    endless: bool = False
    refusal: str = ""
    broken: str = ""
    status: int = 200
    message: str = ""
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Reply(_Faults):
    """What the server says to one request.

    text: the answer; streamed in `pieces` (word by word unless given), each after `delay` seconds, the first after
    `first_delay`. usage: tokens in and out, or None for a server that does not tell. finish: `stop`, `length` or
    `filter`. stall_after, cut_after: pieces after which it falls silent or closes the connection. endless: the pieces
    come again for ever. refusal: the model declines with this sentence. broken: an error that is told in mid-stream.
    """

    text: str = ""

    @classmethod
    def error(cls, status: int, message: str = "", code: str = "", **headers: str) -> Reply:
        """An error in the provider's words; `Retry_After` becomes a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status=status, message=message, code=code, headers=named)

    @property
    def streamed(self) -> Sequence[str]:
        """The pieces in which the text goes out."""
        return self.pieces if self.pieces is not None else re.findall(r"\S+\s*|\s+", self.text)


class Dialect(Protocol):
    """How one provider's protocol words things."""

    BASE: str  # path of the base URL

    def models(self, names: Sequence[str]) -> dict[str, Any]:
        """The list of models."""

    def is_list(self, path: str) -> bool:
        """Whether a GET asks for the list of models."""

    def is_stream(self, path: str, body: dict[str, Any]) -> bool:
        """Whether a request wants its answer piece by piece."""

    def wants_schema(self, body: dict[str, Any]) -> bool:
        """Whether a request asks for an answer in a JSON schema."""

    def output_tool(self, body: dict[str, Any]) -> str:
        """The tool that the answer has to be given to, if the request has one."""

    def opening(self, reply: Reply, tool: str) -> list[Event]:
        """What comes before the first piece."""

    def piece(self, text: str, tool: str) -> list[Event]:
        """One piece."""

    def closing(self, reply: Reply, tool: str) -> list[Event]:
        """What comes after the last piece."""

    def trouble(self, message: str) -> list[Event]:
        """An error in mid-stream."""

    def whole(self, reply: Reply, tool: str) -> dict[str, Any]:
        """The answer in one piece."""

    def error(self, reply: Reply) -> dict[str, Any]:
        """The body of an error."""

    END: str  # the stream's last data, if the protocol has one


@dataclass
class ModelServer:
    """The running fake: its base URL, what it was asked, and the replies it will give (the last one again and again).

    asked: body, `path` and lower-case `headers` of every request for words. listed: how often the models were asked
    for. knows_schema: False answers 400 to requests for a JSON schema. key: any other than this is answered 401.
    closed: set when a client hung up before its reply had ended, at `closed_at` (time.monotonic). sent_at: when each
    piece went out (time.time).
    """

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    names: Sequence[str] = ()
    list_reply: Reply | None = None
    knows_schema: bool = True
    key: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    listed: int = 0
    closed: threading.Event = field(default_factory=threading.Event)
    closed_at: float = 0.0
    sent_at: list[float] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)


@contextmanager
def model_server(dialect: Dialect, *replies: Reply, **settings: Any) -> Iterator[ModelServer]:
    """Run the fake on a free port of this machine."""
    fake = ModelServer(replies=list(replies), **settings)
    handler = type("Handler", (_Handler,), {"fake": fake, "dialect": dialect})
    with serving(handler) as url:
        fake.url = f"{url}{dialect.BASE}"
        try:
            yield fake
        finally:
            fake.stopping.set()


class _HungUp(Exception):
    """The client closed the connection."""


class _Handler(QuietHandler):
    fake: ModelServer
    dialect: Dialect

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        """The list of models."""
        self._note_key()
        if not self.dialect.is_list(self.path.partition("?")[0]):
            self._say(404, {"error": {"message": "not found"}})
            return
        self.fake.listed += 1
        reply = self.fake.list_reply or Reply()
        if self._is_stranger():
            reply = Reply.error(401, f"Incorrect API key provided: {self.fake.keys[-1]}")
        if reply.first_delay:
            self._wait(reply.first_delay)
        if reply.status != 200:
            self._say(reply.status, self.dialect.error(reply), reply.headers)
        else:
            self._say(200, json.loads(reply.text) if reply.text else self.dialect.models(self.fake.names))

    def do_POST(self) -> None:
        """An answer."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._note_key()
        self.fake.asked.append({"path": self.path, "headers": headers, **body})
        reply = self.fake.replies.pop(0) if len(self.fake.replies) > 1 else self.fake.replies[0]
        if self._is_stranger():
            reply = Reply.error(401, f"Incorrect API key provided: {self.fake.keys[-1]}")
        elif self.dialect.wants_schema(body) and not self.fake.knows_schema:
            reply = Reply.error(400, "response_format of type json_schema is not supported by this server")
        try:
            self._answer(reply, body)
        except (_HungUp, BrokenPipeError, ConnectionResetError):
            self.fake.closed_at = time.monotonic()
            self.fake.closed.set()
        finally:
            self.close_connection = True

    def _answer(self, reply: Reply, body: dict[str, Any]) -> None:
        tool = self.dialect.output_tool(body)
        if reply.status != 200:
            self._say(reply.status, self.dialect.error(reply), reply.headers)
        elif self.dialect.is_stream(self.path, body):
            self._stream(reply, tool)
        else:
            self._wait(reply.first_delay)
            if reply.stall_after is not None:
                self._wait(None)
            self._say(200, self.dialect.whole(reply, tool))

    def _stream(self, reply: Reply, tool: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._send(self.dialect.opening(reply, tool))
        self._wait(reply.first_delay)
        number = 0
        while reply.endless or number < len(reply.streamed):
            if number == reply.stall_after:
                self._wait(None)
            if number == reply.cut_after:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if number:
                self._wait(reply.delay)
            self.fake.sent_at.append(time.time())
            self._send(self.dialect.piece(reply.streamed[number % len(reply.streamed)], tool))
            number += 1
        self._send(self.dialect.trouble(reply.broken) if reply.broken else self.dialect.closing(reply, tool))
        if self.dialect.END:
            self._chunk(f"data: {self.dialect.END}\n\n")
        self._chunk("")

    def _send(self, events: Sequence[Event]) -> None:
        for name, data in events:
            head = f"event: {name}\n" if name else ""
            self._chunk(f"{head}data: {json.dumps(data)}\n\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _wait(self, seconds: float | None) -> None:
        """Wait, for ever if None; notices a client that hangs up meanwhile."""
        until = time.monotonic() + seconds if seconds is not None else float("inf")
        while not self.fake.stopping.is_set():
            left = until - time.monotonic()
            readable, _, _ = select.select([self.connection], [], [], max(0.0, min(left, POLL_SECONDS)))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise _HungUp
            if left <= 0:
                return

    def _say(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _note_key(self) -> None:
        bearer = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        self.fake.keys.append(self.headers["x-api-key"] or self.headers["x-goog-api-key"] or bearer)

    def _is_stranger(self) -> bool:
        return bool(self.fake.key) and self.fake.keys[-1] != self.fake.key
