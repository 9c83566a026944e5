"""What in a script is a claim, what an opinion, and what only talk."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.tools.facts import claims
from jobs.tools.facts.claims import Class


@pytest.mark.parametrize(
    "text",
    [
        "In 1912 the Titanic sank.",
        "The Moon pulls on everything, and it pulls hardest on what is nearest.",
        "Smoking causes lung cancer.",
        "The Nile is longer than the Amazon.",
        "Marie Curie won two Nobel Prizes.",
        "The sea rises twice a day.",
        "Der Rhein ist 1.233 Kilometer lang.",
        "Le Louvre a reçu 8,7 millions de visiteurs.",
        "月は地球から38万キロ離れています。",
        "Like most whales, the orca breathes air.",
    ],
)
def test_what_can_be_true_or_false_is_a_claim(text: str) -> None:
    assert claims.classify(text)[0] is Class.CLAIM


@pytest.mark.parametrize(
    "text",
    [
        "I think this is the best coffee in town.",
        "This is the best game ever made.",
        "I love this place.",
        "The new phone costs 999 dollars, and I think that is too much.",
    ],
)
def test_what_somebody_thinks_is_an_opinion(text: str) -> None:
    assert claims.classify(text)[0] is Class.OPINION


@pytest.mark.parametrize(
    "text",
    [
        "Welcome back to the channel!",
        "Don't forget to subscribe.",
        "Have you ever seen 300 whales?",
        "Watch this video about the Moon.",
        "Let's go.",
        "That changes everything.",
        "Ich mag Kuchen sehr.",
        "",
        "…",
    ],
)
def test_talk_is_left_out(text: str) -> None:
    assert claims.classify(text)[0] is Class.CHATTER


def test_claims_stand_where_their_words_stand() -> None:
    body = "### Tides\n\n**Mara:** The *Moon* orbits the Earth in 27 days. Nice!\n\n- Light needs 8 minutes from the Sun.\n"
    found = claims.split(body)
    assert [body[claim.start : claim.end] for claim in found] == [claim.text for claim in found]
    assert [claim.statement for claim in found] == [
        "The Moon orbits the Earth in 27 days.",
        "Light needs 8 minutes from the Sun.",
    ]


@given(st.text(max_size=2_000))
def test_any_text_is_split_into_ordered_spans_of_itself(body: str) -> None:
    found = claims.split(body)
    assert all(body[claim.start : claim.end] == claim.text for claim in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_tables_and_headings_claim_nothing() -> None:
    assert claims.split("# In 1912 the Titanic sank\n\n| Year | Ship |\n|---|---|\n| 1912 | Titanic |\n") == []
