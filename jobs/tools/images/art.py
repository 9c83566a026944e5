"""Drawn backgrounds for pictures that have none of their own: plain shapes in the channel's colours, never twice alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from jobs.tools.images.palette import Color, Palette, mixed

# Drawn larger and made smaller, so that edges are smooth.
FINER = 2
GRAIN = 2.2
Size = tuple[int, int]
Draw = Callable[[Size, Palette, Random], Image.Image]


def art(size: Size, palette: Palette, motif: str, random: Random) -> Image.Image:
    """A background of that motif."""
    large = MOTIFS[motif]((size[0] * FINER, size[1] * FINER), palette, random)
    return grained(large.resize(size, Image.Resampling.LANCZOS), random)


def grained(image: Image.Image, random: Random) -> Image.Image:
    """With a little noise, without which smooth colours show steps."""
    size = (image.height, image.width, 1)
    noise = np.random.default_rng(random.getrandbits(32)).standard_normal(size, np.float32) * np.float32(GRAIN)
    pixels = np.asarray(image, dtype=np.float32) + noise
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def gradient(size: Size, one: Color, other: Color, degrees: float, power: float = 1.0) -> Image.Image:
    """From one colour to the other, in a direction."""
    small = _small(size)
    turn = math.radians(degrees)
    x, y = _places(-0.5, 0.5, small[0]), _places(-0.5, 0.5, small[1]).T
    way = x * math.cos(turn) + y * math.sin(turn)
    share = ((way - way.min()) / (way.max() - way.min())) ** power
    start, end = np.array(one, np.float32), np.array(other, np.float32)
    pixels = start + share[..., None] * (end - start)
    return Image.fromarray(pixels.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


def glow(image: Image.Image, at: tuple[float, float], radius: float, color: Color, strength: float) -> Image.Image:
    """With a soft light at a place (shares of the size); radius: a share of the width."""
    small = _small(image.size)
    x, y = _places(0, small[0] - 1, small[0]), _places(0, small[1] - 1, small[1]).T
    far = np.hypot(x - at[0] * small[0], y - at[1] * small[1]) / (radius * small[0])
    share = np.clip(1 - far, 0, 1) ** 2 * strength * 255
    image.paste(color, (0, 0), Image.fromarray(share.astype(np.uint8)).resize(image.size, Image.Resampling.BICUBIC))
    return image


def _small(size: Size) -> Size:
    """What is smooth is worked out small and made larger: a sixteenth of the memory."""
    return size[0] // 4, size[1] // 4


def _places(first: float, last: float, count: int) -> Any:
    """Evenly spaced numbers in a row; its transpose is a column."""
    return np.linspace(first, last, count, dtype=np.float32)[None, :]


def waves(size: Size, palette: Palette, random: Random) -> Image.Image:
    """A low sun over hills or a sea."""
    width, height = size
    image = gradient(size, palette.deep, mixed(palette.mid, palette.glow, 0.35), 90, 1.4)
    sun = (random.uniform(0.58, 0.8), random.uniform(0.34, 0.44))
    image = glow(image, sun, 0.55, palette.glow, 0.75)
    draw = ImageDraw.Draw(image)
    radius = min(width, height) * random.uniform(0.15, 0.2)
    x, y = sun[0] * width, sun[1] * height
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=palette.accent)
    layers = 6
    for layer in range(layers):
        share = layer / (layers - 1)
        level = height * (0.5 + 0.43 * share)
        swing = height * (0.035 + 0.03 * random.random())
        long, phase, tilt = random.uniform(0.7, 1.5), random.uniform(0, 7), random.uniform(-0.06, 0.06)
        points = [
            (
                at,
                level
                + swing * math.sin(phase + at / width * math.tau * long)
                + swing * 0.35 * math.sin(phase * 2 + at / width * math.tau * long * 2.7)
                + tilt * (at - width / 2),
            )
            for at in range(0, width + 9, 8)
        ]
        color = mixed(mixed(palette.mid, palette.glow, 0.25), palette.ink, 0.15 + 0.85 * share**0.8)
        draw.polygon([*points, (width, height), (0, height)], fill=color)
    return image


def rings(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Circles around one place, as on water or in a lens."""
    width, height = size
    image = gradient(size, palette.ink, palette.base, random.choice((20, 160, -30)))
    draw = ImageDraw.Draw(image)
    x, y = width * random.uniform(0.66, 0.84), height * random.uniform(0.3, 0.6)
    step = max(size) * random.uniform(0.05, 0.062)
    count = 11
    for ring in range(count, 0, -1):
        share = 1 - ring / count
        fill = mixed(palette.deep, palette.mid, share) if ring % 2 else mixed(palette.ink, palette.base, share)
        radius = ring * step
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
    draw.ellipse((x - step, y - step, x + step, y + step), fill=palette.accent)
    return glow(image, (x / width, y / height), 0.3, palette.glow, 0.38)


