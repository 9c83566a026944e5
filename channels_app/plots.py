"""The numbers of a proposal as small drawings: SVG coloured by the stylesheet, each with words for who cannot see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 220, 36
EDGE = 5
MIDDLE = HEIGHT / 2
# The axis of ages ends here; what is older stands at its end.
OLDEST_DAYS = 730.0
CURVE_POINTS = 40
SLOWEST = 0.01
SAID_AT_MOST = 5

Part = dict[str, Any]
Range = tuple[float, float]


def plot_of(part: Part) -> SafeString:
    """The drawing of one number of a proposal; a broken line where it is unknown."""
    draw = DRAWN.get(str(part.get("name")))
    evidence = part.get("evidence") or {}
    if part.get("value") is None or draw is None or not evidence:
        return _svg(
            f"{part.get('label', '')}: nothing to draw", _line(EDGE, MIDDLE, WIDTH - EDGE, MIDDLE, "plot-unknown")
        )
    said, shapes = draw(evidence)
    return _svg(said, shapes)


def keys_of(part: Part) -> list[dict[str, str]]:
    """What a drawing shows, in a few words beside it: each with the look of the shapes it is about."""
    evidence = part.get("evidence") or {}
    if part.get("value") is None or not evidence:
        return []
    match part.get("name"):
        case "momentum":
            own = f"{_counted(evidence['of'], 'video')} about it"
            return [_key("plot-own", own), _key("plot-pool", f"{evidence['found']:,} found")]
        case "gap":
            wanted, made = f"wanted {evidence['demand']:.1f} ×", f"made {evidence['supply']:.1f} ×"
            return [_key("plot-own", wanted), _key("plot-other", made)]
        case "alignment":
            says = {
                "channel": ("plot-own", "yours"),
                "notes": ("plot-other", "in notes"),
                "nowhere": ("plot-track", "new"),
            }
            return [
                _key(look, f"{says_}: {', '.join(words)}")
                for origin, (look, says_) in says.items()
                if (words := [word["text"] for word in evidence["words"] if word["from"] == origin])
            ]
        case "timeliness":
            days = [video["days"] for video in evidence["videos"]]
            span = f"{min(days):,.0f} to {max(days):,.0f}" if round(min(days)) < round(max(days)) else f"{days[0]:,.0f}"
            return [_key("plot-own", f"{span} days old")]
    return []


def _key(look: str, says: str) -> dict[str, str]:
    return {"look": look, "says": says}


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def bar_of(parts: Sequence[Part]) -> SafeString:
    """The whole score: a place for each number, as wide as its weight, filled as far as its value goes."""
    weights = sum(part["weight"] for part in parts) or 1
    at, shapes = 0.0, []
    for part in parts:
        wide = WIDTH * part["weight"] / weights
        shapes.append(_rect(at, 0, wide - 2, 8, "plot-track"))
        if part["value"] is not None:
            shapes.append(_rect(at, 0, (wide - 2) * part["value"] / 100, 8, "plot-own"))
        at += wide
    said = ", ".join(
        f"{part['label']} {'unknown' if part['value'] is None else format(part['value'], '.0f')} of 100, weight "
        f"{part['weight']} %"
        for part in parts
    )
    return _svg(said, _joined(shapes), height=8, name="plot plot-score")


def _momentum(evidence: Part) -> tuple[str, SafeString]:
    """All speeds as ticks, the topic's as dots, on an axis on which each step is ten times the last."""
    pool, videos = evidence["pool"], evidence["videos"]
    ends = _ends([*pool, *(video["per_day"] for video in videos)])
    ticks = [_line(x := _on_axis(speed, ends), MIDDLE - 6, x, MIDDLE + 6, "plot-pool") for speed in pool]
    dots = [_dot(_on_axis(video["per_day"], ends), MIDDLE) for video in videos]
    places = ", ".join(f"{video['percentile']:.0f} %" for video in videos[:SAID_AT_MOST])
    said = f"Views a day of {evidence['of']} about it, slow to fast among {evidence['found']} found: ahead of {places}"
    return said, _joined([*ticks, *dots])


