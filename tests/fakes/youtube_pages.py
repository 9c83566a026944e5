"""The made-up YouTube's answers, in the shapes that YouTube's own pages get (read off yt-dlp's parsers)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from tests.fakes.youtube_seed import MadeChannel, MadeVideo, sentences

UNITS = (("year", 365), ("month", 30), ("week", 7), ("day", 1))
TAB_TITLES = {"featured": "Home", "videos": "Videos", "shorts": "Shorts", "streams": "Live"}


def token(**what: Any) -> str:
    """A continuation's token; `untoken` reads it."""
    return urlsafe_b64encode(json.dumps(what).encode()).decode()


def untoken(text: str) -> dict[str, Any]:
    """What a token says."""
    return dict(json.loads(urlsafe_b64decode(text)))


def answer_json(data: Any, status: int = 200) -> tuple[int, str, bytes]:
    """An answer in JSON."""
    return status, "application/json; charset=UTF-8", json.dumps(data).encode()


def ago(then: datetime, now: datetime) -> str:
    """`3 weeks ago`, as YouTube rounds it: down."""
    days = (now - then).total_seconds() / 86_400
    for unit, length in UNITS:
        if (number := int(days / length)) >= 1:
            return f"{number} {unit}{'s' * (number > 1)} ago"
    hours = max(1, int(days * 24))
    return f"{hours} hour{'s' * (hours > 1)} ago"


def short(number: int) -> str:
    """`28K`, `1.2M`: two or three digits."""
    for power, letter in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if number >= power:
            value = number / power
            return f"{value:.1f}".removesuffix(".0") + letter if value < 10 else f"{int(value)}{letter}"
    return str(number)


