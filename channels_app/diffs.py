"""What has changed between two texts, in pieces that a page can show: whole words, with a little of what stands around."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from channels_app import words
from channels_app.marks import Edit, edits_between, joined

# Lines of unchanged text shown before and after a change.
AROUND = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of both texts. kind: `same`, `gone`, `new`, or `folded` for `lines` unchanged lines that are not shown."""

    kind: str
    text: str
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Diff:
    """The pieces in order, and how many spoken words went and came. Empty where both texts are the same."""

    pieces: list[Piece]
    gone: int
    new: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed."""
        return not self.pieces


def diff(old: str, new: str) -> Diff:
    """What makes `new` of `old`."""
    edits = list(joined(_by_words(old, new)))
    gone = sum(words.spoken_words(old[edit.start : edit.end]) for edit in edits)
    came = sum(words.spoken_words(new[edit.new_start : edit.new_end]) for edit in edits)
    return Diff(list(_pieces(old, new, edits)), gone, came)


def _by_words(old: str, new: str) -> Iterator[Edit]:
    """The edits, widened to whole words."""
    edits = list(edits_between(old, new))
    done = 0
    for index, edit in enumerate(edits):
        following = edits[index + 1].start if index + 1 < len(edits) else len(old)
        start, end, new_start, new_end = edit.start, edit.end, edit.new_start, edit.new_end
        while start > done and (_in_word(old, start) or _in_word(new, new_start)):
            start, new_start = start - 1, new_start - 1
        while end < following and (_in_word(old, end) or _in_word(new, new_end)):
            end, new_end = end + 1, new_end + 1
        done = end
        yield Edit(start, end, new_start, new_end)


def _in_word(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def _pieces(old: str, new: str, edits: list[Edit]) -> Iterator[Piece]:
    at = 0
    for index, edit in enumerate(edits):
        yield from _unchanged(old[at : edit.start], before=index > 0, after=True)
        if edit.start < edit.end:
            yield Piece("gone", old[edit.start : edit.end])
        if edit.new_start < edit.new_end:
            yield Piece("new", new[edit.new_start : edit.new_end])
        at = edit.end
    if edits:
        yield from _unchanged(old[at:], before=True, after=False)


def _unchanged(text: str, *, before: bool, after: bool) -> Iterator[Piece]:
    """Unchanged text: what stands beside a change is shown, the rest is folded."""
    lines = text.splitlines(keepends=True)
    # The line on which a change ends or begins is one more.
    head, tail = (AROUND + 1) * before, (AROUND + 1) * after
    if len(lines) <= head + tail + 1:
        if text:
            yield Piece("same", text)
        return
    if head:
        yield Piece("same", "".join(lines[:head]))
    yield Piece("folded", "", len(lines) - head - tail)
    if tail:
        yield Piece("same", "".join(lines[len(lines) - tail :]))
