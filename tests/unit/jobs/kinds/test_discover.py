"""Discover: what is kept, in which order it is asked, what a retry repeats, and how each trouble is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict

from channels_app import found_videos
from channels_app.models import Channel, FoundVideo, SearchHit, YouTubeChannel
from jobs import actions, lifecycle, needs, panel, worker
from jobs.context import Cancelled
from jobs.inputs import json_schema
from jobs.kinds import discover
from jobs.models import Event, Job, State
from jobs.spec import Need, NeedMissing
from tests.fakes.youtube_world import KEY, YouTubeWorld, youtube_world
from tests.unit.jobs.conftest import Engine
from tests.youtube import leads_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def made_up() -> Iterator[YouTubeWorld]:
    with youtube_world(channels=60) as world:
        yield world


@pytest.fixture
def world(made_up: YouTubeWorld, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubeWorld]:
    with leads_to(made_up, settings, monkeypatch) as world:
        yield world


def search(engine: Engine, query: str = "sourdough", **inputs: Any) -> Job:
    actions.submit(engine.channel, engine.channel.owner, "discover", {"query": query, **inputs})
    return engine.run("research")


def result_of(job: Job) -> dict[str, Any]:
    assert job.result is not None, panel.attempts(job)
    return job.result


def said(job: Job) -> str:
    return "\n".join(line["text"] for line in panel.output(job)["lines"])


def ids(channel: Channel) -> list[str]:
    return list(FoundVideo.objects.filter(channel=channel).values_list("video_id", flat=True))


class TestWhatIsKept:
    def test_videos_are_kept_one_by_one_in_the_order_they_were_found(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        job = search(engine, wanted=5)
        assert job.state == State.COMPLETED, panel.attempts(job)
        rows = list(FoundVideo.objects.filter(channel=channel))
        assert [row.position for row in rows] == [0, 1, 2, 3, 4]
        assert list(SearchHit.objects.order_by("job_position").values_list("video", flat=True)) == [
            row.pk for row in rows
        ]
        announced = Event.objects.filter(job=job, slot=discover.slot_of(channel)).order_by("rev")
        assert [event.body["video"] for event in announced] == [str(row.pk) for row in rows]
        told = result_of(job)
        assert (told["kept"], told["ended"], told["requests"]) == (5, "wanted", world.count())
        for row in rows:
            made = world.by_video[row.video_id]
            assert (row.title, row.youtube_channel_id) == (made.title, made.channel.id)
            # What a person reads: a score with what it was computed from, or why there is none.
            if row.times_median is None:
                assert row.why_no_score
            else:
                assert row.views and row.baseline_median and row.peers
                assert row.times_median == pytest.approx(row.views / max(row.baseline_median, 100), abs=0.02)

    def test_every_filter_holds_for_every_video(self, engine: Engine, world: YouTubeWorld, channel: Channel) -> None:
        filters = {
            "duration": "4_to_20",
            "date": "year",
            "max_subscribers": 20_000,
            "min_outlier": 2,
            "exclude": ["mistakes"],
        }
        job = search(engine, wanted=4, filters=filters)
        rows = FoundVideo.objects.filter(channel=channel)
        assert rows, result_of(job)
        for row in rows:
            assert row.seconds and 240 <= row.seconds <= 1200
            assert row.subscribers is not None and row.subscribers <= 20_000
            assert row.times_median is not None and row.times_median >= 2
            assert "mistakes" not in row.title.lower()
        left_out = " ".join(result_of(job)["left_out"])
        assert "by length" in left_out
        assert "as too ordinary for their channel" in left_out

    def test_a_channel_is_only_asked_for_when_what_is_free_lets_a_video_through(
        self, engine: Engine, world: YouTubeWorld
    ) -> None:
        job = search(engine, filters={"include": ["no title has this word"], "date": "today"})
        assert world.count("browse") == 0
        assert result_of(job)["ended"] == "exhausted"
        assert "0 videos kept" in result_of(job)["told"]
        assert "by words" in result_of(job)["told"]

    def test_what_is_dismissed_is_not_kept_again_and_counts_for_nothing(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        search(engine, wanted=3)
        first = FoundVideo.objects.filter(channel=channel)[0]
        found_videos.dismiss(channel, [first.pk])
        assert result_of(search(engine, wanted=3))["kept"] == 3
        assert FoundVideo.objects.get(pk=first.pk).dismissed_at
        assert FoundVideo.objects.filter(channel=channel).count() == 4

    def test_a_second_search_that_finds_the_same_keeps_one_row_of_both(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        one, other = search(engine, wanted=3), search(engine, "sourdough ", wanted=3)
        assert len(ids(channel)) == 3
        for job in (one, other):
            assert SearchHit.objects.filter(made_by_job=job.pk).count() == 3


class TestWhatIsAsked:
    def test_the_same_search_again_asks_nothing(self, engine: Engine, world: YouTubeWorld, channel: Channel) -> None:
        filters = {"max_subscribers": 50_000, "min_outlier": 1.5}
        first = result_of(search(engine, wanted=6, filters=filters))
        world.asked.clear()
        second = result_of(search(engine, wanted=6, filters=filters))
        assert world.asked == []
        assert (second["kept"], second["results"], second["requests"]) == (first["kept"], first["results"], 0)

    def test_channels_are_shared_by_everybody_and_gone_ones_as_well(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        search(engine, wanted=1)
        row = YouTubeChannel.objects.get()
        assert row.subscribers is not None or world.by_channel[row.pk].hides_subscribers
        world.asked.clear()
        gone = next(video for video in world.engine.results("sourdough", "EgIQAQ==") if video.channel.id != row.pk)
        YouTubeChannel.objects.update_or_create(
            youtube_id=gone.channel.id, defaults={"is_gone": True, "looked_up_at": row.looked_up_at}
        )
        search(engine, wanted=4)
        assert gone.channel.id not in [asked.what.get("browseId") for asked in world.asked]
        kept = FoundVideo.objects.filter(youtube_channel_id=gone.channel.id)
        assert all(one.times_median is None and one.why_no_score for one in kept)

    def test_a_channel_that_is_gone_is_asked_for_once(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        world.fails("browse", "404", times=None)
        job = search(engine, wanted=10)
        assert result_of(job)["kept"] == 10
        asked = [asked.what["browseId"] for asked in world.asked if asked.endpoint == "browse"]
        assert len(asked) == len(set(asked))
        assert YouTubeChannel.objects.filter(is_gone=True).count() == len(asked)


class TestTrouble:
    def test_429_in_the_middle_is_waited_for_and_told(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        world.fails("search", "429", skip=1, times=2, retry_after="0.1")
        job = search(engine, wanted=30, filters={"duration": "4_to_20"})
        assert result_of(job)["kept"] == 30
        assert "YouTube is slowing this studio down: asking again in 0 s." in said(job)
        assert len(set(ids(channel))) == 30

    def test_a_429_that_stays_ends_the_search_and_what_was_found_stays(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        world.fails("search", "429", skip=1, times=None, retry_after="0.01")
        job = search(engine, wanted=60)
        assert job.state == State.FAILED
        kept = len(ids(channel))
        assert kept > 0
        assert job.error.startswith("YouTube is slowing this studio down. Wait an hour")
        assert job.error.endswith(f"The {kept} videos found so far stay.")

    def test_a_retry_goes_on_where_it_stopped_and_doubles_nothing(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        world.fails("search", "429", skip=2, times=None, retry_after="0.01")
        job = search(engine, wanted=60)
        first = ids(channel)
        world.faults.clear()
        world.asked.clear()
        actions.retry(job, channel.owner)
        job = engine.run("research")
        assert result_of(job)["kept"] == 60
        every = ids(channel)
        assert every[: len(first)] == first
        assert len(set(every)) == 60
        positions = SearchHit.objects.filter(made_by_job=job.pk).values_list("job_position", flat=True)
        assert sorted(positions) == list(range(60))
        # Channels of the first attempt are not asked for again.
        asked = [one.what.get("browseId") for one in world.asked if one.endpoint == "browse"]
        assert not set(asked) & set(
            FoundVideo.objects.filter(video_id__in=first).values_list("youtube_channel_id", flat=True)
        )

    def test_a_bot_check_of_channels_only_costs_the_scores(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        world.fails("browse", "sorry", skip=1, times=None)
        job = search(engine, wanted=12)
        assert result_of(job)["kept"] == 12
        assert "Channels could not be looked up: YouTube wants proof" in said(job)
        assert FoundVideo.objects.filter(
            channel=channel, times_median__isnull=True, why_no_score__startswith="YouTube wants"
        )

    def test_a_bot_check_ends_a_search_that_needs_channels(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        world.fails("browse", "sorry", skip=6, times=None)
        job = search(engine, wanted=100, filters={"min_outlier": 0.1})
        assert job.state == State.FAILED
        assert job.error.startswith("YouTube wants proof that this studio is not a robot")
        assert "found so far stay" in job.error
        assert ids(channel)

    def test_what_a_consent_page_or_html_answers_is_a_sentence(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        world.fails("search", "consent", times=None)
        job = search(engine)
        assert (job.state, job.error) == (
            State.FAILED,
            "YouTube shows its consent page instead of an answer. Set a cookie file in YTDLP_OPTIONS.",
        )
        world.faults.clear()
        world.fails("search", "html", times=None)
        job = search(engine)
        # That may pass: it is tried again by itself.
        assert job.state == State.QUEUED
        assert job.error.startswith("YouTube's answer could not be read.")

    @pytest.mark.parametrize("query", ["???", "🐙" * 40, "a" * 200, "\u202e\u202d", "'; DROP TABLE --"])
    def test_an_absurd_query_finds_nothing_or_something_and_ends(
        self, engine: Engine, world: YouTubeWorld, query: str
    ) -> None:
        assert search(engine, query, wanted=2).state == State.COMPLETED


class TestStopping:
    def test_stop_here_completes_with_what_there_is(
        self, engine: Engine, world: YouTubeWorld, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(discover, "ASK_SECONDS", 0.0)
        real = found_videos.keep

        def keep(*given: Any) -> Any:
            kept = real(*given)
            if FoundVideo.objects.count() == 3:
                actions.finish(Job.objects.get(kind="discover"))
            return kept

        monkeypatch.setattr(found_videos, "keep", keep)
        job = search(engine, wanted=50)
        assert (job.state, job.outcome) == (State.COMPLETED, "done")
        told = result_of(job)
        assert told["ended"] == "stopped"
        assert told["told"].startswith("3 videos kept of")
        assert len(ids(channel)) == 3

    def test_stop_here_is_only_for_kinds_that_know_it_and_jobs_that_run(self, engine: Engine) -> None:
        drill = engine.submit("ok")
        with pytest.raises(lifecycle.StateMismatch, match="cancel it instead"):
            actions.finish(drill)
        queued = actions.submit(engine.channel, engine.channel.owner, "discover", {"query": "tides"}).job
        with pytest.raises(lifecycle.StateMismatch, match="only one that runs"):
            actions.finish(queued)

    def test_a_retry_forgets_that_it_was_to_stop(self, engine: Engine, world: YouTubeWorld, channel: Channel) -> None:
        actions.submit(channel, channel.owner, "discover", {"query": "sourdough", "wanted": 2})
        claim = engine.claim("research")
        actions.finish(claim.job)
        lifecycle.fail(claim.job.pk, claim.attempt.number, error="broken", permanent=True)
        actions.retry(engine.fresh(claim.job), channel.owner)
        assert result_of(engine.run("research"))["ended"] == "wanted"

    def test_cancelling_keeps_what_was_delivered(
        self, engine: Engine, world: YouTubeWorld, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = found_videos.keep

        def keep(*given: Any) -> Any:
            kept = real(*given)
            if FoundVideo.objects.count() == 2:
                lifecycle.cancel(Job.objects.get(kind="discover").pk)
                monkeypatch.setattr(worker.AttemptSink, "check", cancelled)
            return kept

        monkeypatch.setattr(found_videos, "keep", keep)
        job = search(engine, wanted=50)
        assert job.state == State.CANCELLED
        assert len(ids(channel)) == 2


def cancelled(sink: worker.AttemptSink) -> None:
    raise Cancelled


class TestInputs:
    def test_filters_are_one_object_in_json_and_fields_on_a_page(self, channel: Channel) -> None:
        form = discover.DiscoverForm
        by_json = form({"query": "tides", "filters": {"min_outlier": 3, "include": "moon, sea"}}, channel=channel)
        by_page = form(
            QueryDict("query=tides&wanted=&filters-min_outlier=3&filters-include=moon,+sea&filters-sort="),
            channel=channel,
        )
        for one in (by_json, by_page):
            assert one.is_valid(), one.errors
            assert one.inputs() == {"query": "tides", "filters": {"min_outlier": 3.0, "include": ["moon", "sea"]}}

    @pytest.mark.parametrize(
        ("filters", "sentence"),
        [
            ({"size": 3}, "Filters: there is no “size”; there are sort, duration"),
            ("small", "Filters: give an object with the fields sort"),
            ({"min_outlier": "many"}, "Outlier, at least: give a number such as 3."),
            ({"duration": "long"}, "Length: “long” is none of under_4, 4_to_20, over_20."),
            ({"max_subscribers": 0}, "Channel size, at most: give 1 or more."),
            ({"include": [1]}, "Must say: give words alone."),
            ({"exclude": ["tide", ["sea"]]}, "Must not say: give words alone."),
            ({"include": ["a"] * 5000}, "Must say: give at most 4,000 characters in all."),
        ],
    )
    def test_what_is_wrong_with_a_filter_is_told_by_its_name(
        self, channel: Channel, filters: Any, sentence: str
    ) -> None:
        form = discover.DiscoverForm({"query": "tides", "filters": filters}, channel=channel)
        assert not form.is_valid()
        assert str(form.errors["filters"][0]).startswith(sentence)

    def test_the_schema_names_every_filter(self, channel: Channel) -> None:
        schema = json_schema(discover.DiscoverForm(channel=channel))
        filters = schema["properties"]["filters"]
        assert filters["type"] == "object"
        assert filters["properties"]["duration"]["enum"] == ["under_4", "4_to_20", "over_20"]
        assert filters["properties"]["max_subscribers"]["minimum"] == 1

    def test_without_a_way_out_it_is_refused_before_it_is_queued(
        self, engine: Engine, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(needs, "met_here", lambda need: need is not Need.NETWORK)
        with pytest.raises(NeedMissing, match="no way out to the internet"):
            search(engine)
        assert not Job.objects.exists()

    def test_what_was_asked_is_shown_in_words(self, engine: Engine, world: YouTubeWorld) -> None:
        job = search(engine, wanted=1, filters={"duration": "under_4", "include": ["sourdough"]})
        shown = dict(panel.shown_inputs(Job.objects.get(pk=job.pk)))
        assert shown["Filters"] == "Length: Under 4 minutes, Must say: sourdough"
        [told] = panel.searches(engine.channel)
        assert (told["query"], told["filters"]) == ("sourdough", shown["Filters"])


class TestWithAKey:
    def test_what_is_kept_gets_its_exact_date_and_views_for_one_unit(
        self, engine: Engine, world: YouTubeWorld, channel: Channel, settings: Any
    ) -> None:
        settings.YOUTUBE_API_KEY, settings.YOUTUBE_API_URL = KEY, world.api_url
        search(engine, wanted=6)
        assert world.count("api") == 1
        told = [
            row for row in FoundVideo.objects.filter(channel=channel) if world.by_video[row.video_id].status == "public"
        ]
        assert told
        for row in told:
            made = world.by_video[row.video_id]
            assert (row.is_date_exact, row.published_at) == (True, made.published)
            assert row.views == made.views_at(world.now)

    def test_a_used_up_key_costs_the_search_nothing(
        self, engine: Engine, world: YouTubeWorld, channel: Channel, settings: Any
    ) -> None:
        settings.YOUTUBE_API_KEY, settings.YOUTUBE_API_URL = KEY, world.api_url
        world.fails("api", "quota", times=None)
        job = search(engine, wanted=3)
        assert result_of(job)["kept"] == 3
        assert "The key of YouTube's Data API has no requests left today." in said(job)
        assert KEY not in said(job)
