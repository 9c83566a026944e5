"""Numbers and their units as people write them."""

from __future__ import annotations

import pytest

from jobs.tools.facts.quantities import parsed, quantities
from jobs.tools.facts.words import words


def read(text: str) -> list[tuple[float, str, str]]:
    return [(round(one.value, 6), one.unit, one.bound) for one in quantities(words(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twelve hours and twenty-five minutes", [(44700, "time", "")]),
        ("12 hours and 25 minutes", [(44700, "time", "")]),
        ("12 hours and 10 hours", [(43200, "time", ""), (36000, "time", "")]),
        ("2,000 boats", [(2000, "#boat", "")]),
        ("3.5 million dollars", [(3_500_000, "dollar", "")]),
        ("$3.5 million", [(3_500_000, "dollar", "")]),
        ("two hundred and five people", [(205, "#person", "")]),
        ("71%", [(71, "percent", "")]),
        ("71 per cent", [(71, "percent", "")]),
        ("in 1989", [(1989, "year", "")]),
        ("1500 people", [(1500, "#person", "")]),
        ("the 1980s", [(1980, "decade", "")]),
        ("on 15 April 1912", [(15, "day of month", ""), (1912, "year", "")]),
        ("on April 15, 1912", [(15, "day of month", ""), (1912, "year", "")]),
        ("the 3rd", [(3, "ordinal", "")]),
        ("twice a day", [(2, "times", "")]),
        ("two times a day", [(2, "times", "")]),
        ("half of them", [(50, "percent", "")]),
        ("half a million", [(500_000, "#", "")]),
        ("half an hour", [(1800, "time", "")]),
        ("two thirds of them", [(66.666667, "percent", "")]),
        ("a dozen eggs", [(12, "#egg", "")]),
        ("three and a half million", [(3_500_000, "#", "")]),
        ("more than 500 people", [(500, "#person", ">")]),
        ("at most 500 people", [(500, "#person", "<")]),
        ("about 500 people", [(500, "#person", "")]),
        ("over about 500 people", [(500, "#person", ">")]),
        ("2:01:09", [(7269, "clock", "")]),
        ("Apollo 11 landed", []),
        ("17km of coast", [(17000, "length", "")]),
        ("one of them", []),
        ("one metre", [(1, "length", "")]),
        ("1.233,5 Euro", [(1233.5, "euro", "")]),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, expected: list[tuple[float, str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("digits", "value"),
    [("2,000", 2000), ("1,234.5", 1234.5), ("1.234.567", 1_234_567), ("3,7", 3.7), ("1.2.3", None), ("٣", 3)],
)
def test_digits_are_read_with_commas_and_points(digits: str, value: float | None) -> None:
    assert parsed(digits) == value
