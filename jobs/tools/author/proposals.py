"""Proposals as the offline author words them: the topic, its figures, and what the notes say about it. Nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.tools.author import phrases, picking
from jobs.tools.author.sources import Sentence, Source, usable
from jobs.tools.text import search
from jobs.tools.trends.score import Weighed
from jobs.tools.trends.timeliness import in_words
from jobs.tools.trends.topics import Topic

TAGS_AT_MOST = 5
TAG_CHARACTERS = 60
WORDS_AT_MOST = 4
QUOTED = 2
# Less than this above what is usual is no reason for a hook.
WORTH_SAYING = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A proposal in words. quoted: the sentences of notes that stand in it."""

    title: str
    hook: str
    angle: str
    tags: tuple[str, ...]
    quoted: tuple[Sentence, ...] = ()


def word(one: Weighed, sources: Sequence[Source]) -> Worded:
    """The topic as a title; as a hook what the notes say about it, or else its plainest figure."""
    topic = one.topic
    quoted = about(topic, sources)
    told = [_found(topic), *_noted(quoted[1:] or quoted)]
    return Worded(
        title=headline(topic.label),
        hook=quoted[0].text if quoted else _figure(one),
        angle=" ".join(told),
        tags=tuple(dict.fromkeys(word.text.lower()[:TAG_CHARACTERS] for word in topic.words))[:TAGS_AT_MOST],
        quoted=tuple(quoted),
    )


def headline(label: str) -> str:
    """A topic's label as a title begins."""
    return label[:1].upper() + label[1:]


def about(topic: Topic, sources: Sequence[Source]) -> list[Sentence]:
    """The few sentences of the notes that say most about a topic: each names all of it, or its note's title does."""
    stems = set(topic.stems)
    sentences = [
        sentence
        for sentence in usable(picking.about(sources, topic.label))
        if sentence.leans_on is None and stems <= set(search.terms(f"{sentence.source.title} {sentence.text}"))
    ]
    ranks = picking.ranked(sentences, topic.label)
    order = sorted(range(len(sentences)), key=lambda at: (-ranks[at], at))
    return [sentences[at] for at in order[: 1 + QUOTED]]


def _figure(one: Weighed) -> str:
    demand = one.parts["gap"].evidence.get("demand")
    if demand is not None and demand >= WORTH_SAYING:
        return phrases.SEEN_MORE.format(topic=one.topic.label, times=f"{demand:.1f}")
    fastest = next(iter(one.parts["momentum"].evidence["videos"]), None)
    if fastest is None:
        return phrases.ASK_VIEWERS.format(topic=one.topic.label)
    title = next(video.title for video in one.topic.videos if video.id == fastest["id"])
    return phrases.SEEN_ONE.format(title=title, views=f"{fastest['views']:,}", age=in_words(fastest["days"]))


def _found(topic: Topic) -> str:
    if len(topic.videos) == 1:
        return phrases.IT_SPEAKS_OF.format(title=topic.videos[0].title)
    return phrases.THEY_SPEAK_OF.format(words=", ".join(word.text for word in topic.words[:WORDS_AT_MOST]))


def _noted(quoted: Sequence[Sentence]) -> list[str]:
    if not quoted:
        return [phrases.NO_NOTE]
    return [phrases.NOTES_SAY, *(f"“{sentence.text}”" for sentence in quoted)]
