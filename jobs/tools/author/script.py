"""Scripts by the offline author: sentences of the notes, picked, put in order, and cited. It never adds one of its own.

A script is Markdown. Under each paragraph stands a comment that names its source; comments are not spoken:

    ### Hook

    A lunar day lasts 24 hours and 50 minutes.
    <!-- source: Twelve hours and twenty-five minutes, https://… -->
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from jobs.tools.author import phrases, picking, revision, similarity
from jobs.tools.author.beats import CannotDo as CannotDo
from jobs.tools.author.beats import beat, comment, nothing_about
from jobs.tools.author.sources import Sentence, Source, check_thick_enough, usable

# Fewer than these about the topic make no script.
FEWEST_SENTENCES = 3
HOOK_WORDS = 24


def assemble(topic: str, sources: Sequence[Source], *, words: int, loops: bool) -> Iterator[str]:
    """A script about the topic of about `words` spoken words, piece by piece.

    loops: its end leads back into its beginning. Where the notes fill less it is shorter, and says so.
    Raises TooThin for notes with too few usable sentences, CannotDo for notes that do not speak about the topic.
    """
    check_thick_enough(sources)
    sentences = usable(picking.about(sources, topic))
    if len(sentences) < FEWEST_SENTENCES:
        raise CannotDo(nothing_about(topic, len(sentences)))
    return _assembled(topic, sentences, words, loops)


def _assembled(topic: str, sentences: Sequence[Sentence], words: int, loops: bool) -> Iterator[str]:
    ranks = picking.ranked(sentences, topic)
    first, last = _ends(sentences, ranks, loops)
    ends = [first, *([last] if last is not None else [])]
    used = sum(sentences[at].words for at in ends)
    middle = picking.pick(sentences, ranks, max(words - used, 0), ends)
    found = used + sum(sentences[at].words for at in middle)
    yield f"{comment(phrases.ASSEMBLED)}\n"
    if found < words * 0.9:
        yield f"{comment(phrases.SHORTER_THAN_ASKED.format(found=found, wanted=words))}\n"
    yield from beat(phrases.HOOK, [sentences[first]])
    for heading, said in _beats([sentences[at] for at in middle], sentences[first].source, loops):
        yield from beat(heading, said)
    if last is not None:
        yield from beat(phrases.LOOP if loops else phrases.CLOSING, [sentences[last]])


def _ends(sentences: Sequence[Sentence], ranks: Sequence[float], loops: bool) -> tuple[int, int | None]:
    """The sentence to begin with and the one to end with.

    A script loops when its last sentence is the one that stands right before its first in the note: heard again from
    the beginning, it goes on as the note does.
    """
    # However well a sentence opens, it has to be about the matter.
    needed = sorted(ranks, reverse=True)[: max(len(ranks) // 3, FEWEST_SENTENCES)][-1]
    opening = {
        at: _opening(sentence, ranks[at])
        for at, sentence in enumerate(sentences)
        if sentence.leans_on is None and sentence.words <= HOOK_WORDS and ranks[at] >= needed
    }
    if loops:
        pairs = [
            (at - 1, at)
            for at in opening
            if at > 0
            and sentences[at - 1].source == sentences[at].source
            and sentences[at - 1].place == sentences[at].place - 1
            and sentences[at - 1].leans_on is None
        ]
        if pairs:
            last, first = max(pairs, key=lambda pair: (opening[pair[1]], -pair[1]))
            return first, last
    first = max(opening, key=lambda at: (opening[at], -at), default=0)
    compared = [similarity.words_of(sentence.text) for sentence in sentences]
    others = [at for at, sentence in enumerate(sentences) if at != first and sentence.leans_on is None]
    # Without such a pair: the sentence that has most in common with the beginning leads back to it best.
    near = [len(compared[at].stems & compared[first].stems) for at in range(len(sentences))]
    return first, max(others, key=lambda at: (near[at], ranks[at], -at), default=None)


def _opening(sentence: Sentence, rank_: float) -> float:
    """How well a sentence opens: what matters, with a number or a turn in it, said briefly."""
    padded = f" {sentence.text.lower()} "
    turns = any(f" {word} " in padded for word in ("but", "not", "only", "never", "no", "first", "instead", "although"))
    numbers = any(letter.isdigit() for letter in sentence.text)
    return rank_ * (1 + 0.15 * numbers + 0.25 * turns + 0.15 * (sentence.words <= 14))


def _beats(middle: Sequence[Sentence], opened: Source, loops: bool) -> list[tuple[str, list[Sentence]]]:
    """The middle in beats: a short has two of them, a long one beat for each note, under the note's title."""
    by_source = [list(group) for _, group in groupby(middle, key=lambda sentence: sentence.source)]
    # The note that the script opens with comes first, so that the hook is followed up.
    by_source.sort(key=lambda group: group[0].source != opened)
    if not loops:
        return [(_heading(group[0].source), group) for group in by_source]
    ordered = [sentence for group in by_source for sentence in group]
    half = (len(ordered) + 1) // 2
    while half < len(ordered) and ordered[half].leans_on is not None:
        half += 1
    return [(name, part) for name, part in zip(phrases.MIDDLE, (ordered[:half], ordered[half:]), strict=True) if part]


def _heading(source: Source) -> str:
    return " ".join(source.title.replace("#", "").split())


def revise(body: str, instruction: str, sources: Sequence[Source], *, words: int) -> Iterator[str]:
    """The script changed as the instruction says, piece by piece, as far as that needs no language model.

    words: how many spoken words a script of its type aims at. Raises CannotDo with what it can do.
    """
    return iter(revision.revised(body, instruction, sources, words=words))
