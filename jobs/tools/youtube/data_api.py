"""YouTube's Data API, for those who have a key: exact figures of many videos and channels at once.

https://developers.google.com/youtube/v3/docs: `videos.list` and `channels.list` take 50 ids for one unit of the 10 000
that a key has a day. Searching costs a hundred times more and stays with yt-dlp.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from jobs.tools.web import message_in, readable
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.records import ChannelFacts, Video

URL: Final = "https://www.googleapis.com/youtube/v3"
AT_ONCE: Final = 50
DAILY_UNITS: Final = 10_000
SECONDS: Final = 20.0
MOST_BYTES: Final = 4 * 2**20
_QUOTA: Final = frozenset({"quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded", "userRateLimitExceeded"})
_LENGTH = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFigures:
    """A video's exact figures. seconds: None while a stream runs."""

    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    seconds: int | None = None
    published: datetime | None = None
    tags: tuple[str, ...] = ()

    def onto(self, video: Video) -> Video:
        """The video with these figures in place of those in words."""
        return replace(
            video,
            views=video.views if self.views is None else self.views,
            seconds=self.seconds or video.seconds,
            published=self.published or video.published,
            published_is_exact=video.published_is_exact or self.published is not None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFigures:
    """A channel's figures. subscribers: three digits are exact, None where they are hidden."""

    subscribers: int | None = None
    videos: int | None = None
    total_views: int | None = None
    joined: datetime | None = None
    country: str | None = None

    def onto(self, facts: ChannelFacts) -> ChannelFacts:
        """The facts with these figures where there are any."""
        known = {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}
        return replace(facts, **known)


class DataApi:
    """The Data API with a key. most_units: what this run may use up of the key's day; `units`: what it has.

    check: called before every request. Its methods raise YouTubeError; what is not on YouTube is not in their answers.
    """

    def __init__(
        self,
        key: str,
        *,
        url: str = URL,
        most_units: int = DAILY_UNITS,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._key, self._url, self._most_units, self._check = key, url.rstrip("/"), most_units, check
        self.units = 0

    def videos(self, ids: Iterable[str]) -> dict[str, VideoFigures]:
        """The figures of videos, by id: one unit for every fifty."""
        items = self._items("videos", "snippet,contentDetails,statistics", ids)
        return {str(item["id"]): _video(item) for item in items}

    def channels(self, ids: Iterable[str]) -> dict[str, ChannelFigures]:
        """The figures of channels, by id: one unit for every fifty."""
        return {str(item["id"]): _channel(item) for item in self._items("channels", "snippet,statistics", ids)}

    def _items(self, name: str, part: str, ids: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        wanted = iter(dict.fromkeys(ids))
        while some := list(islice(wanted, AT_ONCE)):
            if self.units >= self._most_units:
                raise YouTubeError("slowed", "The studio's share of YouTube's Data API is used up for today.")
            self._check()
            self.units += 1
            answer = self._asked(name, part, some)
            yield from (item for item in answer["items"] if isinstance(item, dict) and item.get("id"))

    def _asked(self, name: str, part: str, ids: Sequence[str]) -> Mapping[str, Any]:
        import httpx

        # The key goes in a header: addresses end up in logs.
        headers = {"X-Goog-Api-Key": self._key, "Accept": "application/json"}
        parameters = {"part": part, "id": ",".join(ids), "maxResults": str(AT_ONCE)}
        try:
            with httpx.stream(
                "GET", f"{self._url}/{name}", params=parameters, headers=headers, timeout=SECONDS
            ) as reply:
                body = bytearray()
                for piece in reply.iter_bytes():
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise YouTubeError("unreadable", "YouTube's Data API answers with too much.")
                status = reply.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise YouTubeError("network", "YouTube's Data API cannot be reached.") from error
        answer = _parsed(bytes(body))
        if status == 200 and isinstance(answer.get("items"), list):
            return answer
        raise self._refusal(status, answer)

    def _refusal(self, status: int, answer: Mapping[str, Any]) -> YouTubeError:
        error = answer.get("error")
        reasons = {str(one.get("reason")) for one in (error.get("errors") or () if isinstance(error, dict) else ())}
        if reasons & _QUOTA or status == 429:
            return YouTubeError("slowed", "The key of YouTube's Data API has no requests left today.")
        if status in (400, 401, 403):
            said = readable(message_in(answer), self._key)
            return YouTubeError("private", f"YouTube's Data API refuses the key{': ' + said if said else '.'}")
        return YouTubeError("unreadable", "YouTube's Data API answers something that cannot be read.")


def _parsed(body: bytes) -> Mapping[str, Any]:
    """The answer; empty if it is something else."""
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _video(item: Mapping[str, Any]) -> VideoFigures:
    snippet, statistics = item.get("snippet") or {}, item.get("statistics") or {}
    return VideoFigures(
        views=_number(statistics.get("viewCount")),
        likes=_number(statistics.get("likeCount")),
        comments=_number(statistics.get("commentCount")),
        seconds=_seconds((item.get("contentDetails") or {}).get("duration")),
        published=_moment(snippet.get("publishedAt")),
        tags=tuple(str(tag) for tag in snippet.get("tags") or ()),
    )


def _channel(item: Mapping[str, Any]) -> ChannelFigures:
    snippet, statistics = item.get("snippet") or {}, item.get("statistics") or {}
    is_hidden = bool(statistics.get("hiddenSubscriberCount"))
    return ChannelFigures(
        subscribers=None if is_hidden else _number(statistics.get("subscriberCount")),
        videos=_number(statistics.get("videoCount")),
        total_views=_number(statistics.get("viewCount")),
        joined=_moment(snippet.get("publishedAt")),
        country=snippet.get("country") or None,
    )


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None


def _seconds(text: Any) -> int | None:
    """`PT1H2M3S` as seconds; None for a stream that runs (`P0D`)."""
    found = _LENGTH.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds or None


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
