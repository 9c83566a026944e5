"""What a running kind sees of the engine: its inputs, and how it tells what it does and leaves what it makes.

The context talks to a `Sink`; the worker implements it (jobs/worker.py) and tests use a list (tests/fakes/sink.py).
Any call raises a `Stop` when the attempt has to end: let it pass (it is no `Exception`, so that a kind's own
`except Exception` cannot swallow it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from jobs.spec import Inputs

if TYPE_CHECKING:
    from accounts.models import User
    from channels_app.models import Channel

T = TypeVar("T")
# What a person's word to end early is kept as, beside what the kind keeps.
FINISH = "finish asked"


class Stop(BaseException):
    """The attempt has to end now; raised out of any call of the context."""


class Cancelled(Stop):
    """A person cancelled the job."""


class Fenced(Stop):
    """The row has moved on without this attempt: whatever it would still write is refused."""


class HandedBack(Stop):
    """The worker is shutting down: the job goes back to its queue and goes on elsewhere."""


class TimedOut(Stop):
    """The attempt ran longer than its time limit, or was silent for too long."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which unit of which job is being written; rows keep both, so that twice writes once."""

    job_id: UUID
    position: int


@dataclass(frozen=True, slots=True)
class ArtifactFile:
    """A file of the whole job, lying aside in the attempt's work folder until the job completes."""

    name: str
    path: Path
    media_type: str
    meta: dict[str, Any]


class Sink(Protocol):
    """Where a context's calls go."""

    def check(self) -> None: ...
    def log(self, text: str) -> None: ...
    def progress(self, done: float, of: float, note: str) -> None: ...
    def stage(self, name: str) -> None: ...
    def stream(self, slot: str, text: str) -> None: ...
    def announce(self, slot: str, data: dict[str, Any]) -> None: ...
    def spend(self, tokens: int, usd: Decimal) -> None: ...
    def reserve(self, usd: Decimal) -> None: ...
    def spent(self) -> tuple[int, Decimal]: ...
    def keep(self, key: str, value: Any) -> None: ...
    def kept(self, key: str) -> Any: ...
    def delivered(self, position: int) -> bool: ...
    def deliver(self, position: int, write: Callable[[Delivery], T]) -> T | None: ...
    def artifact(self, file: ArtifactFile) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """One attempt at a job, as its kind sees it.

    inputs: as the form cleaned them. work_dir: an empty folder of this attempt, removed when it ends.
    """

    job_id: UUID
    attempt: int
    inputs: Inputs
    channel: Channel
    user: User | None
    work_dir: Path
    sink: Sink

    def check(self) -> None:
        """Raise a Stop if the attempt has to end. Call it in long loops that say nothing else."""
        self.sink.check()

    def log(self, text: str) -> None:
        """Add to the output; every line of `text` becomes a numbered line."""
        self.sink.log(text)

    def progress(self, done: float, of: float, note: str = "") -> None:
        """Say how far the work is: `done` of `of` units, and in a few words what is under way."""
        self.sink.progress(done, of, note)

    def stage(self, name: str) -> None:
        """Name the phase that begins now, e.g. "Mastering"; the phase before it is complete."""
        self.sink.stage(name)

    def stream(self, slot: str, text: str) -> None:
        """Append text to a slot of the panel that started the job, token by token."""
        self.sink.stream(slot, text)

    def announce(self, slot: str, **data: Any) -> None:
        """Tell the panels that show `slot` that something of theirs has changed (a section is ready)."""
        self.sink.announce(slot, data)

    def spend(self, *, tokens: int = 0, usd: Decimal | float = 0) -> None:
        """Add to what the job has cost."""
        self.sink.spend(tokens, Decimal(str(usd)))

    def reserve(self, usd: Decimal) -> None:
        """Hold so much of the person's day for a call, until `spend` says what it cost. Raises LimitReached."""
        self.sink.reserve(usd)

    def spent(self) -> tuple[int, Decimal]:
        """Tokens and dollars that the job has cost so far, earlier attempts included."""
        return self.sink.spent()

    def keep(self, key: str, value: Any) -> None:
        """Remember a JSON value that survives retries."""
        self.sink.keep(key, value)

    def kept(self, key: str, default: Any = None) -> Any:
        """A value that this or an earlier attempt kept."""
        value = self.sink.kept(key)
        return default if value is None else value

    def delivered(self, position: int) -> bool:
        """Whether this or an earlier attempt has delivered the unit at `position`."""
        return self.sink.delivered(position)

    def deliver(self, position: int, write: Callable[[Delivery], T]) -> T | None:
        """Write one whole unit of the result: visible at once, kept whatever happens to the job later.

        `write` runs inside the fence's transaction and must only write rows. Returns what it returns, or None when
        the unit had been delivered before (then `write` is not called).
        """
        return self.sink.deliver(position, write)

    def is_enough(self) -> bool:
        """Whether a person has asked to end here, as completed with what there is (`SPEC.finish_label`)."""
        return bool(self.sink.kept(FINISH))

    def artifact(self, name: str, path: Path, media_type: str, **meta: Any) -> None:
        """Leave a file of the whole job; it appears with the job's completion, or never.

        `path` must lie in `work_dir`. `meta` is shown beside it (seconds, width …). Raises ValueError otherwise.
        """
        if not path.resolve().is_relative_to(self.work_dir.resolve()):
            raise ValueError(f"artifact {name!r}: {path} is not in the work folder")
        self.sink.artifact(ArtifactFile(name, path, media_type, meta))
