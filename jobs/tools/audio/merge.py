"""Sections and pauses put end to end, exact to the sample, in a stream of blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from jobs.tools.audio.loudness import RATE, Samples
from jobs.tools.speech.timing import WordTime

BLOCK = RATE


@dataclass(frozen=True, slots=True)
class Part:
    """A section's sound (mono, 48 kHz) and the pause in milliseconds that follows it."""

    path: Path
    pause_ms: int
    words: Sequence[WordTime] = field(default=())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part lies in the narration: its first frame, its frames, and the silent frames after it."""

    start: int
    frames: int
    pause: int


def plan(lengths: Sequence[int], pauses_ms: Sequence[int]) -> list[Place]:
    """Where every part will lie, in frames. The last pause is dropped: a narration ends with its last word."""
    places: list[Place] = []
    start = 0
    for index, (frames, pause_ms) in enumerate(zip(lengths, pauses_ms, strict=True)):
        pause = 0 if index == len(lengths) - 1 else round(pause_ms * RATE / 1000)
        places.append(Place(start, frames, pause))
        start += frames + pause
    return places


def total_frames(places: Sequence[Place]) -> int:
    """How long the narration will be, in frames."""
    return places[-1].start + places[-1].frames + places[-1].pause if places else 0


def read(path: Path, gain: float = 1.0) -> Iterator[Samples]:
    """The blocks of a section's sound, times `gain`."""
    with soundfile.SoundFile(path) as file:
        while len(block := file.read(BLOCK, dtype="float32")):
            yield block * np.float32(gain)


def silence(frames: int) -> Iterator[Samples]:
    """Exact silence."""
    for start in range(0, frames, BLOCK):
        yield np.zeros(min(BLOCK, frames - start), np.float32)


def stream(parts: Sequence[Part], places: Sequence[Place], gains: Sequence[float]) -> Iterator[Samples]:
    """The whole narration, each part times its gain, each pause exactly silent."""
    for part, place, gain in zip(parts, places, gains, strict=True):
        yield from read(part.path, gain)
        yield from silence(place.pause)
