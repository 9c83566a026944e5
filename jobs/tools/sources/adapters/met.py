"""The Metropolitan Museum of Art (https://metmuseum.github.io)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.errors import SourceRefused
from jobs.tools.sources.record import MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

# Every result is a request of its own; a firewall blocks whoever sends many quickly.
RESULTS = 10


@dataclass(frozen=True)
class Met(Described):
    """Works of the museum that are in the public domain."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of works. The museum answers all numbers at once; the cursor is the place among them."""
        answer = client.json("/search", {"q": query, "hasImages": "true"})
        listed = answer.get("objectIDs")
        numbers = [number for number in listed if isinstance(number, int)] if isinstance(listed, list) else []
        start = reading.page(cursor)
        found: list[Found] = []
        for number in numbers[start : start + RESULTS]:
            try:
                work = self._found(client.json(f"/objects/{number}"), client)
            except SourceRefused as error:
                if error.reason != "query":
                    raise
                continue
            if work:
                found.append(work)
        end = start + RESULTS
        return Page(tuple(found), str(end) if end < len(numbers) else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        return client.wanted(self._found(client.json(f"/objects/{client.number(source_id)}"), client), source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The pictures of a work, the main one first."""
        work = client.json(f"/objects/{client.number(source_id)}")
        more = work.get("additionalImages")
        urls = [work.get("primaryImage"), *(more if isinstance(more, list) else [])]
        if work.get("isPublicDomain") is not True:
            return []
        return [FileLink(client.secure(reading.text(url)), "image") for url in urls if reading.text(url)]

    def _found(self, work: dict[str, Any], client: Client) -> Found | None:
        number = reading.number(work.get("objectID"))
        # The search's own filter lets works without pictures through.
        if not number or work.get("isPublicDomain") is not True or not reading.text(work.get("primaryImage")):
            return None
        details = (reading.text(work.get(name)) for name in ("objectDate", "medium", "creditLine"))
        preview = reading.text(work.get("primaryImageSmall")) or reading.text(work.get("primaryImage"))
        return Found(
            source=self.slug,
            source_id=str(number),
            title=reading.text(work.get("title"), MOST_TITLE) or f"Object {number}",
            media_type="image",
            creator=reading.text(work.get("artistDisplayName"), MOST_TITLE),
            landing_url=f"https://www.metmuseum.org/art/collection/search/{number}",
            licence=licences.public_domain("isPublicDomain"),
            preview_url=client.secure(preview),
            note=" · ".join(detail for detail in details if detail),
        )


SOURCE = Met(
    slug="met",
    label="The Met",
    home="https://www.metmuseum.org/art/collection",
    media=("image",),
    addresses={"met": "https://collectionapi.metmuseum.org/public/collection/v1"},
    interval=0.5,
    downloads=1,
)
