"""The passages of a text, what the rules find in each, and which are flagged.

A passage is a paragraph; a long one is judged in pieces of whole sentences, so that length alone flags nobody. It is
flagged at two hits, of which one at least is a tell: people leave hints as well. A leftover of a chat flags alone, for
it is no matter of style.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.tools.style.rule import Hit, Paragraph, Rule, Strength
from jobs.tools.style.rules import rules_for
from jobs.tools.text import language as languages
from jobs.tools.text.prose import Span, paragraphs, sentences

FLAGGED_HITS = 2
WORDS_AT_MOST = 120
CHARACTERS_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Judged:
    """A passage: the characters [start, end) of the text, and its hits by their places in the passage."""

    start: int
    end: int
    text: str
    hits: Sequence[Hit]

    @property
    def count(self) -> int:
        """How many hits it has; a rule about the whole passage counts once, however many places it names."""
        once = {hit.rule.id for hit in self.hits if hit.rule.counts_once}
        return len(once) + sum(not hit.rule.counts_once for hit in self.hits)

    @property
    def is_flagged(self) -> bool:
        """Whether it is shown to the creator."""
        strengths = {hit.rule.strength for hit in self.hits}
        return Strength.LEFTOVER in strengths or (self.count >= FLAGGED_HITS and Strength.TELL in strengths)


def judge(text: str, language: str = "") -> Iterator[Judged]:
    """Every passage of a text with its hits. language: guessed when not given; English has rules of its own."""
    rules = rules_for(language or languages.guess(text))
    for paragraph in paragraphs(text):
        for piece in pieces(paragraph):
            yield Judged(piece.start, piece.end, piece.text, hits_in(piece.text, rules))


def hits_in(text: str, rules: Sequence[Rule]) -> list[Hit]:
    """What the rules find in one passage. Of hits at the same place the longest is kept, of equals the strongest."""
    paragraph = Paragraph(text)
    found = [hit for rule in rules for hit in rule.hits(paragraph)]
    kept: list[Hit] = []
    taken = bytearray(len(text))
    for hit in sorted(found, key=lambda hit: (hit.start - hit.end, -hit.rule.strength)):
        # What is said about more than these words takes no place from them.
        is_wide = hit.rule.counts_once or hit.rule.encloses
        if is_wide or not any(taken[hit.start : hit.end]):
            kept.append(hit)
            if not is_wide:
                taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    return sorted(kept, key=lambda hit: (hit.start, hit.end))


def pieces(paragraph: Span) -> list[Span]:
    """A paragraph, or its parts of at most about 120 words at the ends of sentences."""
    if len(paragraph.text.split()) <= WORDS_AT_MOST and len(paragraph.text) <= CHARACTERS_AT_MOST:
        return [paragraph]
    found: list[tuple[int, int]] = []
    words = 0
    for start, end in _sentences(paragraph):
        length = len(paragraph.text[start:end].split())
        if found and words + length <= WORDS_AT_MOST and end - found[-1][0] <= CHARACTERS_AT_MOST:
            found[-1] = (found[-1][0], end)
            words += length
        else:
            found.append((start, end))
            words = length
    return [Span(paragraph.start + start, paragraph.start + end, paragraph.text[start:end]) for start, end in found]


def _sentences(paragraph: Span) -> Iterator[tuple[int, int]]:
    """The sentences of a paragraph; one that never ends is cut at a space, or anywhere where there is none."""
    for sentence in sentences(paragraph.text):
        start = sentence.start
        while sentence.end - start > CHARACTERS_AT_MOST:
            cut = paragraph.text.rfind(" ", start + CHARACTERS_AT_MOST // 2, start + CHARACTERS_AT_MOST)
            end = cut if cut > 0 else start + CHARACTERS_AT_MOST
            yield start, end
            start = end + (cut > 0)
        if start < sentence.end:
            yield start, sentence.end
