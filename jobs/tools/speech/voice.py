"""What every way of speaking shares: voices, what is set from outside, and the ways in which speaking fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jobs.tools.text.spoken import Spoken

SLOWEST, FASTEST = 0.5, 2.0


class SpeechRefused(Exception):
    """Speaking fails again if tried again; the text is a sentence for the creator, without secrets."""


class UnknownVoice(SpeechRefused):
    """There is no such voice."""


class SpeechUnavailable(Exception):
    """Speaking fails now and may work later. `why`: a sentence for the creator, without secrets; `told` adds the way
    out; `retry_after`: seconds the service asked to wait, if it did."""

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.told = f"{why} Retry in a while, or choose another voice."
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechConfig:
    """What the network voices need. Empty addresses mean the public services; `patience` is the longest wait in
    seconds for a service that asks to come back later."""

    openai_base_url: str = ""
    openai_key: str = field(default="", repr=False)
    openai_model: str = "tts-1"
    edge_url: str = ""
    patience: float = 20.0
    timeout: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice of a service. `reason`: what to do when it is not ready. `version` changes when its sound may."""

    id: str
    service: str
    label: str
    language: str
    ready: bool
    reason: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Characters `first` to `last` of the spoken text are heard from `start` to `end` seconds (or the next)."""

    first: int
    last: int
    start: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What an engine made of a text: a sound file of any format, and where its words are if it tells."""

    sound: Path
    events: Sequence[Event] = ()


class Engine(Protocol):
    """A way of speaking."""

    MOST_BYTES: int

    def voices(self, config: SpeechConfig) -> list[Voice]:
        """Every voice, ready or not; the first is the default."""

    def say(
        self,
        spoken: Spoken,
        voice: Voice,
        speed: float,
        folder: Path,
        config: SpeechConfig,
        should_stop: Callable[[], None],
    ) -> Said:
        """Speak into a new file in the folder. Raises SpeechRefused, SpeechUnavailable."""
