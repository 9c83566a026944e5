"""How alike two titles or two sentences are: by the stems they share, and by their letters.

Source of the measures: Jaccard's coefficient and the overlap coefficient (Szymkiewicz–Simpson) over word stems, Dice's
coefficient over letter trigrams; the threshold was set on the table in tests/unit/tools/author/test_similarity.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobs.tools.text import search

# Titles at or above are told apart by nobody.
SAME_TITLE = 0.6
# Sentences are longer, and a single number may be all that tells two facts apart.
SAME_SENTENCE = 0.85
# Words that titles of every subject are made with say nothing of what they are about.
_OF_TITLES = frozenset(
    search.stem(word)
    for word in """actually again behind best explained explains explain fact facts get gets guide happened here know let
    like make makes many need number numbers real really secret secrets story tell thing things truth video watch way ways whole
    why work works year you one two three four five six seven eight nine ten""".split()  # noqa: SIM905  (as in search.py)
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it is compared: its stems, its numbers among them, and its letter trigrams."""

    stems: frozenset[str]
    numbers: frozenset[str]
    trigrams: frozenset[str]


def words_of(text: str) -> Words:
    """The text made ready for comparing."""
    return _words(search.terms(text))


def same_title(title: str, others: Iterable[str]) -> str:
    """The one of the others that is most like this title, when both are the same in other words; else nothing."""
    mine = _title(title)
    alike = ((other, _likeness(mine, _title(other))) for other in others)
    like, how_much = max(alike, key=lambda pair: pair[1], default=("", 0.0))
    return like if how_much >= SAME_TITLE else ""


def same_sentence(one: Words, other: Words) -> bool:
    """Whether two sentences say the same: nearly the same words, and no other numbers."""
    return one.numbers == other.numbers and _jaccard(one.stems, other.stems) >= SAME_SENTENCE


def _words(stems: Sequence[str]) -> Words:
    letters = f"  {' '.join(stems)} " if stems else ""
    return Words(
        frozenset(stems),
        frozenset(stem for stem in stems if stem[0].isdigit()),
        frozenset(letters[at : at + 3] for at in range(len(letters) - 2)),
    )


def _title(text: str) -> Words:
    stems = search.terms(text)
    return _words([stem for stem in stems if stem not in _OF_TITLES] or stems)


def _likeness(one: Words, other: Words) -> float:
    shared = len(one.stems & other.stems)
    fewest = min(len(one.stems), len(other.stems))
    # The whole of a title within another is the same subject, but two words may be in any title.
    contained = shared / fewest * 0.75 if fewest >= 3 else 0.0
    # Letters catch other forms of a word. A single word is the same or it is not.
    letters = 2 * len(one.trigrams & other.trigrams) / max(len(one.trigrams) + len(other.trigrams), 1)
    if fewest < 2:
        letters = 0.0
    measured = max(_jaccard(one.stems, other.stems), contained, letters * 0.8)
    # Two years or two amounts are two subjects.
    return measured * 0.7 if one.numbers and other.numbers and not one.numbers & other.numbers else measured


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
