"""What every database, page and message can hold: text without NUL and without halves of characters, numbers of 64 bits.

JSON allows more than that. What people send is refused with a sentence; what programs say is mended.
"""

from __future__ import annotations

import math
from typing import Any

LARGEST = 2**63 - 1
INSTEAD = "\ufffd"


def flaw(value: Any) -> str:
    """What is wrong with a value that came as JSON, as a sentence with the way out; empty when nothing is."""
    match value:
        case str():
            return "" if value == mended(value) else "Remove the characters that are no text (NUL, half characters)."
        case bool() | None:
            return ""
        case int():
            return "" if abs(value) <= LARGEST else "Give a smaller number."
        case float():
            return "" if math.isfinite(value) else "Give a finite number."
        case dict():
            return next(filter(None, map(flaw, [*value.keys(), *value.values()])), "")
        case list() | tuple():
            return next(filter(None, map(flaw, value)), "")
    return ""


def mended(text: str) -> str:
    """The text with a replacement character for every NUL and every lone surrogate."""
    text = text.replace("\x00", INSTEAD)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def mended_json(value: Any) -> Any:
    """The same for every text in a JSON value."""
    match value:
        case str():
            return mended(value)
        case dict():
            return {mended_json(key): mended_json(inner) for key, inner in value.items()}
        case list() | tuple():
            return [mended_json(inner) for inner in value]
    return value
