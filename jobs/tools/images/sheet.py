"""What a design works on: a picture in the making, its safe box, its letters, and how well they can be read.

Letters never leave the safe box: players cover the corner at the bottom right of a thumbnail (its length), and the bottom
and right edge of a vertical video.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from jobs.tools.images import fonts
from jobs.tools.images.fonts import Box, Color, Face
from jobs.tools.images.palette import Palette, luminance
from jobs.tools.images.typesetting import ELLIPSIS, Block, fit

# WCAG 2 asks 4.5 of text; a little more, for what compression does to photographs.
WANTED = 5.2
SHADE_STEPS = 24
# Light by the 256 steps of sRGB (WCAG 2).
LINEAR = np.array(
    [step / 12.92 if step <= 0.04045 else ((step + 0.055) / 1.055) ** 2.4 for step in np.arange(256) / 255], np.float32
)
# The most of the sheet's width that the channel's name may take.
EYEBROW_SHARE = 0.62


@dataclass
class Sheet:
    """A picture in the making, and what is known of its letters: where they are, and on what they stand.

    eyebrow: the channel's name, empty if it cannot be drawn; eyebrow_room: the most width it may take. is_photo: the
    background was given, so that what matters is thought to be in its middle; a drawn one has it on the right. serif,
    sans: typefaces that have the title's letters.
    """

    image: Image.Image
    title: str
    eyebrow: str
    serif: Face
    sans: Face
    small: Face
    palette: Palette
    random: Random
    is_photo: bool
    written: list[Box] = field(default_factory=list)
    contrasts: list[float] = field(default_factory=list)
    is_cut: bool = False
    eyebrow_room: float = 0.0

    @property
    def width(self) -> int:
        """In pixels."""
        return self.image.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self.image.height

    @property
    def is_tall(self) -> bool:
        """Whether it is a vertical video's."""
        return self.height > self.width

    @property
    def unit(self) -> float:
        """A hundredth of the shorter edge."""
        return min(self.width, self.height) / 100

    @property
    def margin(self) -> float:
        """The least distance of letters from every edge."""
        return 7 * self.unit

    @property
    def safe(self) -> Box:
        """Where letters may stand."""
        margin = self.margin
        if self.is_tall:
            return margin, self.height * 0.11, self.width - 1.6 * margin, self.height * 0.79
        return margin, margin, self.width - margin, self.height - margin

    @property
    def is_rtl(self) -> bool:
        """Whether the title is read from right to left: then everything stands on the other side."""
        return fonts.is_right_to_left(self.title)

    def set(self, face: Face, box: Box, largest: float, most_lines: int) -> Block:
        """The title, fitted into a box. largest: in units."""
        smallest = max(round(4.6 * self.unit), 24)
        block = fit(
            self.title, face, box[2] - box[0], box[3] - box[1],
            largest=max(round(largest * self.unit), smallest), smallest=smallest, most_lines=most_lines,
        )  # fmt: skip
        self.is_cut = self.is_cut or block.is_cut
        return block

    def write(self, block: Block, box: Box, fill: Color, *, align: str = "start", anchor: float = 0.0) -> Box:
        """Write a block, and measure what it stands on; where it stands."""
        drawn = block.drawn_box(box, align, anchor)
        self.contrasts.append(weakest(self.image, drawn, fill))
        block.draw(ImageDraw.Draw(self.image), box, align, anchor, fill)
        self.written.append(drawn)
        return drawn

    def _eyebrow(self) -> tuple[list[str], float, float]:
        """The channel's name in pieces, as much of it as fits, how far they stand apart, and how wide they are in all."""
        size = self.eyebrow_size
        # Letters that join cannot be spaced.
        gap = 0.0 if fonts.is_shaped(self.eyebrow) else 0.09 * size
        text = self.eyebrow.upper()
        while True:
            signs = list(text) if gap else [text]
            wide = sum(self.small.length(sign, size) for sign in signs) + gap * (len(signs) - 1) + size * 0.95
            if wide <= (self.eyebrow_room or self.width * EYEBROW_SHARE) or len(text) < 4:
                return signs, gap, wide
            text = text[:-2].rstrip() + ELLIPSIS

    @property
    def eyebrow_size(self) -> int:
        """In pixels."""
        return max(round(3.7 * self.unit), 20)

    def eyebrow_box(self, at: tuple[float, float], ends: str) -> Box:
        """Where the channel's name would stand; see write_eyebrow."""
        wide, size = self._eyebrow()[2], self.eyebrow_size
        x = at[0] - {"start": 0.0, "middle": wide / 2, "end": wide}[ends]
        return x, at[1] - size * 0.5, x + wide, at[1] + size * 0.5

    def write_eyebrow(self, at: tuple[float, float], fill: Color, mark: Color, *, ends: str = "start") -> None:
        """The channel's name in small spaced capitals, with a dot before it; `at`: where its middle line begins.

        ends: `start` begins there, `end` ends there, `middle` has its middle there.
        """
        if not self.eyebrow:
            return
        (signs, gap, _), size = self._eyebrow(), self.eyebrow_size
        box = self.eyebrow_box(at, ends)
        self.contrasts.append(weakest(self.image, box, fill))
        radius, leads = size * 0.26, not fonts.is_right_to_left(self.eyebrow)
        disc(self.image, (box[0] + radius if leads else box[2] - radius, at[1]), radius, mark)
        draw, x = ImageDraw.Draw(self.image), box[0] + (size * 0.95 if leads else 0)
        for sign in signs:
            self.small.draw(draw, (x, at[1] + size * 0.36), sign, size, fill)
            x += self.small.length(sign, size) + gap
        self.written.append(box)

    def shade(self, mask: Any, color: Color, text: Color, boxes: list[Box]) -> None:
        """Cover the background with a colour, as little as lets text of that colour be read in the boxes.

        mask: how much of the cover each pixel gets, 0 to 1.
        """
        strength = next(
            (step / SHADE_STEPS for step in range(6, SHADE_STEPS)
             if all(weakest(self._covered(mask, color, step / SHADE_STEPS, box), _whole(box), text) >= WANTED for box in boxes)),
            1.0,
        )  # fmt: skip
        self.image = self._covered(mask, color, strength, (0, 0, self.width, self.height))

    def _covered(self, mask: Any, color: Color, strength: float, box: Box) -> Image.Image:
        """A part of the picture with the cover upon it."""
        left, top, right, bottom = _clipped(self.image, box)
        pixels = np.asarray(self.image.crop((left, top, right, bottom)), dtype=np.float32)
        share = (mask[top:bottom, left:right] * np.float32(strength))[..., None]
        return Image.fromarray((pixels + share * (np.array(color, np.float32) - pixels)).astype(np.uint8))

    def place(self, *areas: tuple[float, float]) -> Any:
        """A mask that is full within a share of the width and height and runs out beyond; see `ramp`."""
        way = np.linspace(0, 1, self.height if self.is_tall else self.width, dtype=np.float32)
        if self.is_rtl and not self.is_tall:
            way = 1 - way
        mask = np.max([ramp(way, full, gone) for full, gone in areas], axis=0)
        shape = (self.height, self.width)
        return np.broadcast_to(mask[:, None] if self.is_tall else mask[None, :], shape)


