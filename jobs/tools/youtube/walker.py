"""A channel's page, read by walking straight to what is wanted.

yt-dlp's own reader of these pages looks for the next page after every item, a quarter of a second a page, and sees no
views where a page lacks the labels for screen readers. This one knows three kinds of items; for a page that it does not
know, `door` asks yt-dlp's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from jobs.tools.youtube import numbers
from jobs.tools.youtube.records import ChannelFacts, Video, VideoFormat

WATCH = "https://www.youtube.com/watch?v="
SHORT = "https://www.youtube.com/shorts/"


def channel(page: Any, channel_id: str, now: datetime) -> ChannelFacts:
    """The facts on a channel's page (`browse`), with the videos of the tab that is open."""
    metadata = _at(page, "metadata", "channelMetadataRenderer")
    subscribers = videos = handle = None
    for text in _texts(_at(_header(page), "metadata", "contentMetadataViewModel")):
        if text.startswith("@"):
            handle = text
        elif "subscriber" in text:
            subscribers = numbers.count(text)
        elif "video" in text:
            videos = numbers.count(text)
    vanity = (_content(_at(metadata, "vanityChannelUrl")) or "").rpartition("/")[2]
    return ChannelFacts(
        id=channel_id,
        title=_content(_at(metadata, "title")) or "",
        fetched_at=now,
        handle=handle or (vanity if vanity.startswith("@") else None),
        avatar=_last_url(_at(metadata, "avatar", "thumbnails")),
        description=_content(_at(metadata, "description")) or None,
        subscribers=subscribers,
        videos=videos,
        recent=videos_on(page, now),
    ).with_owner()


def videos_on(page: Any, now: datetime) -> tuple[Video, ...]:
    """The videos of the tab that is open, each once, in its order."""
    found: dict[str, Video] = {}
    for item in _list(_at(open_tab(page), "content", "richGridRenderer", "contents")):
        content = _at(item, "richItemRenderer", "content")
        video = (
            _lockup(_at(content, "lockupViewModel"), now)
            or _short(_at(content, "shortsLockupViewModel"))
            or _renderer(_at(content, "videoRenderer"), now)
        )
        if video:
            found.setdefault(video.id, video)
    return tuple(found.values())


def open_tab(page: Any) -> Mapping[str, Any]:
    """The tab that is open; empty if there is none."""
    for tab in _list(_at(page, "contents", "twoColumnBrowseResultsRenderer", "tabs")):
        renderer = _at(tab, "tabRenderer")
        if isinstance(renderer, dict) and renderer.get("selected"):
            return renderer
    return {}


def is_open(page: Any, name: str) -> bool:
    """Whether the open tab is the one of that name in its address: `videos`, `shorts`, `streams`.

    A channel without Shorts answers with another tab when it is asked for them.
    """
    address = _at(open_tab(page), "endpoint", "commandMetadata", "webCommandMetadata", "url")
    return str(address or "").rpartition("/")[2] == name


def about_token(page: Any) -> str | None:
    """What to ask with for the about panel; YouTube opens it from the header's description."""
    description = _at(_header(page), "description", "descriptionPreviewViewModel")
    return next(
        (str(command["token"]) for command in _every(description, "continuationCommand") if command.get("token")), None
    )


