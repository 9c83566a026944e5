"""Wikipedia: articles to read, and the free pictures that stand at their head."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.adapters import wikimedia_commons
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 20
_COMMONS = "wikimedia-commons"
_TEXT = "https://creativecommons.org/licenses/by-sa/4.0/"


@dataclass(frozen=True)
class Wikipedia(Described):
    """Articles as links with their introductions; pictures as files of Commons under their own licence."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of articles, or of their pictures."""
        answer = self._ask(
            client,
            {
                "generator": "search",
                "gsrsearch": query,
                "gsrlimit": RESULTS,
                "gsroffset": reading.page(cursor),
            },
        )
        pages = sorted(
            reading.items(reading.inner(answer, "query", "pages")),
            key=lambda page: reading.number(page.get("index")) or 0,
        )
        offset = str(reading.number(reading.inner(answer, "continue", "gsroffset")) or "")
        if media_type == "text":
            return Page(tuple(self._article(page, client) for page in pages if reading.text(page.get("title"))), offset)
        return Page(tuple(self._pictures(pages, client)), offset)

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        if source_id.startswith("File:"):
            return wikimedia_commons.find_of(self.slug, source_id, client, _COMMONS)
        title = source_id.removeprefix("Article:").replace("|", " ")
        pages = reading.items(reading.inner(self._ask(client, {"titles": title}), "query", "pages"))
        if not pages or pages[0].get("missing") or not reading.text(pages[0].get("title")):
            raise client.missing(source_id)
        return self._article(pages[0], client)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The picture; none for an article. source_id: `File:…` or `Article:…`."""
        if not source_id.startswith("File:"):
            return []
        return wikimedia_commons.files_of(source_id, client, _COMMONS)

    def _ask(self, client: Client, more: dict[str, str | int]) -> dict[str, Any]:
        answer = client.json(
            "/w/api.php",
            {
                "action": "query",
                "format": "json",
                "formatversion": 2,
                "maxlag": 5,
                **more,
                "prop": "extracts|pageimages|info",
                "exintro": 1,
                "explaintext": 1,
                "exlimit": RESULTS,
                "piprop": "thumbnail|name",
                "pithumbsize": wikimedia_commons.PREVIEW_WIDTH,
                "pilicense": "free",
                "inprop": "url",
            },
        )
        if "error" in answer:
            raise client.unreadable()
        return answer

    def _article(self, page: dict[str, Any], client: Client) -> Found:
        title = reading.text(page.get("title"), MOST_TITLE)
        return Found(
            source=self.slug,
            source_id=f"Article:{title}",
            title=title,
            media_type="text",
            creator="Wikipedia contributors",
            landing_url=client.secure(reading.text(page.get("fullurl"))),
            licence=replace(licences.normalise(_TEXT), raw="Text of Wikipedia"),
            preview_url=client.secure(reading.text(reading.inner(page, "thumbnail", "source"))),
            note=reading.text(page.get("extract"), MOST_NOTE),
            has_file=False,
        )

    def _pictures(self, pages: list[dict[str, Any]], client: Client) -> list[Found]:
        """The pictures at the heads of articles; their licences are asked of Commons, all at once."""
        names = [name for page in pages if (name := reading.text(page.get("pageimage")))]
        if not names:
            return []
        files = wikimedia_commons.about([f"File:{name}" for name in dict.fromkeys(names)], client, _COMMONS)
        found = [wikimedia_commons.found_of(self.slug, file, client) for file in files]
        return [one for one in found if one and one.media_type == "image"]


SOURCE = Wikipedia(
    slug="wikipedia",
    label="Wikipedia",
    home="https://www.wikipedia.org",
    media=("text", "image"),
    addresses={"wikipedia": "https://{language}.wikipedia.org", _COMMONS: "https://commons.wikimedia.org"},
)
