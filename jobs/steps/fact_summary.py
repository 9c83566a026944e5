"""A fact-check in one sentence, counted."""

from __future__ import annotations

from collections.abc import Mapping

from channels_app.models import Claim

# What a person must look at first comes first.
URGENCY: list[str] = [
    Claim.Verdict.DISPUTED,
    Claim.Verdict.UNVERIFIED,
    Claim.Verdict.VERIFIED,
    Claim.Verdict.OPINION,
]


def plain(sentences: int, verdicts: Mapping[str, int], reasons: Mapping[str, int]) -> str:
    """How many claims in how many sentences, and what was found. Missing keys count as nought."""
    total = sum(verdicts.values())
    if not total:
        return f"Nothing in {counted(sentences, 'sentence')} claims something that can be checked by rules."
    differing = reasons.get(Claim.Reason.NUMBERS_DIFFER, 0)
    opinions = verdicts.get(Claim.Verdict.OPINION, 0)
    parts = (
        (verdicts.get(Claim.Verdict.DISPUTED, 0), "disputed"),
        (differing, "with numbers that differ from a source"),
        (verdicts.get(Claim.Verdict.UNVERIFIED, 0) - differing, "unverified"),
        (verdicts.get(Claim.Verdict.VERIFIED, 0), "verified"),
        (opinions, "opinion" if opinions == 1 else "opinions"),
    )
    found = ", ".join(f"{count:,} {word}" for count, word in parts if count)
    return f"{counted(total, 'claim or opinion', 'claims and opinions')} in {counted(sentences, 'sentence')}: {found}."


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
