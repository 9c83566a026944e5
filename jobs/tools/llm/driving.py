"""Drives asynchronous work from a synchronous job, so that every call-back runs outside of the event loop.

Call-backs write to the database, which Django allows only outside of a running loop, and they may raise: then the work
is cancelled on the spot, which closes its connections.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

R = TypeVar("R")

LOOK_EVERY_SECONDS = 0.05
CLOSING_SECONDS = 2.0


@dataclass(slots=True)
class Outside:
    """What the work sees of the world outside of its loop: `await outside(call)` runs the call there."""

    _calls: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = field(default_factory=deque)
    _called: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, call: Callable[[], R]) -> R:
        """Run the call outside of the loop; what it raises ends the work."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls.append((call, future))
        self._called.set()
        return cast("R", await future)

    def answer(self) -> None:
        """Run what waits; called between two turns of the loop."""
        self._called.clear()
        while self._calls:
            call, future = self._calls.popleft()
            result = call()
            if not future.done():
                future.set_result(result)

    async def turn(self, task: asyncio.Task[Any]) -> None:
        """Let the work go on until it wants something, has ended, or it is time to look around."""
        called = asyncio.ensure_future(self._called.wait())
        try:
            await asyncio.wait({task, called}, timeout=LOOK_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()


def drive(work: Callable[[Outside], Coroutine[Any, Any, R]], look: Callable[[], None]) -> R:
    """Run the work to its end, asking `look` all the while; what `look` or a call-back raises cancels the work."""
    # A loop of its own: nothing here becomes the thread's event loop.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        loop = runner.get_loop()
        loop.set_exception_handler(_tell)
        outside = Outside()
        task = loop.create_task(work(outside))
        try:
            while True:
                look()
                outside.answer()
                if task.done():
                    return task.result()
                loop.run_until_complete(outside.turn(task))
        finally:
            if not task.done():
                task.cancel()
                loop.run_until_complete(asyncio.wait({task}, timeout=CLOSING_SECONDS))
            if task.done() and not task.cancelled():
                task.exception()  # has been seen, or is no news beside what ended the work


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """As asyncio tells what nobody catches, but for one thing: the generators that a client leaves open when it is
    stopped are closed by the loop all at once, and the inner ones then find that an outer one has begun to close them."""
    if "asyncgen" not in context:
        loop.default_exception_handler(context)
