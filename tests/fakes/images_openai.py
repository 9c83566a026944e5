"""A loopback server that paints by OpenAI's protocol (`POST /v1/images/generations`) and has every fault we know of."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from tests.fakes.loopback import QuietHandler, serving

USAGE = {
    "input_tokens": 20,
    "output_tokens": 1568,
    "total_tokens": 1588,
    "input_tokens_details": {"text_tokens": 20, "image_tokens": 0},
}


def picture(color: tuple[int, int, int] = (30, 90, 160), size: tuple[int, int] = (1536, 1024)) -> bytes:
    """A plain picture as PNG."""
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    return file.getvalue()


@dataclass
class Answer:
    """What the server says to one request. cut: the connection is closed in the middle of the body; stall: nothing comes
    until the test ends; endless: the body never ends."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    cut: bool = False
    stall: bool = False
    endless: bool = False

    @classmethod
    def of(cls, data: list[dict[str, Any]] | Any, usage: dict[str, Any] | None = None) -> Answer:
        """A good answer with these pictures."""
        return cls(
            body=json.dumps({"created": 1764000000, "data": data, **({"usage": usage} if usage else {})}).encode()
        )

    @classmethod
    def image(cls, data: bytes | None = None, *, measured: bool = True) -> Answer:
        """A picture in the answer itself, with the tokens that it took."""
        encoded = base64.b64encode(picture() if data is None else data).decode()
        return cls.of([{"b64_json": encoded}], USAGE if measured else None)

    @classmethod
    def error(cls, status: int, message: str, code: str = "", **headers: str) -> Answer:
        """An error as OpenAI words it."""
        body = json.dumps({"error": {"message": message, "type": "image_generation_user_error", "code": code}}).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, body, {"Content-Type": "application/json", **named})


@dataclass
class ImageServer:
    """The running fake: its address, what it was asked, the answers it will give (the last one again and again), and the
    files that it serves by address."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    fetched: list[tuple[str, str | None]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    models: list[str] = field(default_factory=lambda: ["painter-xl"])
    files: dict[str, bytes] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    before: Callable[[], None] = lambda: None

    @property
    def host(self) -> str:
        """`host:port`."""
        return urlsplit(self.url).netloc


@contextmanager
def image_server(*answers: Answer) -> Iterator[ImageServer]:
    """Run the fake on a free port of this machine."""
    fake = ImageServer(answers=list(answers))

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append({"path": self.path, **body})
            fake.keys.append(self.headers["Authorization"])
            fake.before()
            answer = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
            if answer.stall:
                fake.released.wait(30)
                self.close_connection = True
                return
            self._answer(answer)

        def do_GET(self) -> None:
            fake.fetched.append((self.path, self.headers["Authorization"]))
            if self.path == "/v1/models":
                body = json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in fake.models]})
                return self._answer(Answer(body=body.encode()))
            data = fake.files.get(self.path)
            self._answer(Answer(200 if data else 404, data or b"gone", {"Content-Type": "image/png"}))

        def _answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.close_connection = True
            try:
                if answer.endless:
                    self.end_headers()
                    while True:
                        self.wfile.write(b" " * 65536)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
            except OSError:
                return  # who asked has gone

    with serving(Handler) as url:
        fake.url = f"{url}/v1"
        try:
            yield fake
        finally:
            fake.released.set()
