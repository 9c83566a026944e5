"""The strict rule on pairs that were judged by hand before it saw them, and on every trap by itself."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.tools.facts.matching import Match, compare
from jobs.tools.facts.words import words

DATA = Path(__file__).resolve().parents[3] / "data"
# The first hundred were judged before there was a rule; the others, full of traps, each before the rule had seen them.
FILES = ("fact_pairs.json", "fact_pairs_second.json", "fact_pairs_third.json", "fact_pairs_fourth.json")


def counted(*files: str) -> Counter[tuple[str, str]]:
    """How often each gold label met each answer."""
    pairs = [pair for name in files for pair in json.loads((DATA / name).read_text(encoding="utf-8"))]
    return Counter((pair["gold"], compare(pair["claim"], pair["source"]).match.value) for pair in pairs)


@pytest.mark.parametrize("files", [FILES[:1], FILES], ids=["the hundred", "all"])
def test_what_is_called_a_match_is_one_in_nine_of_ten_cases(files: tuple[str, ...]) -> None:
    table = counted(*files)
    called = sum(count for (_, answer), count in table.items() if answer == Match.MATCHES)
    right = table["supports", Match.MATCHES]
    supports = sum(count for (gold, _), count in table.items() if gold == "supports")
    assert right / called >= 0.9
    assert right / supports >= 0.5


def test_numbers_differ_is_hardly_ever_said_of_what_a_source_supports() -> None:
    table = counted(*FILES)
    called = sum(count for (_, answer), count in table.items() if answer == Match.NUMBERS_DIFFER)
    right = table["contradicts_number", Match.NUMBERS_DIFFER]
    assert table["supports", Match.NUMBERS_DIFFER] == 0
    assert right / called >= 0.9


def test_the_hundred_pairs_are_a_hundred_and_of_every_sort() -> None:
    pairs = json.loads((DATA / FILES[0]).read_text(encoding="utf-8"))
    assert len({(pair["claim"], pair["source"]) for pair in pairs}) == 100
    assert min(Counter(pair["gold"] for pair in pairs).values()) >= 20


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The tower is 330 metres high.", "The tower is 330 metres high."),
        ("The tower is 330 m high.", "The tower is 0.33 kilometres high."),
        ("The club has 2,000 members.", "The club has two thousand members."),
        ("The film made 3.5 million dollars.", "The film made $3.5 million."),
        ("The film runs for half an hour.", "The film runs for 30 minutes."),
        ("Rents rose by 12 percent.", "Rents rose by 12 % last year."),
    ],
)
def test_the_same_in_other_figures_matches(claim: str, source: str) -> None:
    assert compare(claim, source).match is Match.MATCHES


@pytest.mark.parametrize(
    ("claim", "source", "claimed", "found"),
    [
        ("The tower is 330 metres high.", "The tower is 312 metres high.", "330 metres", "312 metres"),
        ("Rents rose by 12 percent.", "Rents rose by 21 %.", "12 percent", "21 %"),
        ("The Berlin Wall fell in 1991.", "The Berlin Wall fell in 1989.", "1991", "1989"),
    ],
)
def test_a_differing_number_is_named_on_both_sides(claim: str, source: str, claimed: str, found: str) -> None:
    answer = compare(claim, source)
    assert (answer.match, answer.claimed, answer.found) == (Match.NUMBERS_DIFFER, claimed, found)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It is 330 metres high.", "It is 330 metres high."),
        ("Is the tower 330 metres high?", "The tower is 330 metres high."),
        ("The tower is high.", "The tower is high."),
        ("The tower is 330 metres high.", "The tower is 330 feet high."),
        ("In 2019 Apple sold 5 cars.", "In 2020 Apple sold 6 cars."),
        (
            "The team has nine women and twelve women in reserve.",
            "The team has twelve women and nine women in reserve.",
        ),
        ("", "The tower is 330 metres high."),
        ("The tower is 330 metres high.", ""),
    ],
)
def test_too_little_or_something_else_is_nothing(claim: str, source: str) -> None:
    assert compare(claim, source).match is Match.NOTHING


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_it(claim: str, source: str) -> None:
    compare(claim, source)


@given(st.integers(2, 10**6), st.integers(2, 10**6))
def test_two_numbers_match_only_when_they_are_one(one: int, other: int) -> None:
    answer = compare(f"The northern harbour holds {one:,} boats.", f"The northern harbour holds {other} boats.")
    assert (answer.match is Match.MATCHES) == (one == other)


def test_a_long_sentence_is_no_trap_for_patterns() -> None:
    compare("1" * 200_000, "1," * 100_000)
    assert words("9" * 50)
