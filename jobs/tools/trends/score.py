"""The score of a topic: 40 % trend momentum, 30 % content gap, 20 % topic alignment, 10 % timeliness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs.tools.author import similarity
from jobs.tools.trends.alignment import Profile, alignment
from jobs.tools.trends.gap import gap, market_of
from jobs.tools.trends.momentum import Pool, momentum
from jobs.tools.trends.observed import Measured, Observed
from jobs.tools.trends.timeliness import timeliness
from jobs.tools.trends.topics import Topic, find_topics

WEIGHTS = {"momentum": 40, "gap": 30, "alignment": 20, "timeliness": 10}
# Which parts tell that viewers want it; with neither known there is nothing to propose.
OF_VIEWERS = ("momentum", "gap")
# How much of its score a topic loses whose words are all of rejected topics.
LOST_BY_REJECTIONS = 0.5


@dataclass(frozen=True, slots=True)
class Rejection:
    """A topic that a person has rejected, as its title, its topic and why."""

    title: str
    topic: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A topic with its parts and its score (0–100). lowered: the share it lost because of `lowered_for` (0–0.5)."""

    topic: Topic
    parts: Mapping[str, Measured]
    score: float
    lowered: float = 0.0
    lowered_for: tuple[Rejection, ...] = ()


def weigh(
    videos: Sequence[Observed], profile: Profile, now: datetime, rejections: Sequence[Rejection] = ()
) -> list[Weighed]:
    """The topics of some videos, each with its score, without those whose views nobody knows.

    First those that several videos share, the best first; then those of single videos, which say less.
    """
    shared, single = find_topics(videos)
    pool, market = Pool(videos), market_of(videos, shared or single, now)
    weighed = []
    for topic in [*shared, *single]:
        parts = {
            "momentum": momentum(topic.videos, pool),
            "gap": gap(topic, market),
            "alignment": alignment(topic, profile),
            "timeliness": timeliness(topic.videos, now),
        }
        if any(parts[name].value is not None for name in OF_VIEWERS):
            whole = Weighed(topic=topic, parts=parts, score=round(total(parts), 1))
            weighed.append(_lowered(whole, rejections, profile))
    return sorted(weighed, key=lambda one: (len(one.topic.videos) < 2, -one.score, one.topic.label))


def total(parts: Mapping[str, Measured]) -> float:
    """The weighed mean of the parts that are known: what is unknown takes its weight with it."""
    known = {name: part.value for name, part in parts.items() if part.value is not None}
    weights = sum(WEIGHTS[name] for name in known)
    return sum(WEIGHTS[name] * value for name, value in known.items()) / weights if weights else 0.0


def _lowered(one: Weighed, rejections: Sequence[Rejection], profile: Profile) -> Weighed:
    """Less, where it speaks of what was rejected. Words that the channel stands for are in everything it does."""
    words = {word.stem: word.share for word in one.topic.words if word.stem not in profile.declared}
    heard: dict[str, float] = {}
    because = []
    for rejection in rejections:
        shared = similarity.words_of(rejection.topic or rejection.title).stems & words.keys()
        if shared:
            because.append(rejection)
            heard |= {stem: words[stem] for stem in shared}
    if not because:
        return one
    lost = LOST_BY_REJECTIONS * sum(heard.values()) / sum(words.values())
    return replace(one, score=round(one.score * (1 - lost), 1), lowered=lost, lowered_for=tuple(because))


def is_rejected(topic: Topic, rejections: Sequence[Rejection]) -> Rejection | None:
    """The rejection of this very topic, or of nearly the same."""
    for rejection in rejections:
        if similarity.same_title(topic.label, [name for name in (rejection.topic, rejection.title) if name]):
            return rejection
    return None
