from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.tools.llm.runaway import Runaway, period_of

REFRAIN = "\n\nAnd the sea comes back, and the sea comes back.\n\n"


def hears(pieces: list[str]) -> int:
    """After how many characters the alarm went off; 0 for never."""
    runaway, heard = Runaway(), 0
    for piece in pieces:
        heard += len(piece)
        if runaway.hears(piece):
            return heard
    return 0


@pytest.mark.parametrize("passage", ["ha ", "The sea comes back. ", "x" * 500 + " end. ", "…", "潮", "\n"])
def test_a_passage_again_and_again_is_heard(passage: str) -> None:
    heard = hears([passage] * 4000)
    assert 0 < heard < max(1500, 9 * len(passage))


@given(st.text(min_size=1, max_size=300), st.integers(0, 2000))
@settings(max_examples=60, deadline=None)
def test_whatever_is_repeated_after_whatever_beginning(passage: str, beginning: int) -> None:
    varied = "".join(chr(97 + (number * number) % 23) for number in range(beginning))
    assert hears([varied, *[passage] * 4000])


def test_figures_of_speech_are_left_alone() -> None:
    verses = [f"Verse {number}: the moon pulled {number * 37 % 101} ships to shore.{REFRAIN}" for number in range(60)]
    assert not hears(verses)
    assert not hears(["No, no, no, no, no, no, no! ", *[f"Word{number} " for number in range(900)]])
    table = [f"| {number} | {number * number} | yes |\n" for number in range(400)]
    assert not hears(table)


def test_it_costs_next_to_nothing() -> None:
    words = [f"word{number * 7919 % 5000} " for number in range(20_000)]
    began = time.process_time()
    assert not hears(words)
    assert time.process_time() - began < 1.0


def test_the_period_is_that_of_the_passage() -> None:
    assert period_of("start " + "abcdefghij" * 100) == 10
    assert period_of("abcdefghij" * 5) == 0
