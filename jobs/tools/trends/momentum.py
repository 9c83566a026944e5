"""Trend momentum: how fast the videos about a topic gather views, among all that research has found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from jobs.tools.trends.observed import SETTLING_DAYS, Measured, Observed, counted, sampled

# Fewer videos of a format than this are compared with those of every format.
FORMAT_AT_LEAST = 5
# A topic of few videos is drawn to the middle, as if so many middling ones stood beside them.
MIDDLING = 2
MIDDLE = 50.0


def percentile(value: float, ordered: Sequence[float]) -> float:
    """How many of some values, in ascending order, are below this one, in percent; those that equal it count half.

    Half of nothing is the middle.
    """
    if not ordered:
        return MIDDLE
    below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
    return 100 * (below + upto) / 2 / len(ordered)


class Pool:
    """The speeds of all found videos, by format: Shorts gather views in another way than long videos."""

    def __init__(self, videos: Sequence[Observed]) -> None:
        self.every = sorted(speed for video in videos if (speed := video.per_day) is not None)
        self._formats: dict[str, list[float]] = {}
        for video in videos:
            if (speed := video.per_day) is not None:
                self._formats.setdefault(video.format, []).append(speed)
        for speeds in self._formats.values():
            speeds.sort()

    def peers_of(self, video: Observed) -> Sequence[float]:
        """What it is compared with, in ascending order: its format, or all where that has too few."""
        own = self._formats.get(video.format, [])
        return own if len(own) >= FORMAT_AT_LEAST else self.every

    def percentile_of(self, video: Observed) -> float | None:
        """Of which share of its peers it is ahead; None where its views or its date are unknown."""
        speed = video.per_day
        return None if speed is None else percentile(speed, self.peers_of(video))

    def sample(self) -> list[float]:
        """The speeds from the slowest to the fastest, or an even sample of them: for drawing."""
        return sampled(self.every)


def momentum(videos: Sequence[Observed], pool: Pool) -> Measured:
    """The average percentile of the topic's videos, drawn to the middle where they are few.

    evidence: `videos` [{id, days, views, per_day, percentile, compared_with}], fastest first; `pool`, a sample of all speeds;
    `found`, how many have one; `left_out` of the topic's.
    """
    ranked = [
        {
            "id": video.id,
            "views": video.views,
            "days": round(video.days_at(video.counted_at) or 0.0, 1),
            "per_day": round(video.per_day, 1),
            "percentile": round(place, 1),
            "compared_with": len(pool.peers_of(video)),
        }
        for video in videos
        if video.per_day is not None and (place := pool.percentile_of(video)) is not None
    ]
    ranked.sort(key=lambda row: -float(row["per_day"] or 0))
    left_out = len(videos) - len(ranked)
    evidence = {
        "videos": ranked,
        "of": len(ranked),
        "found": len(pool.every),
        "left_out": left_out,
        "settling_days": SETTLING_DAYS,
        "pool": [round(speed, 2) for speed in pool.sample()],
    }
    missing = f" {counted(left_out, 'video')} left out: views or date unknown." if left_out else ""
    if not ranked:
        return Measured(value=None, told=f"Unknown: no video about it has both views and a date.{missing}",
                        evidence=evidence)  # fmt: skip
    places = [float(row["percentile"] or 0) for row in ranked]
    average = sum(places) / len(places)
    value = (sum(places) + MIDDLING * MIDDLE) / (len(places) + MIDDLING)
    said = "video gathers" if len(ranked) == 1 else "videos gather"
    told = (
        f"{len(ranked)} {said} views faster than {average:.0f}\u00a0% of those found"
        f"{'' if len(ranked) == 1 else ', on average'}; few videos say little, so {average:.0f} is drawn towards 50: "
        f"{value:.0f}.{missing}"
    )
    return Measured(value=value, told=told, evidence=evidence)
