"""Text as it is spoken: Markdown, symbols, numbers and abbreviations turned into words.

Which written words every spoken word stands for is kept, so that captions show what was written ("$3.5 million") at the
time at which it is heard ("three point five million dollars").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from jobs.tools.text import english
from jobs.tools.text.plain import paragraphs

TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?]$")
# A hyphen before a digit is its sign.
_EDGES = re.compile(
    r"^((?:[\"'(\[{«»“”„‘’‚‹›¿¡*_~`|<>]|-(?!\d))*)(.*?)([\"')\]}«»“”‘’‹›.,;:!?…*_~`|<> –—-]*)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Group:
    """Written words and what is said for them, with the punctuation that a voice needs."""

    written: tuple[str, ...]
    said: str
    ends_paragraph: bool = False


@dataclass(frozen=True)
class Spoken:
    """A text as it is spoken. `language` is a two-letter code."""

    groups: tuple[Group, ...]
    language: str

    @cached_property
    def text(self) -> str:
        """What a voice is given: one line per paragraph."""
        return "".join(group.said + ("\n" if group.ends_paragraph else " ") for group in self.groups).strip()

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The words that captions show."""
        return tuple(word for group in self.groups for word in group.written)

    @cached_property
    def tokens(self) -> tuple[tuple[str, int], ...]:
        """Every spoken word in lower case, with the index of the written word it stands for."""
        found, first = list[tuple[str, int]](), 0
        for group in self.groups:
            said = TOKEN.findall(group.said)
            share = len(group.written) / max(len(said), 1)
            found += [(token.lower(), first + int(position * share)) for position, token in enumerate(said)]
            first += len(group.written)
        return tuple(found)

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where in `text` every spoken word stands."""
        return tuple(found.span() for found in TOKEN.finditer(self.text))

    def pieces(self, most_bytes: int) -> list[Spoken]:
        """Parts of at most that many bytes, cut at the ends of sentences where possible."""
        found, start = list[Spoken](), 0
        while start < len(self.groups):
            end = self._piece_end(start, most_bytes)
            found.append(Spoken(self.groups[start:end], self.language))
            start = end
        return found

    def _piece_end(self, start: int, most_bytes: int) -> int:
        size, end, sentence = 0, start, start
        while end < len(self.groups):
            size += len(self.groups[end].said.encode()) + 1
            if size > most_bytes and end > start:
                return sentence if sentence > start else end
            end += 1
            if _SENTENCE_END.search(self.groups[end - 1].said):
                sentence = end
        return end


def normalise(markdown: str, language: str = "en") -> Spoken:
    """The text as it is spoken; without groups when nothing of it can be said.

    Numbers, units and abbreviations are written out in English only: voices of other languages know their own.
    """
    groups = list[Group]()
    for paragraph in paragraphs(markdown):
        said = list(_groups(_joined(paragraph.split(), language), language))
        if said:
            groups += said[:-1]
            last = said[-1]
            ending = last.said if last.said[-1] in ".!?:;," else last.said + "."
            groups.append(Group(last.written, ending, ends_paragraph=True))
    return Spoken(tuple(groups), language)


def _joined(words: Sequence[str], language: str) -> list[str]:
    """Symbols that are not said on their own stay with the word before them."""
    said_alone = english.SYMBOLS if language == "en" else {}
    joined = list[str]()
    for word in words:
        if any(map(str.isalnum, word)) or word in said_alone:
            joined.append(word)
        elif joined:
            joined[-1] += f" {word}"
    return joined


def _groups(words: Sequence[str], language: str) -> Iterator[Group]:
    at = 0
    while at < len(words):
        took, core = 1, ""
        _, inner, trail = _parts(words[at])
        if language == "en":
            following = [_parts(word) for word in words[at + 1 : at + 3]] if trail in {"", "."} else []
            took, core, trail = english.said(inner, trail, following, is_last=at + 1 == len(words))
        else:
            core = _plain(inner)
        if TOKEN.search(core):
            yield Group(tuple(words[at : at + took]), core + _pause(trail))
        at += took


def _parts(word: str) -> tuple[str, str, str]:
    """What stands before, in and after a word."""
    found = _EDGES.match(word)
    return (found[1], found[2], found[3]) if found and found[2] else ("", word, "")


def _pause(trail: str) -> str:
    """The one mark that tells a voice how to end the word."""
    for mark in "?!":
        if mark in trail:
            return mark
    if "." in trail or "…" in trail:
        return "."
    for mark in ":;,":
        if mark in trail:
            return mark
    return "," if "–" in trail or "—" in trail or " -" in trail else ""


def _plain(core: str) -> str:
    """A word of another language: only what a voice would read aloud as a symbol is taken out."""
    return re.sub(r"[^\w'’.,:%€$£°/+&-]|_", " ", english.without_address(core)).replace("’", "'").strip()
