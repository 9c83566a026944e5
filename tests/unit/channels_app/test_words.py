"""What counts as spoken."""

from __future__ import annotations

import pytest

from channels_app import words


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 0),
        ("The sea rises.", 3),
        ("### A heading\n\nOne two", 2),
        ("**Mara:** one two\n**Jo**: three", 3),
        ("*(she looks up)* one", 1),
        ("(off stage)\none", 1),
        ("one <!-- two\nthree --> four", 2),
        ("one\n\n---\n\ntwo", 2),
        ("```\ncode is shown\n```\none", 1),
        ("don't stop, it's 3.5 metres", 5),
        ("**very** _deep_", 2),
        ("die Flut läuft auf", 4),
    ],
)
def test_only_what_is_said_counts(body: str, count: int) -> None:
    assert words.spoken_words(body) == count


def test_a_minute_has_150_words() -> None:
    assert words.minutes_in_words(words.reading_seconds(150)) == "1:00"
    assert words.minutes_in_words(words.reading_seconds(1500)) == "10:00"
    assert words.minutes_in_words(words.reading_seconds(1)) == "0:00"


def test_the_longest_script_is_counted_quickly() -> None:
    import time

    for body in ("a " * 100_000, "*(" * 100_000, "**" * 100_000, "(" * 200_000, "<!--" * 50_000, "```\n" * 50_000):
        start = time.perf_counter()
        words.spoken_words(body)
        assert time.perf_counter() - start < 2, body[:8]
