"""arXiv: papers to read. Its feed names no licence, so a file is offered only after the archive itself has told one.

https://info.arxiv.org/help/api/user-manual.html, https://info.arxiv.org/help/oa/index.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Licence, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 20
_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?")
_ARCHIVE = "arxiv-oai"


@dataclass(frozen=True)
class Arxiv(Described):
    """Papers with their abstracts; whether the file of one may be kept only its record tells, which `find` asks for."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of papers."""
        words = re.findall(r"\w+", query)
        if not words:
            return Page()
        start = reading.page(cursor)
        asked = " AND ".join(f"all:{word}" for word in words[:8])
        feed = client.xml("/api/query", {"search_query": asked, "start": start, "max_results": RESULTS})
        entries = list(feed.iter(f"{_ATOM}entry"))
        total = reading.number(feed.findtext(_TOTAL)) or 0
        found = (self._found(entry) for entry in entries)
        end = start + len(entries)
        return Page(tuple(one for one in found if one), str(end) if entries and end < min(total, 30_000) else "")

    def find(self, source_id: str, client: Client) -> Found:
        """A paper with the licence that the archive has told."""
        if not _ID.fullmatch(source_id):
            raise client.missing(source_id)
        feed = client.xml("/api/query", {"id_list": source_id, "max_results": 1})
        found = next((one for entry in feed.iter(f"{_ATOM}entry") if (one := self._found(entry))), None)
        if found is None:
            raise client.missing(source_id)
        licence = self._licence(source_id, client)
        return replace(found, source_id=source_id, licence=licence, has_file=_may_be_used(licence))

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The paper, if its licence lets it be used; most papers are there for reading only."""
        if not _ID.fullmatch(source_id) or not _may_be_used(self._licence(source_id, client)):
            return []
        return [FileLink(f"{client.base()}/pdf/{source_id}", "text", suffix="pdf")]

    def _licence(self, source_id: str, client: Client) -> Licence:
        bare = re.sub(r"v\d+$", "", source_id)
        record = client.xml(
            "/oai",
            {"verb": "GetRecord", "metadataPrefix": "arXiv", "identifier": f"oai:arXiv.org:{bare}"},
            at=_ARCHIVE,
        )
        told = next((field.text or "" for field in record.iter() if field.tag.endswith("}license")), "")
        return licences.normalise(told)

    def _found(self, entry: ElementTree.Element) -> Found | None:
        url = reading.text(entry.findtext(f"{_ATOM}id"))
        number = url.partition("/abs/")[2]
        # Errors come as entries, too.
        if not _ID.fullmatch(number):
            return None
        authors = [author.findtext(f"{_ATOM}name") for author in entry.iter(f"{_ATOM}author")]
        return Found(
            source=self.slug,
            source_id=number,
            title=reading.text(entry.findtext(f"{_ATOM}title"), MOST_TITLE),
            media_type="text",
            creator=reading.names(authors),
            landing_url=f"https://arxiv.org/abs/{number}",
            licence=replace(licences.UNKNOWN, raw="The feed names no licence"),
            note=reading.text(entry.findtext(f"{_ATOM}summary"), MOST_NOTE),
        )


def _may_be_used(licence: Licence) -> bool:
    return licence.is_known and licence.code != "arxiv"


SOURCE = Arxiv(
    slug="arxiv",
    label="arXiv",
    home="https://arxiv.org",
    media=("text",),
    addresses={"arxiv": "https://export.arxiv.org", _ARCHIVE: "https://oaipmh.arxiv.org"},
    interval=3.0,
    downloads=1,
    # Its feed changes once a day.
    fresh_seconds=86_400.0,
)
