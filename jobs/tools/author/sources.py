"""What the offline author writes with: the sentences of the channel's notes that can be said as they stand.

It takes whole sentences and leaves them as they are; only line breaks, reference marks such as `[12]` and Markdown's
own marks go. What it would have to repair it does not use.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.tools.author import similarity
from jobs.tools.text import prose

# Fewer usable sentences than this are too few to arrange into anything.
THIN_BELOW = 6
SHORTEST, LONGEST = 6, 40
# A note longer than this is cut: a million characters of one source would drown the others.
SENTENCES_OF_A_SOURCE = 2000
CHARACTERS_OF_A_SOURCE = 400_000
SENTENCES_AT_MOST = 5000

_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\([^()\n]{0,2000}\)")
_REFERENCE = re.compile(
    r"\[(?:\d{1,3}(?:[,–-]\s?\d{1,3})*|[a-z]|note \d+|citation needed|better source needed)\]", re.I
)
_EMPHASIS = re.compile(r"(?<!\\)(?:\*{1,3}|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])|(?<!`)`{1,2}(?!`))")
_WORD = re.compile(r"[^\W_]+(?:[’'.,\-][^\W_]+)*")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
_ENDS = re.compile(r"[.!…。！।۔][\"'”’»)」』]*$")
# Quoted brackets, markup and addresses cannot be said as they stand.
_UNSAID = re.compile(r"<|>|\{|\}|https?://|www\.|\|\s|\s\|")
_LEANING = re.compile(
    r"(?:this|that|these|those|it|its|they|them|their|he|she|him|her|his|such|there(?:fore|by)|hence|thus|however"
    r"|but|and|or|so|yet|also|then|moreover|furthermore|instead|otherwise|nevertheless|consequently|as a result"
    r"|for (?:example|instance)|in (?:addition|contrast|turn|other words|fact)|on the other hand|both|neither"
    r"|the (?:former|latter|same|other|others|second|third))\b",
    re.I,
)
# "Coastal areas therefore see …" draws a conclusion from what was said before.
_CONCLUDING = re.compile(r"(?:\S+\s+){1,4}(?:therefore|thus|hence|however|consequently|accordingly|likewise)\b", re.I)
_BOILERPLATE = re.compile(
    r"\b(?:click (?:here|on|the)|subscrib|newsletter|cookies?\b.{0,40}\b(?:use|accept|polic|browser)|sign (?:up|in)\b"
    r"|log ?in\b|read more|learn more|all rights reserved|copyright|©|privacy polic|terms of (?:use|service)|follow us"
    r"|share this|see also|this (?:article|page|site|website|post|video|section|chapter)\b|our (?:site|website|app)"
    r"|download (?:the|our) app|table of contents|last (?:updated|modified)|retrieved (?:from|on)|javascript|leave a"
    r" comment|back to top|photo(?:graph)? by|image credit|in this (?:lesson|tutorial|guide)|we (?:will|'ll|’ll) (?:look"
    r"|see|learn|explain)|stay tuned|buy now|add to cart)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A note: what is cited. `url` may be empty."""

    id: str
    title: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that can be said as it stands.

    place: counts the sentences of its source, the unusable ones too: places one apart stand side by side.
    leans_on: the index, among the sentences it was found with, of the one it cannot be understood without.
    """

    text: str
    source: Source
    place: int
    leans_on: int | None = None

    @property
    def words(self) -> int:
        """How many words it has."""
        return count_words(self.text)


class TooThin(Exception):
    """The notes hold fewer usable sentences than anything could be arranged of. `found`: how many there are."""

    def __init__(self, found: int) -> None:
        super().__init__(f"Only {found} usable sourced sentences were found; at least {THIN_BELOW} are needed.")
        self.found = found


def check_thick_enough(sources: Sequence[Source]) -> None:
    """Raise TooThin for notes with fewer than `THIN_BELOW` usable sentences."""
    found = len(usable(sources, at_most=THIN_BELOW))
    if found < THIN_BELOW:
        raise TooThin(found)


def count_words(text: str) -> int:
    """The words of a sentence. Scripts that put no space between words count two characters as one."""
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + wide // 2 if wide else len(_WORD.findall(text))


def usable(sources: Sequence[Source], at_most: int = SENTENCES_AT_MOST) -> list[Sentence]:
    """The first sentences that can be said as they stand, source by source in their order, each said once."""
    found: list[Sentence] = []
    seen = _Seen()
    for source in sources:
        before: int | None = None
        for place, text in _sentences_of(source):
            if len(found) >= at_most:
                return found
            leans = leans_on_the_one_before(text)
            # A sentence that leans on one that is not there cannot be understood.
            stands_beside = before is not None and found[before].place == place - 1
            if not can_be_said(text) or (leans and not stands_beside) or not seen.is_new(text):
                continue
            found.append(Sentence(text, source, place, before if leans else None))
            before = len(found) - 1
    return found


def can_be_said(text: str) -> bool:
    """Whether a sentence is whole, of a length to be said, and speaks about something else than its own page."""
    first = text.lstrip("\"'“‘«(")[:1]
    return (
        SHORTEST <= count_words(text) <= LONGEST
        and bool(_ENDS.search(text))
        and not first.islower()
        and first.isalnum()
        and text[:1] not in "([#-+"
        and not _UNSAID.search(text)
        and not _BOILERPLATE.search(text)
    )


def leans_on_the_one_before(text: str) -> bool:
    """Whether a sentence cannot be understood without the one that stands before it."""
    text = text.lstrip("\"'“‘«(")
    return bool(_LEANING.match(text) or _CONCLUDING.match(text))


def plain(text: str) -> str:
    """A note's text without Markdown's marks, links and reference marks; its lines stay."""
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    return _EMPHASIS.sub("", _REFERENCE.sub("", text))


def all_sentences(source: Source) -> list[str]:
    """Every sentence of a source, those that cannot be said as well."""
    return [text for _, text in _sentences_of(source)]


def _sentences_of(source: Source) -> Iterator[tuple[int, str]]:
    for place, span in enumerate(prose.sentences(plain(source.text[:CHARACTERS_OF_A_SOURCE]))):
        if place >= SENTENCES_OF_A_SOURCE:
            return
        yield place, " ".join(span.text.split())


class _Seen:
    """Tells what has been said already, in these or nearly these words."""

    def __init__(self) -> None:
        self._said: list[similarity.Words] = []
        self._places: dict[str, list[int]] = defaultdict(list)

    def is_new(self, text: str) -> bool:
        """Whether it says something new; then it is remembered."""
        words = similarity.words_of(text)
        # Two sentences that are nearly the same share most of their words, so one of any few as well.
        near = {place for stem in sorted(words.stems, key=self._commonness)[:3] for place in self._places[stem]}
        if any(similarity.same_sentence(words, self._said[place]) for place in near):
            return False
        for stem in words.stems:
            self._places[stem].append(len(self._said))
        self._said.append(words)
        return True

    def _commonness(self, stem: str) -> tuple[int, str]:
        return len(self._places.get(stem, ())), stem
