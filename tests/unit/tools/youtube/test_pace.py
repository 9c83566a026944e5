"""Who may ask when."""

from __future__ import annotations

import pytest

from jobs.tools.youtube.pace import Patience, TokenBucket


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_few_at_once_then_at_the_rate() -> None:
    clock = Clock()
    bucket = TokenBucket(per_second=2, burst=3, clock=clock)
    assert [bucket.turn() for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    clock.now += 1.0
    assert bucket.turn() == pytest.approx(0.5), "those who wait have their turns"


def test_quiet_fills_it_again_but_not_beyond_its_rim() -> None:
    clock = Clock()
    bucket = TokenBucket(per_second=1, burst=2, clock=clock)
    for _ in range(4):
        bucket.turn()
    clock.now += 1000
    assert [bucket.turn() for _ in range(3)] == [0, 0, 1]


def test_nobody_has_a_turn_while_youtube_asks_for_patience() -> None:
    clock = Clock()
    bucket = TokenBucket(per_second=10, burst=5, clock=clock)
    bucket.hold(60)
    bucket.hold(30)
    assert bucket.turn() == 60
    clock.now += 60
    assert bucket.turn() == 0


def test_a_pace_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(ValueError, match="per_second"):
        TokenBucket(per_second=0)


def test_patience_doubles_and_has_an_end() -> None:
    patience = Patience(first=5, most=30)
    assert [patience.seconds(tries) for tries in (1, 2, 3, 4, 5)] == [5, 10, 20, 30, 30]