def _gap(evidence: Part) -> tuple[str, SafeString]:
    """Demand above, supply below; the upright line is what is usual."""
    demand, supply = float(evidence["demand"]), float(evidence["supply"])
    most = max(demand, supply, 1.5)
    room = WIDTH - 2 * EDGE
    usual = EDGE + room / most
    shapes = [
        _rect(EDGE, 8, room * demand / most, 7, "plot-own"),
        _rect(EDGE, 20, room * supply / most, 7, "plot-other"),
        _line(usual, 4, usual, HEIGHT - 4, "plot-usual"),
    ]
    return f"Demand {demand:.1f} times, supply {supply:.1f} times what is usual", _joined(shapes)


def _alignment(evidence: Part) -> tuple[str, SafeString]:
    """A block for each word, as wide as the share of titles that hold it; the more it is the channel's, the taller."""
    words = evidence["words"]
    total = sum(word["share"] for word in words) or 1.0
    room = WIDTH - 2 * EDGE
    tall = {"channel": 18.0, "notes": 11.0, "nowhere": 4.0}
    look = {"channel": "plot-own", "notes": "plot-other", "nowhere": "plot-track"}
    at, shapes = float(EDGE), []
    for word in words:
        wide, high = room * word["share"] / total, tall[word["from"]]
        shapes.append(_rect(at, (HEIGHT + 18) / 2 - high, max(wide - 3, 1), high, look[word["from"]]))
        at += wide
    named = {"channel": "your channel's", "notes": "in your notes", "nowhere": "new"}
    return "Words: " + ", ".join(f"{word['text']} {named[word['from']]}" for word in words), _joined(shapes)


def _timeliness(evidence: Part) -> tuple[str, SafeString]:
    """The line is what a video of each age counts, from now on the left to two years; a dot is a video."""
    half = float(evidence["half_life_days"])

    def place(days: float) -> tuple[float, float]:
        shown = min(days, OLDEST_DAYS)
        counts = 0.5 ** (shown / half)
        return EDGE + (WIDTH - 2 * EDGE) * shown / OLDEST_DAYS, EDGE + (HEIGHT - 2 * EDGE) * (1 - counts)

    points = " ".join(
        "{:.1f},{:.1f}".format(*place(OLDEST_DAYS * step / CURVE_POINTS)) for step in range(CURVE_POINTS + 1)
    )
    dots = [_dot(*place(video["days"])) for video in evidence["videos"]]
    ages = ", ".join(f"{video['days']:.0f}" for video in evidence["videos"][:SAID_AT_MOST])
    said = f"Ages in days of {evidence['of']} about it: {ages}"
    return said, _joined([format_html('<polyline class="plot-curve" points="{}"/>', points), *dots])


DRAWN: dict[str, Callable[[Part], tuple[str, SafeString]]] = {
    "momentum": _momentum,
    "gap": _gap,
    "alignment": _alignment,
    "timeliness": _timeliness,
}


def _ends(speeds: Iterable[float]) -> Range:
    known = [math.log10(max(speed, SLOWEST)) for speed in speeds]
    return min(known), max(known)


def _on_axis(speed: float, ends: Range) -> float:
    low, high = ends
    share = 0.5 if high <= low else (math.log10(max(speed, SLOWEST)) - low) / (high - low)
    return EDGE + (WIDTH - 2 * EDGE) * share


def _svg(said: str, shapes: SafeString, *, height: int = HEIGHT, name: str = "plot") -> SafeString:
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', name, WIDTH, height, said, shapes
    )


def _joined(shapes: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((shape,) for shape in shapes))


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> SafeString:
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', name, *map(_short, (x1, y1, x2, y2)))


def _rect(x: float, y: float, width: float, height: float, name: str) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>', name, *map(_short, (x, y, width, height))
    )


def _dot(x: float, y: float) -> SafeString:
    return format_html('<circle class="plot-dot" cx="{}" cy="{}" r="4.5"/>', _short(x), _short(y))


def _short(number: float) -> str:
    return f"{number:.1f}"
