"""NASA's image and video library (https://images.nasa.gov/docs/images.nasa.gov_api_docs.pdf)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30
# Names of one asset's files end so; the earlier the better.
_BEST = ("~orig.", "~large.", "~medium.", "~mobile.", "~small.", "~128k.", "~preview.", "~thumb.")
_MEDIA: dict[str, Media] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "tif", "tiff"), "image"),
    **dict.fromkeys(("mp4", "mov", "webm"), "video"),
    **dict.fromkeys(("mp3", "wav", "m4a"), "audio"),
}


@dataclass(frozen=True)
class Nasa(Described):
    """Pictures, videos and sounds of the agency."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of assets."""
        number = max(reading.page(cursor), 1)
        answer = client.json("/search", {"q": query, "media_type": media_type, "page": number, "page_size": RESULTS})
        collection = reading.inner(answer, "collection")
        items = reading.items(reading.inner(collection, "items"))
        links = reading.items(reading.inner(collection, "links"))
        found = (self._found(item, media_type, client) for item in items)
        return Page(
            tuple(one for one in found if one),
            str(number + 1) if any(link.get("rel") == "next" for link in links) else "",
        )

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        answer = client.json("/search", {"nasa_id": source_id})
        for item in reading.items(reading.inner(answer, "collection", "items")):
            data = reading.first(item.get("data"))
            kind = reading.text(reading.inner(data, "media_type"))
            if reading.text(reading.inner(data, "nasa_id")) == source_id:
                media: Media = next((media for media in self.media if media == kind), "image")
                return client.wanted(self._found(item, media, client), source_id)
        raise client.missing(source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The files of an asset, the original first."""
        answer = client.json(f"/asset/{quote(source_id, safe='')}")
        links = [
            FileLink(url, _MEDIA[suffix], suffix=suffix)
            for item in reading.items(reading.inner(answer, "collection", "items"))
            if (url := client.secure(reading.text(item.get("href"))))
            and (suffix := url.rpartition(".")[2].lower()) in _MEDIA
        ]
        kinds = {link.media_type for link in links}
        # A video has pictures of it among its files, and a sound a picture of its wave.
        main = next((media for media in ("video", "audio", "image") if media in kinds), "")
        return sorted((link for link in links if link.media_type == main), key=lambda link: _rank(link.url))

    def _found(self, item: dict[str, Any], media_type: Media, client: Client) -> Found | None:
        data = reading.first(item.get("data"))
        nasa_id = reading.text(reading.inner(data, "nasa_id"))
        if not nasa_id:
            return None
        others = reading.names(
            [name for name in (data.get("photographer"), data.get("secondary_creator")) if reading.text(name)]
        )
        previews = (link for link in reading.items(item.get("links")) if link.get("rel") == "preview")
        licence = licences.NASA
        # Somebody else's work may be under terms of their own.
        if others and "nasa" not in others.lower():
            licence = replace(licence, commercial="check", derivatives="check")
        return Found(
            source=self.slug,
            source_id=nasa_id,
            title=reading.text(data.get("title"), MOST_TITLE) or nasa_id,
            media_type=media_type,
            creator=others or reading.text(f"NASA {reading.text(data.get('center'))}"),
            landing_url=f"https://images.nasa.gov/details/{quote(nasa_id, safe='')}",
            licence=licence,
            preview_url=client.secure(reading.text(next(previews, {}).get("href"))),
            note=reading.text(data.get("description"), MOST_NOTE),
        )


def _rank(url: str) -> int:
    return next((place for place, end in enumerate(_BEST) if end in url), len(_BEST))


SOURCE = Nasa(
    slug="nasa",
    label="NASA",
    home="https://images.nasa.gov",
    media=("image", "video", "audio"),
    addresses={"nasa": "https://images-api.nasa.gov"},
    interval=0.5,
)
