"""Discover: its pages as plain forms, what is made of a video, the CSV, and figures that say what they stand on."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from channels_app import found_videos, youtube_facts, youtube_figures
from channels_app.forms.discover import FoundVideoFilter
from channels_app.found_videos import NewVideo, Search
from channels_app.models import Channel, FoundVideo, Idea, Note, SearchedPage, SearchHit, YouTubeChannel
from channels_app.youtube_facts import NewFacts
from channels_app.youtube_figures import UNKNOWN, ago, compact, length
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
GRID = "/c/tidal/discover/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def titles(channel: Channel, **query: str) -> list[str]:
    return [row.title for row in FoundVideoFilter(query).apply(channel)]


def search() -> Search:
    return Search("tides", uuid4(), timezone.now())


class TestKeep:
    def test_what_youtube_leaves_out_now_is_still_known(self, channel: Channel) -> None:
        full = NewVideo(video_id="v1", title="Tides", views=900, seconds=60, times_median=3.0, peers=9, subscribers=5)
        found_videos.keep(channel, full, search(), 0)
        later = found_videos.keep(channel, NewVideo(video_id="v1", title="Tides", why_no_score="Too few."), search(), 4)
        assert later is not None
        later.refresh_from_db()
        assert (later.views, later.seconds, later.subscribers) == (900, 60, 5)
        # A score stays whole: its figures belong together.
        assert (later.times_median, later.peers, later.why_no_score) == (3.0, 9, "")
        assert later.position == 4
        assert later.hits.count() == 2

    def test_a_new_score_replaces_all_of_the_old_one(self, channel: Channel) -> None:
        found_videos.keep(channel, NewVideo(video_id="v1", title="Tides", why_no_score="Too few."), search(), 0)
        row = found_videos.keep(channel, NewVideo(video_id="v1", title="Tides", times_median=2.0, peers=7), search(), 0)
        assert row is not None
        assert (row.times_median, row.why_no_score) == (2.0, "")

    def test_an_exact_date_is_not_rounded_again(self, channel: Channel) -> None:
        exact, rounded = datetime(2026, 3, 9, 14, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
        for day, is_exact in ((rounded, False), (exact, True), (rounded, False), (None, False)):
            new = NewVideo(video_id="v1", title="Tides", published_at=day, is_date_exact=is_exact)
            found_videos.keep(channel, new, search(), 0)
        row = FoundVideo.objects.get()
        assert (row.published_at, row.is_date_exact) == (exact, True)

    def test_twice_in_one_search_is_one_hit(self, channel: Channel) -> None:
        one = search()
        for position in (0, 1):
            found_videos.keep(channel, NewVideo(video_id="v1", title="Tides"), one, position)
        assert SearchHit.objects.get().job_position == 0

    def test_the_same_video_in_another_channel_is_another_row(self, channel: Channel) -> None:
        other = factories.channel(factories.stranger(), "reef")
        for owner in (channel, other):
            found_videos.keep(owner, NewVideo(video_id="v1", title="Tides"), search(), 0)
        found_videos.dismiss(channel, FoundVideo.objects.values_list("pk", flat=True))
        assert FoundVideo.objects.filter(dismissed_at__isnull=True).get().channel == other


class TestWhatIsMadeOfOne:
    def test_inspire_makes_one_idea_with_the_video_and_its_source(self, channel: Channel) -> None:
        row = factories.found_video(channel, format="short")
        idea, is_new = found_videos.inspire(row)
        assert is_new
        assert (idea.title, idea.type, idea.source) == (row.title, "short", Idea.Source.DISCOVER)
        assert idea.source_data["video"]["url"] == f"https://www.youtube.com/shorts/{row.video_id}"
        assert "seen 40,000 times, 4.0 × the median of 25 other videos" in idea.angle
        assert found_videos.inspire(row) == (idea, False)

    def test_an_idea_of_a_video_of_which_nothing_is_known_invents_nothing(self, channel: Channel) -> None:
        row = factories.found_video(channel, views=None, times_median=None, youtube_channel_name="")
        idea, _ = found_videos.inspire(row)
        assert idea.angle.startswith("Inspired by “How tides work” of an unknown channel. What would")

    def test_the_idea_shows_the_video_it_came_from(self, page: Client, channel: Channel) -> None:
        idea, _ = found_videos.inspire(factories.found_video(channel))
        shown = text(page.get(f"/c/tidal/ideas/{idea.pk}/"))
        assert "https://www.youtube.com/watch?v=" in shown
        assert "Sea Lab" in shown

    def test_a_note_says_only_what_is_known(self, channel: Channel) -> None:
        row = factories.found_video(
            channel, views=None, times_median=None, published_at=None, description="All about it."
        )
        note, is_new = found_videos.keep_as_note(row)
        assert is_new
        assert (note.origin, note.source_url) == (Note.Origin.RESEARCH, row.url)
        assert "views" not in note.text
        assert "published" not in note.text
        assert note.text.endswith("It says of itself: All about it.")
        assert found_videos.keep_as_note(row) == (note, False)

    def test_a_transcript_is_a_note_of_its_own_in_paragraphs(self, channel: Channel) -> None:
        row = factories.found_video(channel)
        lines = [{"seconds": n, "text": f"This is sentence number {n} of the talk."} for n in range(60)]
        kept = found_videos.keep_transcript(row, lines, language="en", is_automatic=True)
        first, _ = found_videos.keep_as_note(row)
        note, is_new = found_videos.keep_transcript_as_note(row, kept)
        assert is_new
        assert note != first
        assert "heard by YouTube itself" in note.text
        assert all(part.endswith(".") and len(part) < 1300 for part in note.text.split("\n\n"))


class TestGrid:
    def test_it_is_ordered_by_search_and_place_with_unknown_last(self, channel: Channel) -> None:
        old, new = timezone.now() - timedelta(days=1), timezone.now()
        factories.found_video(channel, title="old", searched_at=old, position=0, times_median=9.0, views=None)
        factories.found_video(channel, title="second", searched_at=new, position=1, times_median=None, views=5)
        factories.found_video(channel, title="first", searched_at=new, position=0, times_median=2.0, views=7)
        assert titles(channel) == ["first", "second", "old"]
        assert titles(channel, sort="outlier") == ["old", "first", "second"]
        assert titles(channel, sort="views") == ["first", "second", "old"]
        assert titles(channel, outlier="5") == ["old"]
        assert titles(channel, sort="nonsense", outlier="x", search="not an id") == ["first", "second", "old"]

    def test_one_search_alone_is_named(self, page: Client, channel: Channel) -> None:
        factories.found_video(channel, title="mine")
        other = Search("lighthouses", uuid4(), timezone.now())
        found_videos.keep(channel, NewVideo(video_id="other", title="theirs"), other, 0)
        shown = text(page.get(GRID, {"search": str(other.made_by_job)}))
        assert "of the search for “lighthouses”" in shown
        assert "theirs" in shown
        assert "mine" not in shown

    def test_unknown_figures_are_said_to_be_unknown(self, page: Client, channel: Channel) -> None:
        factories.found_video(
            channel,
            views=None,
            seconds=None,
            published_at=None,
            subscribers=None,
            times_median=None,
            why_no_score="The channel shows only 2 settled videos like it.",
        )
        shown = text(page.get(GRID))
        for words in ("unknown views", "unknown subscribers", "unknown date", "unknown length", "score unknown"):
            assert words in shown, words
        assert "only 2 settled videos" in shown

    def test_pictures_may_come_from_youtube_on_this_page_only(self, page: Client, channel: Channel) -> None:
        row = factories.found_video(channel)
        answer = page.get(GRID)
        assert "https://i.ytimg.com" in answer.headers["Content-Security-Policy"]
        assert f"https://i.ytimg.com/vi/{row.video_id}/mqdefault.jpg" in text(answer)
        assert "ytimg" not in page.get("/c/tidal/ideas/").headers["Content-Security-Policy"]

    def test_fifty_videos_cost_no_more_queries_than_two(self, page: Client, channel: Channel) -> None:
        def asked() -> int:
            page.get(GRID)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page.get(GRID)
            return len(queries)

        for _ in range(2):
            factories.found_video(channel)
        few = asked()
        for _ in range(48):
            factories.found_video(channel)
        assert asked() == few

    def test_what_a_stranger_named_a_video_is_no_markup(self, page: Client, channel: Channel) -> None:
        factories.found_video(channel, title="<script>alert(1)</script>", youtube_channel_name='"><b>')
        assert "<script>alert" not in text(page.get(GRID))


class TestDismiss:
    def test_it_can_be_undone_from_the_page_and_later_from_the_list(self, page: Client, channel: Channel) -> None:
        row = factories.found_video(channel, title="Tides")
        page.post(f"{GRID}dismiss/", {"id": str(row.pk)})
        shown = text(page.get(GRID))
        assert "“Tides” is dismissed" in shown
        page.post(f"{GRID}restore/")
        assert titles(channel) == ["Tides"]
        page.post(f"{GRID}dismiss/", {"id": str(row.pk)})
        assert titles(channel, shown="dismissed") == ["Tides"]
        page.post(f"{GRID}restore/", {"id": str(row.pk)})
        assert titles(channel) == ["Tides"]

    def test_scripts_get_json(self, page: Client, channel: Channel) -> None:
        row = factories.found_video(channel)
        answer = page.post(f"{GRID}dismiss/", {"id": str(row.pk)}, headers={"Accept": "application/json"})
        assert answer.json()["ids"] == [str(row.pk)]
        answer = page.post(f"{GRID}{row.pk}/inspire/", headers={"Accept": "application/json"})
        assert answer.json()["link"] == "Open the idea"

    def test_a_row_of_another_channel_is_passed_over(self, page: Client, channel: Channel) -> None:
        other = factories.found_video(factories.channel(factories.stranger(), "reef"))
        page.post(f"{GRID}dismiss/", {"id": [str(other.pk), "no id"]})
        other.refresh_from_db()
        assert other.dismissed_at is None


class TestExport:
    def test_it_holds_what_the_filter_shows_and_no_formula(self, page: Client, channel: Channel) -> None:
        factories.found_video(channel, title="=HYPERLINK(“evil”)", views=None)
        factories.found_video(channel, title="Weak", times_median=1.0)
        answer = page.get(f"{GRID}export/", {"outlier": "2"})
        assert answer.headers["Content-Disposition"] == 'attachment; filename="tidal-discover.csv"'
        [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert row["title"] == "'=HYPERLINK(“evil”)"
        assert row["views"] == ""
        assert row["times_median"] == "4.0"


class TestWriting:
    @pytest.mark.parametrize(
        ("count", "written"),
        [
            (None, UNKNOWN),
            (0, "0"),
            (999, "999"),
            (999.6, "1K"),
            (1_000, "1K"),
            (1_249, "1.2K"),
            (9_960, "10K"),
            (34_400, "34K"),
            (999_600, "1M"),
            (1_230_000, "1.2M"),
            (5e9, "5B"),
        ],
    )
    def test_counts(self, count: float | None, written: str) -> None:
        assert compact(count) == written

    def test_ages_and_lengths(self) -> None:
        now = datetime(2026, 11, 25, tzinfo=UTC)
        assert [ago(now - timedelta(days=days), now) for days in (0, 1, 13, 45, 800)] == [
            "just now",
            "1 day ago",
            "1 week ago",
            "1 month ago",
            "2 years ago",
        ]
        assert ago(None, now) == UNKNOWN
        assert [length(seconds) for seconds in (None, 5, 245, 3723)] == ["", "0:05", "4:05", "1:02:03"]


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def recent(count: int, *, every: float = 5, views: int = 1000, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"r{n}",
            "title": f"Tide {n}",
            "views": views + n,
            "seconds": 300,
            "published": (NOW - timedelta(days=every * n)).isoformat(),
            "format": "long",
            **more,
        }
        for n in range(count)
    ]


class TestFigures:
    def figures(self, **fields: Any) -> dict[str, youtube_figures.Figure]:
        row = YouTubeChannel(youtube_id="UC", looked_up_at=NOW, **fields)
        return {one.label: one for one in youtube_figures.figures(row, 4.0, NOW)}

    def test_of_a_channel_that_tells_nothing_all_are_unknown_and_say_why(self) -> None:
        for one in self.figures().values():
            assert not one.is_known, one
            assert one.basis, one

    def test_they_are_what_they_say_they_are(self) -> None:
        shown = self.figures(
            subscribers=7_300,
            video_count=200,
            total_views=1_000_000,
            joined_on=date(2006, 11, 30),
            about_at=NOW,
            has_shorts=True,
            recent=[*recent(12), *recent(4, format="short", published=None)],
            samples=[{"views": 1000, "likes": 40, "comments": 10}, {"views": 1000, "likes": None, "comments": 5}],
        )
        assert shown["Views a video, all time"].value == "5K"
        assert shown["Uploads in 30 days"].value == "7"
        assert shown["A new video every"].value == "5.0 days"
        assert shown["Shorts"].value == "25 %"
        # A video whose likes are hidden is no video without likes.
        assert shown["Engagement"].value == "5.0 %"
        assert shown["New subscribers a day"].value == "1.0"
        # 7 videos of about 1,003 views: 7,021 views at $2 to $6 a thousand.
        assert shown["Earnings a month, an estimate"].value == "$14 to $42"
        assert "Nobody but its owner knows" in shown["Earnings a month, an estimate"].basis
        # The three of the last week still grow: r0 and r1 are left out.
        assert shown["Views a video, lately"].basis.startswith("median of the 10 newest videos older than a week")

    def test_shorts_and_videos_are_drawn_beside_their_own_kind(self) -> None:
        many = [*recent(2, views=500), *recent(2, views=60_000, format="short"), *recent(1, views=0, format="live")]
        shares = [round(one.share) for one in youtube_figures.uploads(YouTubeChannel(youtube_id="UC", recent=many))]
        assert shares == [100, 100, 100, 100, 0]

    def test_one_video_is_one(self) -> None:
        assert "of the 1 video of" in self.figures(recent=recent(1))["Earnings a month, an estimate"].basis

    def test_a_first_page_that_is_younger_than_a_month_is_a_lower_bound(self) -> None:
        assert self.figures(recent=recent(30, every=0.5))["Uploads in 30 days"].value == "30 or more"

    def test_a_channel_that_joined_today_divides_by_one_day(self) -> None:
        assert self.figures(subscribers=10, joined_on=NOW.date())["New subscribers a day"].value == "10.0"


class TestMemory:
    def test_a_look_keeps_what_the_about_panel_said(self) -> None:
        youtube_facts.remember(NewFacts(youtube_id="UC1", looked_up_at=timezone.now(), name="Sea Lab"))
        youtube_facts.remember_about("UC1", total_views=5, joined_on=None, country="Kenya")
        row = youtube_facts.remember(NewFacts(youtube_id="UC1", looked_up_at=timezone.now(), name="Sea Lab 2"))
        row.refresh_from_db()
        assert (row.name, row.total_views, row.country) == ("Sea Lab 2", 5, "Kenya")

    def test_a_day_old_channel_is_asked_for_again_and_a_gone_one_comes_back(self) -> None:
        row = youtube_facts.remember_gone("UC1", "It is gone.")
        assert youtube_facts.channels_known(["UC1"]) == {"UC1": row}
        YouTubeChannel.objects.update(looked_up_at=timezone.now() - timedelta(hours=25))
        assert youtube_facts.channels_known(["UC1"]) == {}
        row = youtube_facts.remember(NewFacts(youtube_id="UC1", looked_up_at=timezone.now()))
        assert not row.is_gone

    def test_pages_are_forgotten_when_they_are_out_of_date(self) -> None:
        youtube_facts.remember_page("k", 0, [], is_last=True)
        youtube_facts.remember_gone("UC1", "It is gone.")
        assert youtube_facts.page_known("k", 0)
        assert youtube_facts.forget_before(timezone.now() - timedelta(days=30)) == 0
        SearchedPage.objects.update(fetched_at=timezone.now() - timedelta(hours=7))
        YouTubeChannel.objects.update(looked_up_at=timezone.now() - timedelta(days=40))
        assert youtube_facts.page_known("k", 0) is None
        assert youtube_facts.forget_before(timezone.now() - timedelta(days=30)) == 2


class TestChannelPage:
    def test_of_a_channel_nobody_knows_there_is_no_page(self, page: Client, channel: Channel) -> None:
        assert page.get(f"{GRID}channels/UCnobody/").status_code == 404
        assert page.get(f"{GRID}channels/{'x' * 200}/").status_code == 404

    def test_it_shows_figures_and_what_was_kept(self, page: Client, channel: Channel) -> None:
        row = factories.found_video(channel)
        facts = NewFacts(
            youtube_id=row.youtube_channel_id,
            looked_up_at=timezone.now(),
            name="Sea Lab",
            subscribers=7100,
            recent=recent(9),
        )
        youtube_facts.remember(facts)
        shown = text(page.get(f"{GRID}channels/{row.youtube_channel_id}/"))
        for words in ("7,100", "median of the", "Tide 3", row.title, "likes have not been asked for yet"):
            assert words in shown, words

    def test_a_gone_channel_says_so(self, page: Client, channel: Channel) -> None:
        youtube_facts.remember_gone("UCgone", "The channel UCgone is no longer on YouTube.")
        assert "no longer on YouTube" in text(page.get(f"{GRID}channels/UCgone/"))


def test_the_api_tells_unknown_as_null_and_dismisses(page: Client, channel: Channel) -> None:
    row = factories.found_video(channel, views=None)
    address = f"/api/v1/channels/tidal/found-videos/{row.pk}/"
    listed = page.get("/api/v1/channels/tidal/found-videos/").json()["results"]
    assert listed == [page.get(address).json()]
    assert (listed[0]["views"], listed[0]["times_median"], listed[0]["searches"]) == (
        None,
        4.0,
        [str(factories.SEARCH)],
    )
    assert page.delete(address).status_code == 204
    assert page.get(address).status_code == 404
    row.refresh_from_db()
    assert row.dismissed_at
