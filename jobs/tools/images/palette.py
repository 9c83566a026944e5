"""The colours of a channel: worked out from its niche and its name, always the same for the same channel.

Colours are chosen in OKLCH, where equal steps look equal, and brought to sRGB (https://bottosson.github.io/posts/oklab/);
contrast is WCAG 2's.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

Color = tuple[int, int, int]

# Hues in degrees; what people expect of a subject. A niche of one's own gets one by its name.
HUES = {
    "gaming": 300, "tech": 262, "finance": 158, "education": 238, "entertainment": 345, "how_to": 62, "news": 25,
    "lifestyle": 122, "health": 182, "food": 42, "travel": 215, "kids": 285, "beauty": 5,
}  # fmt: skip
TURNED_AT_MOST = 14
# From the channel's hue to that of its accent: near enough to opposite to stand out, never a flag's two colours.
ACCENTS = (155, 172, 190, 205)


@dataclass(frozen=True)
class Palette:
    """A channel's colours, from dark to light in its own hue, and an accent that stands out on all of the dark ones."""

    ink: Color
    deep: Color
    base: Color
    mid: Color
    soft: Color
    paper: Color
    accent: Color
    glow: Color


def palette_of(name: str, niche: str) -> Palette:
    """The colours of the channel of that name."""
    told = hashlib.sha256(f"{niche}\n{name.strip().casefold()}".encode()).digest()
    hue = HUES.get(niche, told[2] / 256 * 360) + (told[0] / 255 * 2 - 1) * TURNED_AT_MOST
    accent = hue + ACCENTS[told[1] % len(ACCENTS)]
    return Palette(
        ink=oklch(0.19, 0.035, hue),
        deep=oklch(0.30, 0.075, hue),
        base=oklch(0.44, 0.115, hue + 4),
        mid=oklch(0.62, 0.125, hue + 10),
        soft=oklch(0.86, 0.062, hue + 16),
        paper=oklch(0.967, 0.016, accent),
        accent=oklch(0.82, 0.155, accent),
        glow=oklch(0.72, 0.165, accent - 22),
    )


def oklch(lightness: float, chroma: float, hue: float) -> Color:
    """A colour as sRGB; one that no screen shows is greyed until it is."""
    turn = math.radians(hue)
    while True:
        rgb = _linear(lightness, chroma * math.cos(turn), chroma * math.sin(turn))
        if chroma <= 0 or all(-0.0005 <= value <= 1.0005 for value in rgb):
            red, green, blue = (round(255 * _encoded(min(max(value, 0.0), 1.0))) for value in rgb)
            return red, green, blue
        chroma -= 0.004


def _linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _encoded(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def luminance(color: Color) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(one: Color, other: Color, share: float) -> Color:
    """`share` of the second in the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
