"""Wikimedia Commons by its Action API (https://www.mediawiki.org/wiki/API:Imageinfo, Extension:CommonsMetadata)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30
# Only some widths are served; the address of a thumbnail is taken from the answer and never made.
PREVIEW_WIDTH = 330
_FILTERS: dict[Media, str] = {"image": "filetype:bitmap|drawing", "video": "filetype:video", "audio": "filetype:audio"}
_MEDIA: dict[str, Media] = {"BITMAP": "image", "DRAWING": "image", "VIDEO": "video", "AUDIO": "audio"}


@dataclass(frozen=True)
class Commons(Described):
    """Files of the encyclopaedias."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of files."""
        answer = _ask(
            client,
            self.slug,
            {
                "generator": "search",
                "gsrnamespace": 6,
                "gsrsearch": f"{_FILTERS[media_type]} {query}",
                "gsrlimit": RESULTS,
                "gsroffset": reading.page(cursor),
            },
        )
        pages = sorted(
            reading.items(reading.inner(answer, "query", "pages")),
            key=lambda page: reading.number(page.get("index")) or 0,
        )
        offset = reading.number(reading.inner(answer, "continue", "gsroffset"))
        found = (found_of(self.slug, page, client) for page in pages)
        return Page(tuple(one for one in found if one and one.media_type == media_type), str(offset or ""))

    def find(self, source_id: str, client: Client) -> Found:
        """One file. source_id: its title."""
        return find_of(self.slug, source_id, client, self.slug)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The file itself. source_id: its title."""
        return files_of(source_id, client, self.slug)


def find_of(slug: str, title: str, client: Client, at: str) -> Found:
    """What a source has under the title of a file on Commons. Raises errors.SourceError."""
    # "|" parts titles, and a title may not hold it.
    pages = about([title.replace("|", " ")], client, at)
    return client.wanted(found_of(slug, pages[0], client) if pages else None, title)


def files_of(title: str, client: Client, at: str) -> list[FileLink]:
    """The file under a title on Commons."""
    answer = _ask(client, at, {"titles": title})
    pages = reading.items(reading.inner(answer, "query", "pages"))
    info = reading.first(pages[0].get("imageinfo")) if pages else None
    if not isinstance(info, dict) or not (url := client.secure(reading.text(info.get("url")))):
        return []
    media = _MEDIA.get(reading.text(info.get("mediatype")), "image")
    return [FileLink(url, media, reading.number(info.get("size")), sha1=reading.text(info.get("sha1")))]


def found_of(slug: str, page: dict[str, Any], client: Client) -> Found | None:
    """What a page of a file says; None if it is no file that can be used."""
    info = reading.first(page.get("imageinfo"))
    if not isinstance(info, dict):
        return None
    media = _MEDIA.get(reading.text(info.get("mediatype")))
    title = reading.text(page.get("title"))
    if not media or not title:
        return None
    said = {
        name: reading.text(reading.inner(info, "extmetadata", name, "value"), MOST_NOTE)
        for name in (
            "Artist", "Attribution", "LicenseShortName", "License", "LicenseUrl", "Restrictions", "ImageDescription",
            "ObjectName",
        )
    }  # fmt: skip
    restrictions = f"Restrictions: {said['Restrictions']}. " if said["Restrictions"] else ""
    return Found(
        source=slug,
        source_id=title,
        title=(said["ObjectName"] or title.removeprefix("File:").rsplit(".", 1)[0])[:MOST_TITLE],
        media_type=media,
        creator=(said["Attribution"] or said["Artist"] or reading.text(info.get("user")))[:MOST_TITLE],
        landing_url=client.secure(reading.text(info.get("descriptionurl"))),
        licence=licences.commons(said["License"], said["LicenseShortName"], said["LicenseUrl"]),
        preview_url=client.secure(reading.text(info.get("thumburl"))),
        width=reading.number(info.get("width")),
        height=reading.number(info.get("height")),
        seconds=reading.seconds(info.get("duration")),
        note=(restrictions + said["ImageDescription"])[:MOST_NOTE],
    )


def about(titles: list[str], client: Client, at: str) -> list[dict[str, Any]]:
    """The pages of files, for other sources that show files of Commons."""
    return reading.items(reading.inner(_ask(client, at, {"titles": "|".join(titles)}), "query", "pages"))


def _ask(client: Client, at: str, more: dict[str, str | int]) -> dict[str, Any]:
    asked: dict[str, str | int] = {
        "action": "query",
        "format": "json",
        "formatversion": 2,
        "maxlag": 5,
        "prop": "imageinfo",
        "iiprop": "url|size|mime|mediatype|sha1|user|extmetadata",
        "iiurlwidth": PREVIEW_WIDTH,
        **more,
    }
    answer = client.json("/w/api.php", asked, at=at)
    if "error" in answer:
        raise client.unreadable()
    return answer


SOURCE = Commons(
    slug="wikimedia-commons",
    label="Wikimedia Commons",
    home="https://commons.wikimedia.org",
    media=("image", "video", "audio"),
    addresses={"wikimedia-commons": "https://commons.wikimedia.org"},
)
