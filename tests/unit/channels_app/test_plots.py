"""Drawings of a proposal's numbers: words for everybody, no styles, and odd figures that break nothing."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from channels_app import plots

MOMENTUM = {
    "videos": [{"id": "a", "per_day": 500.0, "percentile": 96.4}],
    "pool": [1.0, 10.0, 500.0],
    "found": 3,
    "of": 1,
}
EVIDENCE: dict[str, dict[str, Any]] = {
    "momentum": MOMENTUM,
    "gap": {"demand": 2.4, "supply": 0.8},
    "alignment": {
        "words": [
            {"text": "tide", "share": 1.0, "from": "channel"},
            {"text": "harbour", "share": 0.5, "from": "notes"},
            {"text": "<b>", "share": 0.5, "from": "nowhere"},
        ]
    },
    "timeliness": {"videos": [{"id": "a", "days": 20.0}, {"id": "b", "days": 5000.0}], "half_life_days": 90.0, "of": 2},
}
SAID = {
    "momentum": "Views a day of 1 about it, slow to fast among 3 found: ahead of 96 %",
    "gap": "Demand 2.4 times, supply 0.8 times what is usual",
    "alignment": "Words: tide your channel's, harbour in your notes, <b> new",
    "timeliness": "Ages in days of 2 about it: 20, 5000",
}


def part(name: str, evidence: dict[str, Any], value: float | None = 50.0) -> dict[str, Any]:
    return {"name": name, "label": name, "weight": 40, "value": value, "told": "", "evidence": evidence}


def drawn(one: dict[str, Any]) -> ElementTree.Element:
    html = plots.plot_of(one)
    assert "style" not in html
    return ElementTree.fromstring(html)  # noqa: S314  (our own)


@pytest.mark.parametrize("name", EVIDENCE)
def test_each_says_in_words_what_it_shows_and_stays_inside_its_frame(name: str) -> None:
    svg = drawn(part(name, EVIDENCE[name]))
    assert (svg.get("role"), svg.get("aria-label")) == ("img", SAID[name])
    for shape in svg:
        for attribute in ("x", "x1", "x2", "cx"):
            assert 0 <= float(shape.get(attribute, 0)) <= plots.WIDTH
        for attribute in ("y", "y1", "y2", "cy"):
            assert 0 <= float(shape.get(attribute, 0)) <= plots.HEIGHT
        assert float(shape.get("x", 0)) + float(shape.get("width", 0)) <= plots.WIDTH


@pytest.mark.parametrize(
    "evidence",
    [
        {**MOMENTUM, "pool": [0.0, 0.0], "videos": [{"id": "a", "per_day": 0.0, "percentile": 50.0}]},
        {**MOMENTUM, "pool": [7.0], "videos": [{"id": "a", "per_day": 7.0, "percentile": 50.0}]},
        {**MOMENTUM, "pool": [0.0, 1e12]},
    ],
    ids=["nothing seen", "one video", "far apart"],
)
def test_odd_speeds_are_drawn(evidence: dict[str, Any]) -> None:
    places = [float(dot.get("cx", "nan")) for dot in drawn(part("momentum", evidence)) if dot.get("cx")]
    assert all(0 <= place <= plots.WIDTH for place in places)


@pytest.mark.parametrize("one", [part("momentum", MOMENTUM, None), part("gap", {}), part("unheard-of", {"x": 1})])
def test_what_is_unknown_is_a_broken_line(one: dict[str, Any]) -> None:
    svg = drawn(one)
    assert [shape.get("class") for shape in svg] == ["plot-unknown"]
    assert "nothing to draw" in (svg.get("aria-label") or "")


def test_the_bar_of_a_score_is_filled_as_far_as_each_number_goes() -> None:
    parts = [{**part("momentum", {}), "value": 100.0}, {**part("gap", {}), "weight": 60, "value": None}]
    html = plots.bar_of(parts)
    assert re.findall('class="(plot-[a-z]+)"', html) == ["plot-track", "plot-own", "plot-track"]
    assert "momentum 100 of 100, weight 40 %, gap unknown of 100, weight 60 %" in html
