from __future__ import annotations

from decimal import Decimal

import pytest

from jobs.tools.llm import prices
from jobs.tools.llm.model import Price, Spent, tokens_in


@pytest.mark.parametrize(
    ("provider", "model", "dollars"),
    [
        ("openai", "gpt-4o-mini", "0.75"),
        ("openai", "gpt-4o-mini-2024-07-18", "0.75"),
        ("anthropic", "claude-sonnet-4-20250514", "18"),
        ("anthropic", "claude-haiku-4-5-20251001", "6"),
        ("gemini", "models/gemini-2.5-flash-preview-05-20", "2.8"),
        ("gemini", "gemini-2.0-flash-001", "0.5"),
    ],
)
def test_a_million_tokens_each_way_costs(provider: str, model: str, dollars: str) -> None:
    price = prices.price_of(provider, model)
    assert price is not None
    assert Price(input=price.input, output=price.output).of(1_000_000, 1_000_000) == Decimal(dollars)


@pytest.mark.parametrize(
    ("provider", "model"),
    [("openai", "gpt-4o-mini-high"), ("openai", "gpt-99"), ("compatible", "gpt-4o-mini"), ("anthropic", "claude")],
)
def test_a_model_that_is_not_in_the_table_has_no_price(provider: str, model: str) -> None:
    """A sister model may cost ten times as much, and another server sells at its own prices."""
    assert prices.price_of(provider, model) is None


def test_a_model_of_ones_own_machine_is_free() -> None:
    price = prices.price_of("ollama", "llama3.2", is_local=True)
    assert price is not None
    assert price.of(1_000_000, 1_000_000) == 0


def test_a_long_prompt_costs_more_where_the_provider_says_so() -> None:
    price = prices.price_of("gemini", "gemini-2.5-pro")
    assert price is not None
    assert price.of(200_000, 0) == Decimal("0.25")
    assert price.of(200_001, 0) > Decimal("0.5")


def test_every_row_of_the_table_is_a_price() -> None:
    for provider, rows in prices.TABLE.items():
        for model in rows:
            price = prices.price_of(provider, model)
            assert price is not None
            assert 0 < price.input <= price.output, model
            assert not price.long_from or price.long_input > price.input, model


def test_tokens_are_rather_over_than_underestimated() -> None:
    english = "The Moon pulls on the near side of the Earth most. " * 20
    assert len(english) / 4.5 < tokens_in(english) < len(english) / 2
    assert tokens_in("大海每天两次回到我们身边") == 12
    assert tokens_in("", "") == 0
    assert Spent(input_tokens=3, output_tokens=4).tokens == 7
