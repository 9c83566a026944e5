"""The four numbers of a topic: what they are computed from, and what is left out where figures are missing."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.tools.trends import gap as gaps
from jobs.tools.trends.alignment import alignment, profile_of
from jobs.tools.trends.gap import gap, market_of, suppliers
from jobs.tools.trends.momentum import Pool, momentum, percentile
from jobs.tools.trends.observed import SHOWN, Measured
from jobs.tools.trends.timeliness import in_words, timeliness
from jobs.tools.trends.topics import find_topics
from tests.unit.tools.trends.seen import NOW, video


class TestMomentum:
    def test_a_percentile_counts_those_below_and_half_of_the_equal(self) -> None:
        assert percentile(3, [1, 2, 3, 4]) == 62.5
        assert percentile(5, [1, 2, 3, 4]) == 100
        assert percentile(1, [1, 1, 1, 1]) == 50
        assert percentile(1, []) == 50

    def test_speed_is_views_by_age_and_a_young_video_is_not_taken_to_go_on_as_it_began(self) -> None:
        assert video(views=3000, days=27).per_day == 100
        assert video(views=300, days=0).per_day == 100
        assert video(views=300, days=-3).per_day == 100
        assert video(views=None).per_day is None
        assert video(days=None).per_day is None

    @pytest.mark.parametrize("exponent", [0.2, 0.3, 0.4, 0.5])
    def test_speed_foretells_what_a_video_gains_whatever_its_age(self, exponent: float) -> None:
        ages = (1, 2, 4, 7, 14, 30, 60, 120, 365, 1000)
        views = {age: 1_000_000 * age**exponent for age in ages}
        gained = {age: 1_000_000 * (age + 30) ** exponent - views[age] for age in ages}

        def spread(speeds: dict[int, float]) -> float:
            ratios = [gained[age] / speeds[age] for age in ages]
            return max(ratios) / min(ratios)

        assert spread({age: video(views=round(views[age]), days=age).per_day or 0 for age in ages}) < 1.65
        assert spread({age: views[age] / age for age in ages}) > 3

    def test_the_fastest_are_ahead_however_many_views_the_old_ones_have(self) -> None:
        old = [video(views=50_000 + at, days=2000) for at in range(6)]
        young = [video(views=20_000 + at, days=10) for at in range(6)]
        pool = Pool([*old, *young])
        assert (momentum(young, pool).value or 0) > 60 > 40 > (momentum(old, pool).value or 100)

    def test_one_video_says_little(self) -> None:
        others = [video(views=at) for at in range(1, 20)]
        best = video(views=10_000)
        pool = Pool([*others, best])
        alone = momentum([best], pool).value
        assert alone is not None
        assert 50 < alone < 70
        assert (momentum([best] * 5, pool).value or 0) > alone

    def test_alone_in_the_world_it_is_in_the_middle(self) -> None:
        only = video()
        assert momentum([only], Pool([only])).value == 50

    def test_all_alike_are_all_in_the_middle(self) -> None:
        same = [video() for _ in range(8)]
        assert {momentum([one], Pool(same)).value for one in same} == {50}

    def test_formats_are_not_compared_where_there_are_enough(self) -> None:
        shorts = [video(views=1_000_000 + at, format="short") for at in range(5)]
        longs = [video(views=1000 + at) for at in range(5)]
        pool = Pool([*shorts, *longs])
        assert pool.percentile_of(longs[-1]) == 90
        lonely = video(views=1_000_000, format="live")
        assert Pool([*longs, lonely]).percentile_of(lonely) == pytest.approx(100 * 5.5 / 6)

    def test_what_is_unknown_is_left_out_and_said(self) -> None:
        known, hidden, undated = video(), video(views=None), video(days=None)
        told = momentum([known, hidden, undated], Pool([known, hidden, undated]))
        assert [row["id"] for row in told.evidence["videos"]] == [known.id]
        assert told.evidence["left_out"] == 2
        assert "2 videos left out: views or date unknown." in told.told

    def test_with_nothing_known_there_is_no_number(self) -> None:
        nothing = [video(views=None), video(days=None)]
        told = momentum(nothing, Pool(nothing))
        assert told.value is None
        assert told.told.startswith("Unknown")

    def test_a_picture_of_thousands_is_drawn_with_few(self) -> None:
        pool = Pool([video(views=at) for at in range(1, 1000)])
        shown = pool.sample()
        assert len(shown) == SHOWN
        assert (shown[0], shown[-1]) == (pool.every[0], pool.every[-1])


def gap_of(videos: list[Any], label: str) -> Measured:
    topics, _ = find_topics(videos)
    return gap(next(topic for topic in topics if topic.label.lower() == label), market_of(videos, topics, NOW))


class TestGap:
    def test_what_is_usual_is_fifty(self) -> None:
        videos = [video("King tides"), video("King tides"), video("Rogue waves"), video("Rogue waves")]
        assert gap_of(videos, "king tides").value == pytest.approx(50)

    def test_demand_raises_it_and_supply_lowers_it(self) -> None:
        wanted = [video("King tides", times_median=4.0) for _ in range(2)]
        rest = [video(title, times_median=1.0) for title in ("Rogue waves", "Tide mills", "Sea ice") for _ in range(3)]
        more = [video("King tides", times_median=4.0) for _ in range(6)]
        few, many = gap_of([*wanted, *rest], "king tides"), gap_of([*wanted, *more, *rest], "king tides")
        assert (few.value or 0) > 60
        assert few.evidence["demand"] == pytest.approx(2.0)
        assert few.evidence["ratio"] == pytest.approx(few.evidence["demand"] / few.evidence["supply"], rel=0.01)
        assert many.evidence["supply"] > few.evidence["supply"]
        assert many.evidence["channels"] == 8

    def test_a_channel_supplies_once_and_not_with_what_is_old(self) -> None:
        videos = [video("King tides", channel="one"), video("King tides", channel="one"),
                  video("King tides", channel="two", days=800), video("King tides", channel="three", days=None)]  # fmt: skip
        assert suppliers(find_topics(videos)[0][0], NOW) == 2

    def test_without_its_channels_usual_it_is_held_against_what_was_found_in_its_format(self) -> None:
        videos = [video("King tides", views=300), video("King tides", views=100, times_median=1.0),
                  *(video("Rogue waves", views=100) for _ in range(4)),
                  *(video("Sea ice", views=9000, format="short") for _ in range(4))]  # fmt: skip
        rows = gap_of(videos, "king tides").evidence["videos"]
        assert [(row["times"], row["by"]) for row in rows] == [(3.0, "found"), (1.0, "channel")]

    @pytest.mark.parametrize("views", [0, 1, 10**12])
    def test_no_figure_is_without_bounds(self, views: int) -> None:
        videos = [
            video("King tides", views=views, times_median=0.0),
            video("King tides", views=views),
            video(),
            video(),
        ]
        value = gap_of(videos, "king tides").value
        assert value is not None
        assert 0 < value < 100
        rows = gap_of(videos, "king tides").evidence["videos"]
        assert all(gaps.LEAST <= row["times"] <= gaps.MOST for row in rows)

    def test_what_is_unknown_is_left_out_and_said(self) -> None:
        told = gap_of([video("King tides", views=None), video("King tides")], "king tides")
        assert told.evidence["left_out"] == 1
        assert "1 video left out: views unknown." in told.told
        nothing = gap_of([video("King tides", views=None), video("King tides", views=None)], "king tides")
        assert nothing.value is None


NOTES = [("Tides of the Moon", "Water rises."), ("Fundy", "The harbour falls dry."), ("Severn", "A harbour of mud.")]


class TestAlignment:
    def topic(self) -> Any:
        topics, _ = find_topics([video("Tidal harbours drone"), video("Tidal harbours drone")])
        return topics[0]

    def test_words_of_the_channel_count_wholly_and_those_of_notes_by_half(self) -> None:
        told = alignment(self.topic(), profile_of(["tidal"], "Education", NOTES))
        assert {row["text"].lower(): row["from"] for row in told.evidence["words"]} == {
            "tidal": "channel",
            "harbours": "notes",
            "drone": "nowhere",
        }
        assert told.value == pytest.approx(50)
        assert told.told == "What you stand for: Tidal. In your notes: harbours. New to you: drone."

    def test_a_word_of_a_single_note_is_not_what_the_channel_knows_about(self) -> None:
        told = alignment(self.topic(), profile_of(["x"], "", [("One", "A drone, a harbour, a tidal mill.")]))
        assert told.value == 0

    def test_a_channel_that_says_nothing_of_itself_has_no_number(self) -> None:
        told = alignment(self.topic(), profile_of([], "Education", []))
        assert told.value is None
        assert "topics, tags or notes" in told.told


class TestTimeliness:
    def test_it_halves_with_every_half_life(self) -> None:
        assert timeliness([video(days=0)], NOW).value == 100
        assert timeliness([video(days=90)], NOW).value == pytest.approx(50)
        assert timeliness([video(days=0), video(days=180)], NOW).value == pytest.approx(62.5)
        assert timeliness([video(days=-2)], NOW).value == 100

    def test_what_is_unknown_is_left_out_and_rough_dates_are_called_so(self) -> None:
        told = timeliness([video(days=10), video(days=None)], NOW)
        assert told.evidence["left_out"] == 1
        assert "1 video left out: date unknown." in told.told
        assert "rough" in told.told
        assert "rough" not in timeliness([video(days=10, is_date_exact=True)], NOW).told
        assert timeliness([video(days=None)], NOW).value is None
        assert timeliness([], NOW).value is None

    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (0.2, "less than a day"),
            (1, "1 day"),
            (13, "13 days"),
            (21, "about 3 weeks"),
            (90, "about 3 months"),
            (800, "about 2 years"),
        ],
    )
    def test_ages_are_told_as_people_say_them(self, days: float, words: str) -> None:
        assert in_words(days) == words
