"""Letters for pictures: the studio's own typefaces, and for other scripts those that this machine has installed.

FreeType reads the web fonts that the pages use as they are (WOFF2, variable), so nothing else is shipped. Which signs a
font has is found by drawing: what it lacks looks like a sign that no font has.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont, features

if TYPE_CHECKING:
    from PIL import ImageDraw

Color = tuple[int, int, int]
Box = tuple[float, float, float, float]

OWN = Path(__file__).resolve().parents[3] / "static" / "fonts"
SERIF, SANS = "fraunces", "inter"
# Files of a typeface, the most common letters first; each holds a part of Unicode.
PARTS = {
    SERIF: ("latin", "latin-ext", "vietnamese"),
    SANS: ("latin", "latin-ext", "vietnamese", "cyrillic", "greek"),
}
HEAVY = {SERIF: 700, SANS: 850}
INSTALLED = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)
SUFFIXES = {".ttf", ".otf", ".ttc", ".woff2"}
MOST_INSTALLED = 2000
# No font has a glyph for it: a noncharacter.
NOBODYS = "\U0010ffff"
JOINERS = "\u200c\u200d"
MEASURED_AT = 200
# Signs of these belong to scripts that are written from right to left, or whose letters change with their neighbours:
# their lines are set in one font, never pieced together.
SHAPED = ("ARABIC", "HEBREW", "SYRIAC", "THAANA", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA",
          "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "KHMER")  # fmt: skip


@lru_cache
def shapes() -> bool:
    """Whether this machine can join letters and turn lines round: Pillow brings all for it but the library FriBiDi."""
    return bool(features.check("raqm"))


@lru_cache(maxsize=256)
def _font(path: Path, size: int, weight: int | None, shaped: bool = True) -> ImageFont.FreeTypeFont:
    """A font at a size. Raises OSError for a file that is none."""
    engine = ImageFont.Layout.RAQM if shaped and shapes() else ImageFont.Layout.BASIC
    font = ImageFont.truetype(path, size, layout_engine=engine)
    if weight is not None:
        font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=16384)
def _has(path: Path, sign: str) -> bool:
    """Whether a font has a glyph for a sign."""
    if sign.isspace() or sign in JOINERS:
        return True
    try:
        font = _font(path, 24, None, shaped=False)
        return _ink(font, sign) != _ink(font, NOBODYS)
    except (OSError, ValueError):
        return False


def _ink(font: ImageFont.FreeTypeFont, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(sign)
    return mask.size, bytes(mask)


@dataclass(frozen=True)
class Face:
    """A typeface at a weight: one file, or several that each have a part of its letters.

    leading: from one line to the next, in sizes of the type.
    """

    files: tuple[Path, ...]
    weight: int | None = None
    leading: float = 1.06

    def lacks(self, text: str) -> list[str]:
        """The signs of a text that it cannot draw, each once."""
        return [sign for sign in dict.fromkeys(text) if not any(_has(file, sign) for file in self.files)]

    def runs(self, text: str) -> list[tuple[Path, str]]:
        """The text in pieces of one file each."""
        found: list[tuple[Path, str]] = []
        for sign in text:
            # A space, or an accent on its own, stays with what stands before it.
            stays = found and (sign.isspace() or unicodedata.combining(sign)) and _has(found[-1][0], sign)
            file = found[-1][0] if stays else next((one for one in self.files if _has(one, sign)), self.files[0])
            if found and found[-1][0] == file:
                found[-1] = (file, found[-1][1] + sign)
            else:
                found.append((file, sign))
        return found

    def length(self, text: str, size: float) -> float:
        """How wide a line is, in pixels; measured large, so that every size answers alike."""
        return (
            size
            / MEASURED_AT
            * sum(_font(file, MEASURED_AT, self.weight).getlength(run) for file, run in self.runs(text))
        )

    def ink(self, text: str, size: int) -> Box:
        """What a line blackens, from the start of its baseline: left, top, right, bottom."""
        left, top, right, bottom, at = 0.0, 0.0, 0.0, 0.0, 0.0
        for number, (file, run) in enumerate(self.runs(text)):
            font = _font(file, size, self.weight)
            box = font.getbbox(run, anchor="ls")
            left = at + box[0] if number == 0 else min(left, at + box[0])
            top, right, bottom = min(top, box[1]), max(right, at + box[2]), max(bottom, box[3])
            at += font.getlength(run)
        return left, top, right, bottom

    def draw(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: Color) -> None:
        """Write a line; `at` is the start of its baseline."""
        x, y = at
        for file, run in self.runs(text):
            font = _font(file, size, self.weight)
            draw.text((x, y), run, font=font, fill=fill, anchor="ls")
            x += font.getlength(run)


@lru_cache
def own(name: str, weight: int) -> Face:
    """One of the studio's own typefaces."""
    files = tuple(OWN / f"{name}-{part}-wght-normal.woff2" for part in PARTS[name])
    return Face(files, weight, leading=1.08 if name == SERIF else 1.05)


@lru_cache
def installed() -> tuple[Path, ...]:
    """The fonts of this machine, those first that look best in large letters: upright, bold, without serifs."""
    found: list[Path] = []
    for folder in INSTALLED:
        for where, _, names in os.walk(folder):
            found += [Path(where) / name for name in names if Path(name).suffix.lower() in SUFFIXES]
            if len(found) >= MOST_INSTALLED:
                break
    return tuple(sorted(found[:MOST_INSTALLED], key=_rank))


def _rank(path: Path) -> tuple[bool, bool, bool, str]:
    name = path.stem.lower()
    is_odd = any(word in name for word in ("italic", "oblique", "condensed", "mono", "math", "emoji", "light", "thin"))
    return is_odd, not any(word in name for word in ("bold", "black", "heavy")), "serif" in name, str(path)


@dataclass(frozen=True)
class Choice:
    """A typeface for a text, and what of the text it cannot draw."""

    face: Face
    lacking: tuple[str, ...]


def face_for(text: str, name: str, weight: int) -> Choice:
    """The typeface `name` if it has every letter, else the studio's other one, else the best that is installed."""
    for wanted, heavy in ((name, weight), (SANS, HEAVY[SANS])):
        if not own(wanted, heavy).lacks(text):
            return Choice(own(wanted, heavy), ())
    if not shapes() and (joined := tuple(sign for sign in dict.fromkeys(text) if is_shaped(sign))):
        plain = face_for("".join(sign for sign in text if sign not in joined), name, weight)
        return Choice(plain.face, (*joined, *plain.lacking))
    best = Choice(own(SANS, HEAVY[SANS]), tuple(own(SANS, HEAVY[SANS]).lacks(text)))
    leading = 1.42 if is_shaped(text) else 1.22
    for path in installed():
        face = Face((path,), None, leading)
        lacking = face.lacks(text)
        if not lacking:
            return Choice(face, ())
        if len(lacking) < len(best.lacking):
            best = Choice(face, tuple(lacking))
    return best


def is_shaped(text: str) -> bool:
    """Whether it has letters of a script of SHAPED."""
    return any(unicodedata.name(sign, "").split(" ")[0] in SHAPED for sign in text)


def is_right_to_left(text: str) -> bool:
    """Whether it is read from right to left: its first letter with a direction decides (Unicode TR9, rule P2)."""
    for sign in text:
        direction = unicodedata.bidirectional(sign)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
