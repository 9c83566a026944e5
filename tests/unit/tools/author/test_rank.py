"""Which sentences matter: those that others share words with, drawn towards the topic."""

from __future__ import annotations

import time

import pytest

from jobs.tools.author import rank

TIDES = [
    "The Moon raises the tides of the sea.",
    "The tides of the sea follow the Moon.",
    "A tide of the sea is raised by the Moon and the Sun.",
    "Bread goes stale in the fridge.",
]


def test_a_sentence_that_shares_nothing_matters_least() -> None:
    ranks = rank.rank(TIDES)
    assert min(ranks) == ranks[3]
    assert sum(ranks) == pytest.approx(1)


def test_the_topic_draws() -> None:
    ranks = rank.rank(TIDES, "stale bread")
    assert max(ranks) == ranks[3]


def test_a_topic_draws_through_the_title_of_the_note_too() -> None:
    ranks = rank.rank(TIDES, "baking", titles=["Astronomy", "Astronomy", "Astronomy", "Baking"])
    assert max(ranks) == ranks[3]


def test_a_topic_that_nobody_speaks_about_draws_nowhere() -> None:
    assert rank.rank(TIDES, "octopus") == rank.rank(TIDES)
    assert rank.relevance(TIDES, "octopus") == [0.0] * 4


@pytest.mark.parametrize("texts", [[], ["One sentence alone."], ["...", "???"], ["Same words.", "Same words."]])
def test_few_or_empty_texts_are_ranked_as_well(texts: list[str]) -> None:
    ranks = rank.rank(texts, "words")
    assert len(ranks) == len(texts)
    assert not texts or sum(ranks) == pytest.approx(1)


def test_five_thousand_sentences_take_seconds() -> None:
    texts = [
        f"Harbour {at} sees {at % 50} ships and {at % 13} storms under the Moon of day {at % 365}."
        for at in range(5000)
    ]
    began = time.monotonic()
    assert sum(rank.rank(texts, "storms")) == pytest.approx(1)
    assert time.monotonic() - began < 10
