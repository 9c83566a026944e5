"""Setting a title into a box: as large as fits, in lines of about the same length, never beyond its edges."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jobs.tools.images.fonts import Box, Color, Face, is_right_to_left

if TYPE_CHECKING:
    from PIL import ImageDraw

ELLIPSIS = "…"
# Signs that must not begin a line in East Asian texts, and those that must not end one.
NOT_FIRST = frozenset("、。，．・：；？！）］｝」』】〉》〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〜…’”%")
NOT_LAST = frozenset("（［｛「『【〈《〔‘“")


@dataclass(frozen=True)
class Piece:
    """What is never parted: a word, or one sign of a script that has no spaces. spaced: a space goes before it."""

    text: str
    spaced: bool


def pieces_of(text: str) -> list[Piece]:
    """The text in pieces between which a line may end."""
    found: list[Piece] = []
    for word in text.split():
        spaced = bool(found)
        for part in _parts(word):
            found.append(Piece(part, spaced))
            spaced = False
    return found


def _parts(word: str) -> list[str]:
    parts: list[str] = []
    for sign in word:
        is_wide = unicodedata.east_asian_width(sign) in "WF" and not _is_hangul(sign)
        joins = parts and (
            unicodedata.combining(sign)
            or sign in NOT_FIRST
            or parts[-1][-1] in NOT_LAST
            or not (is_wide or (unicodedata.east_asian_width(parts[-1][-1]) in "WF" and not _is_hangul(parts[-1][-1])))
        )
        if joins:
            parts[-1] += sign
        else:
            parts.append(sign)
    return parts


def _is_hangul(sign: str) -> bool:
    # Korean is written with spaces.
    return unicodedata.name(sign, "").startswith("HANGUL")


def clusters(text: str) -> list[str]:
    """The signs of a text, each with the marks that belong to it."""
    found: list[str] = []
    for sign in text:
        if found and (
            unicodedata.category(sign).startswith("M") or sign in "\u200c\u200d" or found[-1][-1] == "\u200d"
        ):
            found[-1] += sign
        else:
            found.append(sign)
    return found


@dataclass(frozen=True)
class Block:
    """Lines of one size. is_cut: the end of the text is missing, and an ellipsis says so."""

    face: Face
    size: int
    lines: tuple[str, ...]
    is_right_to_left: bool
    is_cut: bool = False

    @property
    def step(self) -> float:
        """From one baseline to the next, in pixels."""
        return self.size * self.face.leading

    @property
    def ink_height(self) -> float:
        """From the highest ink of its first line to the lowest of its last."""
        top, bottom = self._edges()
        return bottom - top

    @property
    def width(self) -> float:
        """Of its longest ink."""
        return max((box[2] - box[0] for box in self.inks()), default=0.0)

    def inks(self) -> list[Box]:
        """What each line blackens, from the start of its own baseline."""
        return [self.face.ink(line, self.size) for line in self.lines]

    def _edges(self) -> tuple[float, float]:
        inks = self.inks()
        tops = [number * self.step + box[1] for number, box in enumerate(inks)]
        bottoms = [number * self.step + box[3] for number, box in enumerate(inks)]
        return min(tops, default=0.0), max(bottoms, default=0.0)

    def baselines(self, box: Box, align: str, anchor: float) -> list[tuple[float, float]]:
        """Where each line starts in a box. align: `start`, `middle`; anchor: 0 top, 0.5 middle, 1 bottom."""
        left, top, right, bottom = box
        first, last = self._edges()
        y = math.floor(top + (bottom - top - (last - first)) * anchor - first)
        places: list[tuple[float, float]] = []
        for number, ink in enumerate(self.inks()):
            if align == "middle":
                x = (left + right - (ink[2] - ink[0])) / 2 - ink[0]
            elif self.is_right_to_left:
                x = right - ink[2]
            else:
                x = left - ink[0]
            places.append((round(x), y + round(number * self.step)))
        return places

    def drawn_box(self, box: Box, align: str, anchor: float) -> Box:
        """What it will blacken when it is drawn so."""
        found = [
            (x + ink[0], y + ink[1], x + ink[2], y + ink[3])
            for (x, y), ink in zip(self.baselines(box, align, anchor), self.inks(), strict=True)
        ]
        return (
            min(one[0] for one in found), min(one[1] for one in found),
            max(one[2] for one in found), max(one[3] for one in found),
        )  # fmt: skip

    def draw(self, draw: ImageDraw.ImageDraw, box: Box, align: str, anchor: float, fill: Color) -> None:
        """Write it."""
        for at, line in zip(self.baselines(box, align, anchor), self.lines, strict=True):
            self.face.draw(draw, at, line, self.size, fill)


def fit(text: str, face: Face, width: float, height: float, *, largest: int, smallest: int, most_lines: int) -> Block:
    """The text as large as it fits into a box, in at most so many lines; more are allowed when it has to be small.

    A word that is wider than the box even at the smallest size is parted, without a hyphen; what does not fit even then
    is cut, with an ellipsis.
    """
    # Some letters blacken a little more than their own width.
    words, width = pieces_of(text), width * 0.985
    right_to_left = is_right_to_left(text)

    def block(size: int) -> Block | None:
        pieces = _never_too_wide(words, face, width, smallest, size)
        lines = _lines(pieces, face, size, width)
        if lines is None:
            return None
        made = Block(face, size, tuple(_balanced(pieces, face, size, width, lines)), right_to_left)
        # Small letters may fill the box; large ones read as a headline only in few lines.
        allowed = most_lines if size > (largest + smallest) / 2 else most_lines + 2
        return made if len(made.lines) <= allowed and made.ink_height <= height and made.width <= width else None

    low, high, best = smallest, largest, None
    while low <= high:
        middle = (low + high) // 2
        if found := block(middle):
            best, low = found, middle + 1
        else:
            high = middle - 1
    return best or _squeezed(words, face, width, height, smallest, right_to_left)


def _lines(pieces: Sequence[Piece], face: Face, size: float, width: float) -> list[str] | None:
    """Lines that are filled one after the other; None if a single piece is too wide."""
    lines: list[str] = []
    for piece in pieces:
        longer = f"{lines[-1]}{' ' if piece.spaced else ''}{piece.text}" if lines else piece.text
        if lines and face.length(longer, size) <= width:
            lines[-1] = longer
        elif face.length(piece.text, size) <= width:
            lines.append(piece.text)
        else:
            return None
    return lines


def _balanced(pieces: Sequence[Piece], face: Face, size: float, width: float, lines: list[str]) -> list[str]:
    """The same number of lines, the longest as short as possible."""
    low, high, best = 0.0, width, lines
    for _ in range(7):
        middle = (low + high) / 2
        found = _lines(pieces, face, size, middle)
        if found is not None and len(found) <= len(lines):
            best, high = found, middle
        else:
            low = middle
    return best


def _squeezed(words: Sequence[Piece], face: Face, width: float, height: float, size: int, right_to_left: bool) -> Block:
    """At the smallest size, the end cut off where it does not fit."""
    lines = _lines(_never_too_wide(words, face, width, size, size), face, size, width) or [""]
    block = Block(face, size, tuple(lines), right_to_left)
    while len(lines) > 1 and block.ink_height > height:
        lines = lines[:-1]
        last = clusters(lines[-1])
        while last and face.length("".join(last).rstrip() + ELLIPSIS, size) > width:
            last.pop()
        shown = [*lines[:-1], "".join(last).rstrip() + ELLIPSIS]
        block = Block(face, size, tuple(shown), right_to_left, is_cut=True)
    return block


def _never_too_wide(words: Sequence[Piece], face: Face, width: float, smallest: int, size: int) -> list[Piece]:
    """The pieces, those parted that no size makes fit."""
    found: list[Piece] = []
    for word in words:
        if face.length(word.text, smallest) <= width:
            found.append(word)
            continue
        for number, part in enumerate(_parted(word.text, face, width, size)):
            found.append(Piece(part, word.spaced and number == 0))
    return found


def _parted(word: str, face: Face, width: float, size: int) -> list[str]:
    """A word in parts that are not wider than that."""
    parts = [""]
    for sign in clusters(word):
        if parts[-1] and face.length(parts[-1] + sign, size) > width:
            parts.append("")
        parts[-1] += sign
    return parts
