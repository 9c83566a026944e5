"""Whether trend momentum foretells views: its rank correlation with later views, beside that of raw views.

Two kinds of seeded worlds with a time split: views at T are known, as research sees them (dates as YouTube rounds them,
some views and dates missing); what a video gains in the 30 days after T is hidden, and only compared. In the *mixed* world
videos live differently: spikes, usual growth, evergreens, revivals, noise. The *made-up YouTube* is the one that tests search
in: every video has had most of its views after some weeks.

Run: python -m bench.proposals
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jobs.tools.trends.momentum import Pool, momentum
from jobs.tools.trends.observed import Observed
from tests.fakes import youtube_seed

T = datetime(2026, 11, 1, tzinfo=UTC)
LATER_DAYS = 30
SEEDS = range(20)
VIDEOS, TOPICS, CHANNELS = 400, 40, 12
OLDEST_DAYS = 1500.0
# What share of the videos lives how: exponents of the growth of views, views(age) = scale × age^exponent, and noise.
LIVES = {"spiky": (0.35, 0.05, 0.25), "usual": (0.40, 0.25, 0.60), "evergreen": (0.20, 0.70, 1.00)}
REVIVED = 0.05
NO_VIEWS, NO_DATE = 0.08, 0.08
# YouTube tells ages in whole years, months, weeks, days, hours.
UNITS = (365.25, 30.44, 7.0, 1.0)


@dataclass(frozen=True, slots=True)
class Lived:
    """A video as research sees it at T, its topic, and what it gained afterwards."""

    seen: Observed
    topic: str
    views: float
    gained: float


def mixed(seed: int) -> list[Lived]:
    """Videos of channels of very different sizes, on topics that are more and less wanted."""
    rng = random.Random(seed)  # noqa: S311  (a world, no secret)
    wanted = [rng.lognormvariate(0, 0.7) for _ in range(TOPICS)]
    made = []
    for number in range(VIDEOS):
        topic = rng.randrange(TOPICS)
        age = math.exp(rng.uniform(0, math.log(OLDEST_DAYS)))
        kind = rng.choices(list(LIVES), [share for share, *_ in LIVES.values()])[0]
        exponent = rng.uniform(*LIVES[kind][1:])
        # What it had after its first 30 days, by its channel, its topic and luck.
        month = 3_000 * rng.lognormvariate(0, 1.4) * wanted[topic] * rng.lognormvariate(0, 0.6)
        scale = month / 30**exponent
        views = scale * age**exponent
        gained = (scale * (age + LATER_DAYS) ** exponent - views) * rng.lognormvariate(0, 0.5)
        if rng.random() < REVIVED:
            gained += month * rng.uniform(0.5, 3)
        made.append(Lived(_seen(rng, number, age, views), str(topic), views, gained))
    return made


def made_up_youtube(seed: int) -> list[Lived]:
    """The long videos of some channels of the world that tests search in."""
    rng = random.Random(seed)  # noqa: S311  (a world, no secret)
    made = []
    for number, video in enumerate(
        video for channel in youtube_seed.made(seed, CHANNELS, T) for video in channel.of("long")
    ):
        views, later = video.views_at(T), video.views_at(T + timedelta(days=LATER_DAYS))
        seen = _seen(rng, number, (T - video.published).total_seconds() / 86_400, views)
        made.append(Lived(seen, video.topic, views, later - views))
    return made


WORLDS = {"the mixed world": mixed, "the made-up YouTube of the tests": made_up_youtube}


def _seen(rng: random.Random, number: int, age: float, views: float) -> Observed:
    """As a search tells it: “3 weeks ago”, and sometimes nothing."""
    unit = next((size for size in UNITS if age >= size), 1 / 24)
    rounded = math.floor(age / unit) * unit
    return Observed(
        id=str(number),
        title=f"Video {number}",
        counted_at=T,
        channel=str(number),
        views=None if rng.random() < NO_VIEWS else round(views),
        published_at=None if rng.random() < NO_DATE else T - timedelta(days=rounded),
    )


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rank correlation; equal values share their middle rank."""
    return statistics.correlation(ranks(one), ranks(other))


def ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    found = [0.0] * len(values)
    at = 0
    while at < len(order):
        last = at
        while last + 1 < len(order) and values[order[last + 1]] == values[order[at]]:
            last += 1
        for place in order[at : last + 1]:
            found[place] = (at + last) / 2
        at = last + 1
    return found


def correlations(lived: Sequence[Lived]) -> dict[str, float]:
    """For one world: each measure's rank correlation with what came later."""
    pool = Pool([one.seen for one in lived])
    known = [one for one in lived if one.seen.per_day is not None]
    place = {one.seen.id: pool.percentile_of(one.seen) or 0.0 for one in known}
    raw = [float(one.seen.views or 0) for one in known]
    rate = [(one.seen.views or 0) / max(one.seen.days_at(T) or 0.0, 1.0) for one in known]
    gained = [one.gained for one in known]
    speeds = [place[one.seen.id] for one in known]
    topics = [[one for one in lived if one.topic == topic] for topic in sorted({one.topic for one in lived})]
    topics = [rows for rows in topics if any(one.seen.per_day is not None for one in rows)]
    topic_gained = [statistics.fmean(one.gained for one in rows) for rows in topics]
    topic_momentum = [momentum([one.seen for one in rows], pool).value or 0.0 for rows in topics]
    topic_raw = [
        statistics.fmean([one.seen.views for one in rows if one.seen.views is not None] or [0]) for rows in topics
    ]
    return {
        "video: momentum": spearman(speeds, gained),
        "video: raw views": spearman(raw, gained),
        "video: views ÷ age": spearman(rate, gained),
        "video, all its views at T + 30: momentum": spearman(speeds, [one.views + one.gained for one in known]),
        "video, all its views at T + 30: raw views": spearman(raw, [one.views + one.gained for one in known]),
        "topic: momentum": spearman(topic_momentum, topic_gained),
        "topic: raw views": spearman(topic_raw, topic_gained),
    }


def main() -> None:
    """Print the medians over the worlds, and in how many momentum is ahead."""
    print(
        f"rank correlation with the views of the next {LATER_DAYS} days, median (lowest to highest) of {len(SEEDS)} worlds"
    )
    for name, world in WORLDS.items():
        print(f"{name}:")
        found = [correlations(world(seed)) for seed in SEEDS]
        for measure in found[0]:
            values = [one[measure] for one in found]
            print(f"  {measure}: {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")
        for what in ("video", "topic"):
            ahead = sum(one[f"{what}: momentum"] > one[f"{what}: raw views"] for one in found)
            print(f"  per {what}, momentum is ahead of raw views in {ahead} of {len(found)} worlds")


if __name__ == "__main__":
    main()
