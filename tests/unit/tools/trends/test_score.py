"""The score: the weights, what is unknown, and what rejections do to it."""

from __future__ import annotations

import pytest

from jobs.tools.trends.alignment import profile_of
from jobs.tools.trends.observed import Measured, Observed
from jobs.tools.trends.score import LOST_BY_REJECTIONS, Rejection, is_rejected, total, weigh
from tests.unit.tools.trends.seen import NOW, video

PROFILE = profile_of(["tides"], "Education", [])


def part(value: float | None) -> Measured:
    return Measured(value=value, told="", evidence={})


def parts(*values: float | None) -> dict[str, Measured]:
    return {
        name: part(value) for name, value in zip(("momentum", "gap", "alignment", "timeliness"), values, strict=True)
    }


@pytest.mark.parametrize(
    ("values", "score"),
    [
        ((100, 100, 100, 100), 100),
        ((100, 0, 0, 0), 40),
        ((0, 100, 0, 0), 30),
        ((0, 0, 100, 0), 20),
        ((0, 0, 0, 100), 10),
        ((80, 60, 50, 10), 61),
        # What is unknown takes its weight with it.
        ((None, 60, 60, 60), 60),
        ((100, None, 0, None), pytest.approx(100 * 40 / 60)),
        ((None, None, None, None), 0),
    ],
)
def test_it_is_the_weighed_mean_of_what_is_known(values: tuple[float | None, ...], score: float) -> None:
    assert total(parts(*values)) == score


def world() -> list[Observed]:
    return [
        *(video("King tides", views=90_000, days=20, times_median=6.0) for _ in range(3)),
        *(video("King crabs", views=80_000, days=20, times_median=6.0) for _ in range(3)),
        *(video("Rogue waves", views=2_000, days=900, times_median=0.5) for _ in range(3)),
    ]


def test_what_gathers_views_and_fits_comes_first() -> None:
    weighed = weigh(world(), PROFILE, NOW)
    assert [one.topic.label for one in weighed if " " in one.topic.label] == ["King tides", "King crabs", "Rogue waves"]
    assert all(0 <= one.score <= 100 for one in weighed)


def test_topics_without_any_views_are_none() -> None:
    assert weigh([video("King tides", views=None), video("King tides", views=None)], PROFILE, NOW) == []
    assert weigh([], PROFILE, NOW) == []


def test_a_rejection_lowers_what_speaks_of_the_same_and_nothing_else() -> None:
    before = {one.topic.label: one for one in weigh(world(), PROFILE, NOW)}
    after = {one.topic.label: one for one in weigh(world(), PROFILE, NOW, [Rejection("T", "King crabs", "too cold")])}
    assert after["King crabs"].lowered == LOST_BY_REJECTIONS
    assert after["King crabs"].score == pytest.approx(before["King crabs"].score / 2, abs=0.1)
    # It shares a word, beside one that the channel stands for and that is therefore not held against it.
    assert after["King tides"].lowered == LOST_BY_REJECTIONS
    assert after["King tides"].lowered_for[0].reason == "too cold"
    assert after["Rogue waves"].score == before["Rogue waves"].score
    for_tides = weigh(world(), PROFILE, NOW, [Rejection("T", "Tides", "")])
    assert all(one.lowered == 0 for one in for_tides)


def test_the_very_topic_and_nearly_the_same_are_rejected() -> None:
    topic = next(one.topic for one in weigh(world(), PROFILE, NOW) if one.topic.label == "King tides")
    assert is_rejected(topic, [Rejection("A title", "king tide")])
    assert is_rejected(topic, [Rejection("The king tides explained", "")])
    assert is_rejected(topic, [Rejection("x", "Rogue waves")]) is None
    assert is_rejected(topic, []) is None
