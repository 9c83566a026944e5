"""Videos as research sees them, for the tests of its measures."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from jobs.tools.trends.observed import Observed

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_numbers = itertools.count()


def video(title: str = "King tides", *, views: int | None = 1000, days: float | None = 30, **fields: Any) -> Observed:
    """A video that has been out for so many days; each of a channel of its own."""
    number = str(next(_numbers))
    return Observed(
        **{
            "id": number,
            "title": title,
            "counted_at": NOW,
            "channel": f"channel {number}",
            "views": views,
            "published_at": None if days is None else NOW - timedelta(days=days),
            **fields,
        }
    )
