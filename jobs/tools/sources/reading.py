"""Reading fields that may be missing, a list or a string, or full of HTML."""

from __future__ import annotations

import html
import re
from typing import Any

MOST_CHARACTERS = 1_000
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)


def first(value: Any) -> Any:
    """The value itself, or the first one of a list; None for an empty list."""
    if isinstance(value, list | tuple):
        return next((item for item in value if item not in (None, "")), None)
    return value


def text(value: Any, at_most: int = MOST_CHARACTERS) -> str:
    """A field as plain text on one line: HTML stripped, the first of several; empty if there is none."""
    value = first(value)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    # Twice: HTML within fields is often escaped once more.
    plain = html.unescape(_TAGS.sub(" ", html.unescape(_TAGS.sub(" ", str(value)))))
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in plain).split())
    return plain if len(plain) <= at_most else plain[: at_most - 1].rstrip() + "…"


def names(value: Any, at_most: int = 200) -> str:
    """One or several names, joined."""
    listed = value if isinstance(value, list | tuple) else [value]
    return text(", ".join(name for name in map(text, listed) if name), at_most)


def number(value: Any) -> int | None:
    """A whole number above zero; None for anything else."""
    try:
        whole = int(float(first(value)))
    except (TypeError, ValueError, OverflowError):
        return None
    return whole if whole > 0 else None


def seconds(value: Any) -> float | None:
    """A length: seconds, or "h:mm:ss"; None for anything else."""
    value = first(value)
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{1,3}(:\d{1,2}){1,2}(\.\d+)?", value):
            length = 0.0
            for part in value.split(":"):
                length = length * 60 + float(part)
            return length or None
        length = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return length if 0 < length < 1e7 else None


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; whatever else stands in it is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def inner(value: Any, *path: str) -> Any:
    """What stands at a path of names in nested objects; None where the path ends early. Lists give their first."""
    for name in path:
        value = first(value)
        value = value.get(name) if isinstance(value, dict) else None
    return value


def page(cursor: str) -> int:
    """The number of a page, or of a first result, that a cursor holds; 0 for none. Ids are none: `Client.number`."""
    return int(cursor) if re.fullmatch(r"[0-9]{1,6}", cursor) else 0
