"""What a model may answer about claims, and what of it is believed: quotes that stand there word for word, nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from jobs.tools.facts.claims import Claim, Class
from jobs.tools.facts.evidence import Evidence
from jobs.tools.facts.quantities import quantities
from jobs.tools.facts.words import words

MOST_STATEMENT = 600
MOST_QUOTE = 1_000
# Shorter quotes stand in almost any text, and prove nothing.
LEAST_PROOF = 8
UNPROVEN = "The model's verdict is not shown: it quoted nothing that stands in the evidence. Check this yourself."


class SplitClaim(BaseModel):
    """A statement that the model found."""

    quote: str = Field(max_length=MOST_QUOTE)
    statement: str = Field(default="", max_length=MOST_STATEMENT)
    kind: Literal["claim", "opinion"]


class SplitAnswer(BaseModel):
    """Every statement of a part of a script."""

    claims: list[SplitClaim] = Field(max_length=200)


class Quote(BaseModel):
    """Words of a piece of evidence."""

    evidence: int
    text: str = Field(max_length=MOST_QUOTE)


class VerdictAnswer(BaseModel):
    """What the model makes of one statement."""

    verdict: Literal["verified", "unverified", "disputed", "opinion"]
    confidence: float = Field(ge=0, le=1)
    explanation: str = Field(max_length=1_000)
    quotes: list[Quote] = Field(default_factory=list, max_length=10)


class SummaryAnswer(BaseModel):
    """The whole in a few sentences."""

    summary: str = Field(max_length=1_000)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A model's verdict as far as it is believed. confidence: the model's own word, None where it is not believed."""

    verdict: str
    explanation: str
    confidence: float | None
    sources: tuple[dict[str, str], ...]


def located(answer: SplitAnswer, passage: str, offset: int) -> list[Claim]:
    """The claims whose quotes stand in the passage, by their place in the script; each character belongs to one only.

    offset: where the passage begins in the script.
    """
    found: list[Claim] = []
    taken: list[tuple[int, int]] = []
    for one in answer.claims:
        quote = one.quote.strip()
        place = _free_place(passage, quote, taken) if len(quote) >= LEAST_PROOF else None
        if place is None:
            continue
        taken.append(place)
        kind = Class.CLAIM if one.kind == "claim" else Class.OPINION
        start, end = offset + place[0], offset + place[1]
        found.append(Claim(start, end, quote, kind, 1.0, one_line(one.statement) or one_line(quote)))
    return sorted(found, key=lambda claim: claim.start)


def _free_place(passage: str, quote: str, taken: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    at = passage.find(quote)
    while at >= 0:
        end = at + len(quote)
        if all(end <= low or at >= high for low, high in taken):
            return at, end
        at = passage.find(quote, at + 1)
    return None


def believed(answer: VerdictAnswer, evidence: Sequence[Evidence]) -> Verdict:
    """The verdict, unless it needs proof and has none."""
    if answer.verdict in ("unverified", "opinion"):
        return Verdict(answer.verdict, one_line(answer.explanation), None, ())
    proofs = []
    for quote in answer.quotes:
        if not 1 <= quote.evidence <= len(evidence):
            continue
        piece = evidence[quote.evidence - 1]
        text = one_line(quote.text)
        if len(text) >= LEAST_PROOF and text in one_line(piece.text):
            proofs.append({**piece.as_source(), "quote": text})
    if not proofs:
        return Verdict("unverified", UNPROVEN, None, ())
    return Verdict(answer.verdict, one_line(answer.explanation), answer.confidence, tuple(proofs))


def is_sober(summary: str, facts: str) -> bool:
    """Whether a summary gives no number that the facts do not give."""
    known = {number.value for number in quantities(words(facts))}
    return all(number.value in known for number in quantities(words(summary)))


def one_line(text: str) -> str:
    """The text with every run of space as one space."""
    return re.sub(r"\s+", " ", text).strip()
