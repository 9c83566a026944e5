"""Europeana (https://apis.europeana.eu). Its files lie on its partners' servers, which may be slow or gone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30
# Paging by numbers ends here.
MOST_DEEP = 1_000
_TYPES: dict[Media, str] = {"image": "IMAGE", "video": "VIDEO", "audio": "SOUND"}
_MEDIA = {name: media for media, name in _TYPES.items()}


@dataclass(frozen=True)
class Europeana(Described):
    """What Europe's museums, archives and libraries show."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of things. The cursor is the place of the first, from 1."""
        start = max(reading.page(cursor), 1)
        asked: dict[str, str | int] = {"query": query, "qf": f"TYPE:{_TYPES[media_type]}", "media": "true"}
        asked |= {"rows": RESULTS, "start": start, "profile": "rich"}
        answer = client.json("/record/v2/search.json", asked, headers={"X-Api-Key": client.needs_key()})
        items = reading.items(answer.get("items"))
        total = min(reading.number(answer.get("totalResults")) or 0, MOST_DEEP)
        found = (self._found(item, media_type, client) for item in items)
        end = start + len(items)
        return Page(tuple(one for one in found if one), str(end) if items and end <= total else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        record = reading.inner(self._record(source_id, client), "object")
        media = _MEDIA.get(reading.text(reading.inner(record, "type")))
        if not media:
            raise client.missing(source_id)
        # The record says in nested objects what the search says in fields.
        item = {
            "id": source_id,
            "title": reading.inner(record, "title"),
            "rights": reading.inner(record, "aggregations", "edmRights", "def"),
            "edmPreview": reading.inner(record, "europeanaAggregation", "edmPreview"),
        }
        for proxy in reading.items(reading.inner(record, "proxies")):
            item.setdefault("dcCreator", reading.inner(proxy, "dcCreator", "def"))
            if not reading.text(item["title"]):
                item["title"] = reading.inner(proxy, "dcTitle", "def")
        return client.wanted(self._found(item, media, client), source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The file of a thing. source_id: its path, `/…/…`."""
        answer = self._record(source_id, client)
        media = _MEDIA.get(reading.text(reading.inner(answer, "object", "type")))
        # Whether a partner's server speaks TLS only the partner knows: the address stays as it is.
        url = reading.text(reading.inner(answer, "object", "aggregations", "edmIsShownBy"))
        return [FileLink(url, media)] if media and url.startswith(("https://", "http://")) else []

    def _record(self, source_id: str, client: Client) -> dict[str, Any]:
        if not re.fullmatch(r"/\w+/\w+", source_id):
            raise client.missing(source_id)
        return client.json(f"/record/v2{source_id}.json", headers={"X-Api-Key": client.needs_key()})

    def _found(self, item: dict[str, Any], media_type: Media, client: Client) -> Found | None:
        number = reading.text(item.get("id"))
        if not number:
            return None
        creators = item.get("dcCreator")
        listed = creators if isinstance(creators, list) else [creators]
        return Found(
            source=self.slug,
            source_id=number,
            title=reading.text(item.get("title"), MOST_TITLE) or number,
            media_type=media_type,
            # Some creators are addresses of a record about them.
            creator=reading.names([name for name in listed if not reading.text(name).startswith("http")]),
            landing_url=f"https://www.europeana.eu/item{number}",
            licence=licences.normalise(reading.text(item.get("rights"))),
            preview_url=client.secure(reading.text(item.get("edmPreview"))),
            note=reading.text(item.get("dcDescription"), MOST_NOTE),
        )


SOURCE = Europeana(
    slug="europeana",
    label="Europeana",
    home="https://www.europeana.eu",
    media=("image", "video", "audio"),
    addresses={"europeana": "https://api.europeana.eu"},
    key="europeana",
)
