"""The colours of channels: their own, always the same, and such that letters can be read on them."""

from __future__ import annotations

import pytest

from jobs.tools.images.palette import HUES, contrast, oklch, palette_of

NAMES = ("Tidewater", "Lamplight Kitchen", "海のはなし", "", "Ünïcode", "x" * 100)


@pytest.mark.parametrize("niche", [*HUES, "knitting", ""])
def test_every_pair_that_letters_use_can_be_read(niche: str) -> None:
    for name in NAMES:
        one = palette_of(name, niche)
        for text, ground in (
            (one.paper, one.ink), (one.paper, one.deep), (one.ink, one.paper), (one.ink, one.accent), (one.base, one.paper),
        ):  # fmt: skip
            assert contrast(text, ground) >= 4.5, (name, niche, text, ground)
        assert contrast(one.accent, one.deep) >= 3


def test_a_channel_keeps_its_colours_and_others_have_others() -> None:
    assert palette_of(" tidewater", "education") == palette_of("Tidewater", "education")
    assert len({palette_of(name, "education") for name in NAMES}) == len(NAMES)
    assert palette_of("Tidewater", "food") != palette_of("Tidewater", "education")


def test_colours_that_no_screen_shows_are_greyed_not_bent() -> None:
    assert oklch(1, 0, 0) == (255, 255, 255)
    assert oklch(0, 0, 0) == (0, 0, 0)
    red, green, blue = oklch(0.63, 0.4, 29)
    assert red > 200
    assert green < red
    assert blue < red


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)
