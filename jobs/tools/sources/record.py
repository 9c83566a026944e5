"""What every source's answer becomes: things found, their licence, and where their files are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

Media = Literal["image", "video", "audio", "text"]
Answer = Literal["yes", "no", "check"]
MEDIA: tuple[Media, ...] = ("image", "video", "audio", "text")
MOST_TITLE = 200
MOST_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms a thing may be used.

    code: short and lower-case, `by-sa`. spdx: its identifier in the SPDX list, a `LicenseRef-`, or `NOASSERTION`.
    version: empty where the source names none. commercial, derivatives: whether they are allowed; attribution: whether
    the creator must be named; `check` where only a person who reads the terms can tell. raw: what the source said.
    """

    code: str
    spdx: str
    url: str = ""
    version: str = ""
    commercial: Answer = "check"
    derivatives: Answer = "check"
    attribution: Answer = "check"
    raw: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the source named one at all."""
        return self.code != "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """One search result.

    source_id: what `Source.find` and `Source.files` understand. preview_url: a small picture, empty if there is none.
    width, height: pixels; seconds: length; None where the source does not say. note: a description or a warning, plain
    text. has_file: False where the source gives a link to read and nothing to download.
    """

    source: str
    source_id: str
    title: str
    media_type: Media
    creator: str
    landing_url: str
    licence: Licence
    preview_url: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    note: str = ""
    has_file: bool = True


@dataclass(frozen=True, slots=True)
class FileLink:
    """One file of a thing. size: bytes; md5, sha1: in hexadecimal; each empty or None where the source does not say."""

    url: str
    media_type: Media
    size: int | None = None
    md5: str = ""
    sha1: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some results. next: the cursor for the following page, empty at the end."""

    found: tuple[Found, ...] = ()
    next: str = ""


@runtime_checkable
class Source(Protocol):
    """An adapter. Its module in `adapters/` holds one as `SOURCE`.

    slug: as in `SOURCE_URLS`. home: its site, if it has one. media: what it has. key: the provider of the key it needs
    (accounts.keys), or empty. addresses: its base addresses by their name in `SOURCE_URLS`; that under its slug comes
    first. interval: seconds between two requests. downloads: how many of its files may be fetched from one host at the
    same time. asks: what its terms ask of whoever uses what it has, one sentence or
    empty. off: what is told where it has no address.
    fresh_seconds: how long its answers are kept, for everybody who asks the same.
    """

    slug: str
    label: str
    home: str
    media: tuple[Media, ...]
    key: str
    addresses: Mapping[str, str]
    interval: float
    downloads: int
    asks: str
    off: str
    fresh_seconds: float

    def search(self, query: str, media_type: Media, cursor: str, client: Client) -> Page:
        """A page of results. cursor: empty for the first. Raises errors.SourceError."""
        ...

    def find(self, source_id: str, client: Client) -> Found:
        """What the source says of one result: title, creator, licence, page. Raises errors.SourceError."""
        ...

    def files(self, source_id: str, client: Client) -> list[FileLink]:
        """The files of a result, the best first; none where there is only a link. Raises errors.SourceError."""
        ...


@dataclass(frozen=True)
class Described:
    """What an adapter says about itself; adapters inherit it and add `search`, `find` and `files`."""

    slug: str
    label: str
    home: str
    media: tuple[Media, ...]
    addresses: Mapping[str, str]
    key: str = ""
    interval: float = 1.0
    downloads: int = 2
    asks: str = ""
    off: str = "This studio's operator has switched it off."
    fresh_seconds: float = 600.0
