"""How asking a source can end, in sentences for the person who searches."""

from __future__ import annotations

from typing import Literal

Reason = Literal["key", "limit", "blocked", "slow", "down", "unreadable", "query", "missing", "off"]


class SourceError(Exception):
    """A source gave nothing; the text says why. retry_after: seconds until asking again may help, None if unknown."""

    def __init__(self, sentence: str, reason: Reason, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.reason: Reason = reason
        self.retry_after = retry_after


class SourceRefused(SourceError):
    """It will not answer this: no key, a wrong key, a question it does not take, switched off."""


class SourceUnavailable(SourceError):
    """It does not answer now: a limit, a block, slow, down, or something unreadable."""
