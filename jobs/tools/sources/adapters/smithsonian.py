"""Smithsonian Open Access (https://edan.si.edu/openaccess/apidocs/). Only media marked CC0 are open, each for itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30


@dataclass(frozen=True)
class Smithsonian(Described):
    """Pictures of the museums' things that are in the public domain."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of things. The cursor is the place of the first."""
        start = reading.page(cursor)
        # What a person types is words; operators are ours.
        words = " ".join(re.findall(r"[^\W_]+", query))
        answer = client.json(
            "/search",
            {
                "q": f'{words} AND online_media_type:"Images" AND media_usage:CC0',
                "start": start,
                "rows": RESULTS,
                "api_key": client.needs_key(),
            },
        )
        rows = reading.items(reading.inner(answer, "response", "rows"))
        total = reading.number(reading.inner(answer, "response", "rowCount")) or 0
        found = (self._found(row, client) for row in rows)
        end = start + len(rows)
        return Page(tuple(one for one in found if one), str(end) if rows and end < total else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        if not re.fullmatch(r"[\w.:-]{1,100}", source_id):
            raise client.missing(source_id)
        row = client.json(f"/content/{source_id}", {"api_key": client.needs_key()}).get("response")
        return client.wanted(self._found(row, client) if isinstance(row, dict) else None, source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The open pictures of a thing: JPEG in high resolution where there is one."""
        if not re.fullmatch(r"[\w.:-]{1,100}", source_id):
            return []
        answer = client.json(f"/content/{source_id}", {"api_key": client.needs_key()})
        links: list[FileLink] = []
        for medium in _open_media(reading.inner(answer, "response")):
            best = [
                reading.text(resource.get("url"))
                for resource in reading.items(medium.get("resources"))
                if "jpeg" in reading.text(resource.get("label")).lower()
            ]
            urls = (client.secure(url) for url in (*best[:1], reading.text(medium.get("content"))))
            links += [FileLink(url, "image") for url in urls if url]
        return links

    def _found(self, row: dict[str, Any], client: Client) -> Found | None:
        number = reading.text(row.get("id"))
        media = _open_media(row)
        if not number or not media:
            return None
        described = reading.inner(row, "content", "descriptiveNonRepeating")
        names = reading.items(reading.inner(row, "content", "freetext", "name"))
        return Found(
            source=self.slug,
            source_id=number,
            title=reading.text(row.get("title"), MOST_TITLE) or number,
            media_type="image",
            creator=reading.names([name.get("content") for name in names]),
            landing_url=client.secure(reading.text(reading.inner(described, "record_link"))),
            licence=licences.public_domain("usage.access: CC0"),
            preview_url=client.secure(reading.text(media[0].get("thumbnail"))),
            note=reading.text(reading.inner(described, "data_source")),
        )


def _open_media(row: Any) -> list[dict[str, Any]]:
    media = reading.items(reading.inner(row, "content", "descriptiveNonRepeating", "online_media", "media"))
    return [one for one in media if one.get("type") == "Images" and reading.inner(one, "usage", "access") == "CC0"]


SOURCE = Smithsonian(
    slug="smithsonian",
    label="Smithsonian",
    home="https://www.si.edu/openaccess",
    media=("image",),
    addresses={"smithsonian": "https://api.si.edu/openaccess/api/v1.0"},
    key="smithsonian",
    interval=0.5,
)
