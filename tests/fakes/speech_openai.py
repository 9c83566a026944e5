"""A loopback server that speaks the OpenAI speech protocol and has every fault we know of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.loopback import QuietHandler, serving


@dataclass
class Answer:
    """What the server says to one request. chunked: sent in chunks; cut: the connection is closed before the last."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    chunked: bool = False
    cut: bool = False

    @classmethod
    def error(cls, status: int, message: str, code: str = "", **headers: str) -> Answer:
        """An error as OpenAI words it."""
        body = json.dumps({"error": {"message": message, "code": code}}).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, body, {"Content-Type": "application/json", **named})


@dataclass
class SpeechServer:
    """The running fake: its address, what it was asked, and the answers it will give (the last one again and again)."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    before: Callable[[], None] = lambda: None


@contextmanager
def speech_server(*answers: Answer) -> Iterator[SpeechServer]:
    """Run the fake on a free port of this machine."""
    fake = SpeechServer("", answers=list(answers))

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fake.asked.append({"path": self.path, **json.loads(body)})
            fake.keys.append(self.headers["Authorization"])
            fake.before()
            answer = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.chunked:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                half = len(answer.body) // 2
                for data in (answer.body[:half], *(() if answer.cut else (answer.body[half:], b""))):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            else:
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
            self.close_connection = True

    with serving(Handler) as url:
        fake.url = f"{url}/v1"
        yield fake