def clock(seconds: int) -> str:
    """`12:34`, `1:02:03`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def continuation(**what: Any) -> dict[str, Any]:
    """The item that asks for the next page."""
    return {"continuationItemRenderer": {"continuationEndpoint": {"continuationCommand": {"token": token(**what)}}}}


def pictures(video: MadeVideo, base: str) -> list[dict[str, Any]]:
    """A video's thumbnails, the smallest first."""
    return [
        {"url": f"{base}/vi/{video.id}/{name}.jpg", "width": width, "height": width * 9 // 16}
        for name, width in (("mqdefault", 320), ("hq720", 720))
    ]


def found(video: MadeVideo, now: datetime, base: str) -> dict[str, Any]:
    """A video in a search."""
    channel = video.channel
    owner = {
        "runs": [
            {
                "text": channel.title,
                "navigationEndpoint": {
                    "browseEndpoint": {"browseId": channel.id, "canonicalBaseUrl": f"/{channel.handle}"}
                },
            }
        ]
    }
    renderer: dict[str, Any] = {
        "videoId": video.id,
        "title": {"runs": [{"text": video.title}]},
        "thumbnail": {"thumbnails": pictures(video, base)},
        "ownerText": owner,
        "shortBylineText": owner,
        "detailedMetadataSnippets": [{"snippetText": {"runs": [{"text": f"All about {video.topic}. No sponsors."}]}}],
        "navigationEndpoint": {"commandMetadata": {"webCommandMetadata": {"url": f"/watch?v={video.id}"}}},
    }
    if video.kind == "live":
        renderer["badges"] = [{"metadataBadgeRenderer": {"style": "BADGE_STYLE_TYPE_LIVE_NOW", "label": "LIVE"}}]
        renderer["viewCountText"] = {"runs": [{"text": "123"}, {"text": " watching"}]}
        return {"videoRenderer": renderer}
    renderer["thumbnailOverlays"] = [
        {"thumbnailOverlayTimeStatusRenderer": {"style": "SHORTS" if video.kind == "short" else "DEFAULT"}}
    ]
    if video.is_bare:
        return {"videoRenderer": renderer}
    streamed = "Streamed " if video.kind == "was_live" else ""
    return {
        "videoRenderer": {
            **renderer,
            "lengthText": {"simpleText": clock(video.seconds)},
            "viewCountText": {"simpleText": f"{video.views_at(now):,} views"},
            "publishedTimeText": {"simpleText": streamed + ago(video.published, now)},
        }
    }


def search_page(items: list[dict[str, Any]], after: dict[str, Any] | None, *, is_first: bool) -> dict[str, Any]:
    """A page of results, with a way to the next one."""
    section = [{"itemSectionRenderer": {"contents": items}}, *([after] if after else [])]
    if not is_first:
        return {"onResponseReceivedCommands": [{"appendContinuationItemsAction": {"continuationItems": section}}]}
    results = {"primaryContents": {"sectionListRenderer": {"contents": section}}}
    return {"contents": {"twoColumnSearchResultsRenderer": results}}


def channel_found(channel: MadeChannel) -> dict[str, Any]:
    """A channel among a search's results."""
    return {
        "channelRenderer": {
            "channelId": channel.id,
            "title": {"simpleText": channel.title},
            "subscriberCountText": {"simpleText": channel.handle},
            "videoCountText": {"simpleText": f"{short(channel.subscribers)} subscribers"},
        }
    }


def grid_item(video: MadeVideo, now: datetime, base: str) -> dict[str, Any]:
    """A video on its channel's page, in that channel's layout."""
    layout = video.channel.layout
    if layout == "unknown":
        return {"richItemRenderer": {"content": {"brandNewViewModel": {"id": video.id}}}}
    if layout == "plain":
        return {"richItemRenderer": {"content": found(video, now, base)}}
    if layout == "old":
        return {"gridVideoRenderer": found(video, now, base)["videoRenderer"]}
    if video.kind == "short":
        model = {
            "entityId": f"shorts-shelf-item-{video.id}",
            "onTap": {"innertubeCommand": {"reelWatchEndpoint": {"videoId": video.id}}},
            "overlayMetadata": {
                "primaryText": {"content": video.title},
                "secondaryText": {"content": f"{short(video.views_at(now))} views"},
            },
            "thumbnailViewModel": {"thumbnailViewModel": {"image": {"sources": pictures(video, base)}}},
        }
        return {"richItemRenderer": {"content": {"shortsLockupViewModel": model}}}
    views, when = f"{short(video.views_at(now))} views", ago(video.published, now)
    badge = {"thumbnailBadgeViewModel": {"text": clock(video.seconds)}}
    if video.kind == "live":
        views, badge = (
            "123 watching",
            {"thumbnailBadgeViewModel": {"text": "LIVE", "badgeStyle": "THUMBNAIL_OVERLAY_BADGE_STYLE_LIVE"}},
        )
    parts: list[dict[str, Any]] = [{"text": {"content": views}}]
    if video.kind != "live":
        parts.append({"text": {"content": f"Streamed {when}" if video.kind == "was_live" else when}})
    if layout != "unlabelled":
        for part in parts:
            part["accessibilityLabel"] = part["text"]["content"]
    rows = [] if video.is_bare else [{"metadataParts": parts}]
    model = {
        "contentId": video.id,
        "contentType": "LOCKUP_CONTENT_TYPE_VIDEO",
        "contentImage": {
            "thumbnailViewModel": {
                "image": {"sources": pictures(video, base)},
                "overlays": [{"thumbnailBottomOverlayViewModel": {"badges": [badge]}}],
            }
        },
        "metadata": {
            "lockupMetadataViewModel": {
                "title": {"content": video.title},
                "metadata": {"contentMetadataViewModel": {"metadataRows": rows}},
            }
        },
    }
    return {"richItemRenderer": {"content": {"lockupViewModel": model}}}


def channel_page(channel: MadeChannel, open_tab: str, items: list[dict[str, Any]], base: str) -> dict[str, Any]:
    """A channel's page with one tab open."""
    tabs = []
    for name, title in TAB_TITLES.items():
        tab: dict[str, Any] = {
            "title": title,
            "selected": name == open_tab,
            "endpoint": {"commandMetadata": {"webCommandMetadata": {"url": f"/{channel.handle}/{name}"}}},
        }
        if name == open_tab and (name == "featured" or channel.layout == "old"):
            section = {"itemSectionRenderer": {"contents": [{"gridRenderer": {"items": items}}]}}
            tab["content"] = {"sectionListRenderer": {"contents": [section]}}
        elif name == open_tab:
            tab["content"] = {"richGridRenderer": {"contents": items}}
        tabs.append({"tabRenderer": tab})
    about = {"continuationEndpoint": {"continuationCommand": {"token": token(about=channel.id)}}}
    panel = {"engagementPanel": {"contents": [{"continuationItemRenderer": about}]}}
    public = len(channel.of("long", "short", "was_live", "live"))
    figures = [{"text": {"content": f"{public:,} video{'s' * (public != 1)}"}}]
    if not channel.hides_subscribers:
        figures.insert(0, {"text": {"content": f"{short(channel.subscribers)} subscribers"}})
    header = {
        "metadata": {
            "contentMetadataViewModel": {
                "metadataRows": [{"metadataParts": [{"text": {"content": channel.handle}}]}, {"metadataParts": figures}]
            }
        },
        "description": {
            "descriptionPreviewViewModel": {
                "description": {"content": f"{channel.title} is about {channel.topic}."},
                "rendererContext": {
                    "commandContext": {"onTap": {"innertubeCommand": {"showEngagementPanelEndpoint": panel}}}
                },
            }
        },
    }
    return {
        "contents": {"twoColumnBrowseResultsRenderer": {"tabs": tabs}},
        "header": {"pageHeaderRenderer": {"content": {"pageHeaderViewModel": header}}},
        "metadata": {
            "channelMetadataRenderer": {
                "title": channel.title,
                "externalId": channel.id,
                "description": f"{channel.title} is about {channel.topic}.",
                "vanityChannelUrl": f"http://www.youtube.com/{channel.handle}",
                "avatar": {"thumbnails": [{"url": f"{base}/avatar/{channel.id}.jpg", "width": 88, "height": 88}]},
            }
        },
    }


def gone() -> dict[str, Any]:
    """The page of a channel that is no more: an answer like any other, with an alert on it."""
    text = {"simpleText": "This account has been terminated for a violation of YouTube's Terms of Service."}
    return {"header": {}, "alerts": [{"alertRenderer": {"type": "ERROR", "text": text}}]}


def about_panel(channel: MadeChannel, now: datetime) -> dict[str, Any]:
    """What opens when one asks a channel's page for more."""
    views = sum(video.views_at(now) for video in channel.videos)
    panel = {
        "channelId": channel.id,
        "subscriberCountText": None if channel.hides_subscribers else f"{short(channel.subscribers)} subscribers",
        "viewCountText": f"{views:,} views",
        "videoCountText": f"{len(channel.of('long', 'short', 'was_live', 'live')):,} videos",
        "joinedDateText": {"content": f"Joined {channel.joined:%b} {channel.joined.day}, {channel.joined.year}"},
        "country": channel.country,
    }
    item = {"aboutChannelRenderer": {"metadata": {"aboutChannelViewModel": panel}}}
    return {"onResponseReceivedEndpoints": [{"appendContinuationItemsAction": {"continuationItems": [item]}}]}


def feed(channel: MadeChannel, now: datetime) -> str:
    """A channel's RSS feed: its 15 newest."""
    entries = "".join(
        f"<entry><yt:videoId>{video.id}</yt:videoId><title>{escape(video.title)}</title>"
        f'<link rel="alternate" href="https://www.youtube.com/{"shorts/" if video.kind == "short" else "watch?v="}{video.id}"/>'
        f"<published>{video.published.isoformat()}</published><media:group>"
        f'<media:thumbnail url="https://i.ytimg.com/vi/{video.id}/hqdefault.jpg"/>'
        f"<media:description>{escape(video.topic)}</media:description><media:community>"
        f'<media:statistics views="{video.views_at(now)}"/></media:community></media:group></entry>'
        for video in channel.of("long", "short", "was_live")[:15]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(channel.title)}</title>{entries}</feed>"
    )


def captions(video: MadeVideo) -> dict[str, Any]:
    """A video's captions, as `json3`."""
    lines: Iterable[str] = sentences(video)
    return {
        "wireMagic": "pb3",
        "events": [{"tStartMs": 0, "dDurationMs": 1, "id": 1}]
        + [
            {"tStartMs": number * 4000, "dDurationMs": 3500, "segs": [{"utf8": word + " "} for word in line.split()]}
            for number, line in enumerate(lines)
        ],
    }
