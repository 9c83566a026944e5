"""Topic alignment: how much of what a topic's titles speak about is what the channel stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobs.tools.text import search
from jobs.tools.trends.observed import Measured
from jobs.tools.trends.topics import Topic

# A word that only the notes hold: the channel knows about it, but does not say that it is about it.
OF_NOTES = 0.5
# In one long note stands every word there is.
NOTES_AT_LEAST = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """What a channel stands for, as stems. declared: its topics, tags and niche. noted: what its notes are about."""

    declared: frozenset[str]
    noted: frozenset[str]
    is_empty: bool


def profile_of(words: Sequence[str], niche: str, notes: Iterable[tuple[str, str]]) -> Profile:
    """The profile of a channel with these topics and tags, and these notes (title, text).

    Noted is what stands in a note's title, or in two notes. It is empty where there is nothing but a niche.
    """
    titles: set[str] = set()
    held: Counter[str] = Counter()
    for title, text in notes:
        titles.update(search.terms(title))
        held.update(set(search.terms(text)))
    noted = titles | {stem for stem, count in held.items() if count >= NOTES_AT_LEAST}
    declared = set(search.terms(" ".join([*words, niche])))
    return Profile(frozenset(declared), frozenset(noted), is_empty=not words and not held and not titles)


def alignment(topic: Topic, profile: Profile) -> Measured:
    """The share of the topic's words that the channel stands for, each weighed by the share of titles that hold it.

    A word of the topics, tags or niche counts wholly, one of the notes by half. evidence: `words`
    [{text, share, from: channel | notes | nowhere}], the weightiest first.
    """
    rows = [
        {"text": word.text, "share": round(word.share, 3), "from": _origin(word.stem, profile)} for word in topic.words
    ]
    evidence = {"words": rows}
    if profile.is_empty:
        told = "Unknown: the channel has no topics, tags or notes yet. Add them in its settings."
        return Measured(value=None, told=told, evidence=evidence)
    credit = {"channel": 1.0, "notes": OF_NOTES, "nowhere": 0.0}
    weights = sum(word.share for word in topic.words)
    if not weights:
        return Measured(value=None, told="Unknown: its titles share no word.", evidence=evidence)
    reached = sum(word.share * credit[_origin(word.stem, profile)] for word in topic.words)
    told = " ".join(
        f"{label}: {', '.join(words)}."
        for label, origin in (("What you stand for", "channel"), ("In your notes", "notes"), ("New to you", "nowhere"))
        if (words := [str(row["text"]) for row in rows if row["from"] == origin])
    )
    return Measured(value=100 * reached / weights, told=told, evidence=evidence)


def _origin(stem: str, profile: Profile) -> str:
    if stem in profile.declared:
        return "channel"
    return "notes" if stem in profile.noted else "nowhere"
