"""What a sentence says, taken apart so that two sentences can be compared: content, numbers, names, denials, order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jobs.tools.facts.quantities import Quantity, designator, ordinal, quantities
from jobs.tools.facts.words import (
    DENIALS,
    EMPTY,
    FICTION,
    GUARDS,
    MONTHS,
    NARROWING,
    OWNERS,
    QUANTIFIERS,
    TIMELY,
    Word,
    is_superlative,
    words,
)
from jobs.tools.text import language

LONGEST_SENTENCE = 2_000
# Prepositional phrases that may stand at either end of a sentence without changing what it says.
_ADJUNCTS = frozenset({"in", "on", "at", "during", "since", "until", "after", "before"})
_BE = frozenset({"is", "are", "was", "were", "been", "being", "be", "gets", "got"})
_PARTING = frozenset({";", "while", "whereas", "but", "although", "though", "who", "which", "that"})
_SAYING = frozenset({"say", "says", "said", "tell", "tells", "told", "reported"})
_WAS = frozenset({"was", "were", "had", "did"})
_PRESENT = frozenset({"is", "are", "am", "be"})
_ADDING = frozenset({"and", "or", ","})
_PRONOUNS = frozenset({"it", "they", "he", "she", "this", "that", "these", "those", "its", "their", "his", "her"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word of content: its stem, its place among the sentence's words, and whether its place may move."""

    stem: str
    at: int
    moves: bool


