"""Pexels (https://www.pexels.com/api/documentation/)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30
_SEARCH: dict[Media, str] = {"image": "/v1/search", "video": "/videos/search"}


@dataclass(frozen=True)
class Pexels(Described):
    """Photographs and clips."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of photographs or clips."""
        number = max(reading.page(cursor), 1)
        answer = client.json(
            _SEARCH[media_type],
            {"query": query, "page": number, "per_page": RESULTS},
            headers={"Authorization": client.needs_key()},
        )
        items = reading.items(answer.get("photos" if media_type == "image" else "videos"))
        found = (self._found(item, media_type, client) for item in items)
        return Page(tuple(one for one in found if one), str(number + 1) if answer.get("next_page") else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        kind, _, number = source_id.partition(":")
        media: Media = "video" if kind == "video" else "image"
        path = f"/v1/photos/{client.number(number)}" if media == "image" else f"/videos/videos/{client.number(number)}"
        item = client.json(path, headers={"Authorization": client.needs_key()})
        return client.wanted(self._found(item, media, client), source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The files, the largest first. source_id: `image:…` or `video:…`."""
        kind, _, number = source_id.partition(":")
        path = f"/v1/photos/{client.number(number)}" if kind == "image" else f"/videos/videos/{client.number(number)}"
        item = client.json(path, headers={"Authorization": client.needs_key()})
        if kind == "image":
            url = client.secure(reading.text(reading.inner(item, "src", "original")))
            return [FileLink(url, "image")] if url else []
        files = sorted(
            reading.items(item.get("video_files")), key=lambda file: -(reading.number(file.get("width")) or 0)
        )
        urls = (client.secure(reading.text(file.get("link"))) for file in files)
        return [FileLink(url, "video") for url in urls if url]

    def _found(self, item: dict[str, Any], media_type: Media, client: Client) -> Found | None:
        number = reading.number(item.get("id"))
        if not number:
            return None
        is_image = media_type == "image"
        preview = reading.inner(item, "src", "medium") if is_image else item.get("image")
        creator = item.get("photographer") if is_image else reading.inner(item, "user", "name")
        return Found(
            source=self.slug,
            source_id=f"{media_type}:{number}",
            title=reading.text(item.get("alt"), MOST_TITLE) or f"Pexels {media_type} {number}",
            media_type=media_type,
            creator=reading.text(creator, MOST_TITLE),
            landing_url=client.secure(reading.text(item.get("url"))),
            licence=licences.PEXELS,
            preview_url=client.secure(reading.text(preview)),
            width=reading.number(item.get("width")),
            height=reading.number(item.get("height")),
            seconds=reading.seconds(item.get("duration")),
        )


SOURCE = Pexels(
    slug="pexels",
    label="Pexels",
    home="https://www.pexels.com",
    media=("image", "video"),
    addresses={"pexels": "https://api.pexels.com"},
    key="pexels",
    asks="Credit the photographer where you can.",
)
