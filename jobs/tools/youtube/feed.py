"""A channel's RSS feed: its 15 newest videos with exact dates and views.

It was out for days in 2026, so it only stands in where a channel's page cannot be read. It knows no lengths, so every
video counts as a long one unless its address is that of a Short.
"""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

from jobs.tools.youtube.records import ChannelFacts, Video, VideoFormat

ADDRESS = "https://www.youtube.com/feeds/videos.xml?channel_id="
_ATOM = "{http://www.w3.org/2005/Atom}"
_YOUTUBE = "{http://www.youtube.com/xml/schemas/2015}"
_MEDIA = "{http://search.yahoo.com/mrss/}"


def channel(body: bytes, channel_id: str, now: datetime) -> ChannelFacts:
    """The facts that a feed holds. Raises ValueError if it is none."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ValueError("A feed has no document type.")
    try:
        # What could harm a parser is refused above.
        root = ElementTree.fromstring(body)  # noqa: S314
    except ElementTree.ParseError as error:
        raise ValueError("This is no feed.") from error
    if root.tag != f"{_ATOM}feed":
        # A page in XML's own form of HTML.
        raise ValueError("This is no feed.")
    videos = tuple(video for entry in root.iter(f"{_ATOM}entry") if (video := _video(entry)))
    title = root.findtext(f"{_ATOM}title") or ""
    return ChannelFacts(id=channel_id, title=title, fetched_at=now, recent=videos, source="feed").with_owner()


def _video(entry: ElementTree.Element) -> Video | None:
    video_id = entry.findtext(f"{_YOUTUBE}videoId")
    if not video_id:
        return None
    link = entry.find(f"{_ATOM}link")
    address = link.get("href", "") if link is not None else ""
    kind: VideoFormat = "short" if "/shorts/" in address else "long"
    statistics = entry.find(f".//{_MEDIA}statistics")
    views = statistics.get("views", "") if statistics is not None else ""
    picture = entry.find(f".//{_MEDIA}thumbnail")
    published = entry.findtext(f"{_ATOM}published")
    return Video(
        id=video_id,
        title=entry.findtext(f"{_ATOM}title") or "",
        url=address or f"https://www.youtube.com/watch?v={video_id}",
        format=kind,
        views=int(views) if views.isascii() and views.isdigit() else None,
        published=datetime.fromisoformat(published) if published else None,
        published_is_exact=bool(published),
        thumbnail=picture.get("url") if picture is not None else None,
        description=(entry.findtext(f".//{_MEDIA}description") or None),
    )