@dataclass(frozen=True, slots=True)
class Denial:
    """A word that denies, and the stem of what it denies (empty at the end of a sentence).

    adds: it belongs to something that is merely added ("… and no rings").
    """

    at: int
    target: str
    adds: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence taken apart.

    terms: its content in the order of who does what to whom ("X was made by Y" reads as "Y made X"). surfaces: its
    words as they stand, in small letters. names: those that begin with a capital. guards: where it doubts, supposes or
    sets conditions.
    """

    words: tuple[Word, ...]
    quantities: tuple[Quantity, ...]
    terms: tuple[Term, ...]
    surfaces: frozenset[str]
    names: frozenset[str]
    denials: tuple[Denial, ...]
    guards: frozenset[str]
    timely: frozenset[str]
    is_question: bool
    begins_with_pronoun: bool
    has_superlative: bool

    @property
    def stems(self) -> frozenset[str]:
        """What it is about."""
        return frozenset(term.stem for term in self.terms)

    @property
    def is_english(self) -> bool:
        """Whether it is written in English, the language of the lists of words."""
        return language.guess(" ".join(word.text for word in self.words)) == "en"

    @property
    def tells_of_the_past(self) -> bool:
        """Whether it says what happened, and not what is always so."""
        return any(self.is_past(term.at) for term in self.terms) or any(word.low in _WAS for word in self.words)

    def quantifiers(self, low: int, high: int) -> frozenset[str]:
        """How much it speaks of, among the words [low, high): all, some, nearly."""
        taken = {place for one in self.quantities for place in range(one.first, one.last + 1)}
        return frozenset(
            word.low
            for place, word in enumerate(self.words[low:high], low)
            if word.low in QUANTIFIERS and place not in taken
        )

    def clause_of(self, low: int, high: int) -> tuple[int, int]:
        """The words from the mark before `low` to the mark after `high`, both at most a clause away."""
        while low > 0 and self.words[low - 1].text not in ".,;:!?()":
            low -= 1
        while high < len(self.words) and self.words[high].text not in ".,;:!?()":
            high += 1
        return low, high

    def parts_at(self, low: int, high: int) -> bool:
        """Whether the words [low, high) belong to two statements set against each other."""
        return any(word.low in _PARTING for word in self.words[low:high])

    def is_past(self, at: int) -> bool:
        """Whether the verb there tells of the past. A participle after *is* or *are* does not, nor after *has*."""
        if not self.words[at].is_past:
            return any(word.low == "did" for word in self.words[max(at - 3, 0) : at])
        return not any(word.low in _PRESENT for word in self.words[max(at - 3, 0) : at])

    def narrows(self, at: int) -> bool:
        """Whether the word there belongs to a phrase that narrows a statement down: in mice, under the age of five."""
        at -= 1
        while at >= 0 and (self.words[at].low in OWNERS or self.words[at].low in ("a", "an", "of")):
            at -= 1
        # What stands between commas is said in passing.
        return at >= 0 and self.words[at].low in NARROWING and (at == 0 or self.words[at - 1].text != ",")


@lru_cache(maxsize=4_096)
def wording(sentence: str) -> Wording:
    """Take a sentence apart. What is longer than `LONGEST_SENTENCE` characters is cut there."""
    found = words(sentence[:LONGEST_SENTENCE])
    numbers = _numbers(found)
    taken = {place for one in numbers for place in range(one.first, one.last + 1)}
    free = [(place, word) for place, word in enumerate(found) if place not in taken]
    terms = _terms(found, taken)
    return Wording(
        words=found,
        quantities=numbers,
        terms=terms,
        surfaces=frozenset(word.low for word in found),
        names=frozenset(word.low for _, word in free if word.is_capital and word.low not in EMPTY | DENIALS),
        denials=tuple(_denials(found, terms)),
        guards=frozenset(_guards(found, taken)),
        timely=frozenset(word.low for place, word in free if word.low in TIMELY and place + 1 in taken),
        is_question=sentence.rstrip("\"'”’»)*_ ").endswith(("?", "？", "؟")),
        begins_with_pronoun=bool(found) and found[0].low in _PRONOUNS and _leads_nothing(found),
        has_superlative=any(is_superlative(found, at) for at in range(len(found))),
    )


def _guards(found: Sequence[Word], taken: set[int]) -> Iterable[str]:
    """The words by which the sentence does not say outright what it seems to say."""
    for place, word in enumerate(found):
        following = found[place + 1].low if place + 1 < len(found) else ""
        # "the studio said" after the statement is where it comes from; "the minister said" before it is hearsay.
        said = word.low in _SAYING and following not in ("", ".", ",")
        was = word.low == "used" and following == "to" and (not place or found[place - 1].low not in _BE)
        told = word.low in FICTION and any(before.low == "in" for before in found[max(place - 2, 0) : place])
        if said or was or told or (word.low in GUARDS and place not in taken and not word.is_capital):
            yield word.low


def _leads_nothing(found: Sequence[Word]) -> bool:
    """Whether the first word stands for something that another sentence names ("It is high", "This led to")."""
    following = found[1].low if len(found) > 1 else ""
    return following in EMPTY or following in GUARDS or found[0].low in ("it", "they", "he", "she", "its", "their")


def _numbers(found: Sequence[Word]) -> tuple[Quantity, ...]:
    read = quantities(found)
    taken = {place for one in read for place in range(one.first, one.last + 1)}
    placed = [
        number
        for place in range(len(found))
        # "per second" is a unit, "the second" a place.
        if place not in taken and place and found[place - 1].low in OWNERS and (number := ordinal(found, place))
    ]
    return tuple(sorted([*read, *placed], key=lambda one: one.first))


def _is_content(word: Word) -> bool:
    return word.is_word and (word.low not in EMPTY or (word.is_capital and word.low in MONTHS)) and not (
        word.low in DENIALS or word.low in QUANTIFIERS or (word.low in GUARDS and not word.is_capital)
    )  # fmt: skip


def _terms(found: Sequence[Word], taken: set[int]) -> tuple[Term, ...]:
    """The content in order; a passive is turned round, and so is a genitive."""
    moving = _moving(found, taken)
    order = _turned(found, taken)
    terms: list[Term] = []
    held: Term | None = None
    for place in order:
        word = found[place]
        if designator(found, place):
            terms.append(Term(f"{found[place - 1].low} {word.text}", place, place in moving))
            continue
        if place in taken or not _is_content(word):
            continue
        term = Term(word.stem, place, place in moving)
        if word.is_genitive:
            held = term
            continue
        terms.append(term)
        if held:
            terms.append(held)
            held = None
    return (*terms, held) if held else tuple(terms)


def _moving(found: Sequence[Word], taken: set[int]) -> set[int]:
    """The words of phrases such as "in Berlin" or "on most coasts": a preposition and at most one word of content."""
    moving: set[int] = set()
    for place, word in enumerate(found):
        if word.low not in _ADJUNCTS:
            continue
        after = place + 1
        numbered = False
        while after < len(found) and (after in taken or found[after].low in EMPTY | QUANTIFIERS):
            if found[after].low in _ADJUNCTS and after not in taken:
                break
            numbered = numbered or after in taken
            after += 1
        if after < len(found) and _is_content(found[after]) and (not numbered or found[after].low in MONTHS):
            moving.add(after)
    return moving


def _turned(found: Sequence[Word], taken: set[int]) -> list[int]:
    """The places of the words, with "[A] was made by [B]" as "[B] made [A]"."""
    places = list(range(len(found)))
    for place, word in enumerate(found):
        if word.low != "by" or place + 1 >= len(found) or place + 1 in taken:
            continue
        be = next((back for back in range(place - 2, max(place - 5, -1), -1) if found[back].low in _BE), -1)
        if be < 0 or any(not word.is_word for word in found[be:place]):
            continue
        begin = be
        while begin > 0 and found[begin - 1].text not in ".,;:!?()":
            begin -= 1
        end = place + 1
        while end < len(found) and not _ends_agent(found, end, taken):
            end += 1
        return [*places[:begin], *places[place + 1 : end], *places[be:place], *places[begin:be], *places[end:]]
    return places


def _ends_agent(found: Sequence[Word], at: int, taken: set[int]) -> bool:
    word = found[at]
    return at in taken or not word.is_word or word.low in _ADJUNCTS or word.low in ("for", "from", "to", "with", "and")


def _denials(found: Sequence[Word], terms: Iterable[Term]) -> Iterable[Denial]:
    places = {term.at: term.stem for term in terms}
    for place, word in enumerate(found):
        if word.low not in DENIALS or (word.low in ("few", "little") and place and found[place - 1].low == "a"):
            continue
        following = next((after for after in range(place + 1, len(found)) if after in places), None)
        yield Denial(
            place, places[following] if following is not None else "", place > 0 and found[place - 1].low in _ADDING
        )
