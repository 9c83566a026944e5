"""The Internet Archive (https://archive.org/advancedsearch.php, https://archive.org/developers/metadata.html)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30
MOST_DEEP = 10_000
_TYPES: dict[Media, str] = {"image": "image", "video": "movies", "audio": "audio", "text": "texts"}
_MEDIA = {name: media for media, name in _TYPES.items()}
_SUFFIXES: dict[Media, tuple[str, ...]] = {
    "image": ("jpg", "jpeg", "png", "gif", "tif", "tiff", "webp"),
    "video": ("mp4", "webm", "ogv", "mov", "mkv", "mpg", "mpeg"),
    "audio": ("flac", "wav", "mp3", "ogg", "m4a"),
    "text": ("pdf",),
}


@dataclass(frozen=True)
class InternetArchive(Described):
    """What people and libraries have uploaded."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of items."""
        number = max(reading.page(cursor), 1)
        # Its query language is Lucene's; what a person types is words.
        words = " ".join(re.findall(r"[^\W_]+", query))
        answer = client.json(
            "/advancedsearch.php",
            {
                "q": f"({words}) AND mediatype:({_TYPES[media_type]})",
                "fl[]": ["identifier", "title", "creator", "date", "mediatype", "licenseurl", "description"],
                "rows": RESULTS,
                "page": number,
                "output": "json",
            },
        )
        docs = reading.items(reading.inner(answer, "response", "docs"))
        total = min(reading.number(reading.inner(answer, "response", "numFound")) or 0, MOST_DEEP)
        found = (self._found(doc, media_type, client) for doc in docs)
        return Page(tuple(one for one in found if one), str(number + 1) if docs and number * RESULTS < total else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        metadata = reading.inner(client.json(f"/metadata/{quote(source_id, safe='')}"), "metadata")
        media = _MEDIA.get(reading.text(reading.inner(metadata, "mediatype")))
        if not media:
            raise client.missing(source_id)
        return client.wanted(self._found({**metadata, "identifier": source_id}, media, client), source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The files of an item: originals before what was made from them."""
        answer = client.json(f"/metadata/{quote(source_id, safe='')}")
        metadata = reading.inner(answer, "metadata")
        if answer.get("is_dark") or reading.inner(metadata, "access-restricted-item"):
            return []
        media = _MEDIA.get(reading.text(reading.inner(metadata, "mediatype")))
        if not media:
            return []
        files = [
            file
            for file in reading.items(answer.get("files"))
            if not file.get("private") and file.get("source") != "metadata" and _suffix(file) in _SUFFIXES[media]
        ]
        files.sort(key=lambda file: (file.get("source") != "original", -(reading.number(file.get("size")) or 0)))
        return [
            FileLink(
                # Names may hold "/" and "..": both are quoted, so that they stay one name.
                f"{client.base()}/download/{quote(source_id, safe='')}/{_quoted(reading.text(file.get('name')))}",
                media,
                reading.number(file.get("size")),
                md5=reading.text(file.get("md5")),
                sha1=reading.text(file.get("sha1")),
                suffix=_suffix(file),
            )
            for file in files
        ]

    def _found(self, doc: dict[str, Any], media_type: Media, client: Client) -> Found | None:
        identifier = reading.text(doc.get("identifier"))
        if not identifier:
            return None
        licence = licences.normalise(reading.text(doc.get("licenseurl")))
        claimed = "Licence claimed by the uploader. " if licence.is_known else ""
        return Found(
            source=self.slug,
            source_id=identifier,
            title=reading.text(doc.get("title"), MOST_TITLE) or identifier,
            media_type=media_type,
            creator=reading.names(doc.get("creator")),
            landing_url=f"https://archive.org/details/{quote(identifier, safe='')}",
            licence=licence,
            preview_url=f"{client.base()}/services/img/{quote(identifier, safe='')}",
            note=(claimed + reading.text(doc.get("description")))[:MOST_NOTE],
        )


def _suffix(file: dict[str, Any]) -> str:
    return reading.text(file.get("name")).rpartition(".")[2].lower()


def _quoted(name: str) -> str:
    return "/".join(
        quote(step, safe="") if step not in (".", "..") else step.replace(".", "%2E") for step in name.split("/")
    )


SOURCE = InternetArchive(
    slug="internet-archive",
    label="Internet Archive",
    home="https://archive.org",
    media=("image", "video", "audio", "text"),
    addresses={"internet-archive": "https://archive.org"},
)