def ramp(way: Any, full: float, gone: float) -> Any:
    """1 up to `full`, 0 from `gone` on, smooth between (either may be the larger)."""
    share = np.clip((way - gone) / (full - gone), 0, 1)
    return share * share * (3 - 2 * share)


def weakest(image: Image.Image, box: Box, text: Color) -> float:
    """The least contrast of a colour with what lies in a box; a pixel in five hundred may be worse."""
    part = np.asarray(image.crop(_clipped(image, box)))
    light = np.sort((LINEAR[part] @ np.array([0.2126, 0.7152, 0.0722], np.float32)).ravel())
    if not light.size:
        return 21.0
    own, spare = luminance(text), light.size // 500
    worst = (light[spare], light[-1 - spare])
    return min((max(own, one) + 0.05) / (min(own, one) + 0.05) for one in map(float, worst))


def _whole(box: Box) -> Box:
    """The box as its own crop has it."""
    return 0, 0, math.ceil(box[2]) - math.floor(box[0]), math.ceil(box[3]) - math.floor(box[1])


def _clipped(image: Image.Image, box: Box) -> tuple[int, int, int, int]:
    """The box in whole pixels, as far as the picture has it."""
    return (
        max(math.floor(box[0]), 0), max(math.floor(box[1]), 0),
        min(math.ceil(box[2]), image.width), min(math.ceil(box[3]), image.height),
    )  # fmt: skip


def disc(image: Image.Image, at: tuple[float, float], radius: float, color: Color) -> None:
    """A smooth small circle."""
    scale, size = 8, math.ceil(radius * 2) + 2
    mask = Image.new("L", (size * scale, size * scale))
    middle = size * scale / 2
    ImageDraw.Draw(mask).ellipse(
        (middle - radius * scale, middle - radius * scale, middle + radius * scale, middle + radius * scale), fill=255
    )
    small = mask.resize((size, size), Image.Resampling.LANCZOS)
    image.paste(color, (round(at[0] - size / 2), round(at[1] - size / 2)), small)


def bar(sheet: Sheet, left: float, top: float, right: float, bottom: float, color: Color) -> None:
    """A plain rectangle."""
    ImageDraw.Draw(sheet.image).rectangle((round(left), round(top), round(right) - 1, round(bottom) - 1), fill=color)
