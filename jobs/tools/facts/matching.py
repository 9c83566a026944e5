"""Whether a source says what a claim says, as far as that can be seen without understanding either.

The rule is strict on purpose: it says *matches* only where wording, numbers, units, names, denials, quantifiers, tenses
and order all agree, and *numbers differ* only where all of that agrees but a number of the same unit. Everything else
is *nothing*: that a source says otherwise in other words cannot be seen by rules (docs/fact-check.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from jobs.tools.facts.quantities import Quantity
from jobs.tools.facts.wording import Term, Wording, wording
from jobs.tools.facts.words import NARROWING

# Fewer words of content than this say too little to be found again with certainty.
LEAST_CONTENT = 2
LEAST_SAID = 3
# So many words of content may a source put between those of the claim.
EXTRA_WORDS = 4
DETERMINERS = frozenset({"the", "a", "an", "its", "their", "his", "her", "this", "these", "other"})
JOINS = frozenset(
    {"of", "and", "or", "behind", "near", "beside", "with", "from", "in", "on", "under", "for", "by", "to"}
)


class Match(StrEnum):
    """What a source says about a claim."""

    MATCHES = "matches"
    NUMBERS_DIFFER = "numbers_differ"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Compared:
    """The answer, and for numbers that differ what the claim and the source say."""

    match: Match
    claimed: str = ""
    found: str = ""


NOTHING = Compared(Match.NOTHING)


def compare(claim: str, source: str) -> Compared:
    """Compare a claim with one sentence of a source."""
    said = wording(claim)
    letters = source.lower()
    # Most sentences lack a name of the claim's; taking them apart would cost a hundred times more.
    if said.is_question or said.begins_with_pronoun or any(name not in letters for name in said.names):
        return NOTHING
    known = wording(source)
    if known.is_question:
        return NOTHING
    everything = len(said.stems) + len(said.quantities) + len(said.denials)
    if len(said.stems) < LEAST_CONTENT or everything < LEAST_SAID:
        return NOTHING
    if not said.stems <= known.stems or not said.names <= known.surfaces:
        return NOTHING
    if said.guards != known.guards or not said.timely <= known.timely:
        return NOTHING
    low, high = _window(said, known)
    return _numbers(said, known, claim, source) if _window_agrees(said, known, low, high) else NOTHING


def _window(said: Wording, known: Wording) -> tuple[int, int]:
    """The shortest run of the source's words that holds all the content of the claim, as [low, high).

    The source must hold all of it. Numbers of the claim's units that stand beside the run belong to it.
    """
    wanted = said.stems
    best = (0, len(known.words))
    held: dict[str, int] = {}
    for at, stem in sorted((term.at, term.stem) for term in known.terms if term.stem in wanted):
        held[stem] = at
        low = min(held.values())
        if len(held) == len(wanted) and at + 1 - low < best[1] - best[0]:
            best = (low, at + 1)
    low, high = best
    units = {number.unit for number in said.quantities}
    for number in known.quantities:
        if number.unit in units and number.last + 1 == low:
            low = number.first
        elif number.unit in units and number.first == high:
            high = number.last + 1
    return low, high


def _window_agrees(said: Wording, known: Wording, low: int, high: int) -> bool:
    inside = [term for term in known.terms if low <= term.at < high]
    extra = [term for term in inside if term.stem not in said.stems]
    if known.parts_at(low, high) and not said.parts_at(0, len(said.words)):
        return False
    if len(extra) > (EXTRA_WORDS if said.is_english else 0) or (said.has_superlative and extra):
        return False
    begin, end = known.clause_of(low, high)
    if _is_about_another(known, begin, low) or _is_narrower(said, known, extra, high):
        return False
    # What quantifies stands before what it is about; what denies may also follow it.
    if said.quantifiers(0, len(said.words)) != known.quantifiers(begin, high):
        return False
    denied = frozenset(one.target for one in known.denials if one.at < high or (one.at < end and not one.adds))
    if frozenset(one.target for one in said.denials) != denied:
        return False
    return _tenses_agree(said, known, inside) and _in_order(said.terms, inside, "than" in said.surfaces)


def _is_about_another(known: Wording, begin: int, low: int) -> bool:
    """Whether what the claim is about only belongs to what the source is about: the coach *of Spain* won."""
    at = low - 1
    while at >= begin and known.words[at].low in DETERMINERS:
        at -= 1
    joins = at > begin and known.words[at].low in JOINS
    return joins and any(begin <= term.at < at and not term.moves for term in known.terms)


def _is_narrower(said: Wording, known: Wording, extra: Sequence[Term], high: int) -> bool:
    """Whether the source says it only of some cases: cures cancer in mice; the first in Europe.

    What is told as past happened once, and where and when takes nothing from it; but not so what was the first.
    """
    following = known.words[high].low if high < len(known.words) else ""
    if said.has_superlative:
        return following in NARROWING or following == "of"
    if said.tells_of_the_past:
        return False
    if following in NARROWING and following not in said.surfaces:
        return True
    counted = {number.unit for number in said.quantities}
    some = any(one.unit[1:] in said.stems and one.unit not in counted for one in known.quantities if one.first < high)
    return some or any(known.narrows(term.at) or _leans_on(known, term.at) for term in extra)


def _leans_on(known: Wording, at: int) -> bool:
    """Whether the word there is part of the next one's name, as in *older people*: no mark or small word parts them."""
    return at + 1 < len(known.words) and any(term.at == at + 1 for term in known.terms)


