"""Unsplash (https://unsplash.com/documentation). Pictures are shown from its own addresses, and downloads are told to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30
# Links back say who sends the visitor; the API's rules ask for it.
_REFERRAL = "?utm_source=craft_studio&utm_medium=referral"


@dataclass(frozen=True)
class Unsplash(Described):
    """Photographs."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of photographs."""
        number = max(reading.page(cursor), 1)
        asked: dict[str, str | int] = {"query": query, "page": number, "per_page": RESULTS, "content_filter": "high"}
        answer = client.json("/search/photos", asked, headers=_headers(client))
        found = (self._found(photo, client) for photo in reading.items(answer.get("results")))
        pages = reading.number(answer.get("total_pages")) or 0
        return Page(tuple(one for one in found if one), str(number + 1) if number < pages else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        if not re.fullmatch(r"[\w-]{1,40}", source_id):
            raise client.missing(source_id)
        photo = client.json(f"/photos/{source_id}", headers=_headers(client))
        return client.wanted(self._found(photo, client), source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The photograph. Asking for it counts as a download, as the API's rules want it."""
        if not re.fullmatch(r"[\w-]{1,40}", source_id):
            return []
        answer = client.json(f"/photos/{source_id}/download", headers=_headers(client))
        url = client.secure(reading.text(answer.get("url")))
        return [FileLink(url, "image")] if url else []

    def _found(self, photo: dict[str, Any], client: Client) -> Found | None:
        number = reading.text(photo.get("id"))
        page = client.secure(reading.text(reading.inner(photo, "links", "html")))
        if not number or not page:
            return None
        title = reading.text(photo.get("description"), MOST_TITLE) or reading.text(
            photo.get("alt_description"), MOST_TITLE
        )
        return Found(
            source=self.slug,
            source_id=number,
            title=title or f"Unsplash photo {number}",
            media_type="image",
            creator=reading.text(reading.inner(photo, "user", "name"), MOST_TITLE),
            landing_url=page + _REFERRAL,
            licence=licences.UNSPLASH,
            preview_url=client.secure(reading.text(reading.inner(photo, "urls", "small"))),
            width=reading.number(photo.get("width")),
            height=reading.number(photo.get("height")),
        )


def _headers(client: Client) -> dict[str, str]:
    return {"Authorization": f"Client-ID {client.needs_key()}", "Accept-Version": "v1"}


SOURCE = Unsplash(
    slug="unsplash",
    label="Unsplash",
    home="https://unsplash.com/?utm_source=craft_studio&utm_medium=referral",
    media=("image",),
    addresses={"unsplash": "https://api.unsplash.com"},
    key="unsplash",
    asks="Credit the photographer and Unsplash, with links to both.",
)
