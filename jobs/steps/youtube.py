"""YouTube for jobs: the door with this studio's settings, and in front of it what the studio remembers of YouTube."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from channels_app import youtube_facts
from channels_app.models import FoundVideo, YouTubeChannel
from channels_app.youtube_facts import NewFacts
from jobs import politeness
from jobs.spec import UserError
from jobs.tools.youtube.chains import Chain
from jobs.tools.youtube.data_api import DataApi, VideoFigures
from jobs.tools.youtube.door import YouTube
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.pace import Patience
from jobs.tools.youtube.records import ChannelFacts, Video, VideoDetails
from jobs.wellformed import mended, mended_json

# Results that are remembered together, about what YouTube answers at once.
PAGE = 20
HOST = "www.youtube.com"
# So many requests may come at once after a quiet while, besides the one whose turn it is.
BURST = 4
# Of the key's ten thousand a day.
UNITS_PER_JOB = 100
# With these a channel is gone for good, at least for today.
GONE = frozenset({"gone", "private", "region"})


def open_door(check: Callable[[], None], slowed: Callable[[float], None] = lambda seconds: None) -> YouTube:
    """YouTube as this studio asks it. check: raises when the work has to end. slowed: as the door says it."""
    patience = Patience(first=settings.YOUTUBE_PATIENCE_SECONDS)
    return YouTube(settings.YTDLP_OPTIONS, check=check, slowed=slowed, pace=SharedPace(), patience=patience)


class SharedPace:
    """When YouTube is asked, by all jobs of the studio together: a steady rate, and a few at once after a quiet while."""

    def __init__(self) -> None:
        self._spacing = 1 / settings.YOUTUBE_PER_SECOND

    def turn(self) -> float:
        """Take the next turn. Gives the seconds to wait before it."""
        wait = politeness.take(HOST, self._spacing)
        # Nobody is early for what YouTube has asked for.
        return max(politeness.left(HOST), wait - BURST * self._spacing)

    def hold(self, seconds: float) -> None:
        """YouTube asks for patience: nobody asks it for so long."""
        politeness.hold(HOST, seconds)


def open_data_api(check: Callable[[], None]) -> DataApi | None:
    """The Data API with the studio's key, or None without one. One job uses up no more than a hundredth of its day."""
    if not settings.YOUTUBE_API_KEY:
        return None
    return DataApi(settings.YOUTUBE_API_KEY, url=settings.YOUTUBE_API_URL, most_units=UNITS_PER_JOB, check=check)


class Unreachable(Exception):
    """YouTube does not answer now; trying again later may help. told: what people are told."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


def as_job_error(error: YouTubeError, more: str = "") -> Exception:
    """What a job fails with: tried again by itself where that may help, else at once for a person to judge."""
    told = f"{error.sentence} {more}".strip()
    return Unreachable(told) if error.reason in ("network", "unreadable") else UserError(told)


def make_exact(video: FoundVideo, details: VideoDetails) -> None:
    """What the video's own page says is exact where a search rounds: its date, views and description."""
    told = details.video
    _tell_exactly(
        video,
        told.views,
        told.published if told.published_is_exact else None,
        told.seconds,
        mended(told.description or "") or None,
    )


def make_figures_exact(video: FoundVideo, figures: VideoFigures) -> None:
    """The same by what the Data API says of it."""
    _tell_exactly(video, figures.views, figures.published, figures.seconds, None)


def _tell_exactly(
    video: FoundVideo, views: int | None, published: datetime | None, seconds: float | None, description: str | None
) -> None:
    """Write what is known; what is not stays as the search told it."""
    values = {
        "views": views,
        "published_at": published,
        "is_date_exact": True if published else None,
        "seconds": round(seconds) if seconds is not None else None,
        "description": description,
        "counted_at": timezone.now() if views is not None else None,
    }
    known = {name: value for name, value in values.items() if value is not None}
    if known:
        FoundVideo.objects.filter(pk=video.pk).update(**known)


def key_of(words: str, chain: Chain) -> str:
    """What a chain of results is remembered by: the words, and the filters that YouTube itself applies."""
    return hashlib.sha256(f"{' '.join(words.split())}\n{chain.sp}".encode(errors="replace")).hexdigest()


