"""Freesound (https://freesound.org/docs/api/). A key alone gives previews; originals need a sign-in there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.tools.sources import licences, reading
from jobs.tools.sources.record import MOST_NOTE, MOST_TITLE, Described, FileLink, Found, Media, Page

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

RESULTS = 30
_FIELDS = "id,name,username,license,duration,previews,images,url,description"
_PREVIEWS = ("preview-hq-mp3", "preview-hq-ogg", "preview-lq-mp3", "preview-lq-ogg")


@dataclass(frozen=True)
class Freesound(Described):
    """Sounds."""

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of sounds."""
        number = max(reading.page(cursor), 1)
        asked: dict[str, str | int] = {"query": query, "page": number, "page_size": RESULTS, "fields": _FIELDS}
        answer = client.json("/search/", asked, headers=_headers(client))
        found = (self._found(sound, client) for sound in reading.items(answer.get("results")))
        return Page(tuple(one for one in found if one), str(number + 1) if answer.get("next") else "")

    def find(self, source_id: str, client: Client) -> Found:
        """What is known of one result."""
        sound = client.json(f"/sounds/{client.number(source_id)}/", {"fields": _FIELDS}, headers=_headers(client))
        return client.wanted(self._found(sound, client), source_id)

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The previews, the best first."""
        path = f"/sounds/{client.number(source_id)}/"
        sound = client.json(path, {"fields": "id,previews"}, headers=_headers(client))
        urls = (client.secure(reading.text(reading.inner(sound, "previews", name))) for name in _PREVIEWS)
        return [FileLink(url, "audio") for url in urls if url]

    def _found(self, sound: dict[str, Any], client: Client) -> Found | None:
        number = reading.number(sound.get("id"))
        if not number:
            return None
        return Found(
            source=self.slug,
            source_id=str(number),
            title=reading.text(sound.get("name"), MOST_TITLE) or f"Sound {number}",
            media_type="audio",
            creator=reading.text(sound.get("username"), MOST_TITLE),
            landing_url=client.secure(reading.text(sound.get("url"))),
            licence=licences.normalise(reading.text(sound.get("license"))),
            preview_url=client.secure(reading.text(reading.inner(sound, "images", "waveform_m"))),
            seconds=reading.seconds(sound.get("duration")),
            note=("Preview quality. " + reading.text(sound.get("description")))[:MOST_NOTE],
        )


def _headers(client: Client) -> dict[str, str]:
    return {"Authorization": f"Token {client.needs_key()}"}


SOURCE = Freesound(
    slug="freesound",
    label="Freesound",
    home="https://freesound.org",
    media=("audio",),
    addresses={"freesound": "https://freesound.org/apiv2"},
    key="freesound",
    asks="Its API is free for non-commercial use only.",
)
