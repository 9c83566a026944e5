"""Timeliness: how young the videos about a topic are."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import datetime

from jobs.tools.trends.observed import Measured, Observed, counted

# After so many days a video counts half.
HALF_LIFE_DAYS = 90.0


def freshness(days: float) -> float:
    """100 for a video of this moment, half of it after every `HALF_LIFE_DAYS`."""
    return float(100 * 0.5 ** (days / HALF_LIFE_DAYS))


def timeliness(videos: Sequence[Observed], now: datetime) -> Measured:
    """The average freshness of the topic's videos.

    evidence: `videos` [{id, days, is_exact, freshness}], the youngest first; `half_life_days`; `left_out`.
    """
    aged = [(days, video) for video in videos if (days := video.days_at(now)) is not None]
    aged.sort(key=lambda pair: (pair[0], pair[1].id))
    left_out = len(videos) - len(aged)
    evidence = {
        "videos": [
            {
                "id": video.id,
                "days": round(days, 1),
                "is_exact": video.is_date_exact,
                "freshness": round(freshness(days), 1),
            }
            for days, video in aged
        ],
        "of": len(aged),
        "half_life_days": HALF_LIFE_DAYS,
        "left_out": left_out,
    }
    missing = f" {counted(left_out, 'video')} left out: date unknown." if left_out else ""
    if not aged:
        return Measured(value=None, told="Unknown: no video about it has a date.", evidence=evidence)
    median = statistics.median(days for days, _ in aged)
    rough = "" if all(video.is_date_exact for _, video in aged) else " Ages are YouTube's own rough ones."
    told = (
        f"{counted(len(aged), 'video')}, {in_words(median)} old at the median; a video counts half after "
        f"{HALF_LIFE_DAYS:.0f} days.{rough}{missing}"
    )
    return Measured(value=sum(freshness(days) for days, _ in aged) / len(aged), told=told, evidence=evidence)


def in_words(days: float) -> str:
    """An age as people say it."""
    for size, noun in ((365.25, "year"), (30.44, "month"), (7.0, "week")):
        if days >= 2 * size:
            return f"about {counted(round(days / size), noun)}"
    return counted(round(days), "day") if days >= 1 else "less than a day"
