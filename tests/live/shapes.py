"""What answers are made of: the paths of their keys, so that a real answer can be laid beside a made-up one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from jobs.tools.sources.client import Client
from jobs.tools.youtube.records import Video


def paths(value: Any, above: str = "") -> set[str]:
    """The path of every key in an answer; those of a list's items together, as each may leave others out."""
    if isinstance(value, Mapping):
        found: set[str] = set()
        for key, inner in value.items():
            found |= {f"{above}{key}"} | paths(inner, f"{above}{key}.")
        return found
    if isinstance(value, list):
        return set().union(*(paths(inner, above) for inner in value)) if value else set()
    return set()


def tags(document: ElementTree.Element) -> set[str]:
    """The names of all elements of a document."""
    return {str(element.tag) for element in document.iter()}


def said(videos: Sequence[Video]) -> set[str]:
    """The fields that at least one of these videos has."""
    return {name for video in videos for name, value in video.as_json().items() if value not in (None, "")}


@dataclass
class Recorder(Client):
    """A client that remembers of what its answers were made."""

    seen: set[str] = field(default_factory=set)

    def json(self, *args: Any, **options: Any) -> dict[str, Any]:
        """As the client does."""
        answer = super().json(*args, **options)
        self.seen |= paths(answer)
        return answer

    def xml(self, *args: Any, **options: Any) -> ElementTree.Element:
        """As the client does."""
        answer = super().xml(*args, **options)
        self.seen |= tags(answer)
        return answer


def searched(client: Recorder, query: str) -> set[str]:
    """One question for the first type that its source has. Raises AssertionError if nothing is found, SourceError."""
    page = client.source.search(query, client.source.media[0], "", client)
    assert page.found, f"{client.source.label} has found nothing for “{query}”."
    return client.seen
