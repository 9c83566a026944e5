"""How the made-up YouTube answers a search: it reads the filters, ranks, and ends after some five hundred results."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from datetime import datetime, timedelta
from functools import lru_cache

from tests.fakes.youtube_seed import MadeVideo

DATES = {2: timedelta(days=1), 3: timedelta(days=7), 4: timedelta(days=31), 5: timedelta(days=366)}
SHORTS_TYPE = 9


def fields(message: bytes) -> dict[int, int | bytes]:
    """The fields of a protobuf message of small numbers and messages."""
    found: dict[int, int | bytes] = {}
    at = 0
    while at < len(message):
        number, kind = message[at] >> 3, message[at] & 7
        if kind == 2:
            length = message[at + 1]
            found[number] = message[at + 2 : at + 2 + length]
            at += 2 + length
        else:
            found[number] = message[at + 1]
            at += 2
    return found


def _number(found: dict[int, int | bytes], field: int) -> int:
    value = found.get(field, 0)
    return value if isinstance(value, int) else 0


class Engine:
    """Searches in the videos. least, spread: a search ends after `least` results, or up to `spread` more."""

    def __init__(self, videos: list[MadeVideo], now: datetime) -> None:
        self._videos, self._now = videos, now
        self.least, self.spread = 480, 160
        self._words = {video.id: frozenset(re.findall(r"\w+", video.title.lower())) for video in videos}
        # Results of a search stay while its pages are asked for.
        self.results = lru_cache(maxsize=64)(self._results)

    def _results(self, query: str, sp: str) -> list[MadeVideo]:
        outer = fields(b64decode(sp)) if sp else {}
        inside = outer.get(2, b"")
        filters = fields(inside) if isinstance(inside, bytes) else {}
        words = set(re.findall(r"\w+", query.lower()))
        span = DATES.get(_number(filters, 1))
        fit = [
            video
            for video in self._videos
            if (span is None or self._now - video.published <= span)
            and (_number(filters, 2) != SHORTS_TYPE or video.kind == "short")
            and _has_length(video, _number(filters, 3))
        ]

        def relevance(video: MadeVideo) -> tuple[int, int]:
            return -len(words & self._words[video.id]), zlib.crc32(f"{query}{video.id}".encode())

        fit.sort(key=relevance)
        # No search ever shows all that it found.
        fit = fit[: self.least + zlib.crc32(f"{query}{sp}".encode()) % self.spread]
        if _number(outer, 1) == 3:
            fit.sort(key=lambda video: -video.views_at(self._now))
        return fit


def _has_length(video: MadeVideo, code: int) -> bool:
    match code:
        case 4:
            return video.seconds < 180
        case 5:
            return 180 <= video.seconds <= 1200
        case 2:
            return video.seconds > 1200
        case _:
            return True