def contours(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Bands of height, as on a map."""
    width, height = size
    x, y = _places(0, width / height, width), _places(0, 1, height).T
    field = np.zeros((height, width), np.float32)
    for _ in range(7):
        at, wide = (random.uniform(0, width / height), random.uniform(0, 1)), random.uniform(0.18, 0.5)
        field += random.choice((1, 1, -0.7)) * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / wide**2)
    bands = 10
    level = np.minimum((field - field.min()) / (field.max() - field.min()) * bands, bands - 1).astype(np.uint8)
    colors = [mixed(palette.ink, palette.mid, (band / bands) ** 1.2) for band in range(bands - 1)]
    image = Image.fromarray(np.array([*colors, palette.accent], np.uint8)[level])
    edges = np.zeros_like(level)
    edges[:, 1:] |= level[:, 1:] != level[:, :-1]
    edges[1:] |= level[1:] != level[:-1]
    lines = Image.fromarray(edges * np.uint8(115)).filter(ImageFilter.MaxFilter(3))
    image.paste(palette.soft, (0, 0), lines)
    return image


def dots(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Dots that grow across the picture, as in print."""
    width, height = size
    image = gradient(size, palette.deep, palette.base, random.choice((0, 35)))
    draw = ImageDraw.Draw(image)
    step = min(size) / 19
    turn = math.radians(random.choice((-30, 0, 30)))
    for row in range(math.ceil(height / step) + 1):
        for column in range(math.ceil(width / step) + 1):
            x, y = (column + (row % 2) / 2) * step, row * step
            way = (x / width - 0.5) * math.cos(turn) + (y / height - 0.5) * math.sin(turn) + 0.5
            radius = step * 0.56 * max(0.0, min(way * 1.15 - 0.2, 1.0)) ** 0.9
            if radius > 1:
                color = mixed(palette.mid, palette.glow, max(0.0, min(way * 1.3 - 0.4, 1.0)))
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
    return image


def tiles(size: Size, palette: Palette, random: Random) -> Image.Image:
    """A grid of quarter circles and squares."""
    width, height = size
    edge = min(size) / 4
    image = Image.new("RGB", size, palette.deep)
    draw = ImageDraw.Draw(image)
    colors = (palette.ink, palette.base, palette.base, palette.mid, palette.soft, palette.accent, palette.glow)
    for row in range(math.ceil(height / edge)):
        for column in range(math.ceil(width / edge)):
            x, y = column * edge, row * edge
            ground, shape = random.sample(colors, 2)
            draw.rectangle((x, y, x + edge, y + edge), fill=ground)
            corner, kind = random.choice(((0, 0), (1, 0), (0, 1), (1, 1))), random.random()
            if kind < 0.62:
                cx, cy = x + corner[0] * edge, y + corner[1] * edge
                for radius, color in ((edge, shape), (edge * 0.5, ground)):
                    start = {(0, 0): 0, (1, 0): 90, (1, 1): 180, (0, 1): 270}[corner]
                    draw.pieslice((cx - radius, cy - radius, cx + radius, cy + radius), start, start + 90, fill=color)
            elif kind < 0.8:
                inset = edge * 0.24
                draw.ellipse((x + inset, y + inset, x + edge - inset, y + edge - inset), fill=shape)
    return image


def rays(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Light from one place, as of a lighthouse."""
    width, height = size
    image = gradient(size, palette.ink, palette.deep, 90)
    draw = ImageDraw.Draw(image)
    x, y = width * random.uniform(0.7, 0.86), height * random.uniform(0.62, 0.8)
    count = random.choice((18, 20, 24))
    reach = 2 * max(size)
    shift = random.uniform(0, math.tau)
    for ray in range(count):
        start = shift + ray * math.tau / count
        end = start + math.tau / count / 2
        points = [(x, y), *((x + reach * math.cos(turn), y + reach * math.sin(turn)) for turn in (start, end))]
        draw.polygon(points, fill=mixed(palette.deep, palette.base, 0.8))
    image = glow(image, (x / width, y / height), 0.5, palette.glow, 0.8)
    draw, radius = ImageDraw.Draw(image), min(size) * 0.13
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=palette.accent)
    return image


MOTIFS: dict[str, Draw] = {
    "waves": waves, "rings": rings, "tiles": tiles, "contours": contours, "rays": rays, "dots": dots,
}  # fmt: skip
