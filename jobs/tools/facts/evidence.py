"""Finding the sentences of sources that speak about a claim: BM25 over every sentence (tools/text/search)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobs.tools.text import prose, search

BEST = 5
# What is read of one source, and of all together: beyond it an index costs more than the job's limits allow.
DOCUMENT_CHARACTERS = 400_000
ALL_CHARACTERS = 4_000_000
SENTENCE_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Document:
    """A source: a note, a page. note_id: the note's id, empty for anything else."""

    title: str
    text: str
    url: str = ""
    note_id: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a source, as it stands there."""

    text: str
    document: Document
    score: float = 0.0

    def as_source(self) -> dict[str, str]:
        """As claims keep it."""
        source = self.document
        return {"title": source.title, "url": source.url, "quote": self.text, "note": source.note_id}


class Library:
    """Sources that can be asked about a claim. is_cut: there was more than is read."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents: list[Document] = []
        self.is_cut = False
        self._sentences: list[tuple[str, Document]] = []
        left = ALL_CHARACTERS
        for document in documents:
            if left <= 0:
                self.is_cut = True
                break
            text = document.text[: min(DOCUMENT_CHARACTERS, left)]
            self.is_cut = self.is_cut or len(text) < len(document.text)
            if not text:
                continue
            left -= len(text)
            self.documents.append(document)
            self._sentences += [(span.text[:SENTENCE_CHARACTERS], document) for span in prose.sentences(text)]
        self._index = search.Index([text for text, _ in self._sentences])

    def about(self, claim: str, at_most: int = BEST) -> list[Evidence]:
        """The sentences that speak most about it, the best first."""
        return [
            Evidence(self._sentences[place][0], self._sentences[place][1], score)
            for place, score in self._index.best(claim, at_most)
        ]


def best_of(found: Sequence[Evidence], at_most: int = BEST) -> list[Evidence]:
    """The best of several libraries' answers, each sentence once."""
    seen: dict[str, Evidence] = {}
    for one in sorted(found, key=lambda evidence: -evidence.score):
        seen.setdefault(one.text, one)
    return list(seen.values())[:at_most]


def web_address(url: str) -> str:
    """The address, if it is one that a page may lead to; else nothing."""
    return url if url.startswith(("https://", "http://")) else ""
