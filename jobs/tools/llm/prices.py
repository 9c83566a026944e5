"""What models cost: our own table, because a library's would be silent about a model it does not know.

Source: the providers' price pages as collected in genai-prices 0.2.3 (MIT, by Pydantic), list prices without discounts
for caches or batches, as of 25 November 2026. A model that is not in here has no price: *price unknown*, and only the
caps on tokens hold it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from jobs.tools.llm.model import Price

AS_OF = "25 November 2026"
FREE = Price(input=Decimal(0), output=Decimal(0))

# US dollars per million tokens, in and out; then, if long prompts cost more: from how many tokens on, in, out.
TABLE: dict[str, dict[str, str]] = {
    "openai": {
        "chatgpt-4o": "5 15",
        "codex-mini": "1.5 6",
        "gpt-3.5-turbo": "0.5 1.5",
        "gpt-4": "30 60",
        "gpt-4-turbo": "10 30",
        "gpt-4.1": "2 8",
        "gpt-4.1-mini": "0.4 1.6",
        "gpt-4.1-nano": "0.1 0.4",
        "gpt-4.5": "75 150",
        "gpt-4o": "2.5 10",
        "gpt-4o-2024-05-13": "5 15",
        "gpt-4o-mini": "0.15 0.6",
        "gpt-5": "1.25 10",
        "gpt-5-mini": "0.25 2",
        "gpt-5-nano": "0.05 0.4",
        "gpt-5-pro": "15 120",
        "gpt-5.1": "1.25 10",
        "gpt-5.1-codex-mini": "0.25 2",
        "gpt-5.2": "1.75 14",
        "gpt-5.2-pro": "21 168",
        "gpt-5.3": "1.75 14",
        "gpt-5.3-codex": "1.75 14",
        "gpt-5.4": "2.5 15 272000 5 22.5",
        "gpt-5.4-mini": "0.75 4.5",
        "gpt-5.4-nano": "0.2 1.25",
        "gpt-5.4-pro": "30 180 272000 60 270",
        "gpt-5.5": "5 30 272000 10 45",
        "gpt-5.5-cyber": "12.5 75",
        "gpt-5.5-pro": "30 180 272000 60 270",
        "gpt-5.6-cyber": "12.5 75",
        "gpt-5.6-luna": "0.2 1.2 272000 0.4 1.8",
        "gpt-5.6-sol": "4 20 272000 8 30",
        "gpt-5.6-terra": "2 12 272000 4 18",
        "gpt-6-astra": "10 50 272000 20 75",
        "gpt-6-cyber": "20 100",
        "gpt-6-luna": "0.1 0.5 272000 0.2 0.75",
        "gpt-6-rosalind": "15 75 272000 30 112.5",
        "gpt-6-sol": "2 10 272000 4 15",
        "gpt-6.1-sol": "2 10 272000 4 15",
        "gpt-6.1-terra": "1 5 272000 2 7.5",
        "gpt-chat": "5 30",
        "gpt-oss-120b": "0.039 0.18",
        "gpt-oss-20b": "0.029 0.14",
        "gpt-rosalind-discovery": "5 25",
        "o1": "15 60",
        "o1-mini": "1.1 4.4",
        "o1-pro": "150 600",
        "o3": "2 8",
        "o3-mini": "1.1 4.4",
        "o3-pro": "20 80",
        "o4-mini": "1.1 4.4",
    },
    "anthropic": {
        "claude-3-5-haiku": "0.8 4",
        "claude-3-5-sonnet": "3 15",
        "claude-3-7-sonnet": "3 15",
        "claude-3-haiku": "0.25 1.25",
        "claude-3-opus": "15 75",
        "claude-3-sonnet": "3 15",
        "claude-fable-5": "10 50",
        "claude-fable-5-1": "10 50",
        "claude-fable-5-2": "8 40",
        "claude-haiku-4-5": "1 5",
        "claude-haiku-5-5": "0.1 0.5 100000 0.5 2.5",
        "claude-mythos-5-2": "8 40",
        "claude-opus-4": "15 75",
        "claude-opus-4-0": "15 75",
        "claude-opus-4-1": "15 75",
        "claude-opus-4-5": "5 25",
        "claude-opus-4-6": "5 25",
        "claude-opus-4-7": "5 25",
        "claude-opus-4-8": "5 25",
        "claude-opus-5": "5 25",
        "claude-opus-5-5": "4 20",
        "claude-sonnet-4": "3 15",
        "claude-sonnet-4-0": "3 15",
        "claude-sonnet-4-5": "3 15 200000 6 22.5",
        "claude-sonnet-4-6": "3 15",
        "claude-sonnet-5": "2 10",
        "claude-sonnet-5-5": "2 10",
    },
    "gemini": {
        "gemini-2.0-flash": "0.1 0.4",
        "gemini-2.0-flash-lite": "0.075 0.3",
        "gemini-2.5-flash": "0.3 2.5",
        "gemini-2.5-flash-lite": "0.1 0.4",
        "gemini-2.5-pro": "1.25 10 200000 2.5 15",
        "gemini-3-flash": "0.5 3",
        "gemini-3-pro": "2 12 200000 4 18",
        "gemini-3.1-flash-lite": "0.25 1.5",
        "gemini-3.1-pro": "2 12 200000 4 18",
        "gemini-3.5-flash": "1.5 9",
        "gemini-3.5-flash-lite": "0.3 2.5",
        "gemini-3.6-flash": "1.5 7.5",
        "gemini-3.7-flash": "1.5 7.5",
        "gemini-3.8-flash": "1.5 7.5",
        "gemini-4-argon": "4 20",
    },
}
# What providers append to a name without changing its price: a date, a number of a build, "latest", "preview".
_VERSION = re.compile(r"(?:-\d{8}|-\d{4}-\d{2}-\d{2}|-\d{2}-\d{2}(?:-\d{4})?|-\d{3}|-latest|-preview|-exp)$")


def price_of(provider: str, model: str, *, is_local: bool = False) -> Price | None:
    """What the model costs; None when we do not know. A model of one's own machine costs nothing."""
    if is_local:
        return FREE
    table, name = TABLE.get(provider, {}), model.removeprefix("models/")
    while name not in table:
        shorter = _VERSION.sub("", name)
        if shorter == name:
            return None
        name = shorter
    cheap_in, cheap_out, *long = table[name].split()
    price = Price(input=Decimal(cheap_in), output=Decimal(cheap_out))
    if not long:
        return price
    start, long_in, long_out = long
    return Price(
        input=price.input,
        output=price.output,
        long_from=int(start),
        long_input=Decimal(long_in),
        long_output=Decimal(long_out),
    )
