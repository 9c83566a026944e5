"""What a style rule is, what it finds, and the paragraph that it reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from jobs.tools.style.facts import quoted
from jobs.tools.text.prose import Span, sentences

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Strength(IntEnum):
    """How much a hit says: a hint is left by people as well, a leftover of a chat by nobody else."""

    HINT = 1
    TELL = 2
    LEFTOVER = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """The characters [start, end) at which a rule fired.

    swap: what may stand there instead (empty: it may be left out), or None where only a person or a model can tell.
    """

    rule: Rule
    start: int
    end: int
    swap: str | None = None


class Paragraph:
    """A paragraph as rules read it; all places are counted from its own beginning."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def sentences(self) -> Sequence[Span]:
        """Its sentences. A paragraph of prose stays one, whatever it looks like alone."""
        return sentences(self.text)

    @cached_property
    def sentence_starts(self) -> frozenset[int]:
        """Where sentences begin, behind opening marks."""
        return frozenset(_first_letter(span) for span in self.sentences)

    @cached_property
    def words(self) -> Sequence[re.Match[str]]:
        """Its words by place."""
        return list(WORD.finditer(self.text))

    @cached_property
    def sentence_lengths(self) -> Sequence[int]:
        """How many words each sentence has."""
        lengths = (len(WORD.findall(sentence.text)) for sentence in self.sentences)
        return [length for length in lengths if length]

    @cached_property
    def _shielded(self) -> bytearray:
        shield = bytearray(len(self.text))
        for start, end in quoted(self.text):
            shield[start:end] = b"\x01" * (end - start)
        return shield

    def is_shielded(self, start: int, end: int) -> bool:
        """Whether some of these characters are somebody else's words, code or an address: nobody judges those."""
        return any(self._shielded[start:end])


Finder = Callable[[Paragraph], Iterable[tuple[int, int, str | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One explainable sign.

    why: one sentence for the creator.
    counts_once: it is about the passage as a whole, so several places count as one. encloses: its places hold words that
    other rules judge for themselves. any_language: it reads no words.
    find: the places in a paragraph and what may stand there instead (None: nothing safe).
    """

    id: str
    label: str
    why: str
    strength: Strength
    find: Finder
    counts_once: bool = False
    encloses: bool = False
    any_language: bool = False

    def hits(self, paragraph: Paragraph) -> list[Hit]:
        """Where it fires, in the creator's own words only."""
        return [
            Hit(self, start, end, swap)
            for start, end, swap in self.find(paragraph)
            if not paragraph.is_shielded(start, end)
        ]


def _first_letter(span: Span) -> int:
    for place, character in enumerate(span.text[:20]):
        if character.isalnum():
            return span.start + place
    return span.start
