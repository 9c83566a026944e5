"""How far a video outgrew its channel: its views against those of its neighbours.

The score is views ÷ the median of the channel's other recent videos of the same format. Long videos, Shorts and
streams are never mixed. A video does not stand among its own neighbours; neighbours younger than a week still grow and
are left out; the median is taken as at least 100 views, or every first hit of a tiny channel would be an outlier; with
fewer than five neighbours there is no score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Any, Final

from jobs.tools.youtube.records import Video

MOST_PEERS: Final = 30
LEAST_PEERS: Final = 5
SETTLED: Final = timedelta(days=7)
LEAST_VIEWS: Final = 100


@dataclass(frozen=True, slots=True)
class Outlier:
    """The score of one video, and what it was computed from.

    times_median (what is filtered by) and times_average: None means n/a, and `why_not` says why. peers: how many
    neighbours. is_older: the video is older than all of them, so it had longer to collect its views: say "vs recent
    uploads".
    """

    times_median: float | None = None
    times_average: float | None = None
    median_views: int | None = None
    average_views: int | None = None
    peers: int = 0
    is_older: bool = False
    why_not: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return {name: getattr(self, name) for name in self.__slots__}


def outlier(video: Video, recent: Iterable[Video], now: datetime) -> Outlier:
    """The score of a video against its channel's recent videos (`ChannelFacts.recent`, newest first)."""
    if video.views is None:
        return Outlier(why_not="YouTube does not say how often it was watched.")
    same = [other for other in recent if other.format == video.format and other.id != video.id][:MOST_PEERS]
    peers = [
        (other.views, other.published)
        for other in same
        if other.views is not None and (other.published is None or now - other.published >= SETTLED)
    ]
    if len(peers) < LEAST_PEERS:
        return Outlier(peers=len(peers), why_not=f"The channel shows only {len(peers)} settled videos like it.")
    views = [count for count, _ in peers]
    middle, average = median(views), fmean(views)
    dates = [date for _, date in peers if date]
    return Outlier(
        times_median=round(video.views / max(middle, LEAST_VIEWS), 2),
        times_average=round(video.views / max(average, LEAST_VIEWS), 2),
        median_views=round(middle),
        average_views=round(average),
        peers=len(peers),
        is_older=bool(video.published and dates and video.published < min(dates)),
    )
