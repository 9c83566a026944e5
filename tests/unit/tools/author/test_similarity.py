"""When two titles are the same in other words: the table that the threshold was set on."""

from __future__ import annotations

import pytest

from jobs.tools.author import similarity

# The same video under another title: nobody would make both.
SAME = (
    ("Why the sea rises twice a day", "Why does the sea rise twice a day?"),
    ("Why the sea rises twice a day", "The sea rises twice every day: here is why"),
    ("Why a lunar day lasts 24 hours and 50 minutes", "Why the lunar day lasts 24 hours 50 minutes"),
    ("The lens that saved a million ships", "How one lens saved a million ships"),
    ("How Fresnel lenses work", "Fresnel lenses, explained"),
    ("How Harrison built a sea clock", "Harrison's sea clock: how he built it"),
    ("The Scilly disaster of 1707", "What happened in the Scilly disaster of 1707"),
    ("Spring tides and neap tides", "Neap tides and spring tides explained"),
    ("Five facts about lighthouses", "5 facts about lighthouses you should know"),
    ("Sourdough for beginners", "Sourdough for absolute beginners"),
    ("Warum das Meer zweimal am Tag steigt", "Warum steigt das Meer zweimal am Tag?"),
)
# Two videos: near in subject, or in form, and yet not the same.
OTHER = (
    ("Why the sea rises twice a day", "Why the sea is salty"),
    ("Spring tides have nothing to do with the season", "What makes a neap tide"),
    ("How Fresnel lenses work", "Who Fresnel was"),
    ("How Harrison built a sea clock", "The prize that Harrison never won"),
    ("1707, the year four warships sank", "1714, the year of the longitude prize"),
    ("Three numbers that explain tides", "Three numbers that explain lighthouses"),
    ("A lens of the first order stands 2.6 metres tall", "A lens of the sixth order stands 43 centimetres tall"),
    ("The first great lens", "The highest tides in the world"),
    ("Why pendulum clocks failed at sea", "Why oil lamps failed in lighthouses"),
    ("How to bake sourdough bread", "How to store sourdough bread"),
    ("Tides", "Tide tables for sailors in the Bay of Fundy"),
    ("Why there are two high tides", "Why spring tides are higher"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_in_other_words_is_noticed(one: str, other: str) -> None:
    assert similarity.same_title(other, ["Something else", one]) == one
    assert similarity.same_title(one, [other]) == other


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_subjects_are_two(one: str, other: str) -> None:
    assert similarity.same_title(one, [other]) == similarity.same_title(other, [one]) == ""
    assert similarity.same_title(one, [one]) == one


def test_nothing_is_like_nothing() -> None:
    assert similarity.same_title("Tides", []) == ""
    assert similarity.same_title("", ["Tides"]) == ""
    assert similarity.same_title("…", ["???"]) == ""


def test_the_nearest_is_named() -> None:
    taken = ["The sea rises", "The sea rises twice every day"]
    assert similarity.same_title("Why does the sea rise twice a day?", taken) == taken[1]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("The tide comes about 50 minutes later on each day.", True),
        ("The tide comes about 40 minutes later each day.", False),
        ("The tide comes about 50 minutes later each day, and the harbour master rings a bell.", False),
    ],
)
def test_sentences_that_differ_in_a_number_say_two_things(other: str, same: bool) -> None:
    one = similarity.words_of("The tide comes about 50 minutes later each day.")
    assert similarity.same_sentence(one, similarity.words_of(other)) is same
