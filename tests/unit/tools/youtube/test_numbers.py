"""Numbers as YouTube's pages write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.tools.youtube import numbers

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("28K views", 28_000),
        ("1.13M subscribers", 1_130_000),
        ("1.2 million subscribers", 1_200_000),
        ("1,234,567 views", 1_234_567),
        ("258 videos", 258),
        ("1 subscriber", 1),
        ("3.07B views", 3_070_000_000),
        ("No views", 0),
        ("no subscribers", 0),
        ("watching", None),
        ("", None),
        (None, None),
    ],
)
def test_counts(text: str | None, count: int | None) -> None:
    assert numbers.count(text) == count


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("3 weeks ago", timedelta(days=21)),
        ("1 month ago", timedelta(days=30)),
        ("Streamed 2 years ago", timedelta(days=730)),
        ("5 minutes ago", timedelta(minutes=5)),
        ("16 hours ago", timedelta(hours=16)),
        ("8 yr ago", timedelta(days=2920)),
        ("3 mo ago", timedelta(days=90)),
        ("12 sec ago", timedelta(seconds=12)),
        ("1 day ago", timedelta(days=1)),
    ],
)
def test_ages(text: str, age: timedelta) -> None:
    moment = numbers.moment(text, NOW)
    assert moment is not None
    assert abs(NOW - moment - age) < timedelta(milliseconds=1)


def test_a_date_is_the_midnight_of_its_day() -> None:
    assert numbers.moment("Premiered Mar 3, 2015", NOW) == datetime(2015, 3, 3, tzinfo=UTC)
    assert numbers.date("Joined September 30, 2009") == datetime(2009, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", None, "soon", "Feb 31, 2020", "99999999999999 years ago", "9999 years ago"])
def test_what_says_no_time_is_none(text: str | None) -> None:
    assert numbers.moment(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12:34", 754), ("1:02:03", 3723), ("0:15", 15), ("LIVE", None), ("SHORTS", None), (None, None)],
)
def test_lengths(text: str | None, seconds: int | None) -> None:
    assert numbers.seconds(text) == seconds
