"""The Library of Congress (https://www.loc.gov/apis/json-and-yaml/)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Licence, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 25
_PATHS: dict[Media, tuple[str, str]] = {
    "image": ("/photos/", "online-format:image"),
    "video": ("/film-and-videos/", "online-format:video"),
    "audio": ("/audio/", "online-format:audio"),
}
_KEPT: dict[str, Media] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "tif", "tiff"), "image"),
    **dict.fromkeys(("mp4", "mov"), "video"),
    **dict.fromkeys(("mp3", "wav"), "audio"),
}
# These very words stand in its records; other prose about rights is shown and not interpreted.
_NO_KNOWN = re.compile(r"no known restrictions on (?:publication|reproduction)", re.IGNORECASE)


@dataclass(frozen=True)
class LibraryOfCongress(Described):
    """Photographs, films and recordings."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of items."""
        path, form = _PATHS[media_type]
        number = max(reading.page(cursor), 1)
        answer = client.json(
            path, {"q": query, "fo": "json", "c": RESULTS, "sp": number, "fa": form, "at": "results,pagination"}
        )
        found = (self._found(result, media_type, client) for result in reading.items(answer.get("results")))
        current = reading.number(reading.inner(answer, "pagination", "current"))
        has_next = bool(reading.inner(answer, "pagination", "next"))
        return Page(tuple(one for one in found if one), str(current + 1) if current and has_next else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        if not re.fullmatch(r"/(?:item|resource)/[\w.-]+/", source_id):
            raise client.missing(source_id)
        answer = client.json(source_id, {"fo": "json"})
        links, item = _links(answer, client), reading.inner(answer, "item")
        if not isinstance(item, dict):
            raise client.missing(source_id)
        told = {**item, "id": f"{client.base()}{source_id}", "item": item}
        found = client.wanted(self._found(told, links[0].media_type if links else "image", client), source_id)
        return replace(found, source_id=source_id, landing_url=f"https://www.loc.gov{source_id}", has_file=bool(links))

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The files of an item, the largest first. source_id: its path, `/item/…/`."""
        if not re.fullmatch(r"/(?:item|resource)/[\w.-]+/", source_id):
            return []
        answer = client.json(source_id, {"fo": "json"})
        return _links(answer, client)

    def _found(self, result: dict[str, Any], media_type: Media, client: Client) -> Found | None:
        url = reading.text(result.get("id")) or reading.text(result.get("url"))
        path = _path(client.secure(url), client)
        if not re.fullmatch(r"/(?:item|resource)/[\w.-]+/", path) or result.get("access_restricted") is True:
            return None
        item = reading.first(result.get("item"))
        item = item if isinstance(item, dict) else {}
        rights = reading.names(
            [item.get(name) for name in ("rights_advisory", "rights_information", "rights")], MOST_NOTE
        )
        pictures = result.get("image_url")
        smallest = reading.text(pictures).partition("#")[0]
        return Found(
            source=self.slug,
            source_id=path,
            title=reading.text(result.get("title"), MOST_TITLE) or path,
            media_type=media_type,
            creator=reading.names(result.get("contributor") or item.get("creators")),
            landing_url=f"https://www.loc.gov{path}",
            licence=_licence(rights),
            preview_url=client.secure(smallest) if smallest else "",
            note=(f"Rights: {rights}. " if rights else "")[:MOST_NOTE] + reading.text(result.get("description")),
        )


def _path(url: str, client: Client) -> str:
    """The path of an item's address, below the base address where it is the source's own."""
    return urlsplit(url).path if not url.startswith(client.base()) else url.removeprefix(client.base())


def _links(answer: dict[str, Any], client: Client) -> list[FileLink]:
    links: dict[str, tuple[int, FileLink]] = {}
    for resource in reading.items(answer.get("resources")):
        groups = resource.get("files")
        for group in groups if isinstance(groups, list) else []:
            for file in reading.items(group if isinstance(group, list) else [group]):
                url = client.secure(reading.text(file.get("url")))
                suffix = urlsplit(url).path.rpartition(".")[2].lower()
                if url and suffix in _KEPT:
                    size = reading.number(file.get("size"))
                    area = (reading.number(file.get("width")) or 0) * (reading.number(file.get("height")) or 0)
                    # Browsers show no TIFF: a large one comes after every other.
                    rank = (area or size or 0) * (0 if suffix.startswith("tif") else 1)
                    links.setdefault(url, (rank, FileLink(url, _KEPT[suffix], size, suffix=suffix)))
    return [link for _, link in sorted(links.values(), key=lambda ranked: -ranked[0])]


def _licence(rights: str) -> Licence:
    if _NO_KNOWN.search(rights):
        return replace(licences.normalise("https://rightsstatements.org/vocab/NKC/1.0/"), raw=rights)
    return replace(licences.UNKNOWN, raw=rights)


SOURCE = LibraryOfCongress(
    slug="library-of-congress",
    label="Library of Congress",
    home="https://www.loc.gov",
    media=("image", "video", "audio"),
    addresses={"library-of-congress": "https://www.loc.gov"},
    # Twenty searches in ten seconds are answered with a block of five minutes.
    interval=1.0,
    downloads=1,
)
