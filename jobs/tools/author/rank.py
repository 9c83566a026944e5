"""Which sentences matter most: TextRank, drawn towards a topic.

A walk steps from sentence to sentence, the likelier the more they have in common (cosine of their words, each weighed
by its rarity), and now and then jumps to a sentence about the topic. How often it comes by is a sentence's rank.
The likenesses of all pairs are never written down: a step goes through the words, so that its cost grows with the
length of the texts and not with its square.

Sources: Mihalcea and Tarau, "TextRank" (2004); Erkan and Radev, "LexRank" (2004) for the cosine; Otterbacher, Erkan and
Radev, "Using Random Walks for Question-focused Sentence Retrieval" (2005) for the topic.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from jobs.tools.text import search

DAMPING = 0.85
ROUNDS = 40
CLOSE_ENOUGH = 1e-6


def rank(texts: Sequence[str], topic: str = "", titles: Sequence[str] = ()) -> list[float]:
    """The rank of each text; the ranks of all add up to 1. A topic that none speaks about draws nowhere.

    titles: of the notes the texts are from, one for each: a sentence is about what its note is about.
    """
    if not texts:
        return []
    vectors = _vectors(texts)
    titled = [f"{title}. {text}" for title, text in zip(titles, texts, strict=True)] if titles else texts
    home = _home(titled, topic)
    # How much each sentence has in common with all others.
    common = [max(total - 1.0, 0.0) for total in _likeness_to(vectors, [1.0] * len(texts))]
    ranks = home
    for _ in range(ROUNDS):
        shares = [rank / total if total > CLOSE_ENOUGH else 0.0 for rank, total in zip(ranks, common, strict=True)]
        arrived = _likeness_to(vectors, shares)
        walked = [max(sum_ - share, 0.0) for sum_, share in zip(arrived, shares, strict=True)]
        # Where a sentence has nothing in common with any other, the walk jumps.
        lost = 1.0 - sum(walked)
        following = [
            DAMPING * (step + lost * at_home) + (1 - DAMPING) * at_home
            for step, at_home in zip(walked, home, strict=True)
        ]
        moved = sum(abs(new - old) for new, old in zip(following, ranks, strict=True))
        ranks = following
        if moved < CLOSE_ENOUGH:
            break
    return ranks


def relevance(texts: Sequence[str], topic: str) -> list[float]:
    """How much each text speaks about a topic (BM25); zeros for a topic that none speaks about."""
    scores = [0.0] * len(texts)
    for place, score in search.Index(texts).best(topic, at_most=len(texts)):
        scores[place] = score
    return scores


def _home(texts: Sequence[str], topic: str) -> list[float]:
    scores = relevance(texts, topic) if topic else []
    total = sum(scores)
    return [score / total for score in scores] if total > 0 else [1 / len(texts)] * len(texts)


def _vectors(texts: Sequence[str]) -> list[dict[str, float]]:
    counted = [Counter(search.terms(text)) for text in texts]
    holding = Counter(term for counts in counted for term in counts)
    vectors = []
    for counts in counted:
        weights = {term: count * math.log(1 + len(texts) / holding[term]) for term, count in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        vectors.append({term: weight / length for term, weight in weights.items()})
    return vectors


def _likeness_to(vectors: Sequence[dict[str, float]], shares: Sequence[float]) -> list[float]:
    """For each sentence the sum of its cosines to all, itself among them, each times that one's share."""
    through: dict[str, float] = {}
    for vector, share in zip(vectors, shares, strict=True):
        if share:
            for term, weight in vector.items():
                through[term] = through.get(term, 0.0) + weight * share
    return [sum(weight * through.get(term, 0.0) for term, weight in vector.items()) for vector in vectors]
