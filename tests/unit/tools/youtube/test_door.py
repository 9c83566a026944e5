"""Searches, channels, videos and transcripts, by the real yt-dlp from a YouTube made up on this machine."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from jobs.tools.youtube.chains import Chain, Widening, chains
from jobs.tools.youtube.door import YouTube
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.records import ChannelFacts, Video
from tests.fakes.youtube_pages import short
from tests.fakes.youtube_seed import MadeChannel
from tests.fakes.youtube_world import YouTubeWorld
from tests.unit.tools.youtube.conftest import Opener


def channel_with(world: YouTubeWorld, layout: str = "new", **facts: object) -> MadeChannel:
    """A channel of that layout with long videos and Shorts."""
    return next(
        channel
        for channel in world.channels
        if channel.layout == layout
        and not channel.is_gone
        and len(channel.of("long")) >= 8
        and (layout in ("old", "unknown", "unlabelled") or channel.of("short"))
        and all(getattr(channel, name) == value for name, value in facts.items())
    )


class TestSearch:
    """One search."""

    def test_what_is_found_is_what_there_is(self, world: YouTubeWorld, youtube: YouTube) -> None:
        results = list(islice(youtube.search("street food"), 120))
        assert len({video.id for video in results}) == 120
        seen = set()
        for video in results:
            truth = world.by_video[video.id]
            assert (video.title, video.channel_id) == (truth.title, truth.channel.id)
            assert (video.channel, video.handle) == (truth.channel.title, truth.channel.handle)
            assert video.format == {"was_live": "live"}.get(truth.kind, truth.kind)
            assert video.thumbnail
            assert not video.published_is_exact
            if truth.kind != "live" and not truth.is_bare:
                assert (video.views, video.seconds) == (truth.views_at(world.now), truth.seconds)
                assert video.published
                # In words, rounded down to a unit; months are counted as 30 days here and as themselves there.
                age, slack = world.now - truth.published, timedelta(days=2)
                assert -slack - age * 0.03 < video.published - truth.published < slack + age * 0.5
            else:
                assert (video.views, video.published) == (None, None)
            seen.add("bare" if truth.is_bare else truth.kind)
        assert seen >= {"bare", "long", "short"}, "the seed has them all"

    def test_it_asks_only_as_far_as_it_is_read(self, world: YouTubeWorld, youtube: YouTube) -> None:
        results = youtube.search("tides")
        assert world.count() == 0
        list(islice(results, 20))
        assert world.count() == youtube.requests == 1
        next(results)
        assert world.count() == 2

    def test_channels_and_advertisements_are_no_videos(self, world: YouTubeWorld, youtube: YouTube) -> None:
        assert all(video.id in world.by_video for video in islice(youtube.search("whales"), 60))

    def test_filters_reach_the_server(self, world: YouTubeWorld, youtube: YouTube) -> None:
        week = [world.by_video[video.id] for video in youtube.search("tides", Chain(date="week"))]
        assert week
        assert all(world.now - video.published <= timedelta(days=7) for video in week)
        most = [video.views or 0 for video in islice(youtube.search("tides", Chain(order="views")), 40) if video.views]
        assert most == sorted(most, reverse=True)

    def test_a_word_is_added_to_the_query(self, world: YouTubeWorld, youtube: YouTube) -> None:
        next(youtube.search("tides", Chain(suffix="moon")))
        assert world.asked[-1].what["query"] == "tides moon"

    @pytest.mark.parametrize("query", ["", "   ", "\n\t\0", "\u200b"])
    def test_a_query_of_nothing_asks_nothing(self, world: YouTubeWorld, youtube: YouTube, query: str) -> None:
        assert list(youtube.search(query)) == []
        assert world.count() == 0

    @pytest.mark.parametrize(
        "query", ["a" * 10_000, "&sp=x#?%", "'; DROP TABLE", "😀 ñ \ud800 潮", "../../etc/passwd", '"']
    )
    def test_an_absurd_query_is_only_a_query(self, world: YouTubeWorld, youtube: YouTube, query: str) -> None:
        list(islice(youtube.search(query), 5))
        asked = world.asked[0].what
        assert len(asked["query"]) <= 200
        assert asked["query"][:3] == query[:3]
        assert asked["params"] == "EgIQAQ=="

    def test_many_searches_find_what_one_does_not(
        self, world: YouTubeWorld, youtube: YouTube, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(world.engine, "least", 40)
        monkeypatch.setattr(world.engine, "spread", 10)
        alone = {video.id for video in youtube.search("lighthouses")}
        together = {video.id for video in Widening(youtube.search, "lighthouses", chains()[:5])}
        assert all(asked.what.get("query", "lighthouses").startswith("lighthouses") for asked in world.asked)
        words = [asked.what["query"].split() for asked in world.asked if "query" in asked.what]
        assert max(map(len, words)) == 2
        assert all(len(set(one)) == len(one) for one in words), "a word is added once"
        assert len(alone) < 50
        assert len(together) > 2 * len(alone)
        assert together > alone


class TestChannel:
    """A channel's page."""

    def test_one_request_gives_size_and_newest(self, world: YouTubeWorld, youtube: YouTube) -> None:
        made = channel_with(world, hides_subscribers=False)
        facts = youtube.channel(made.id)
        assert youtube.requests == world.count() == 1
        assert (facts.title, facts.handle, facts.source) == (made.title, made.handle, "page")
        assert facts.subscribers
        assert short(facts.subscribers) == short(made.subscribers)
        assert facts.videos == len(made.of("long", "short", "was_live", "live"))
        assert [video.id for video in facts.recent] == [video.id for video in made.of("long")[:30]]
        for video in facts.recent:
            truth = world.by_video[video.id]
            assert (video.title, video.seconds, video.format) == (truth.title, truth.seconds, "long")
            assert (video.channel_id, video.channel, video.handle) == (made.id, made.title, made.handle)
            if not truth.is_bare:
                assert video.views is not None
                assert short(video.views) == short(truth.views_at(world.now))
                assert video.published

    def test_shorts_and_streams_when_asked(self, world: YouTubeWorld, youtube: YouTube) -> None:
        made = next(one for one in world.channels if one.of("short") and one.of("was_live") and one.layout == "new")
        facts = youtube.channel(made.id, shorts=True, lives=True)
        assert youtube.requests == 3
        assert (facts.has_shorts, facts.has_lives) == (True, True)
        by_format = {kind: [one.id for one in facts.recent if one.format == kind] for kind in ("long", "short", "live")}
        assert by_format["long"] == [one.id for one in made.of("long")[:30]]
        assert by_format["short"] == [one.id for one in made.of("short")[:30]]
        assert by_format["live"] == [one.id for one in made.of("live", "was_live")[:30]]

    def test_a_channel_without_shorts_has_none(self, world: YouTubeWorld, youtube: YouTube) -> None:
        """YouTube opens the first tab instead: its videos are no Shorts."""
        made = next(one for one in world.channels if not one.of("short") and one.of("long") and one.layout == "new")
        facts = youtube.channel(made.id, shorts=True)
        assert [video.id for video in facts.recent] == [video.id for video in made.of("long")[:30]]

    def test_a_channel_of_shorts_alone_has_no_long_videos(
        self, world: YouTubeWorld, youtube: YouTube, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing is wrong with its page, so the feed is not asked, and its first tab is not taken for the long one."""
        made = channel_with(world)
        monkeypatch.setattr(made, "videos", made.of("short"))
        facts = youtube.channel(made.id)
        assert (facts.recent, facts.source, youtube.requests) == ((), "page", 1)
        assert facts.subscribers

    def test_views_are_read_where_labels_are_missing(self, world: YouTubeWorld, youtube: YouTube) -> None:
        """yt-dlp sees none there."""
        made = channel_with(world, "unlabelled")
        facts = youtube.channel(made.id)
        assert facts.source == "page"
        assert sum(video.views is not None for video in facts.recent) >= 6

    def test_items_as_searches_have_them(self, world: YouTubeWorld, youtube: YouTube) -> None:
        made = channel_with(world, "plain")
        facts = youtube.channel(made.id)
        assert (facts.source, youtube.requests) == ("page", 1)
        assert [video.id for video in facts.recent] == [video.id for video in made.of("long")[:30]]
        for video in facts.recent:
            truth = world.by_video[video.id]
            assert (video.title, video.format) == (truth.title, "long")
            if not truth.is_bare:
                assert (video.seconds, video.views) == (truth.seconds, truth.views_at(world.now)), "exact here"

    def test_a_layout_that_only_yt_dlp_knows(self, world: YouTubeWorld, youtube: YouTube) -> None:
        made = channel_with(world, "old", hides_subscribers=False)
        facts = youtube.channel(made.id)
        assert (facts.source, youtube.requests) == ("yt-dlp", 1)
        assert [video.id for video in facts.recent] == [video.id for video in made.of("long")[:30]]
        assert facts.subscribers

    def test_the_feed_where_nobody_knows_the_layout(self, world: YouTubeWorld, youtube: YouTube) -> None:
        made = channel_with(world, "unknown")
        facts = youtube.channel(made.id)
        assert (facts.source, youtube.requests) == ("feed", 2)
        assert all(video.published_is_exact and video.views is not None for video in facts.recent)
        assert (facts.title, facts.handle) == (made.title, made.handle)

    @pytest.mark.parametrize("kind", ["404", "html"])
    def test_without_the_feed_only_the_videos_are_missing(
        self, world: YouTubeWorld, youtube: YouTube, kind: str
    ) -> None:
        world.fails("feed", kind, times=None)
        facts = youtube.channel(channel_with(world, "unknown").id)
        assert facts.title
        assert facts.recent == ()

    @pytest.mark.parametrize("kind", ["broken", "html", "empty"])
    def test_a_page_of_another_shape_is_the_feeds_too(self, world: YouTubeWorld, youtube: YouTube, kind: str) -> None:
        world.fails("browse", kind, times=None)
        made = channel_with(world)
        facts = youtube.channel(made.id)
        assert (facts.source, facts.title) == ("feed", made.title)

    def test_a_page_that_says_nothing_at_all_is_unreadable(self, world: YouTubeWorld, youtube: YouTube) -> None:
        world.fails("browse", "broken")
        world.fails("feed", "404")
        with pytest.raises(YouTubeError) as error:
            youtube.channel(channel_with(world).id)
        assert error.value.reason == "unreadable"
        assert not error.value.is_blocking

    def test_a_channel_that_is_gone(self, world: YouTubeWorld, youtube: YouTube) -> None:
        gone = next(channel for channel in world.channels if channel.is_gone)
        with pytest.raises(YouTubeError) as error:
            youtube.channel(gone.id)
        assert error.value.reason == "gone"
        assert gone.id in error.value.sentence
        assert (youtube.requests, error.value.is_blocking) == (1, False)

    @pytest.mark.parametrize("kind", ["404", "400"])
    def test_a_channel_that_never_was(self, world: YouTubeWorld, youtube: YouTube, kind: str) -> None:
        world.fails("browse", kind)
        with pytest.raises(YouTubeError) as error:
            youtube.channel(channel_with(world).id)
        assert (error.value.reason, youtube.requests) == ("gone", 1)

    @pytest.mark.parametrize("channel_id", ["", "UC", "../admin", "UC" + "é" * 22, "x" * 24])
    def test_what_is_no_id_is_not_asked_for(self, world: YouTubeWorld, youtube: YouTube, channel_id: str) -> None:
        with pytest.raises(YouTubeError) as error:
            youtube.channel(channel_id)
        assert (error.value.reason, world.count()) == ("gone", 0)

    def test_about_costs_one_request_more(self, world: YouTubeWorld, youtube: YouTube) -> None:
        made = channel_with(world)
        known = youtube.channel(made.id, shorts=True)
        facts = youtube.about(made.id)
        assert youtube.requests == 3
        assert (facts.recent, facts.has_shorts) == (known.recent, True)
        assert facts.total_views == sum(video.views_at(world.now) for video in made.videos)
        assert (facts.joined, facts.country) == (made.joined, made.country)
        assert facts.recent

    def test_about_alone_costs_two(self, world: YouTubeWorld, youtube: YouTube) -> None:
        facts = youtube.about(channel_with(world).id)
        assert (youtube.requests, facts.total_views is not None) == (2, True)

    def test_a_hidden_size_is_unknown(self, world: YouTubeWorld, youtube: YouTube) -> None:
        made = next(one for one in world.channels if one.hides_subscribers and not one.is_gone)
        assert youtube.channel(made.id).subscribers is None
        assert youtube.about(made.id).subscribers is None

    def test_facts_go_through_a_cache(self, world: YouTubeWorld, youtube: YouTube) -> None:
        youtube.channel(channel_with(world).id)
        facts = youtube.about(channel_with(world).id)
        assert ChannelFacts.from_json(json.loads(json.dumps(facts.as_json()))) == facts
        video = facts.recent[0]
        assert Video.from_json(json.loads(json.dumps(video.as_json()))) == video


class TestVideo:
    """A video's own page."""

    def test_what_only_its_own_page_says(self, world: YouTubeWorld, youtube: YouTube) -> None:
        truth = next(one for one in world.by_video.values() if one.status == "public" and one.kind == "long")
        details = youtube.video(truth.id)
        assert youtube.requests == 2
        video = details.video
        assert (video.published, video.published_is_exact) == (truth.published.replace(microsecond=0), True)
        assert (video.title, video.seconds) == (truth.title, truth.seconds)
        views = truth.views_at(world.now)
        assert (video.views, details.likes) == (views, views // 25)
        assert details.comments is not None
        assert details.tags == tuple(truth.topic.split())
        assert (details.category, video.handle) == ("Education", truth.channel.handle)
        assert video.description
        assert "\n" in video.description, "the whole of it"

    def test_with_cookies_of_an_account(self, world: YouTubeWorld, opened: Opener, tmp_path: Path) -> None:
        """yt-dlp leaves out clients that know no accounts."""
        cookies = tmp_path / "cookies.txt"
        cookies.write_text(
            "# Netscape HTTP Cookie File\n"
            + "".join(
                f".youtube.com\tTRUE\t/\tTRUE\t4102444800\t{name}\tmade-up\n" for name in ("LOGIN_INFO", "SAPISID")
            )
        )
        truth = next(one for one in world.by_video.values() if one.status == "public")
        youtube = opened(options={"cookiefile": str(cookies)})
        assert youtube.video(truth.id).video.published_is_exact
        assert next(youtube.search("tides"))

    @pytest.mark.parametrize(("kind", "shown"), [("short", "short"), ("was_live", "live"), ("long", "long")])
    def test_formats(self, world: YouTubeWorld, youtube: YouTube, kind: str, shown: str) -> None:
        truth = next(one for one in world.by_video.values() if one.status == "public" and one.kind == kind)
        assert youtube.video(truth.id).video.format == shown

    @pytest.mark.parametrize(
        ("status", "reason"),
        [("private", "private"), ("members", "private"), ("removed", "gone"), ("region", "region")],
    )
    def test_why_it_may_not_be_seen(self, world: YouTubeWorld, youtube: YouTube, status: str, reason: str) -> None:
        truth = next(one for one in world.by_video.values() if one.status == status)
        with pytest.raises(YouTubeError) as error:
            youtube.video(truth.id)
        assert (error.value.reason, error.value.is_blocking) == (reason, False)

    def test_one_for_grown_ups_has_figures(self, world: YouTubeWorld, youtube: YouTube) -> None:
        truth = next(one for one in world.by_video.values() if one.status == "age")
        assert youtube.video(truth.id).video.title == truth.title

    @pytest.mark.parametrize(("kind", "reason"), [("bot", "bot_check"), ("later", "slowed")])
    def test_a_check_for_robots_ends_it(self, world: YouTubeWorld, youtube: YouTube, kind: str, reason: str) -> None:
        """Its figures would still be readable, and its title would be made up."""
        world.fails("player", kind, times=None)
        truth = next(one for one in world.by_video.values() if one.status == "public")
        with pytest.raises(YouTubeError) as error:
            youtube.video(truth.id)
        assert (error.value.reason, error.value.is_blocking) == (reason, True)

    @pytest.mark.parametrize("video_id", ["", "x", "https://youtu.be/a", "é" * 11, "a" * 12])
    def test_what_is_no_id_is_not_asked_for(self, world: YouTubeWorld, youtube: YouTube, video_id: str) -> None:
        with pytest.raises(YouTubeError):
            youtube.video(video_id)
        assert world.count() == 0


class TestTranscript:
    """What is said in a video."""

    def test_its_lines(self, world: YouTubeWorld, youtube: YouTube) -> None:
        truth = next(one for one in world.by_video.values() if one.status == "public" and one.has_captions)
        lines = youtube.transcript(truth.id)
        assert youtube.requests == 3
        assert lines[0].text == f"Welcome back to {truth.channel.title}."
        assert [line.start for line in lines[:3]] == [0.0, 4.0, 8.0]
        assert all(line.text and line.seconds > 0 for line in lines)

    def test_after_the_video_itself_it_is_one_request(self, world: YouTubeWorld, youtube: YouTube) -> None:
        truth = next(one for one in world.by_video.values() if one.status == "public" and one.has_captions)
        youtube.video(truth.id)
        youtube.transcript(truth.id)
        assert youtube.requests == 3

    def test_no_captions_are_no_lines(self, world: YouTubeWorld, youtube: YouTube) -> None:
        truth = next(one for one in world.by_video.values() if one.status == "public" and not one.has_captions)
        assert youtube.transcript(truth.id) == ()

    def test_captions_that_are_slowed_down_are_waited_for(self, world: YouTubeWorld, opened: Opener) -> None:
        world.fails("captions", "429", times=2)
        truth = next(one for one in world.by_video.values() if one.status == "public" and one.has_captions)
        assert opened().transcript(truth.id)

    @pytest.mark.parametrize("kind", ["html", "empty"])
    def test_captions_that_are_none(self, world: YouTubeWorld, youtube: YouTube, kind: str) -> None:
        world.fails("captions", kind, times=None)
        truth = next(one for one in world.by_video.values() if one.status == "public" and one.has_captions)
        if kind == "empty":
            assert youtube.transcript(truth.id) == ()
        else:
            with pytest.raises(YouTubeError) as error:
                youtube.transcript(truth.id)
            assert error.value.reason == "unreadable"
