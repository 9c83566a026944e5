"""Which videos a creator wants to see. What costs nothing is asked first, what needs the channel's page last.

YouTube's own filters only widen the search (`chains`): its lengths are other than ours, and what it answers is not
always what it was asked for. So every filter is applied here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from jobs.tools.youtube.chains import Chain, Length, Within, chains
from jobs.tools.youtube.outlier import Outlier
from jobs.tools.youtube.records import ChannelFacts, Video

Sort = Literal["relevance", "views", "newest", "outlier"]
Duration = Literal["any", "under_4", "4_to_20", "over_20"]
Drop = Literal["duration", "date", "keywords", "live", "size", "outlier", "unknown"]

SHORT_SECONDS: Final = 4 * 60
LONG_SECONDS: Final = 20 * 60
# A relative date is late by up to one unit ("1 month ago" is one to two months), so a day more costs no truth.
WITHIN: Final[dict[Within, timedelta | None]] = {
    "any": None,
    "today": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
_LENGTHS: Final[dict[Duration, tuple[Length, ...]]] = {
    "any": (),
    "under_4": ("any", "under_3", "3_to_20"),
    "4_to_20": ("3_to_20",),
    "over_20": ("over_20",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is wanted of a video.

    sort: how the kept videos are shown; it also says which search comes first. duration: minutes. within: not older.
    most_subscribers: of its channel. least_outlier: times the median of its channel. keywords: each must stand in
    title, description or channel name; without_words: none may. lives: streams too.
    """

    sort: Sort = "relevance"
    duration: Duration = "any"
    within: Within = "any"
    most_subscribers: int | None = None
    least_outlier: float | None = None
    keywords: tuple[str, ...] = ()
    without_words: tuple[str, ...] = ()
    lives: bool = False

    def chains(self) -> tuple[Chain, ...]:
        """The searches to run for these filters."""
        order: Literal["relevance", "views"] = "views" if self.sort == "views" else "relevance"
        return chains(date=self.within, lengths=_LENGTHS[self.duration], order=order)

    def drops(self, video: Video, now: datetime) -> Drop | None:
        """Why a video is out already, without asking for its channel; None: it is still in.

        Videos without a length or a date that are asked for are out: nothing later would tell.
        """
        if video.format == "live" and not self.lives:
            return "live"
        if self.duration != "any" and not self._has_length(video):
            return "duration"
        if (most := WITHIN[self.within]) and (video.published is None or now - video.published > most):
            return "date"
        if self.keywords or self.without_words:
            text = folded(" ".join((video.title, video.description or "", video.channel or "")))
            if not all(folded(word) in text for word in self.keywords):
                return "keywords"
            if any(folded(word) in text for word in self.without_words):
                return "keywords"
        return None

    @property
    def needs_channel(self) -> bool:
        """Whether a channel's page has to be read to decide."""
        return self.most_subscribers is not None or self.least_outlier is not None

    def drops_channel(self, facts: ChannelFacts) -> Drop | None:
        """Why a channel's videos are out, by its size. An unknown size is out where a size is asked for."""
        if self.most_subscribers is None:
            return None
        if facts.subscribers is None:
            return "unknown"
        return "size" if facts.subscribers > self.most_subscribers else None

    def drops_outlier(self, outlier: Outlier) -> Drop | None:
        """Why a video is out, by its score. One without a score is out where a score is asked for."""
        if self.least_outlier is None:
            return None
        if outlier.times_median is None:
            return "unknown"
        return "outlier" if outlier.times_median < self.least_outlier else None

    def _has_length(self, video: Video) -> bool:
        if video.seconds is None:
            # A Short is at most three minutes long, and its channel's page does not say how long.
            return video.format == "short" and self.duration == "under_4"
        match self.duration:
            case "under_4":
                return video.seconds < SHORT_SECONDS
            case "4_to_20":
                return SHORT_SECONDS <= video.seconds <= LONG_SECONDS
            case _:
                return video.seconds > LONG_SECONDS


def folded(text: str) -> str:
    """A text for comparing, whatever its language: one form of every sign, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
