"""Places in a text that has been edited: where a span of the old text stands in the new one.

Edits are found by what both texts begin and end with; several at once by the lines, then the words, that occur once on
either side (patience diff). That takes time in proportion to the text, whatever stands in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Span = tuple[int, int]
# Texts that repeat themselves are cut into smaller and smaller parts only so often; what is left counts as changed.
DEEPEST = 8
# How many characters are read, for all spans together, to find again what an edit has touched.
SEARCHED_AT_MOST = 40_000_000
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_WORDS = re.compile(r"\w+|\W")


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters [start, end) of the old text have become [new_start, new_end) of the new one."""

    start: int
    end: int
    new_start: int
    new_end: int


def map_spans(old: str, new: str, spans: Sequence[Span]) -> list[Span | None]:
    """Where the spans [start, end) of `old` stand in `new`; None for one whose text is no longer there.

    A span outside every edit moves exactly. One that an edit touches is looked for, letter by letter, where something
    has changed: so it survives when it is moved, and when an edit beside it cannot be told from one within it.
    """
    mapping = Mapping(old, new)
    return [mapping.span(start, end) for start, end in spans]


class Mapping:
    """What an edit did to every place of a text."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self.edits = list(edits_between(old, new))
        self._ends = [edit.end for edit in self.edits]
        self._left = SEARCHED_AT_MOST

    def span(self, start: int, end: int) -> Span | None:
        """Where old[start:end] stands now, or None when it is gone."""
        before = bisect_right(self._ends, start)
        if before == len(self.edits) or self.edits[before].start >= end:
            moved = self._moved_before(before)
            return start + moved, end + moved
        return self.find(self.old[start:end], start)

    def place(self, start: int) -> int:
        """About where a place of the old text is now."""
        before = bisect_right(self._ends, start)
        if before < len(self.edits) and self.edits[before].start < start:
            edit = self.edits[before]
            return min(edit.new_start + start - edit.start, edit.new_end)
        return min(start + self._moved_before(before), len(self.new))

    def find(self, text: str, near: int) -> Span | None:
        """Where `text` stands in something that has changed; the edit that is nearest to the old place `near` wins."""
        if not text:
            return None
        for edit in sorted(self.edits, key=lambda edit: max(edit.start - near, near - edit.end, 0)):
            first, last = max(edit.new_start - len(text) + 1, 0), edit.new_end + len(text) - 1
            self._left -= last - first
            if self._left < 0:
                return None
            found = self.new.find(text, first, last)
            if found >= 0:
                return found, found + len(text)
        return None

    def _moved_before(self, count: int) -> int:
        return self.edits[count - 1].new_end - self.edits[count - 1].end if count else 0


def edits_between(old: str, new: str) -> Iterator[Edit]:
    """The edits that make `new` of `old`, in order; none of them touches another."""
    return joined(_edits(old, new, 0, len(old), 0, len(new), DEEPEST))


def joined(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Edits in order, with those made one that have nothing between them."""
    last: Edit | None = None
    for edit in edits:
        if last and (last.end, last.new_end) == (edit.start, edit.new_start):
            last = Edit(last.start, edit.end, last.new_start, edit.new_end)
            continue
        if last:
            yield last
        last = edit
    if last:
        yield last


def _edits(old: str, new: str, start: int, end: int, new_start: int, new_end: int, depth: int) -> Iterator[Edit]:
    """The edits between old[start:end] and new[new_start:new_end]."""
    same = _same_start(old, new, start, end, new_start, new_end)
    start, new_start = start + same, new_start + same
    same = _same_end(old, new, start, end, new_start, new_end)
    end, new_end = end - same, new_end - same
    if start == end and new_start == new_end:
        return
    anchors = (
        _anchors(old, new, start, end, new_start, new_end) if depth and start < end and new_start < new_end else []
    )
    if not anchors:
        yield Edit(start, end, new_start, new_end)
        return
    for place, new_place, length in anchors:
        yield from _edits(old, new, start, place, new_start, new_place, depth - 1)
        start, new_start = place + length, new_place + length
    yield from _edits(old, new, start, end, new_start, new_end, depth - 1)


def _same_start(old: str, new: str, start: int, end: int, new_start: int, new_end: int) -> int:
    """How many characters both parts begin with; by halves, as comparing slices is quicker than comparing letters."""
    low, high = 0, min(end - start, new_end - new_start)
    while low < high:
        middle = (low + high + 1) // 2
        if old[start + low : start + middle] == new[new_start + low : new_start + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _same_end(old: str, new: str, start: int, end: int, new_start: int, new_end: int) -> int:
    """How many characters both parts end with."""
    low, high = 0, min(end - start, new_end - new_start)
    while low < high:
        middle = (low + high + 1) // 2
        if old[end - middle : end - low] == new[new_end - middle : new_end - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _anchors(old: str, new: str, start: int, end: int, new_start: int, new_end: int) -> list[tuple[int, int, int]]:
    """Places and lengths of lines, else words, that stand once in both parts, as far as their order is the same."""
    for pattern in (_LINES, _WORDS):
        mine = _standing_once(pattern, old, start, end)
        others = _standing_once(pattern, new, new_start, new_end)
        pairs = [(place, others[text], len(text)) for text, place in mine.items() if text in others]
        if pairs:
            return _rising(pairs)
    return []


def _standing_once(pattern: re.Pattern[str], text: str, start: int, end: int) -> dict[str, int]:
    """What the pattern finds exactly once between two places, with where it is. White space alone says nothing."""
    found = [(match[0], match.start()) for match in pattern.finditer(text, start, end) if not match[0].isspace()]
    counted = Counter(part for part, _ in found)
    return {part: place for part, place in found if counted[part] == 1}


def _rising(pairs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The most pairs, of those in order of the first place, whose second place rises as well."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, new_place, _) in enumerate(pairs):
        length = bisect_left(tails, new_place)
        before.append(last[length - 1] if length else -1)
        tails[length : length + 1] = [new_place]
        last[length : length + 1] = [index]
    kept = []
    at = last[-1]
    while at >= 0:
        kept.append(pairs[at])
        at = before[at]
    return kept[::-1]
