"""Which videos are wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.tools.youtube.filters import Filters
from jobs.tools.youtube.outlier import Outlier
from jobs.tools.youtube.records import ChannelFacts, Video

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
VIDEO = Video(
    id="abcdefghijk",
    title="Straßenküche: Crème brûlée",
    url="",
    seconds=600,
    published=NOW - timedelta(days=3),
    channel="ＮＯＲＴＨ",
    description="With a torch",
)
FACTS = ChannelFacts(id="UC", title="North", fetched_at=NOW, subscribers=10_000)


@pytest.mark.parametrize(
    ("filters", "change", "dropped"),
    [
        ({}, {}, None),
        ({"duration": "4_to_20"}, {"seconds": 240}, None),
        ({"duration": "4_to_20"}, {"seconds": 239}, "duration"),
        ({"duration": "4_to_20"}, {"seconds": 1200}, None),
        ({"duration": "under_4"}, {"seconds": 239}, None),
        ({"duration": "under_4"}, {"seconds": 240}, "duration"),
        ({"duration": "over_20"}, {"seconds": 1201}, None),
        ({"duration": "over_20"}, {"seconds": 1200}, "duration"),
        ({"duration": "over_20"}, {"seconds": None}, "duration"),
        ({"duration": "under_4"}, {"seconds": None, "format": "short"}, None),
        ({"duration": "any"}, {"seconds": None}, None),
        ({"within": "week"}, {}, None),
        ({"within": "today"}, {}, "date"),
        ({"within": "year"}, {"published": None}, "date"),
        ({}, {"published": None}, None),
        ({}, {"format": "live"}, "live"),
        ({"lives": True}, {"format": "live"}, None),
        ({"keywords": ("strasse",)}, {}, None),
        ({"keywords": ("CRÈME", "torch", "north")}, {}, None),
        ({"keywords": ("creme", "tides")}, {}, "keywords"),
        ({"without_words": ("BRÛLÉE",)}, {}, "keywords"),
        ({"keywords": ("torch",)}, {"description": None}, "keywords"),
    ],
)
def test_what_costs_nothing_is_asked_of_the_video_alone(
    filters: dict[str, Any], change: dict[str, Any], dropped: str | None
) -> None:
    assert Filters(**filters).drops(replace(VIDEO, **change), NOW) == dropped


def test_a_channels_page_is_only_needed_for_what_stands_there() -> None:
    assert not Filters(keywords=("x",), duration="any").needs_channel
    assert Filters(most_subscribers=1).needs_channel
    assert Filters(least_outlier=2.0).needs_channel


@pytest.mark.parametrize(
    ("most", "subscribers", "dropped"),
    [(None, None, None), (10_000, 10_000, None), (9_999, 10_000, "size"), (1, None, "unknown"), (0, 0, None)],
)
def test_size(most: int | None, subscribers: int | None, dropped: str | None) -> None:
    facts = replace(FACTS, subscribers=subscribers)
    assert Filters(most_subscribers=most).drops_channel(facts) == dropped


@pytest.mark.parametrize(
    ("least", "times", "dropped"),
    [(None, None, None), (5.0, 5.0, None), (5.0, 4.99, "outlier"), (5.0, None, "unknown")],
)
def test_outlier(least: float | None, times: float | None, dropped: str | None) -> None:
    assert Filters(least_outlier=least).drops_outlier(Outlier(times_median=times)) == dropped


def test_the_servers_lengths_cover_what_is_wanted() -> None:
    """Ours end at 4 minutes, YouTube's at 3: a video of 3:30 is in its middle bucket."""
    assert {chain.length for chain in Filters(duration="under_4").chains()} >= {"under_3", "3_to_20"}
    assert {chain.length for chain in Filters(duration="over_20").chains()} == {"over_20"}
    assert Filters(sort="views").chains()[0].order == "views"
