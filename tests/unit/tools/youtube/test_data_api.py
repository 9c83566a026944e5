"""Exact figures for those who have a key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import pytest

from jobs.tools.youtube.data_api import ChannelFigures, DataApi, VideoFigures
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.records import ChannelFacts, Video
from tests.fakes.youtube_world import KEY, YouTubeWorld

NOW = datetime(2026, 6, 15, tzinfo=UTC)


@pytest.fixture
def api(world: YouTubeWorld) -> DataApi:
    return DataApi(KEY, url=world.api_url)


def test_fifty_videos_cost_one_unit(world: YouTubeWorld, api: DataApi) -> None:
    public = list(islice((video for video in world.by_video.values() if video.status == "public"), 120))
    figures = api.videos([video.id for video in public] * 2)
    assert api.units == world.count("api") == 3
    assert set(figures) == {video.id for video in public}
    for truth in public:
        one = figures[truth.id]
        views = truth.views_at(world.now)
        assert (one.views, one.likes, one.comments) == (views, views // 25, views // 300)
        assert (one.seconds, one.published) == (truth.seconds, truth.published)


def test_channels_with_their_whole_life(world: YouTubeWorld, api: DataApi) -> None:
    figures = api.channels(channel.id for channel in world.channels)
    assert api.units == 3
    for truth in world.channels:
        if truth.is_gone:
            assert truth.id not in figures
            continue
        one = figures[truth.id]
        assert (one.joined, one.country) == (truth.joined, truth.country)
        assert one.total_views == sum(video.views_at(world.now) for video in truth.videos)
        assert (one.subscribers is None) == truth.hides_subscribers


def test_what_is_gone_is_left_out(world: YouTubeWorld, api: DataApi) -> None:
    assert api.videos(["x" * 11]) == {}


def test_nothing_asked_costs_nothing(world: YouTubeWorld, api: DataApi) -> None:
    assert (api.videos([]), api.units, world.count()) == ({}, 0, 0)


def test_a_run_keeps_within_its_share(world: YouTubeWorld) -> None:
    api = DataApi(KEY, url=world.api_url, most_units=1)
    with pytest.raises(YouTubeError, match="used up"):
        api.videos(islice(world.by_video, 51))
    assert world.count("api") == 1


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("quota", "slowed"), ("429", "slowed"), ("html", "unreadable"), ("drop", "network"), ("500", "unreadable")],
)
def test_what_may_go_wrong(world: YouTubeWorld, api: DataApi, kind: str, reason: str) -> None:
    world.fails("api", kind)
    with pytest.raises(YouTubeError) as error:
        api.videos(["x" * 11])
    assert error.value.reason == reason


def test_a_wrong_key_is_refused_and_never_told(world: YouTubeWorld) -> None:
    with pytest.raises(YouTubeError, match="refuses the key") as error:
        DataApi("AIza-secret-of-ana", url=world.api_url).videos(["x" * 11])
    assert "secret" not in f"{error.value!r}"
    assert "key" not in world.asked[0].path


def test_figures_take_the_place_of_words() -> None:
    video = Video(id="x" * 11, title="", url="", views=28_000, seconds=60)
    exact = VideoFigures(views=28_431, published=NOW).onto(video)
    assert (exact.views, exact.seconds, exact.published, exact.published_is_exact) == (28_431, 60, NOW, True)
    assert VideoFigures().onto(replace(video, views=5)).views == 5
    facts = ChannelFacts(id="UC", title="", fetched_at=NOW, subscribers=1_200, country="Kenya")
    assert ChannelFigures(total_views=9).onto(facts) == replace(facts, total_views=9)
