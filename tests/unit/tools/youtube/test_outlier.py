"""How far a video outgrew its channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jobs.tools.youtube.outlier import outlier
from jobs.tools.youtube.records import Video

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def made(number: int, views: int | None, days: float = 30, **more: object) -> Video:
    video = Video(id=f"{number:011}", title="", url="", views=views, published=NOW - timedelta(days=days))
    return replace(video, **more)  # type: ignore[arg-type]


RECENT = [made(number, views, 10 + number) for number, views in enumerate([1000, 2000, 3000, 4000, 5000, 6000])]


def test_the_score_is_views_over_the_median_of_the_others() -> None:
    score = outlier(made(99, 17_500), RECENT, NOW)
    assert (score.times_median, score.median_views, score.peers) == (5.0, 3500, 6)
    assert (score.times_average, score.average_views) == (5.0, 3500)


def test_a_video_is_no_neighbour_of_its_own() -> None:
    """With itself among them, a hit would lift the median it is measured by."""
    hit = replace(RECENT[5], views=60_000)
    score = outlier(hit, [*RECENT[:5], hit], NOW)
    assert (score.peers, score.median_views, score.times_median) == (5, 3000, 20.0)


def test_shorts_and_streams_are_other_leagues() -> None:
    shorts = [replace(video, id=f"s{video.id[1:]}", format="short", views=900_000) for video in RECENT]
    assert outlier(made(99, 7000), [*shorts, *RECENT], NOW).times_median == 2.0
    assert outlier(made(99, 900_000, format="short"), [*shorts, *RECENT], NOW).times_median == 1.0
    assert outlier(made(99, 7000, format="live"), [*shorts, *RECENT], NOW).times_median is None


def test_neighbours_that_still_grow_do_not_count() -> None:
    fresh = [made(50 + number, 10, days=6.9) for number in range(20)]
    score = outlier(made(99, 7000), [*fresh, *RECENT], NOW)
    assert (score.peers, score.times_median) == (6, 2.0)


def test_fewer_than_five_neighbours_are_no_measure() -> None:
    score = outlier(made(99, 7000), [*RECENT[:4], made(40, None)], NOW)
    assert (score.times_median, score.times_average, score.peers) == (None, None, 4)
    assert "4" in score.why_not


def test_unknown_views_have_no_score() -> None:
    assert outlier(made(99, None), RECENT, NOW).why_not


def test_tiny_channels_are_measured_as_if_they_had_a_hundred_views() -> None:
    tiny = [replace(video, views=2) for video in RECENT]
    score = outlier(made(99, 500), tiny, NOW)
    assert (score.times_median, score.times_average, score.median_views) == (5.0, 5.0, 2)


def test_an_older_video_is_said_to_be_older() -> None:
    assert outlier(made(99, 7000, days=400), RECENT, NOW).is_older
    assert not outlier(made(99, 7000, days=11), RECENT, NOW).is_older
    assert not outlier(made(99, 7000, published=None), RECENT, NOW).is_older


def test_only_the_thirty_newest_count() -> None:
    many = [made(100 + number, 1000) for number in range(30)] + [made(200 + number, 9_000_000) for number in range(30)]
    score = outlier(made(99, 5000), many, NOW)
    assert (score.peers, score.times_median) == (30, 5.0)
