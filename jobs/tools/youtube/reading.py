"""What yt-dlp says of videos, as records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jobs.tools.youtube.records import Captions, TranscriptLine, Video, VideoDetails, VideoFormat
from jobs.tools.youtube.walker import SHORT, WATCH

_LIVE = ("is_live", "is_upcoming", "was_live", "post_live")


def listed(entry: Mapping[str, Any] | None) -> Video | None:
    """A video of a search or a tab; None if the entry is something else: a channel, a playlist, nothing."""
    if not entry or entry.get("ie_key") != "Youtube" or not entry.get("id") or not entry.get("title"):
        return None
    kind: VideoFormat = "live" if entry.get("live_status") in _LIVE else "long"
    if kind == "long" and "/shorts/" in str(entry.get("url")):
        kind = "short"
    return _video(entry, kind, _moment(entry.get("timestamp")), is_exact=False)


def details(info: Mapping[str, Any]) -> VideoDetails:
    """A video's own page. A day without a time is the day's midnight, and exact enough."""
    kind: VideoFormat = "live" if info.get("live_status") in _LIVE else "long"
    if info.get("media_type") == "short":
        kind = "short"
    elif info.get("media_type") == "livestream":
        kind = "live"
    published = _moment(info.get("timestamp")) or _day(info.get("upload_date"))
    return VideoDetails(
        video=_video(info, kind, published, is_exact=published is not None),
        likes=info.get("like_count"),
        comments=info.get("comment_count"),
        subscribers=info.get("channel_follower_count"),
        category=next(iter(info.get("categories") or ()), None),
        tags=tuple(str(tag) for tag in info.get("tags") or ()),
        captions=tuple(
            Captions(language=code.removesuffix("-orig"), is_made=is_made)
            for codes, is_made in ((info.get("subtitles"), False), (info.get("automatic_captions"), True))
            for code in codes or ()
            if code != "live_chat" and not (code.endswith("-orig") and code.removesuffix("-orig") in (codes or ()))
        ),
    )


def captions_address(info: Mapping[str, Any], language: str) -> str | None:
    """Where a video's captions are, best first: written in the language, made in it, written in any, made in its own.

    Captions that a machine translated are the last that YouTube gives and the first that it refuses: never asked for.
    """
    written: Mapping[str, Any] = {
        code: tracks for code, tracks in (info.get("subtitles") or {}).items() if code != "live_chat"
    }
    made: Mapping[str, Any] = info.get("automatic_captions") or {}
    own = [code for code in made if code.endswith("-orig")] or list(made)
    for tracks, codes in (
        (written, [code for code in written if _is(code, language)]),
        (made, [code for code in own if _is(code.removesuffix("-orig"), language)]),
        (written, list(written)),
        (made, own),
    ):
        for code in codes:
            for track in tracks[code]:
                if track.get("ext") == "json3" and track.get("url"):
                    return str(track["url"])
    return None


def transcript(body: bytes) -> tuple[TranscriptLine, ...]:
    """The lines of captions in YouTube's `json3`. Raises ValueError if it is something else."""
    answer = json.loads(body)
    if not isinstance(answer, dict):
        raise ValueError("Captions are an object.")
    lines = []
    for event in answer.get("events") or ():
        text = " ".join("".join(str(part.get("utf8") or "") for part in event.get("segs") or ()).split())
        if text:
            start, length = event.get("tStartMs") or 0, event.get("dDurationMs") or 0
            lines.append(TranscriptLine(start / 1000, length / 1000, text))
    return tuple(lines)


def _video(info: Mapping[str, Any], kind: VideoFormat, published: datetime | None, *, is_exact: bool) -> Video:
    video_id = str(info["id"])
    pictures = [picture["url"] for picture in info.get("thumbnails") or () if picture.get("url")]
    return Video(
        id=video_id,
        title=str(info.get("title") or ""),
        url=(SHORT if kind == "short" else WATCH) + video_id,
        format=kind,
        seconds=int(info["duration"]) if info.get("duration") else None,
        views=info.get("view_count"),
        published=published,
        published_is_exact=is_exact,
        channel_id=info.get("channel_id"),
        channel=info.get("channel") or info.get("uploader"),
        handle=info.get("uploader_id"),
        thumbnail=info.get("thumbnail") or (pictures[-1] if pictures else None),
        description=info.get("description") or None,
    )


def _is(code: str, language: str) -> bool:
    """Whether `en-GB` is `en`, or `en` is `en-US`."""
    return code.lower().partition("-")[0] == language.lower().partition("-")[0]


def _moment(timestamp: float | None) -> datetime | None:
    return datetime.fromtimestamp(timestamp, UTC) if timestamp is not None else None


def _day(text: str | None) -> datetime | None:
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC) if text else None
