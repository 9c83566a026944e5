"""Content gap: how much viewers want videos about a topic, against how many channels make them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.tools.trends.observed import Measured, Observed, counted
from jobs.tools.trends.topics import Topic, channel_of

# A channel whose newest video about it is older than this does not supply it any more.
SUPPLIED_FOR_DAYS = 365
# A topic of few videos is drawn to what is usual, as if so many usual ones stood beside them.
USUAL_ONES = 2
# One view where there is a median of thousands is no measure of demand; nor is a median of nothing.
LEAST, MOST = 0.01, 100.0


@dataclass(frozen=True, slots=True)
class Market:
    """What is usual among the found videos. views: the median per format. channels: that supply a topic, on average."""

    views: dict[str, float]
    channels: float
    now: datetime


def market_of(videos: Sequence[Observed], topics: Sequence[Topic], now: datetime) -> Market:
    """What is usual among these videos and topics."""
    known: dict[str, list[int]] = {}
    for video in videos:
        if video.views is not None:
            known.setdefault(video.format, []).append(video.views)
    supplied = [suppliers(topic, now) for topic in topics]
    return Market(
        views={format_: float(statistics.median(views)) for format_, views in known.items()},
        channels=sum(supplied) / len(supplied) if supplied else 0.0,
        now=now,
    )


def suppliers(topic: Topic, now: datetime) -> int:
    """The channels with a video about it that is not older than `SUPPLIED_FOR_DAYS`; one of unknown age counts."""
    return len(
        {
            channel_of(video)
            for video in topic.videos
            if (days := video.days_at(now)) is None or days <= SUPPLIED_FOR_DAYS
        }
    )


def gap(topic: Topic, market: Market) -> Measured:
    """Demand ÷ supply as a number from 0 to 100: 50 where both are usual, 75 where demand is three times supply.

    Demand is the geometric mean of how many times its usual views each video has; usual is the median of its channel, or
    of all that was found where that is unknown. Supply is how many channels make such videos, against the average topic.
    evidence: `videos` [{id, times, by}], `demand`, `supply`, `ratio`, `channels`, `average_channels`, `left_out`.
    """
    wanted = [row for video in topic.videos if (row := _wanted(video, market))]
    own = suppliers(topic, market.now)
    supply = (own + 1) / (market.channels + 1)
    left_out = len(topic.videos) - len(wanted)
    evidence = {
        "videos": sorted(wanted, key=lambda row: -float(row["times"])),
        "of": len(wanted),
        "supply": round(supply, 3),
        "channels": own,
        "average_channels": round(market.channels, 2),
        "left_out": left_out,
    }
    missing = f" {counted(left_out, 'video')} left out: views unknown." if left_out else ""
    made = f"{counted(own, 'channel')} made one within a year, {market.channels:.1f} on average for a topic found."
    if not wanted:
        return Measured(value=None, told=f"Unknown: no video about it has a view count. {made}", evidence=evidence)
    demand = math.exp(sum(math.log(float(row["times"])) for row in wanted) / (len(wanted) + USUAL_ONES))
    ratio = demand / supply
    told = (
        f"Demand {demand:.1f} × what is usual, supply {supply:.1f} ×: {ratio:.1f} times as much is wanted as is made. "
        f"{made}{missing}"
    )
    evidence |= {"demand": round(demand, 3), "ratio": round(ratio, 3)}
    return Measured(value=100 * ratio / (1 + ratio), told=told, evidence=evidence)


def _wanted(video: Observed, market: Market) -> dict[str, str | float] | None:
    """How many times what is usual it was seen, and whose usual that is."""
    if video.times_median is not None:
        return {"id": video.id, "times": round(_bounded(video.times_median), 3), "by": "channel"}
    usual = market.views.get(video.format, 0.0)
    if video.views is None:
        return None
    return {"id": video.id, "times": round(_bounded(video.views / max(usual, 1.0)), 3), "by": "found"}


def _bounded(times: float) -> float:
    return min(max(times, LEAST), MOST)
