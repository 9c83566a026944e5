"""How a script is paced, and what is said about it."""

from __future__ import annotations

import pytest

from channels_app.pacing import pacing

THREE = "Before it.\n\n### One\n\nThe sea *(a pause)* rises twice a day.\n\n### Two\n\n**Mara:** Nobody has ever seen it hurry.\n"


def test_sections_share_the_words() -> None:
    found = pacing(THREE, "short")
    assert [(part.title, part.words) for part in found.parts] == [("", 2), ("One", 6), ("Two", 6)]
    assert found.words == 14
    assert found.hook_words == 2
    assert sum(part.share for part in found.parts) in range(98, 103)


def test_a_direction_does_not_cut_a_sentence() -> None:
    assert pacing(THREE, "short").longest == "The sea rises twice a day."


@pytest.mark.parametrize("body", ["", "\n\n", "### Only a heading", "*(only a direction)*", "```\ncode\n```", "🌊"])
def test_nothing_to_say_is_no_error(body: str) -> None:
    found = pacing(body, "long")
    assert (found.words, found.remarks, found.opening.strip("🌊")) == (0, [], "")


@pytest.mark.parametrize(
    ("body", "type", "told"),
    [
        ("word " * 200, "short", "50 words above the target"),
        ("word " * 40, "short", "110 words below the target"),
        ("### A\n\n" + "word " * 60 + "\n\n### B\n\n" + "word. " * 90, "short", "The opening takes 24 seconds"),
        ("word " * 31 + ".", "short", "The longest sentence has 31 words"),
        ("Word. " * 2650, "short", "2,500 words above the target"),
        ("Word. ", "long", "1,499 words below the target of 1,500"),
        ("Word. " * 1500, "long", "It has no headings"),
        ("### A\n\nOne.\n\n### B\n\n" + "Word. " * 120 + "\n\n### C\n\nTwo.", "short", "“B” takes 98 % of the whole"),
    ],
    ids=[
        "too long",
        "too short",
        "slow opening",
        "out of breath",
        "thousands above",
        "thousands below",
        "no turns",
        "one lion",
    ],
)
def test_what_a_listener_may_stumble_over_is_said(body: str, type: str, told: str) -> None:
    assert any(told in remark for remark in pacing(body, type).remarks), pacing(body, type).remarks


def test_a_good_script_is_left_in_peace() -> None:
    body = "".join(f"### {title}\n\n" + "A few words said. " * 9 + "\n\n" for title in "ABCD")
    assert pacing(body, "short").remarks == []


def test_the_first_fifteen_seconds_end_after_a_word() -> None:
    opening = pacing("One two three. " * 30, "short").opening
    assert len(opening.split()) == 37 + 1
    assert opening.endswith("One …")


def test_a_heading_in_a_code_block_is_none() -> None:
    assert [part.title for part in pacing("One.\n\n```\n### Not this\n```\n\n### Two\n\nTwo.", "short").parts] == [
        "",
        "Two",
    ]