def about(page: Any) -> dict[str, Any]:
    """The about panel's facts, as fields of ChannelFacts; only those that it holds."""
    panel: Mapping[str, Any] = next(_every(page, "aboutChannelViewModel"), {})
    facts = {
        "subscribers": numbers.count(_content(panel.get("subscriberCountText"))),
        "videos": numbers.count(_content(panel.get("videoCountText"))),
        "total_views": numbers.count(_content(panel.get("viewCountText"))),
        "joined": numbers.date(_content(panel.get("joinedDateText"))),
        "country": _content(panel.get("country")),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _lockup(model: Any, now: datetime) -> Video | None:
    if (
        not isinstance(model, dict)
        or model.get("contentType") != "LOCKUP_CONTENT_TYPE_VIDEO"
        or not model.get("contentId")
    ):
        return None
    video_id = str(model["contentId"])
    shown = _at(model, "metadata", "lockupMetadataViewModel")
    picture = _at(model, "contentImage", "thumbnailViewModel")
    views = published = None
    kind: VideoFormat = "long"
    for text in _texts(_at(shown, "metadata", "contentMetadataViewModel")):
        lowered = text.lower()
        if "watching" in lowered or "waiting" in lowered or "scheduled" in lowered:
            kind = "live"
        elif "view" in lowered:
            views = numbers.count(text)
        elif (moment := numbers.moment(text, now)) is not None:
            published = moment
            kind = "live" if "streamed" in lowered else kind
    seconds = None
    for badge in _every(picture, "thumbnailBadgeViewModel"):
        seconds = numbers.seconds(_content(badge.get("text"))) or seconds
        if badge.get("badgeStyle") == "THUMBNAIL_OVERLAY_BADGE_STYLE_LIVE" or badge.get("text") == "UPCOMING":
            kind = "live"
    return Video(
        id=video_id,
        title=_content(_at(shown, "title")) or "",
        url=WATCH + video_id,
        format=kind,
        seconds=seconds,
        views=views,
        published=published,
        thumbnail=_last_url(_at(picture, "image", "sources")),
    )


def _short(model: Any) -> Video | None:
    video_id = _at(model, "onTap", "innertubeCommand", "reelWatchEndpoint", "videoId")
    if not video_id:
        return None
    return Video(
        id=str(video_id),
        title=_content(_at(model, "overlayMetadata", "primaryText")) or "",
        url=SHORT + str(video_id),
        format="short",
        views=numbers.count(_content(_at(model, "overlayMetadata", "secondaryText"))),
        thumbnail=_last_url(_at(model, "thumbnailViewModel", "thumbnailViewModel", "image", "sources")),
    )


def _renderer(model: Any, now: datetime) -> Video | None:
    """An item as searches have them too; half of the channels still show these."""
    video_id = _content(_at(model, "videoId"))
    if not video_id:
        return None
    when = _runs(_at(model, "publishedTimeText")) or ""
    views = _runs(_at(model, "viewCountText"))
    published = numbers.moment(when, now)
    kind: VideoFormat = "long"
    if "/shorts/" in (_content(_at(model, "navigationEndpoint", "commandMetadata", "webCommandMetadata", "url")) or ""):
        kind = "short"
    elif "streamed" in when.lower() or "watching" in (views or "") or _at(model, "upcomingEventData"):
        kind = "live"
    return Video(
        id=video_id,
        title=_runs(_at(model, "title")) or "",
        url=(SHORT if kind == "short" else WATCH) + video_id,
        format=kind,
        seconds=numbers.seconds(_runs(_at(model, "lengthText"))),
        views=None if kind == "live" and not published else numbers.count(views),
        published=published,
        thumbnail=_last_url(_at(model, "thumbnail", "thumbnails")),
        description=_runs(_at(model, "descriptionSnippet")),
    )


def _header(page: Any) -> Any:
    return _at(page, "header", "pageHeaderRenderer", "content", "pageHeaderViewModel")


def _texts(metadata: Any) -> Iterator[str]:
    """The texts of a block of rows, in order."""
    for row in _list(_at(metadata, "metadataRows")):
        for part in _list(_at(row, "metadataParts")):
            if text := _content(_at(part, "text")):
                yield text


def _content(text: Any) -> str | None:
    """A text, which YouTube writes plainly or as `{content: …}`."""
    text = text.get("content") if isinstance(text, dict) else text
    return text if isinstance(text, str) else None


def _runs(text: Any) -> str | None:
    """A text as the older pages write it: `{simpleText: …}` or `{runs: [{text: …}, …]}`."""
    parts = [_content(_at(run, "text")) or "" for run in _list(_at(text, "runs"))]
    return _content(_at(text, "simpleText")) or "".join(parts) or None


def _last_url(sources: Any) -> str | None:
    """The largest of some pictures: YouTube lists them by size."""
    urls = [source["url"] for source in _list(sources) if isinstance(source, dict) and source.get("url")]
    return str(urls[-1]) if urls else None


def _list(place: Any) -> list[Any]:
    return place if isinstance(place, list) else []


def _at(place: Any, *path: str) -> Any:
    """What stands at a path of names; None if anything of it is missing."""
    for name in path:
        if not isinstance(place, dict):
            return None
        place = place.get(name)
    return place


def _every(place: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """Every object of that name, however deep."""
    waiting = [place]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting.extend(reversed(here))
        elif isinstance(here, dict):
            if isinstance(found := here.get(name), dict):
                yield found
            waiting.extend(reversed(list(here.values())))
