"""Whether a rewrite by a model may stand in for a passage: the same facts, about the same length, less to mark."""

from __future__ import annotations

from jobs.tools.style.facts import lost_facts
from jobs.tools.style.passages import Judged, hits_in
from jobs.tools.style.rules import rules_for
from jobs.tools.text.search import terms

SHORTEST, LONGEST = 0.4, 1.3
# The share of the passage's own words, by their stems, that a rewrite says again at least.
SAID_AGAIN = 0.35


def refusal(before: Judged, after: str) -> str:
    """Why a rewrite is refused, in a few words; empty when it may stand.

    It is what keeps a passage that gives orders from turning into anything but itself, whatever a model makes of it.
    """
    words = len(before.text.split())
    if not after.strip() or after == before.text:
        return "nothing was changed"
    if not SHORTEST * words - 2 <= len(after.split()) <= LONGEST * words + 2:
        return "the length is not that of the passage"
    if lost := lost_facts(before.text, after):
        return f"{lost} is not as it was"
    said = set(terms(before.text))
    if said and len(said & set(terms(after))) < SAID_AGAIN * len(said):
        return "it says something else"
    if Judged(0, len(after), after, hits_in(after, rules_for("en"))).count >= before.count:
        return "there is as much to mark as before"
    return ""
