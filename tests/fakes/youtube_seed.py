"""The channels and videos of the made-up YouTube: the same for the same seed, and nothing of them is real.

Views follow one curve: a video collects most of its views in its first weeks, how many depends on its channel, and a
few outgrow it many times. `MadeVideo.views_at` tells them for any moment, so that a test can look ahead.
"""

from __future__ import annotations

import math
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

SIGNS = string.ascii_letters + string.digits + "-_"
TOPICS = {
    "cooking": ["ramen", "sourdough", "street food", "knife skills", "curry", "pasta", "barbecue", "dumplings"],
    "science": ["tides", "black holes", "volcanoes", "quantum computers", "glaciers", "whales", "batteries", "comets"],
    "making": ["woodworking", "3d printing", "welding", "leather", "clocks", "keyboards", "pottery", "bridges"],
    "travel": ["night trains", "lighthouses", "island ferries", "old towns", "desert roads", "mountain huts"],
    "money": ["index funds", "side jobs", "rents", "taxes", "pensions", "inflation"],
    "games": ["speedruns", "city builders", "chess openings", "roguelikes", "pixel art", "game design"],
}
SHAPES = [
    "How {thing} really work",
    "Why nobody talks about {thing}",
    "I tried {thing} for 30 days",
    "{thing}: the whole story",
    "The truth about {thing}",
    "{thing} explained in plain words",
    "10 mistakes with {thing}",
    "A beginner's guide to {thing}",
    "What {thing} taught me",
    "{thing} on a tiny budget",
    "The quiet comeback of {thing}",
    "Testing {thing} so you don't have to",
]
NAMES = ["North", "Little", "Plain", "Copper", "Harbour", "Second", "Quiet", "Paper", "Morning", "Hollow", "Juniper"]
NOUNS = [
    "Bench",
    "Atlas",
    "Kitchen",
    "Lab",
    "Signal",
    "Notebook",
    "Garage",
    "Orchard",
    "Compass",
    "Workshop",
    "Lantern",
]
COUNTRIES = ["Portugal", "Canada", "Japan", "Kenya", "Norway", "Brazil", None]
SETTLES = timedelta(days=12)


@dataclass
class MadeVideo:
    """A video. kind: `long`, `short`, `live` (running), `was_live`. status: `public`, `private`, `members`, `removed`,
    `region`, `age`. final_views: what it comes to in the end. is_bare: its list entry lacks what YouTube may leave out."""

    id: str
    title: str
    channel: MadeChannel
    kind: str
    seconds: int
    published: datetime
    final_views: int
    topic: str
    status: str = "public"
    is_bare: bool = False
    has_captions: bool = True

    def views_at(self, moment: datetime) -> int:
        """Its views at a moment."""
        age = (moment - self.published) / SETTLES
        return round(self.final_views * (1 - math.exp(-age))) if age > 0 else 0


@dataclass
class MadeChannel:
    """A channel, newest video first.

    layout: `new`; `unlabelled`, whose items lack the labels for screen readers; `plain`, whose items are those of
    searches; `old`, a grid that only yt-dlp knows; `unknown`, of which nothing can be read but the feed. is_gone:
    its page says that it was terminated.
    """

    id: str
    title: str
    handle: str
    subscribers: int
    joined: datetime
    country: str | None
    topic: str
    layout: str = "new"
    is_gone: bool = False
    hides_subscribers: bool = False
    videos: list[MadeVideo] = field(default_factory=list)

    def of(self, *kinds: str) -> list[MadeVideo]:
        """Its public videos of these kinds."""
        return [video for video in self.videos if video.kind in kinds and video.status == "public"]


def made(seed: int, channels: int, now: datetime) -> list[MadeChannel]:
    """So many channels, with about 40 videos each."""
    chance = random.Random(seed)
    return [_channel(chance, number, now) for number in range(channels)]


def _id(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(SIGNS, k=length))


def _channel(chance: random.Random, number: int, now: datetime) -> MadeChannel:
    title = f"{chance.choice(NAMES)} {chance.choice(NOUNS)}"
    usual = math.exp(chance.gauss(8.3, 1.7))
    channel = MadeChannel(
        id="UC" + _id(chance, 22),
        title=title,
        handle=f"@{title.replace(' ', '').lower()}{number}",
        subscribers=round(usual * math.exp(chance.gauss(1.0, 0.7))),
        joined=datetime(chance.randint(2008, 2024), chance.randint(1, 12), chance.randint(1, 28), tzinfo=UTC),
        country=chance.choice(COUNTRIES),
        topic=chance.choice(list(TOPICS)),
        layout=chance.choices(["new", "unlabelled", "plain", "old", "unknown"], [60, 6, 30, 3, 1])[0],
        is_gone=chance.random() < 0.01,
        hides_subscribers=chance.random() < 0.02,
    )
    shorts_share = chance.choice([0.0, 0.0, 0.15, 0.5])
    every = chance.uniform(2, 12)
    age = chance.uniform(0.05, every)
    for _ in range(chance.randint(8, 80)):
        channel.videos.append(_video(chance, channel, shorts_share, usual, now - timedelta(days=age)))
        age += chance.expovariate(1 / every)
    return channel


def _video(
    chance: random.Random, channel: MadeChannel, shorts_share: float, usual: float, published: datetime
) -> MadeVideo:
    kind = "short" if chance.random() < shorts_share else chance.choices(["long", "was_live"], [97, 3])[0]
    if kind == "long" and not channel.videos and chance.random() < 0.04:
        kind = "live"
    views = usual * math.exp(chance.gauss(0, 0.75)) * (3 if kind == "short" else 1)
    if chance.random() < 0.04:
        views *= chance.uniform(5, 40)
    seconds = round({"short": chance.uniform(15, 59), "long": math.exp(chance.gauss(6.3, 0.7))}.get(kind, 5400))
    thing = chance.choice(TOPICS[channel.topic])
    title = chance.choice(SHAPES).format(thing=thing)
    return MadeVideo(
        id=_id(chance, 11),
        title=f"{title[0].upper()}{title[1:]}",
        channel=channel,
        kind=kind,
        seconds=max(seconds, 15),
        published=published,
        final_views=round(views),
        topic=thing,
        status=chance.choices(["public", "private", "members", "removed", "region", "age"], [95, 1, 1, 1, 1, 1])[0],
        is_bare=chance.random() < 0.02,
        has_captions=chance.random() < 0.9,
    )


def sentences(video: MadeVideo) -> Iterator[str]:
    """What is said in a video."""
    yield f"Welcome back to {video.channel.title}."
    yield f"Today is about {video.topic}."
    for number, shape in enumerate(SHAPES, 1):
        yield f"Part {number}: {shape.format(thing=video.topic)}."
    yield "Thank you for watching."