def _tenses_agree(said: Wording, known: Wording, inside: Sequence[Term]) -> bool:
    """Whether no verb of the claim is present where the source's is past, or the other way round."""
    told = {term.stem: said.is_past(term.at) for term in said.terms}
    return all(told[term.stem] == known.is_past(term.at) for term in inside if term.stem in told)


def _in_order(said: Sequence[Term], inside: Sequence[Term], compares: bool) -> bool:
    """Whether the claim's content comes in the source's order, but for phrases of time and place."""
    # Where two things are compared, every place matters: faster in water than in air.
    moving = set() if compares else {term.stem for term in said if term.moves}
    moving &= {term.stem for term in inside if term.moves}
    wanted = iter([term.stem for term in inside if term.stem not in moving])
    return all(any(term.stem == stem for stem in wanted) for term in said if term.stem not in moving)


def _numbers(said: Wording, known: Wording, claim: str, source: str) -> Compared:
    if _numbers_are_swapped(said.quantities, known.quantities):
        return NOTHING
    left = list(known.quantities)
    unmatched: list[Quantity] = []
    for number in said.quantities:
        same = next((one for one in left if one.equals(number)), None)
        if same:
            left.remove(same)
        else:
            unmatched.append(number)
    if not unmatched:
        return Compared(Match.MATCHES)
    differing: list[tuple[Quantity, Quantity]] = []
    for number in unmatched:
        other = next((one for one in left if one.compares_with(number)), None)
        if other is None:
            return NOTHING
        left.remove(other)
        differing.append((number, other))
    if len(differing) > 1 and any(number.unit in ("year", "day of month") for number, _ in differing):
        # Another number on another day is another fact.
        return NOTHING
    claimed, found = differing[0]
    return Compared(Match.NUMBERS_DIFFER, _text(said, claimed, claim), _text(known, found, source))


def _numbers_are_swapped(said: Sequence[Quantity], known: Sequence[Quantity]) -> bool:
    """Whether the same numbers come in another order, and so are said of other things: 40 in 2019 and 60 in 2020."""
    for unit in {number.unit for number in said}:
        asked = [number.value for number in said if number.unit == unit]
        there = [number.value for number in known if number.unit == unit and number.value in asked]
        if len(asked) > 1 and sorted(asked) == sorted(there) and asked != there:
            return True
    return False


def _text(one: Wording, number: Quantity, sentence: str) -> str:
    return sentence[one.words[number.first].start : one.words[number.last].end]
