"""What YouTube says of a video and of a channel, as plain records. Whatever it may leave out may be None here.

Figures are as exact as their page: a channel's page says "28K views" and "3 weeks ago", a search says the exact views,
only a video's own page (or the Data API) says the exact date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Self

VideoFormat = Literal["long", "short", "live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One video, as a list (a search, a channel's page) shows it.

    format: `live` is a stream, running, planned or over. seconds: of a Short on its channel's page, and of a running
    stream, there is none. views: None where YouTube hides or omits them, and while a stream runs. published: aware,
    UTC; unless `published_is_exact` it comes from words such as "3 weeks ago" and is late by up to one unit.
    handle: with its @. description: the beginning of it. channel_id and channel may be missing where several
    channels share a video.
    """

    id: str
    title: str
    url: str
    format: VideoFormat = "long"
    seconds: int | None = None
    views: int | None = None
    published: datetime | None = None
    published_is_exact: bool = False
    channel_id: str | None = None
    channel: str | None = None
    handle: str | None = None
    thumbnail: str | None = None
    description: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For a JSON column; `from_json` reads it back."""
        return {**asdict(self), "published": _written(self.published)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Back from `as_json`."""
        return cls(**{**data, "published": _read(data.get("published"))})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """A channel, as its page shows it: size, newest videos, and with the about panel its whole life.

    subscribers: three digits are exact ("1.23M"). videos: how many it has published. total_views, joined (aware,
    midnight UTC), country: only after `YouTube.about` or from the Data API. recent: the newest long videos (about
    30), then the newest Shorts and streams if they were asked for. has_shorts, has_lives: whether they were.
    source: `page`, read by our own walker; `yt-dlp`, by its parser; `feed`, the RSS feed: 15 videos and no figures of
    the channel. fetched_at: aware; a relative date in `recent` counts from it.
    """

    id: str
    title: str
    fetched_at: datetime
    handle: str | None = None
    avatar: str | None = None
    description: str | None = None
    subscribers: int | None = None
    videos: int | None = None
    total_views: int | None = None
    joined: datetime | None = None
    country: str | None = None
    recent: tuple[Video, ...] = ()
    has_shorts: bool = False
    has_lives: bool = False
    source: Literal["page", "yt-dlp", "feed"] = "page"

    def as_json(self) -> dict[str, Any]:
        """For a cache; `from_json` reads it back."""
        return {
            **asdict(self),
            "fetched_at": _written(self.fetched_at),
            "joined": _written(self.joined),
            "recent": [video.as_json() for video in self.recent],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Back from `as_json`."""
        fetched_at = datetime.fromisoformat(str(data["fetched_at"]))
        recent = tuple(Video.from_json(video) for video in data.get("recent", ()))
        return cls(**{**data, "fetched_at": fetched_at, "joined": _read(data.get("joined")), "recent": recent})

    def with_owner(self) -> Self:
        """The same, its videos naming the channel: a channel's page does not repeat its own name."""
        recent = tuple(
            replace(video, channel_id=self.id, channel=video.channel or self.title, handle=video.handle or self.handle)
            for video in self.recent
        )
        return replace(self, recent=recent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """A track of captions that a video offers. language: a code, `en`, `pt-BR`. is_made: by a machine."""

    language: str
    is_made: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoDetails:
    """One video, as its own page shows it. `video.published` is exact if it is known, its description whole.

    likes, comments: None where they are hidden or switched off. subscribers: of its channel, three digits exact.
    """

    video: Video
    likes: int | None = None
    comments: int | None = None
    subscribers: int | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    captions: tuple[Captions, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One line of captions. start, seconds: from the video's beginning, and how long it stands."""

    start: float
    seconds: float
    text: str


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
