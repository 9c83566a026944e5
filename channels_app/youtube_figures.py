"""Figures of a channel on YouTube, each with what it was computed from; and how counts, ages and lengths are written.

All of it stands on what is remembered (`YouTubeChannel`), so a page that shows it never waits for YouTube.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean, median
from typing import Any

from channels_app.models import YouTubeChannel

UNKNOWN = "unknown"
SETTLED = timedelta(days=7)
MONTH = timedelta(days=30)
LEAST_FOR_MEDIAN = 3
# Advertising pays so much more or less than what is usual for a niche.
RPM_RANGE = (0.5, 1.5)
AGES = (("year", 365 * 86_400), ("month", 30 * 86_400), ("week", 7 * 86_400), ("day", 86_400), ("hour", 3_600))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is shown. basis: what it was computed from, or why it is unknown."""

    label: str
    value: str
    basis: str

    @property
    def is_known(self) -> bool:
        """Whether there is a value."""
        return self.value != UNKNOWN


# --- how things are written -----------------------------------------------------------------------------------------------
def compact(count: float | None) -> str:
    """A count as YouTube writes it: 950, 1.2K, 34K, 1.2M."""
    if count is None:
        return UNKNOWN
    for size, sign in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        # What would round up to the next sign is written with it.
        if count >= size * 0.9995:
            number = count / size
            return f"{number:.1f}".removesuffix(".0") + sign if number < 9.95 else f"{number:.0f}{sign}"
    return f"{count:.0f}"


def ago(moment: datetime | None, now: datetime) -> str:
    """An age in its largest whole unit: "3 weeks ago"."""
    if moment is None:
        return UNKNOWN
    seconds = (now - moment).total_seconds()
    for unit, size in AGES:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def length(seconds: int | None) -> str:
    """A length as players write it: 4:05, 1:02:03; empty when unknown."""
    if seconds is None:
        return ""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


# --- a channel ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Upload:
    """One of a channel's newest videos, for drawing and listing. share: its views beside the most viewed of its
    format, 0 to 100: Shorts and videos are never compared with each other."""

    id: str
    title: str
    format: str
    seconds: int | None
    views: int | None
    published: datetime | None
    share: float


def uploads(row: YouTubeChannel) -> list[Upload]:
    """The newest videos that are remembered, newest first, Shorts and streams after."""
    most: dict[str, int] = {}
    for one in row.recent:
        kind = one.get("format", "long")
        most[kind] = max(most.get(kind, 0), one.get("views") or 0)
    return [
        Upload(
            id=one["id"],
            title=one["title"],
            format=one.get("format", "long"),
            seconds=round(one["seconds"]) if one.get("seconds") is not None else None,
            views=one.get("views"),
            published=_moment(one.get("published")),
            share=round(100 * (one.get("views") or 0) / (most[one.get("format", "long")] or 1), 2),
        )
        for one in row.recent
    ]


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def figures(row: YouTubeChannel, rpm: float, now: datetime | None = None) -> list[Figure]:
    """What is known of a channel. rpm: dollars per thousand views that are usual in the niche of who asks."""
    now = now or datetime.now(UTC)
    newest = uploads(row)
    long = [one for one in newest if one.format == "long"]
    return [
        _plain("Subscribers", row.subscribers, "as its page says, three digits exact"),
        _plain("Videos", row.video_count, "as its page says"),
        _plain("Views in all", row.total_views, "as its about panel says"),
        _joined(row),
        _lifetime(row),
        _median(long, now),
        _month(long, now),
        _pace(long),
        _shorts(row, newest, long),
        _engagement(row.samples),
        _growth(row, now),
        _earnings(long, rpm, now),
    ]


def _plain(label: str, count: int | None, basis: str) -> Figure:
    return Figure(label, f"{count:,}" if count is not None else UNKNOWN, basis if count is not None else NOT_TOLD)


NOT_TOLD = "YouTube does not say"


def _joined(row: YouTubeChannel) -> Figure:
    if row.joined_on is None:
        return Figure("Joined", UNKNOWN, NOT_TOLD if row.about_at else "not asked yet")
    where = f", {row.country}" if row.country else ""
    return Figure("Joined", f"{row.joined_on.day} {row.joined_on:%b %Y}", f"as its about panel says{where}")


