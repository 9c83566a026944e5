"""What image models cost: our own table, as for language models (jobs/tools/llm/prices.py).

Source: the providers' price pages as collected in genai-prices 0.2.3 (MIT, by Pydantic), as of 25 November 2026: text
tokens in, image tokens out. A model that is not in here has no price: *price unknown*.
"""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import urlsplit

from jobs.tools.llm.model import Price

# US dollars per million tokens, in and out.
TABLE = {
    "chatgpt-image-latest": "5 32",
    "gpt-image-1": "5 40",
    "gpt-image-1-mini": "2 8",
    "gpt-image-1.5": "5 32",
    "gpt-image-2": "5 30",
    "gpt-image-2.5-flare": "5 30",
    "gpt-image-2.5-sunburst": "5 30",
}
FREE = Price(input=Decimal(0), output=Decimal(0))
# Tokens of a picture in medium quality, 1536 × 1024: 1,568 by OpenAI's guide to image generation. What a picture may
# cost is asked before it is made, so a little more.
PICTURE_TOKENS = 1700
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def runs_here(url: str) -> bool:
    """Whether a service is on this very machine, so that nobody charges for it."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def price_of(model: str, *, is_here: bool) -> Price | None:
    """What the model costs; None when we do not know. A model on one's own machine costs nothing."""
    if is_here:
        return FREE
    found = TABLE.get(_DATED.sub("", model))
    if found is None:
        return None
    into, out = found.split()
    return Price(input=Decimal(into), output=Decimal(out))
