"""Composes a picture: a title set in type, the channel's colours, and a background, drawn or given.

The same request with the same seed and number makes the same picture; another number makes another design.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image, ImageOps

from jobs.tools.images import art, fonts
from jobs.tools.images.fonts import Box
from jobs.tools.images.layouts import LAYOUTS
from jobs.tools.images.palette import Palette
from jobs.tools.images.sheet import Sheet

# YouTube takes thumbnails up to 2 MB.
MOST_BYTES = 2_000_000
MOST_PIXELS = 80_000_000
QUALITIES = (95, 92, 88, 82, 74)
# Longer ones would be set in letters that nobody can read.
LONGEST_TITLE = 240


class BadPicture(Exception):
    """This file cannot be shown as a picture; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be composed. size: in pixels; number: which of several that belong together; background: a file."""

    title: str
    name: str
    palette: Palette
    size: tuple[int, int]
    seed: int
    number: int = 0
    background: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A picture as a JPEG file's bytes.

    lacking: signs that no font of this machine has, so that the words with them are missing. is_cut: the title's end is.
    written: where letters stand; contrast: the least of all letters with what they stand on.
    """

    jpeg: bytes
    layout: str
    motif: str
    title: str
    lacking: Sequence[str]
    is_cut: bool
    written: Sequence[Box]
    contrast: float


def compose(wanted: Wanted) -> Composed:
    """Make the picture. Raises BadPicture for a background that is none."""
    order = Random(wanted.seed)  # noqa: S311  (chooses looks, no secrets)
    designs, motifs = order.sample(sorted(LAYOUTS), len(LAYOUTS)), order.sample(sorted(art.MOTIFS), len(art.MOTIFS))
    # After the last design the first comes again, on another motif.
    layout = designs[wanted.number % len(designs)]
    motif = motifs[(wanted.number + wanted.number // len(designs)) % len(motifs)]
    random = Random(f"{wanted.seed}/{wanted.number}")  # noqa: S311
    title, lacking = drawable(wanted.title)
    name, _ = drawable(wanted.name)
    is_untitled = not title
    is_cut = len(title) > LONGEST_TITLE
    if is_cut:
        title = f"{title[:LONGEST_TITLE].rpartition(' ')[0] or title[:LONGEST_TITLE]}…"
    title = title or name
    if wanted.background:
        image, motif = cover(wanted.background, wanted.size), ""
    else:
        image = art.art(wanted.size, wanted.palette, motif, random)
    sheet = Sheet(
        image=image,
        title=title,
        eyebrow="" if is_untitled else name,
        serif=fonts.face_for(title, fonts.SERIF, fonts.HEAVY[fonts.SERIF]).face,
        sans=fonts.face_for(title, fonts.SANS, fonts.HEAVY[fonts.SANS]).face,
        small=fonts.face_for(name.upper(), fonts.SANS, 650).face,
        palette=wanted.palette,
        random=random,
        is_photo=wanted.background is not None,
    )
    if title:
        LAYOUTS[layout](sheet)
    return Composed(
        jpeg=as_jpeg(sheet.image),
        layout=layout if title else "",
        motif=motif,
        title=title,
        lacking=lacking,
        is_cut=is_cut or sheet.is_cut,
        written=tuple(sheet.written),
        contrast=min(sheet.contrasts, default=21.0),
    )


def drawable(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as it can be drawn, and the signs that no font here has: words with such signs are left out, emoji too."""
    import emoji

    plain = unicodedata.normalize("NFC", emoji.replace_emoji(text, " "))
    plain = "".join(
        sign if sign in fonts.JOINERS or not unicodedata.category(sign).startswith("C") else " " for sign in plain
    )
    plain = " ".join(plain.split())
    lacking = fonts.face_for(plain, fonts.SANS, fonts.HEAVY[fonts.SANS]).lacking
    if lacking:
        plain = " ".join(word for word in plain.split() if not set(word) & set(lacking))
    if not any(unicodedata.category(sign)[0] in "LN" for sign in plain):
        plain = ""
    return plain, lacking


def opened(path: Path) -> Image.Image:
    """A picture from a file, upright, without transparency. Raises BadPicture."""
    try:
        with Image.open(path) as found:
            if found.width * found.height > MOST_PIXELS:
                raise BadPicture("it has more than 80 million pixels")
            upright = ImageOps.exif_transpose(found)
            layered = upright.convert("RGBA")
    except BadPicture:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPicture("it cannot be read as a picture") from error
    flat = Image.new("RGBA", layered.size, (255, 255, 255, 255))
    flat.alpha_composite(layered)
    return flat.convert("RGB")


def cover(path: Path, size: tuple[int, int]) -> Image.Image:
    """The picture so that it covers a size, its middle kept and the rest cut off. Raises BadPicture."""
    return ImageOps.fit(opened(path), size, Image.Resampling.LANCZOS, centering=(0.5, 0.42))


def as_jpeg(image: Image.Image) -> bytes:
    """The picture as a JPEG file that YouTube takes, its letters as sharp as that allows."""
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality, subsampling=0, optimize=True, progressive=True)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()
