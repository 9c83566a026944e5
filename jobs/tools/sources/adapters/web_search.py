"""The web, through a SearXNG server of the operator's (https://docs.searxng.org/dev/search_api.html)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

_CATEGORIES: dict[Media, str] = {"text": "general", "image": "images", "video": "videos"}


@dataclass(frozen=True)
class WebSearch(Described):
    """Links to pages. Nobody says under which terms: nothing is downloaded, and no stranger's picture is shown."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of links."""
        number = max(reading.page(cursor), 1)
        asked = {"q": query, "format": "json", "categories": _CATEGORIES[media_type], "pageno": str(number)}
        answer = client.json("/search", {**asked, "safesearch": "1"})
        results = reading.items(answer.get("results"))
        found = (self._found(result, media_type, client) for result in results)
        # It tells no total: a page without results is the last one.
        return Page(tuple(one for one in found if one), str(number + 1) if results else "")

    def find(self, source_id: str, client: Client) -> Found:
        """Never anything: a search engine knows no ids."""
        raise client.missing(source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """Never anything: whose a file of the web is, nobody says."""
        return []

    def _found(self, result: dict[str, Any], media_type: Media, client: Client) -> Found | None:
        url = client.secure(reading.text(result.get("url"), 2_000))
        if not url:
            return None
        return Found(
            source=self.slug,
            source_id=url,
            title=reading.text(result.get("title"), MOST_TITLE) or url[:MOST_TITLE],
            media_type=media_type,
            creator="",
            landing_url=url,
            licence=replace(licences.UNKNOWN, raw="A web search names no licence"),
            note=reading.text(result.get("content"), MOST_NOTE),
            has_file=False,
        )


SOURCE = WebSearch(
    slug="web-search",
    label="Web search",
    home="",
    media=("text", "image", "video"),
    addresses={"web-search": ""},
    off="Its operator has set no SearXNG server for it: SEARXNG_URL, as docs/resources.md says.",
    asks="Links only, under the licence “Any”: a web search names none.",
)
