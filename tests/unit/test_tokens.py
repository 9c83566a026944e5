"""The contrast of every pair of colours that stand on each other, computed from the tokens (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.conf import settings

CSS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
GROUNDS = ("bg0", "bg1", "bg2", "bg3")
TEXTS = ("t1", "t2", "t3", "accent")
STATES = ("ok", "warn", "bad", "info", "ai", "idle")
THEMES = ("dark", "light")


def tokens(theme: str) -> dict[str, str]:
    """The custom properties of a theme."""
    block = re.search(rf'\[data-theme="{theme}"\] {{(.*?)}}', CSS, re.DOTALL)
    assert block
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block[1]))


Colour = tuple[float, float, float]


def colour(value: str) -> Colour:
    digits = value.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def mixed(top: Colour, under: Colour, share: float) -> Colour:
    """A colour that lets the one under it through."""
    red, green, blue = (share * one + (1 - share) * other for one, other in zip(top, under, strict=True))
    return red, green, blue


def luminance(rgb: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_knows_black_on_white() -> None:
    assert contrast(colour("#000"), colour("#ffffff")) == pytest.approx(21)


@pytest.mark.parametrize(("theme", "text", "ground"), list(product(THEMES, TEXTS + STATES, GROUNDS)))
def test_text_is_readable_on_every_ground(theme: str, text: str, ground: str) -> None:
    named = tokens(theme)
    assert contrast(colour(named[text]), colour(named[ground])) >= 4.5


@pytest.mark.parametrize(("theme", "state", "ground"), list(product(THEMES, STATES, GROUNDS)))
def test_a_chip_is_readable_on_its_own_tint(theme: str, state: str, ground: str) -> None:
    named = tokens(theme)
    text = colour(named[state])
    tint = mixed(text, colour(named[ground]), float(named["tint"].rstrip("%")) / 100)
    assert contrast(text, tint) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_buttons_edges_focus_and_progress_stand_out(theme: str) -> None:
    named = {name: colour(value) for name, value in tokens(theme).items() if value.startswith("#")}
    assert contrast(named["on"], named["fill"]) >= 4.5
    for ground in GROUNDS:
        assert contrast(named["ctl"], named[ground]) >= 3
        assert contrast(named["focus"], named[ground]) >= 3
    for state in STATES:
        assert contrast(named[state], named["bg4"]) >= 3


def test_what_the_system_chooses_is_the_light_theme() -> None:
    assert tokens("auto") == tokens("light")
