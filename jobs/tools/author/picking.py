"""Picking sentences: those that matter most, about the topic, that fit a number of words and do not repeat each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from jobs.tools.author import rank, similarity
from jobs.tools.author.sources import Sentence, Source

# A note that speaks this much less about the topic than the best one is about something else.
ABOUT = 0.35
# Above the wish by this much a script is still of the length asked for.
OVER = 1.06


def about(sources: Sequence[Source], topic: str) -> list[Source]:
    """The notes about a topic, in their order; all of them without a topic, none when none speaks about it."""
    if not topic.strip():
        return list(sources)
    # The title says most of what a note is about.
    scores = rank.relevance([f"{source.title}. {source.title}. {source.text}" for source in sources], topic)
    best = max(scores, default=0.0)
    return [source for source, score in zip(sources, scores, strict=True) if 0 < best * ABOUT <= score]


def ranked(sentences: Sequence[Sentence], topic: str) -> list[float]:
    """How much each sentence matters for a topic."""
    titles = [sentence.source.title for sentence in sentences]
    return rank.rank([sentence.text for sentence in sentences], topic, titles)


def with_leaning(index: int, sentences: Sequence[Sentence]) -> list[int]:
    """The sentence and those it cannot be understood without, in their order."""
    chain = [index]
    while (before := sentences[chain[0]].leans_on) is not None:
        chain.insert(0, before)
    return chain


def pick(sentences: Sequence[Sentence], ranks: Sequence[float], words: int, taken: Collection[int] = ()) -> list[int]:
    """The best sentences of about `words` words altogether, in their order, beside those `taken` already.

    Each next one is worth its rank less what the picked ones have said already (maximal marginal relevance, Carbonell
    and Goldstein 1998).
    """
    picked, said, room = list(taken), dict[int, similarity.Words](), float(words)
    compared = [similarity.words_of(sentence.text) for sentence in sentences]
    for index in taken:
        said[index] = compared[index]
    repeated = [max((_overlap(one, other) for other in said.values()), default=0.0) for one in compared]
    left = set(range(len(sentences))) - set(taken)
    while left and room > 0:
        best = max(left, key=lambda at: (ranks[at] * (1 - 0.7 * repeated[at]), -at))
        chain = [at for at in with_leaning(best, sentences) if at not in said]
        length = sum(sentences[at].words for at in chain)
        left.discard(best)
        if length > room + (OVER - 1) * words:
            continue
        room -= length
        for at in chain:
            said[at] = compared[at]
            left.discard(at)
            picked.append(at)
            for other in left:
                repeated[other] = max(repeated[other], _overlap(compared[other], compared[at]))
    return sorted(set(picked) - set(taken))


def _overlap(one: similarity.Words, other: similarity.Words) -> float:
    return len(one.stems & other.stems) / max(min(len(one.stems), len(other.stems)), 1)