class Searches:
    """Searches, of which what was answered within the last hours is not asked for again."""

    def __init__(self, youtube: YouTube) -> None:
        self._youtube = youtube

    def search(self, query: str, chain: Chain) -> Iterator[Video]:
        """The results of one search: what is remembered of it, then what YouTube answers beyond that."""
        key, number, known = key_of(query, chain), 0, set[str]()
        while page := youtube_facts.page_known(key, number):
            for data in page.videos:
                known.add(data["id"])
                yield Video.from_json(data)
            if page.is_last:
                return
            number += 1
        yield from self._ask(query, chain, key, known)

    def _ask(self, query: str, chain: Chain, key: str, known: set[str]) -> Iterator[Video]:
        """From the beginning, since a search cannot be entered in its middle; what is known is passed over."""
        number, page, is_last, is_beyond = 0, list[dict[str, Any]](), False, False
        try:
            for video in self._youtube.search(query, chain):
                # A title may hold what no database does.
                data = mended_json(video.as_json())
                page.append(data)
                if len(page) == PAGE:
                    youtube_facts.remember_page(key, number, page, is_last=False)
                    number, page = number + 1, []
                if video.id not in known:
                    is_beyond = True
                    yield Video.from_json(data)
            is_last = True
        finally:
            # Left in the middle: the same search will come as far without asking.
            if is_last or (page and is_beyond):
                youtube_facts.remember_page(key, number, page, is_last=is_last)


class Channels:
    """Channels, of which what was told within the last day is not asked for again.

    looked_up: how many have been asked for. Those that cannot be told are None, and are not asked for twice.
    """

    def __init__(self, youtube: YouTube, most_subscribers: int | None = None) -> None:
        self._youtube, self._most_subscribers = youtube, most_subscribers
        self._unknown: set[str] = set()
        self.looked_up = 0

    def facts(self, video: Video) -> ChannelFacts | None:
        """The channel of a video with recent videos of its format, or None. Raises YouTubeError where nothing answers."""
        youtube_id = video.channel_id
        if not youtube_id or youtube_id in self._unknown:
            return None
        row = youtube_facts.channels_known([youtube_id]).get(youtube_id)
        if row and (row.is_gone or self._is_too_large(row) or has_format(row, video.format)):
            return None if row.is_gone else facts_of(row)
        try:
            return self._ask(youtube_id, video.format, row)
        except YouTubeError as error:
            if error.is_blocking:
                raise
            self._unknown.add(youtube_id)
            if error.reason in GONE:
                youtube_facts.remember_gone(youtube_id, error.sentence)
            return None

    def _ask(self, youtube_id: str, format_: str, known: YouTubeChannel | None) -> ChannelFacts:
        """Its size is on the first page; the page of its Shorts is asked for only if that lets it through."""
        self.looked_up += 1
        row = known or remember(self._youtube.channel(youtube_id))
        if self._is_too_large(row) or has_format(row, format_):
            return facts_of(row)
        facts = self._youtube.with_tabs(facts_of(row), shorts=format_ == "short", lives=format_ == "live")
        return facts_of(remember(facts))

    def _is_too_large(self, row: YouTubeChannel) -> bool:
        most = self._most_subscribers
        return most is not None and row.subscribers is not None and row.subscribers > most


def has_format(row: YouTubeChannel, format_: str) -> bool:
    """Whether videos of a format are among those that are remembered of a channel."""
    return {"short": row.has_shorts, "live": row.has_lives}.get(format_, True)


def remember(facts: ChannelFacts) -> YouTubeChannel:
    """Keep what a channel's page told, for everybody."""
    return youtube_facts.remember(
        NewFacts(
            youtube_id=facts.id,
            looked_up_at=facts.fetched_at,
            name=mended(facts.title),
            handle=mended(facts.handle or ""),
            description=mended(facts.description or ""),
            subscribers=facts.subscribers,
            video_count=facts.videos,
            recent=[mended_json(video.as_json()) for video in facts.recent],
            has_shorts=facts.has_shorts,
            has_lives=facts.has_lives,
            source=facts.source,
        )
    )


def facts_of(row: YouTubeChannel) -> ChannelFacts:
    """What is remembered of a channel, as the door tells it."""
    assert row.looked_up_at is not None  # noqa: S101  (only channels that were looked up have facts)
    return ChannelFacts(
        id=row.pk,
        title=row.name,
        fetched_at=row.looked_up_at,
        handle=row.handle or None,
        description=row.description or None,
        subscribers=row.subscribers,
        videos=row.video_count,
        recent=tuple(Video.from_json(data) for data in row.recent),
        has_shorts=row.has_shorts,
        has_lives=row.has_lives,
    )
