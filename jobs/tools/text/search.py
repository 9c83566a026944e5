"""Finding the passages of a few thousand that speak about the same as a question: BM25 over stemmed words.

Source of the formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with
the usual k1 = 1.2 and b = 0.75.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

K1, B = 1.2, 0.75
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
STOP_WORDS = frozenset(
    """a an and are as at be been being but by can could did do does for from had has have he her his how i if in into is
    it its just may might more most much no not of on one only or other our out over she should so some such than that
    the their them then there these they this those through to too under up very was we were what when where which while
    who will with would you your""".split()  # noqa: SIM905  (a list of ninety strings would be no easier to read)
)
# The longest first. Crude, but the same word meets itself: "tides" and "tide", "raising" and "raises".
_ENDINGS = ("ations", "ation", "ingly", "edly", "ings", "ing", "ies", "ed", "es", "ly", "s", "e")


def words(text: str) -> list[str]:
    """The words of a text in small letters, without those that say nothing of what it is about."""
    return [word for word in (found.lower() for found in _WORD.findall(text)) if word not in STOP_WORDS]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending; short words and numbers stay as they are."""
    if len(word) < 4 or not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def terms(text: str) -> list[str]:
    """The stems of a text's words."""
    return [stem(word) for word in words(text)]


class Index:
    """Passages that can be asked for."""

    def __init__(self, passages: Sequence[str]) -> None:
        counted = [Counter(terms(passage)) for passage in passages]
        self._lengths = [counts.total() for counts in counted]
        self._average = sum(self._lengths) / max(len(counted), 1) or 1.0
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._weights: dict[str, list[tuple[int, float]]] = {}
        for place, counts in enumerate(counted):
            for term, count in counts.items():
                self._places[term].append((place, count))

    def rarity(self, term: str) -> float:
        """How much a stem tells apart: its inverse document frequency, never negative."""
        holding = len(self._places.get(term, ()))
        return math.log(1 + (len(self._lengths) - holding + 0.5) / (holding + 0.5))

    def best(self, question: str, at_most: int = 5) -> list[tuple[int, float]]:
        """The passages that speak most about it: their place among the passages and their score, the best first."""
        scores: dict[int, float] = defaultdict(float)
        for term in sorted(set(terms(question))):
            for place, weight in self._weights_of(term):
                scores[place] += weight
        return heapq.nsmallest(at_most, scores.items(), key=lambda found: (-found[1], found[0]))

    def _weights_of(self, term: str) -> list[tuple[int, float]]:
        """What a stem adds to the score of each passage that holds it; worked out when it is first asked for."""
        known = self._weights.get(term)
        if known is None:
            rarity = self.rarity(term)
            known = self._weights[term] = [
                (place, rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * self._lengths[place] / self._average)))
                for place, count in self._places.get(term, ())
            ]
        return known
