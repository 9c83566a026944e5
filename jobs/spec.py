"""What a kind of job declares about itself. Pure data: importing this file touches neither database nor network.

A kind is a module in `jobs/kinds/` with a `SPEC`. Its file name is its slug (`fact_check.py` → `fact-check`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from channels_app.models import Channel
    from jobs.context import JobContext
    from jobs.inputs import InputsForm

Inputs = Mapping[str, Any]

QUEUES = ("pipeline", "ai", "media", "research", "download", "render")


class SpecError(ValueError):
    """A kind's declaration is wrong. The message names the field; raised when the module is imported."""


class UserError(Exception):
    """The job cannot succeed until a person changes something: never retried, its text shown as it is."""


class NeedMissing(Exception):
    """The job cannot start on any host of this studio now. `message` says why, `way_out` what to set or install.

    url, link: the page of the studio where that is done, and what its link is called ("Add notes").
    """

    def __init__(self, message: str, way_out: str = "", *, url: str = "", link: str = "") -> None:
        super().__init__(message)
        self.message, self.way_out, self.url, self.link = message, way_out, url, link


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the studio, and what a link to it says ("Open the gallery")."""

    url: str
    link: str


class Need(StrEnum):
    """Something outside the studio that a kind cannot do without; asked for before the job is queued."""

    FFMPEG = "ffmpeg"
    NETWORK = "network"
    VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Returned by a run that ends the whole job as completed, with a reason other than *done*.

    outcome: `needs_you`, `changes_requested` or `over_budget`.
    """

    outcome: str
    result: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.outcome not in {"needs_you", "changes_requested", "over_budget"}:
            raise SpecError(f"outcome {self.outcome!r} is not one of needs_you, changes_requested, over_budget")


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Returned by a run that wants its stage run again at once (a gate's notes): neither a failure nor a loss."""

    note: str = ""


Returned = dict[str, Any] | End | Again | None
Run = Callable[["JobContext"], Returned]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a pipeline: an attempt of its own on its own queue.

    time_limit: how long one attempt may take; silence: how long it may go without any call of `ctx`.
    """

    name: str
    label: str
    queue: str
    run: Run
    time_limit: timedelta
    silence: timedelta

    def __post_init__(self) -> None:
        if self.queue not in QUEUES:
            raise SpecError(f"queue {self.queue!r} is not one of {', '.join(QUEUES)}")
        if self.time_limit <= timedelta(0) or self.silence <= timedelta(0):
            raise SpecError("time_limit and silence must be longer than nothing")


def no_subject(inputs: Inputs) -> str:
    """Any number of jobs of this kind may run at once."""
    return ""


def no_streams(inputs: Inputs) -> tuple[str, ...]:
    """No text streams into the page."""
    return ()


def nothing_to_warm_up() -> None:
    """The modules of `preload` are all there is to load."""


def nothing_more(inputs: Inputs, channel: Channel, user: Any) -> None:
    """The form and the needs are all there is to check."""


def nowhere(inputs: Inputs, channel: Channel, job_id: UUID) -> Place | None:
    """No page but the job's own shows its work."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """One kind of job.

    label, icon: how people see it; icon names a symbol of static/img/icons.svg.
    form: built as `form(data, channel=…, user=…)`; its `inputs()` is what the job is run with.
    queue, run, time_limit, silence: of a single-stage kind; a pipeline gives `stages` instead.
    title: what this job is called in lists. subject: what "the same job" means; two active jobs of one channel and
    kind never share one (empty: no limit). check: last questions before queueing and before a retry; raises
    NeedMissing or UserError.
    max_retries, backoff: automatic retries per stage and the seconds before each (the studio's own when None).
    needs: what the host must have. preload: modules that workers import before they fork, and pages never do; warm_up:
    what they do besides, for libraries that not every host needs.
    example: inputs, for a channel, that the form accepts; used by documentation and contract tests.
    seen_at: the page where the work of a job is seen, to which its Result tab leads; None where there is none (any more).
    streams: the slots of the page into which text will stream, so that it has a place before the first word.
    result_words: what the Result tab calls the values of the result, by key; one with no words is for machines and not
    shown. What is not named goes by its key.
    finish_label: what the button says that ends a running job early, as completed with what it has ("Stop here"); empty:
    there is none. Its run asks `ctx.is_enough()`.
    """

    label: str
    icon: str
    form: type[InputsForm]
    title: Callable[[Inputs, Channel], str]
    example: Callable[[Channel], dict[str, Any]]
    queue: str = ""
    run: Run | None = None
    time_limit: timedelta = timedelta(minutes=20)
    silence: timedelta = timedelta(minutes=2)
    stages: tuple[Stage, ...] = ()
    premium: bool = True
    max_retries: int = 3
    backoff: tuple[float, ...] | None = None
    needs: frozenset[Need] = frozenset()
    preload: tuple[str, ...] = ()
    warm_up: Callable[[], None] = nothing_to_warm_up
    subject: Callable[[Inputs], str] = no_subject
    check: Callable[[Inputs, Channel, Any], None] = nothing_more
    streams: Callable[[Inputs], tuple[str, ...]] = no_streams
    seen_at: Callable[[Inputs, Channel, UUID], Place | None] = nowhere
    submit_label: str = "Start"
    result_words: Mapping[str, str] = field(default_factory=dict)
    finish_label: str = ""

    def __post_init__(self) -> None:
        if (self.run is None) == (not self.stages):
            raise SpecError("give either run or stages")
        if self.run is not None:
            only = Stage(
                name="", label="", queue=self.queue, run=self.run, time_limit=self.time_limit, silence=self.silence
            )
            object.__setattr__(self, "stages", (only,))
        names = [stage.name for stage in self.stages]
        if len(set(names)) != len(names):
            raise SpecError(f"two stages share a name: {', '.join(names)}")
        if self.max_retries < 0:
            raise SpecError("max_retries must be 0 or more")
        if not self.label:
            raise SpecError("label must not be empty")

    @property
    def is_pipeline(self) -> bool:
        """Whether the kind declares stages of its own."""
        return bool(self.stages[0].name)

    def stage(self, name: str) -> Stage:
        """The stage of that name. Raises SpecError when a stored name is no longer declared."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise SpecError(f"{self.label} has no stage {name!r}")

    def stage_after(self, name: str) -> Stage | None:
        """The stage that follows, or None after the last."""
        names = [stage.name for stage in self.stages]
        following = names.index(name) + 1
        return self.stages[following] if following < len(names) else None
