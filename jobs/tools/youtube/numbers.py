"""What YouTube's pages say in words, as numbers: "28K views", "3 weeks ago", "12:34", "Joined Mar 3, 2015".

Pages are asked for in English, which is what yt-dlp does.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_COUNT = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s*(k|m|b|thousand|million|billion)?\b", re.IGNORECASE)
_POWERS: Final = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_AGO = re.compile(
    r"(\d+)\s*(second|sec|s|minute|min|hour|hr|h|day|d|week|wk|w|month|mo|year|yr|y)s?\s+ago", re.IGNORECASE
)
# Months and years are counted as YouTube rounds them: 30 and 365 days.
_DAYS: Final = {"s": 1 / 86_400, "min": 1 / 1_440, "h": 1 / 24, "d": 1.0, "w": 7.0, "mo": 30.0, "y": 365.0}
_DATE = re.compile(r"([A-Z][a-z]{2})[a-z]*\.?\s+(\d{1,2}),\s*(\d{4})")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(text: str | None) -> int | None:
    """How many of something a text says: "1,234 views", "28K", "1.2 million subscribers", "No views". None: nothing."""
    if not text:
        return None
    if re.match(r"\s*no\s", text, re.IGNORECASE):
        return 0
    found = _COUNT.search(text)
    if not found:
        return None
    # In whole numbers: 1.13 million is not 1129999.
    whole, _, rest = found[1].replace(",", "").partition(".")
    power = _POWERS[(found[2] or "").lower()]
    return int(whole) * power + (int(rest) * power // 10 ** len(rest) if rest else 0)


def moment(text: str | None, now: datetime) -> datetime | None:
    """When "Streamed 3 weeks ago" was, or "Mar 3, 2015" (its midnight). None if the text says no time."""
    if not text:
        return None
    if found := _AGO.search(text):
        unit = found[2].lower()
        days = next(
            days for name, days in sorted(_DAYS.items(), key=lambda pair: -len(pair[0])) if unit.startswith(name)
        )
        try:
            return now - timedelta(days=int(found[1]) * days)
        except OverflowError:
            return None
    return date(text)


def date(text: str | None) -> datetime | None:
    """The midnight (UTC) of "Joined Mar 3, 2015"."""
    found = _DATE.search(text or "")
    try:
        return datetime(int(found[3]), MONTHS.index(found[1]) + 1, int(found[2]), tzinfo=UTC) if found else None
    except ValueError:
        return None


def seconds(text: str | None) -> int | None:
    """The length that a thumbnail's corner shows: "12:34", "1:02:03". None for "LIVE" and "SHORTS"."""
    found = _CLOCK.fullmatch((text or "").strip())
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None
