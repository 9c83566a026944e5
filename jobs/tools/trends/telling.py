"""A weighed topic in words: every number with what it came from."""

from __future__ import annotations

from jobs.tools.trends.observed import Observed
from jobs.tools.trends.score import WEIGHTS, Weighed, total
from jobs.tools.trends.timeliness import in_words

LABELS = {
    "momentum": "Trend momentum",
    "gap": "Content gap",
    "alignment": "Topic alignment",
    "timeliness": "Timeliness",
}
SIGNALS = 3


def reasoning(one: Weighed) -> str:
    """The sum that is the score, and what was taken from it."""
    known = {name: part.value for name, part in one.parts.items() if part.value is not None}
    weights = sum(WEIGHTS[name] for name in known)
    terms = " + ".join(f"{LABELS[name].lower()} {value:.0f} × {WEIGHTS[name]} %" for name, value in known.items())
    before = round(total(one.parts), 1)
    unknown = [LABELS[name].lower() for name in WEIGHTS if name not in known]
    told = [f"{before:.0f} of 100 = {terms}{'' if weights == 100 else f', ÷ {weights} %'}."]
    if unknown:
        told.append(f"Unknown and left out, with its weight: {' and '.join(unknown)}.")
    if one.lowered:
        because = ", ".join(
            f"“{one.title}”" + (f" ({one.reason})" if one.reason else "") for one in one.lowered_for[:3]
        )
        told.append(f"Lowered by {one.lowered * 100:.0f} % to {one.score:.0f}: you rejected {because}.")
    return " ".join(told)


def signals(one: Weighed) -> list[str]:
    """The fastest videos about it with their figures."""
    by_id = {video.id: video for video in one.topic.videos}
    return [
        f"{titled(by_id[row['id']])}: {row['views']:,} views in {in_words(row['days'])}, ahead of {row['percentile']:.0f} % "
        f"of {row['compared_with']} found{_outlier(by_id[row['id']])}"
        for row in one.parts["momentum"].evidence["videos"][:SIGNALS]
    ]


def titled(video: Observed) -> str:
    """A video as it is named in a sentence."""
    return f"“{video.title}”" + (f" by {video.channel_name}" if video.channel_name else "")


def _outlier(video: Observed) -> str:
    return "" if video.times_median is None else f", {video.times_median:.1f} × the median of its channel"
