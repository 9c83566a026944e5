"""Pixabay (https://pixabay.com/api/docs/). Its results must be kept for a day and not be asked for again meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30
MOST_QUERY = 100
# The API reaches no more than these of one search.
MOST_DEEP = 500
_PATHS: dict[str, str] = {"image": "/", "video": "/videos/"}
_SIZES = ("large", "medium", "small", "tiny")


@dataclass(frozen=True)
class Pixabay(Described):
    """Pictures and clips."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of pictures or clips."""
        number = max(reading.page(cursor), 1)
        asked = {"key": client.needs_key(), "q": query[:MOST_QUERY], "page": str(number), "per_page": str(RESULTS)}
        answer = client.json(_PATHS[media_type], {**asked, "safesearch": "true"})
        total = min(reading.number(answer.get("totalHits")) or 0, MOST_DEEP)
        found = (self._found(hit, media_type, client) for hit in reading.items(answer.get("hits")))
        return Page(tuple(one for one in found if one), str(number + 1) if number * RESULTS < total else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        kind, _, number = source_id.partition(":")
        media: Media = "video" if kind == "video" else "image"
        answer = client.json(_PATHS[media], {"key": client.needs_key(), "id": client.number(number)})
        hit = next(iter(reading.items(answer.get("hits"))), {})
        return client.wanted(self._found(hit, media, client), source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The files, the largest first: 1280 pixels unless the account is approved. source_id: `image:…`, `video:…`."""
        kind, _, number = source_id.partition(":")
        if kind not in _PATHS:
            return []
        answer = client.json(_PATHS[kind], {"key": client.needs_key(), "id": client.number(number)})
        hit = next(iter(reading.items(answer.get("hits"))), {})
        if kind == "image":
            urls = [client.secure(reading.text(hit.get(name))) for name in ("imageURL", "fullHDURL", "largeImageURL")]
            return [FileLink(url, "image") for url in urls if url]
        clips = [
            (reading.inner(hit, "videos", size, "url"), reading.inner(hit, "videos", size, "size")) for size in _SIZES
        ]
        return [
            FileLink(client.secure(reading.text(url)), "video", reading.number(size))
            for url, size in clips
            if reading.text(url)
        ]

    def _found(self, hit: dict[str, Any], media_type: Media, client: Client) -> Found | None:
        number = reading.number(hit.get("id"))
        if not number:
            return None
        is_image = media_type == "image"
        preview = hit.get("webformatURL") if is_image else reading.inner(hit, "videos", "tiny", "thumbnail")
        return Found(
            source=self.slug,
            source_id=f"{media_type}:{number}",
            title=reading.text(hit.get("tags"), MOST_TITLE) or f"Pixabay {media_type} {number}",
            media_type=media_type,
            creator=reading.text(hit.get("user"), MOST_TITLE),
            landing_url=client.secure(reading.text(hit.get("pageURL"))),
            licence=licences.PIXABAY,
            preview_url=client.secure(reading.text(preview)),
            width=reading.number(hit.get("imageWidth") if is_image else reading.inner(hit, "videos", "large", "width")),
            height=reading.number(
                hit.get("imageHeight") if is_image else reading.inner(hit, "videos", "large", "height")
            ),
            seconds=reading.seconds(hit.get("duration")),
            note="The picture comes with 1280 pixels at most." if is_image and not hit.get("imageURL") else "",
        )


SOURCE = Pixabay(
    slug="pixabay",
    label="Pixabay",
    home="https://pixabay.com",
    media=("image", "video"),
    addresses={"pixabay": "https://pixabay.com/api"},
    key="pixabay",
    interval=0.6,
    asks="Its pictures are shown here for a while only: download what you want to keep.",
    # Its terms ask for a day.
    fresh_seconds=86_400.0,
)
