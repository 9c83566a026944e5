"""A video as research has seen it, and what is measured of a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

# A video that collects its views as age^a (a from 0.2 to 0.5, so fast at first) gains in the next 30 days the more, the
# higher views ÷ (age + this): from one day to three years these differ by no more than a factor of 1.6, and that is the
# least for any number of days. Without any, a video of yesterday would seem to go on as it began: a factor of up to 6.
SETTLING_DAYS = 3.0
SECONDS_PER_DAY = 86_400
# Of more than this, a drawing shows an even sample.
SHOWN = 40
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A video. Unknown is None, and that is normal.

    views: as of counted_at. published_at: late by up to a unit of "3 weeks ago", unless is_date_exact. times_median:
    views ÷ the median of its channel's other recent videos. channel: any name that tells channels apart.
    """

    id: str
    title: str
    counted_at: datetime
    url: str = ""
    format: str = "long"
    channel: str = ""
    channel_name: str = ""
    views: int | None = None
    published_at: datetime | None = None
    is_date_exact: bool = False
    times_median: float | None = None

    def days_at(self, moment: datetime) -> float | None:
        """Its age in days, never negative; None for an unknown date."""
        if self.published_at is None:
            return None
        return max((moment - self.published_at).total_seconds() / SECONDS_PER_DAY, 0.0)

    @property
    def per_day(self) -> float | None:
        """Views ÷ (days it was out when they were counted + `SETTLING_DAYS`); None where either is unknown."""
        days = self.days_at(self.counted_at)
        return None if days is None or self.views is None else self.views / (days + SETTLING_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A number from 0 to 100, or None where nothing is known. told: what it says, in a sentence or two.

    evidence: plain JSON of what it was computed from; each measure says what stands in its own. `of`: how many `videos`.
    """

    value: float | None
    told: str
    evidence: dict[str, Any]


def sampled(rows: Sequence[T]) -> list[T]:
    """At most `SHOWN` of some rows, evenly from the first to the last."""
    last = len(rows) - 1
    if last < SHOWN:
        return list(rows)
    return [rows[round(at * last / (SHOWN - 1))] for at in range(SHOWN)]


def counted(number: int, noun: str) -> str:
    """“1 video”, “3 videos”."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
