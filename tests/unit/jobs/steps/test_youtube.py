"""What is remembered of searches and channels: nothing is asked twice, nothing is lost, nothing comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from django.utils import timezone

from channels_app.models import SearchedPage, YouTubeChannel
from jobs import politeness
from jobs.steps import youtube
from jobs.steps.youtube import Channels, Searches
from jobs.tools.youtube.chains import Chain
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.records import Video
from tests.fakes.youtube_world import YouTubeWorld, youtube_world
from tests.youtube import leads_to

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
QUERY, CHAIN = "sourdough", Chain()


@pytest.fixture(scope="module")
def made_up() -> Iterator[YouTubeWorld]:
    with youtube_world(channels=60) as world:
        yield world


@pytest.fixture
def world(made_up: YouTubeWorld, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubeWorld]:
    with leads_to(made_up, settings, monkeypatch) as world:
        yield world


def results(count: int | None = None, query: str = QUERY, chain: Chain = CHAIN) -> list[str]:
    with youtube.open_door(lambda: None) as door:
        found = Searches(door).search(query, chain)
        ids = [video.id for video in islice(found, count)]
        # What a search does when it has enough.
        found.close()  # type: ignore[attr-defined]
        return ids


def all_of(world: YouTubeWorld) -> list[str]:
    return [video.id for video in world.engine.results(QUERY, CHAIN.sp)]


class TestSearches:
    @pytest.mark.parametrize("count", [1, 13, 20, 33])
    def test_as_far_as_it_came_a_search_is_not_asked_again(self, world: YouTubeWorld, count: int) -> None:
        first = results(count)
        world.asked.clear()
        assert results(count) == first
        assert world.asked == []

    def test_beyond_that_it_is_asked_and_every_result_comes_once(self, world: YouTubeWorld) -> None:
        results(33)
        found = results()
        assert found == all_of(world)
        assert len(set(found)) == len(found)
        world.asked.clear()
        # Now it is known to its end.
        assert results() == found
        assert world.asked == []

    def test_a_search_that_breaks_keeps_the_pages_it_had(self, world: YouTubeWorld) -> None:
        world.fails("search", "429", skip=2, times=None, retry_after="0.01")
        with pytest.raises(YouTubeError):
            results()
        world.faults.clear()
        world.asked.clear()
        assert results(40) == all_of(world)[:40]
        assert world.asked == []
        assert not SearchedPage.objects.filter(is_last=True).exists()

    def test_other_words_and_other_filters_are_other_searches(self) -> None:
        assert (
            len({youtube.key_of(*one) for one in [(QUERY, CHAIN), ("tides", CHAIN), (QUERY, Chain(date="year"))]}) == 3
        )

    def test_a_title_may_hold_what_no_database_does(self, world: YouTubeWorld) -> None:
        first = world.by_video[all_of(world)[0]]
        usual, first.title = first.title, "Sour\x00dough \ud83d"
        try:
            with youtube.open_door(lambda: None) as door:
                asked = list(islice(Searches(door).search(QUERY, CHAIN), 1))
                remembered = list(islice(Searches(door).search(QUERY, CHAIN), 1))
        finally:
            first.title = usual
        assert asked == remembered
        assert asked[0].title == "Sour\ufffddough \ufffd"

    def test_after_some_hours_it_is_asked_again(self, world: YouTubeWorld) -> None:
        results(5)
        SearchedPage.objects.update(fetched_at=timezone.now() - timedelta(hours=7))
        world.asked.clear()
        results(5)
        assert world.count("search") == 1


class TestPace:
    @pytest.fixture(autouse=True)
    def _nobody_has_asked(self) -> Iterator[None]:
        politeness.forget()
        yield
        politeness.forget()

    def test_two_jobs_share_one_rate_after_a_few_at_once(self, settings: Any) -> None:
        settings.YOUTUBE_PER_SECOND = 0.1
        jobs = [youtube.SharedPace(), youtube.SharedPace()]
        waits = [round(jobs[number % 2].turn()) for number in range(8)]
        assert waits == [0, 0, 0, 0, 0, 10, 20, 30]

    def test_what_youtube_asks_one_job_for_all_wait_for(self) -> None:
        one, other = youtube.SharedPace(), youtube.SharedPace()
        one.hold(60)
        assert other.turn() == pytest.approx(60, abs=1)


class TestChannels:
    def look(self, video: Video, most: int | None = None) -> Any:
        with youtube.open_door(lambda: None) as door:
            return Channels(door, most).facts(video)

    def of(self, world: YouTubeWorld, kind: str) -> Video:
        made = next(
            one
            for one in world.by_video.values()
            if one.kind == kind
            and one.status == "public"
            and one.channel.layout == "new"
            and not one.channel.is_gone
            and not one.channel.hides_subscribers
            and one.channel.of("long")
        )
        return Video(id=made.id, title=made.title, url="", format="short" if kind == "short" else "long",
                     channel_id=made.channel.id)  # fmt: skip

    def test_what_is_remembered_is_what_was_told(self, world: YouTubeWorld) -> None:
        video = self.of(world, "long")
        told, remembered = self.look(video), self.look(video)
        assert world.count("browse") == 1
        assert remembered.recent == told.recent
        assert remembered.subscribers == told.subscribers

    def test_a_short_needs_its_channels_shorts_and_a_channel_that_is_too_large_does_not(
        self, world: YouTubeWorld
    ) -> None:
        video = self.of(world, "short")
        assert any(one.format == "short" for one in self.look(video).recent)
        assert world.count("browse") == 2
        YouTubeChannel.objects.all().delete()
        world.asked.clear()
        assert self.look(video, most=0)
        assert world.count("browse") == 1

    def test_a_video_without_a_channel_asks_nobody(self, world: YouTubeWorld) -> None:
        assert self.look(Video(id="x", title="X", url="")) is None
        assert world.asked == []

    def test_an_unreadable_channel_is_asked_again_another_day(self, world: YouTubeWorld) -> None:
        world.fails("any", "html", times=None)
        assert self.look(self.of(world, "long")) is None
        assert not YouTubeChannel.objects.exists()
