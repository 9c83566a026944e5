"""A call as it goes on: what has been heard, what it costs, and when it has to end."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jobs.tools.llm.driving import Outside, drive
from jobs.tools.llm.model import (
    Endpoint,
    LlmConfig,
    ModelFailed,
    ModelRefused,
    ModelUnavailable,
    Spent,
    tokens_in,
)
from jobs.tools.llm.runaway import Runaway

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse

R = TypeVar("R")

OUTPUT_TOKENS = 8192
# A server that ignores the limit it was given is stopped at this many characters for each token of the limit.
MOST_CHARACTERS_PER_TOKEN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Who is told of a call; all but `spent` may raise, which ends the call and closes its connection.

    check: asked all the while. before: ahead of each request, with the tokens of its prompt and the most its answer
    may have. text: each piece as it comes. spent: after each request that was answered, whatever became of it.
    """

    check: Callable[[], None] = lambda: None
    before: Callable[[int, int], None] = lambda prompt_tokens, answer_tokens: None
    text: Callable[[str], None] = lambda text: None
    spent: Callable[[Spent], None] = lambda spent: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked of which model. most_tokens: of one answer."""

    endpoint: Endpoint
    name: str
    system: str
    user: str
    most_tokens: int = OUTPUT_TOKENS


class Enough(Exception):
    """The model goes on after the limit it was given; `text`: what it has written."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


@dataclass(slots=True)
class Request:
    """One request: what its prompt weighs, and what has been heard of its answer. held: what may yet become a whole."""

    prompt_tokens: int
    asked_at: float = field(default_factory=time.monotonic)
    heard_at: float = 0.0
    is_answered: bool = False
    pieces: list[str] = field(default_factory=list)
    held: str = ""
    characters: int = 0
    unseen_characters: int = 0
    runaway: Runaway = field(default_factory=Runaway)
    response: ModelResponse | None = None

    @property
    def text(self) -> str:
        """What has come so far."""
        return "".join(self.pieces)

    def whole(self, piece: str) -> str:
        """What has come, as a text that can be kept: servers cut emoji in two and end lines in three ways.

        Half of a character, or of a line end, waits for the next piece.
        """
        text = self.held + piece
        self.held = text[-1] if "\ud800" <= text[-1] <= "\udbff" or text[-1] == "\r" else ""
        text = text[: len(text) - len(self.held)].replace("\r\n", "\n").replace("\r", "\n")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    @property
    def finish(self) -> str:
        """Why the answer ended: `stop`, `length`, `content_filter` …"""
        return (self.response and self.response.finish_reason) or ""

    @property
    def spent(self) -> Spent:
        """As the provider counts, or by our rule when it does not tell."""
        usage = self.response.usage if self.response else None
        if usage and usage.input_tokens and not usage.unmeasured_requests:
            return Spent(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
        unseen = " " * self.unseen_characters
        return Spent(input_tokens=self.prompt_tokens, output_tokens=tokens_in(self.text, unseen), is_measured=False)


class Talk:
    """One call with all its requests, under the eyes of its watcher."""

    def __init__(self, call: Call, config: LlmConfig, watcher: Watcher) -> None:
        self.call, self.config, self.watcher = call, config, watcher
        self._began = 0.0
        self._request: Request | None = None

    @property
    def partial(self) -> str:
        """What the request under way has brought."""
        return self._request.text if self._request else ""

    def run(self, work: Callable[[Outside], Coroutine[Any, Any, R]]) -> R:
        """Do it. What the clients raise is said in our words; whatever happens, the cost is told."""
        # Loaded by jobs alone: it brings the clients of every provider.
        from jobs.tools.llm import wire

        if self.call.endpoint.reason:
            raise ModelRefused(self.call.endpoint.reason)
        try:
            return drive(work, self._look)
        except (ModelFailed, Enough):
            raise
        except Exception as error:
            explained = wire.explained(error, self.call.endpoint, self.call.name, self.partial)
            if explained is None:
                raise
            raise explained from None
        finally:
            self._settle()

    def begin(self, *prompt: str) -> Request:
        """A request is about to be made; the caller is asked first."""
        self._settle()
        tokens = tokens_in(*prompt)
        self.watcher.before(tokens, self.call.most_tokens)
        self._began = self._began or time.monotonic()
        self._request = Request(tokens)
        return self._request

    async def listen(self, request: Request, events: AsyncIterable[Any], outside: Outside) -> None:
        """Hear an answer to its end."""
        request.is_answered = True
        async for event in events:
            text, unseen = said_in(event)
            if text or unseen:
                await outside(partial(self._hear, request, text, unseen))

    def _hear(self, request: Request, text: str, unseen: int) -> None:
        request.unseen_characters += unseen
        text = request.whole(text) if text else ""
        if text:
            request.pieces.append(text)
            request.characters += len(text)
            self.watcher.text(text)
        request.heard_at = time.monotonic()
        if request.runaway.hears(text):
            told = f"“{self.call.name}” began to repeat itself and was stopped. Try again, or choose another model."
            raise ModelRefused(told, partial=request.text)
        if request.characters + request.unseen_characters > MOST_CHARACTERS_PER_TOKEN * self.call.most_tokens:
            raise Enough(request.text)

    def _look(self) -> None:
        """Ask the caller whether to go on, and end what takes too long."""
        self.watcher.check()
        now, name, most = time.monotonic(), self.call.name, self.config.call_seconds
        if self._began and now - self._began > most:
            raise ModelUnavailable(f"“{name}” took longer than {most:g} seconds and was stopped.", partial=self.partial)
        if self._request is None:
            return
        heard = self._request.heard_at
        limit = self.config.stall_seconds if heard else self.config.first_seconds
        if now - (heard or self._request.asked_at) > limit:
            raise ModelUnavailable(f"“{name}” has sent nothing for {limit:g} seconds.", partial=self.partial)

    def _settle(self) -> None:
        """Tell what the request has cost, if it was answered at all."""
        request, self._request = self._request, None
        if request and request.is_answered:
            self.watcher.spent(request.spent)


def said_in(event: Any) -> tuple[str, int]:
    """The text in an event of a stream, and the length of what is not shown: thoughts, and arguments of tools."""
    match event.event_kind:
        case "part_start":
            part, kind = event.part, event.part.part_kind
        case "part_delta":
            part, kind = event.delta, event.delta.part_delta_kind
        case _:
            return "", 0
    names = ("content", "content_delta", "args", "args_delta")
    said = next((value for name in names if (value := getattr(part, name, None))), "")
    if not isinstance(said, str):
        said = json.dumps(said)
    return (said, 0) if kind == "text" else ("", len(said))