def _lifetime(row: YouTubeChannel) -> Figure:
    if not row.total_views or not row.video_count:
        return Figure("Views a video, all time", UNKNOWN, "needs all views and the number of videos")
    mean = row.total_views / row.video_count
    return Figure("Views a video, all time", compact(mean), f"{row.total_views:,} views ÷ {row.video_count:,} videos")


def _settled(long: Sequence[Upload], now: datetime) -> list[int]:
    return [
        one.views for one in long if one.views is not None and (one.published is None or now - one.published >= SETTLED)
    ]


def _median(long: Sequence[Upload], now: datetime) -> Figure:
    label, views = "Views a video, lately", _settled(long, now)
    if len(views) < LEAST_FOR_MEDIAN:
        return Figure(label, UNKNOWN, f"only {len(views)} settled videos with views")
    basis = f"median of the {len(views)} newest videos older than a week; their average is {compact(fmean(views))}"
    return Figure(label, compact(median(views)), basis)


def _month(long: Sequence[Upload], now: datetime) -> Figure:
    label = "Uploads in 30 days"
    dated = [one for one in long if one.published]
    if not dated:
        return Figure(label, UNKNOWN, "no dates are known")
    within = [one for one in dated if one.published and now - one.published <= MONTH]
    is_all = len(within) == len(dated)
    basis = "videos on its first page, by dates that YouTube rounds"
    return Figure(label, f"{len(within)} or more" if is_all else str(len(within)), basis)


def _pace(long: Sequence[Upload]) -> Figure:
    label = "A new video every"
    dates = sorted(one.published for one in long if one.published)
    if len(dates) < LEAST_FOR_MEDIAN:
        return Figure(label, UNKNOWN, "too few dates are known")
    days = (dates[-1] - dates[0]).total_seconds() / 86_400 / (len(dates) - 1)
    value = f"{days:.1f} days" if days >= 1 else f"{days * 24:.0f} hours"
    return Figure(label, value, f"{len(dates)} videos in {(dates[-1] - dates[0]).days} days")


def _shorts(row: YouTubeChannel, newest: Sequence[Upload], long: Sequence[Upload]) -> Figure:
    label = "Shorts"
    if not row.has_shorts:
        return Figure(label, UNKNOWN, "its Shorts have not been asked for yet")
    shorts = sum(one.format == "short" for one in newest)
    if not shorts + len(long):
        return Figure(label, UNKNOWN, "it shows no videos")
    share = 100 * shorts / (shorts + len(long))
    return Figure(label, f"{share:.0f} %", f"{shorts} Shorts beside {len(long)} videos on the first page of each")


def _engagement(samples: Sequence[dict[str, Any]]) -> Figure:
    label = "Engagement"
    told = [one for one in samples if one.get("views") and one.get("likes") is not None]
    views = sum(one["views"] for one in told)
    if not views:
        return Figure(label, UNKNOWN, "likes have not been asked for yet" if not samples else "its likes are hidden")
    answers = sum(one["likes"] + (one.get("comments") or 0) for one in told)
    basis = f"likes and comments ÷ views of {len(told)} of its videos"
    return Figure(label, f"{100 * answers / views:.1f} %", basis)


def _growth(row: YouTubeChannel, now: datetime) -> Figure:
    label = "New subscribers a day"
    if row.subscribers is None or row.joined_on is None:
        return Figure(label, UNKNOWN, "needs subscribers and the day it joined")
    days = max((now.date() - row.joined_on).days, 1)
    return Figure(
        label, f"{row.subscribers / days:.1f}", f"{row.subscribers:,} subscribers ÷ {days:,} days since it joined"
    )


def _earnings(long: Sequence[Upload], rpm: float, now: datetime) -> Figure:
    label = "Earnings a month, an estimate"
    within = [one for one in long if one.published and now - one.published <= MONTH and one.views is not None]
    if not within:
        return Figure(label, UNKNOWN, "no views of the last 30 days are known")
    thousands = sum(one.views or 0 for one in within) / 1000
    low, high = (rpm * factor for factor in RPM_RANGE)
    value = f"${thousands * low:,.0f} to ${thousands * high:,.0f}"
    of_videos = f"{len(within)} video{'' if len(within) == 1 else 's'}"
    basis = (
        f"views of the {of_videos} of the last 30 days at ${low:.2f} to ${high:.2f} a thousand, "
        "half to one and a half of your own niche's RPM. Nobody but its owner knows"
    )
    return Figure(label, value, basis)
