"""When each written word of a section is heard."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.tools.speech.voice import Event
from jobs.tools.text.spoken import Spoken

SHORTEST_PAUSE = 0.12
# Of 16-bit samples: what lies below is silence however quiet the rest is.
LEAST_LEVEL = 4.0
BREAKS = ".!?:;,\n"

Span = tuple[float, float]
Events = Sequence[Event]


@dataclass(frozen=True, slots=True)
class WordTime:
    """A written word, heard from `start` to `end` seconds of its section."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Quiet:
    """The pauses of a sound in seconds, and where its voice begins and ends."""

    pauses: tuple[Span, ...]
    begin: float
    end: float


def of_events(spoken: Spoken, events: Sequence[Event], quiet: Quiet) -> list[Span] | None:
    """The time of every spoken word by what the voice told; None if it told of less than half of them."""
    starts, ends = [first for first, _ in spoken.spans], [last for _, last in spoken.spans]
    heard: list[list[Span]] = [[] for _ in starts]
    ordered = sorted(events, key=lambda event: event.start)
    for event, following in zip(ordered, [*ordered[1:], None], strict=True):
        end = event.end if event.end is not None else following.start if following else quiet.end
        at = bisect.bisect_right(ends, event.first)
        # An event may stand on the sign or space before its word.
        touched = list(range(at, max(bisect.bisect_left(starts, event.last), min(at + 1, len(starts)))))
        for at, span in zip(touched, _shared(event.start, end, [_length(spoken, at) for at in touched]), strict=True):
            heard[at].append(span)
    told = [(min(start for start, _ in spans), max(end for _, end in spans)) if spans else None for spans in heard]
    if sum(span is not None for span in told) * 2 < len(told):
        return None
    return _without_pauses(_filled(spoken, told, quiet), quiet)


def estimated(spoken: Spoken, quiet: Quiet) -> list[Span]:
    """A guess at the time of every spoken word: by its length, anchored on the pauses that fit the punctuation."""
    spans = spoken.spans
    breaks = [
        at + 1 for at in range(len(spans) - 1)
        if any(sign in BREAKS for sign in spoken.text[spans[at][1] : spans[at + 1][0]])
    ]  # fmt: skip
    pauses = [pause for pause in quiet.pauses if pause[1] - pause[0] >= SHORTEST_PAUSE]
    anchors = _matched(spoken, breaks, pauses, quiet)
    told: list[Span] = []
    at, start = 0, quiet.begin
    for first, (end, following) in [*sorted(anchors.items()), (len(spans), (quiet.end, quiet.end))]:
        told += _shared(start, end, [_length(spoken, word) for word in range(at, first)])
        at, start = first, following
    return told


def words(spoken: Spoken, spans: Sequence[Span], seconds: float) -> tuple[WordTime, ...]:
    """The time of every written word: in order, none before the one before it began, all within the section."""
    found: list[list[float]] = [[] for _ in spoken.written]
    for (_, index), (start, end) in zip(spoken.tokens, spans, strict=True):
        found[index] += [start, end]
    told, latest = list[WordTime](), 0.0
    for word, times in zip(spoken.written, found, strict=True):
        start = min(max(min(times, default=latest), latest), seconds)
        end = min(max(max(times, default=start), start), seconds)
        told.append(WordTime(word, round(start, 3), round(end, 3)))
        latest = start
    return tuple(_in_order(told))


def _in_order(told: list[WordTime]) -> list[WordTime]:
    """A word ends where the next begins at the latest."""
    return [
        WordTime(word.text, word.start, min(word.end, following.start) if following else word.end)
        for word, following in zip(told, [*told[1:], None], strict=True)
    ]


