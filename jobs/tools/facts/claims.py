"""Which sentences of a script claim something that can be true or false, and which only say what somebody thinks.

Each sentence gets a score by rules: numbers, dates, names, superlatives, comparisons and verbs of cause and quantity
make it worth checking; questions, requests, greetings and feelings do not. In other languages than English only
numbers and names count, so fewer sentences are found there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from jobs.tools.facts.wording import Wording, wording
from jobs.tools.facts.words import EMPTY, is_superlative, stem
from jobs.tools.text import prose

WORTH = 0.3
MOST_CLAIMS = 3_000
LEAST_WORDS = 3
_CAUSES = frozenset(
    stem(verb)
    for verb in """cause lead produce create make reduce increase decrease double triple raise lower prevent trigger
    result affect kill destroy generate contain consist weigh measure cost last cover reach exceed number hold
    contribute account reveal prove show found discover invent build open close launch happen begin end rise fall grow
    shrink live orbit pull turn move travel""".split()  # noqa: SIM905
)
_FIRST_PERSON = frozenset(
    {"i", "we", "me", "us", "my", "our", "i'm", "i've", "we're", "we've", "i'll", "we'll", "let's"}
)
_SECOND_PERSON = frozenset({"you", "your", "you're", "you'll", "you've"})
_OPINION = frozenset(
    """think believe feel guess reckon opinion honestly personally frankly beautiful ugly amazing awesome incredible
    wonderful terrible horrible awful boring exciting fantastic brilliant stunning gorgeous delicious lovely great best
    worst better favourite favorite love hate should ought must probably maybe perhaps seems overrated underrated
    fascinating magical perfect annoying disappointing fun funny cool nice good bad right wrong interesting impressive
    unfair deserve deserves worth important strange weird""".split()  # noqa: SIM905
)
_STATING = frozenset("is are was were has have had can do does did should must feels seems looks".split())  # noqa: SIM905
_IMPERATIVE = frozenset(
    """subscribe like click watch look stay imagine think remember let leave tell try stop start take picture come join
    consider wait listen check stand go get make keep see note press hit share follow meet ask put add mix cut pour
    never always don't do please welcome hello hi thanks thank""".split()  # noqa: SIM905
)
_ENGLISH_VERB_AT_START = re.compile(
    r"^(?:so|now|then|and|but|tonight|today|well|okay|ok|first|next),?\s+", re.IGNORECASE
)


class Class(StrEnum):
    """What kind of sentence it is."""

    CLAIM = "claim"
    OPINION = "opinion"
    CHATTER = "chatter"


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a script, the characters [start, end) of its body.

    statement: the same so that it stands by itself. score: how much it is worth checking, 0 to 1.
    """

    start: int
    end: int
    text: str
    kind: Class
    score: float = 0.0
    statement: str = ""


def split(body: str) -> list[Claim]:
    """The claims and opinions of a script, in order; chatter is left out."""
    return [claim for claim in map(judged, prose.sentences(body)) if claim.kind is not Class.CHATTER][:MOST_CLAIMS]


def judged(sentence: prose.Span) -> Claim:
    """One sentence with its kind and score."""
    kind, score = classify(sentence.text)
    return Claim(sentence.start, sentence.end, sentence.text, kind, score, statement(sentence.text))


def statement(text: str) -> str:
    """The sentence without Markdown's emphasis and surrounding marks, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", "", text)).strip()


def classify(text: str) -> tuple[Class, float]:
    """What kind of sentence a text is, and how much it is worth checking."""
    said = wording(statement(text))
    low = [word.low for word in said.words if word.is_word]
    if said.is_question or len(low) + len(said.quantities) < LEAST_WORDS:
        return Class.CHATTER, 0.0
    if not said.is_english:
        score = _measured(said)
        return (Class.CLAIM, score) if score >= WORTH else (Class.CHATTER, score)
    if _is_request(text, low):
        return Class.CHATTER, 0.0
    personal = _FIRST_PERSON.intersection(low)
    opinion = _OPINION.intersection(low)
    score = _measured(said) + _worded(said, low)
    if personal:
        score -= 0.3
    if _SECOND_PERSON.intersection(low):
        score -= 0.3
    if said.begins_with_pronoun:
        # What "That is the second" speaks of stands in another sentence; no source can be found for it.
        score -= 0.45
    score = max(min(round(score, 2), 1.0), 0.0)
    if opinion and (personal or (not said.quantities and _STATING.intersection(low))):
        return Class.OPINION, score
    return (Class.CLAIM, score) if score >= WORTH else (Class.CHATTER, score)


def _measured(said: Wording) -> float:
    """What counts in every language: numbers, dates, names."""
    score = 0.35 * bool(said.quantities)
    score += 0.1 * any(number.unit in ("year", "percent", "dollar", "euro", "pound") for number in said.quantities)
    return score + min(0.25 * len(said.names), 0.35)


def _worded(said: Wording, low: Sequence[str]) -> float:
    """What counts in English."""
    score = 0.2 * any(is_superlative(said.words, at) for at in range(len(said.words)))
    score += 0.15 * ("than" in low or "because" in low)
    score += 0.2 * any(term.stem in _CAUSES for term in said.terms)
    # A plain statement about a thing: it names something, and says what that is or does.
    says = len(said.terms) >= 2 and low[0] not in _FIRST_PERSON | _SECOND_PERSON
    score += 0.1 * bool(_STATING.intersection(low)) + 0.1 * bool(said.denials)
    return score + 0.15 * says + 0.1 * (len(said.terms) >= 3)


def _is_request(text: str, low: Sequence[str]) -> bool:
    """Whether it asks the viewer to do something, or greets."""
    bare = _ENGLISH_VERB_AT_START.sub("", statement(text)).lower()
    first = re.match(r"[^\W\d_]+(?:['’]t)?", bare)
    verb = first[0].replace("’", "'") if first else ""
    if verb not in _IMPERATIVE:
        return False
    following = low[low.index(verb) + 1] if verb in low and low.index(verb) + 1 < len(low) else ""
    # "Like most whales …" and "Look is …" go on like statements; "Watch this", "Take the bus", "Press the bell" do not.
    return not (verb in ("like", "never", "always") and following not in EMPTY | _SECOND_PERSON)