def quiet_of(samples: NDArray[np.int16], rate: int, below: float = 35.0) -> Quiet:
    """The pauses of a sound: stretches of 10 ms that lie that many decibels below its loud parts."""
    step = rate // 100
    blocks = samples[: len(samples) // step * step].reshape(-1, step)
    if not len(blocks):
        return Quiet((), 0.0, len(samples) / rate)
    # Block by block in single precision: an hour of speech must not be held in memory as floats.
    level = np.array([np.sqrt(np.mean(np.square(block, dtype=np.float32))) for block in blocks], dtype=np.float32)
    loud = level > max(float(np.percentile(level, 95)) * 10 ** (-below / 20), LEAST_LEVEL)
    edges = np.flatnonzero(np.diff(loud.astype(np.int8), prepend=0, append=0)) / 100
    if not len(edges):
        return Quiet((), 0.0, len(samples) / rate)
    inner = edges[1:-1].reshape(-1, 2)
    return Quiet(tuple((float(start), float(end)) for start, end in inner), float(edges[0]), float(edges[-1]))


def _length(spoken: Spoken, at: int) -> int:
    first, last = spoken.spans[at]
    return last - first + 1


def _shared(start: float, end: float, lengths: Sequence[int]) -> list[Span]:
    """A stretch of time shared out by length."""
    if not lengths:
        return []
    edges = start + np.concatenate([[0.0], np.cumsum(lengths)]) / sum(lengths) * max(end - start, 0.0)
    return [(float(first), float(last)) for first, last in itertools.pairwise(edges)]


def _filled(spoken: Spoken, told: Sequence[Span | None], quiet: Quiet) -> list[Span]:
    """Words of which nothing was told share the time of the told word before them, or what lies before the first."""
    filled: list[Span] = []
    at = 0
    while at < len(told):
        end = at + 1
        while end < len(told) and told[end] is None:
            end += 1
        known = told[at] or (quiet.begin, next((span[0] for span in told if span), quiet.end))
        filled += _shared(*known, [_length(spoken, word) for word in range(at, end)])
        at = end
    return filled


def _without_pauses(spans: Sequence[Span], quiet: Quiet) -> list[Span]:
    """A word that is told to last until the next one ends where the pause between them begins."""
    ends = [end for _, end in quiet.pauses]
    kept = []
    for start, end in spans:
        at = bisect.bisect_left(ends, end - 0.02)
        if at < len(ends) and start < quiet.pauses[at][0] < end and ends[at] - quiet.pauses[at][0] >= SHORTEST_PAUSE:
            end = quiet.pauses[at][0]
        kept.append((start, min(end, max(quiet.end, start))))
    return kept


def _matched(
    spoken: Spoken, breaks: Sequence[int], pauses: Sequence[Span], quiet: Quiet
) -> dict[int, tuple[float, float]]:
    """Which pause belongs to which break: the longest ones, each near the place its text should be heard."""
    if not breaks or not pauses:
        return {}
    longest = sorted(sorted(pauses, key=lambda pause: pause[0] - pause[1])[: len(breaks)])
    voiced = (quiet.end - quiet.begin) - sum(end - start for start, end in longest)
    written = np.cumsum([_length(spoken, at) for at in range(len(spoken.spans))])
    expected = [float(written[at - 1]) / float(written[-1]) * voiced for at in breaks]
    heard, silent = [], 0.0
    for start, end in longest:
        heard.append(start - quiet.begin - silent)
        silent += end - start
    # The cheapest assignment in order; leaving a break without a pause costs nothing.
    best = np.full((len(longest) + 1, len(breaks) + 1), np.inf)
    best[0] = 0.0
    for row, at_heard in enumerate(heard, 1):
        for column, at_text in enumerate(expected, 1):
            best[row, column] = min(best[row, column - 1], best[row - 1, column - 1] + abs(at_heard - at_text))
    found: dict[int, tuple[float, float]] = {}
    row, column = len(longest), len(breaks)
    while row:
        if best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            found[breaks[column - 1]] = longest[row - 1]
            row, column = row - 1, column - 1
    return found
