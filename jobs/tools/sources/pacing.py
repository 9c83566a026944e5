"""Whose turn it is to ask a host, for one process. Workers that share Redis give the client their own of these."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Protocol

BLOCKS = 3
BLOCKED_SECONDS = 300.0


class Pace(Protocol):
    """Reserves the next turn at a host.

    Called with the host and the seconds its terms ask for between two requests; answers how many seconds to wait until
    the turn comes. May raise errors.SourceUnavailable if that is too long.
    """

    def __call__(self, host: str, interval: float) -> float:
        """Seconds to wait."""
        ...


class Circuit(Protocol):
    """Leaves a host alone that has asked for patience, or has blocked three requests running."""

    def left(self, host: str) -> float:
        """Seconds for which the host is still left alone; 0 if it may be asked."""
        ...

    def blocked(self, host: str, wait: float | None = None) -> None:
        """The host has answered that it wants no more. wait: the seconds it names."""
        ...

    def answered(self, host: str) -> None:
        """The host has answered as it should."""
        ...


@dataclass
class LocalPace:
    """Turns of this process alone."""

    _free_at: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, host: str, interval: float) -> float:
        """Seconds until the caller's turn, which is then taken."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._free_at[host])
            self._free_at[host] = turn + interval
            return turn - now


@dataclass
class LocalCircuit:
    """The hosts that this process alone leaves alone."""

    seconds: float = BLOCKED_SECONDS
    _blocks: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _closed_until: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def left(self, host: str) -> float:
        """Seconds for which the host is still left alone; 0 if it may be asked."""
        with self._lock:
            return max(self._closed_until.get(host, 0.0) - time.monotonic(), 0.0)

    def blocked(self, host: str, wait: float | None = None) -> None:
        """The host has answered that it wants no more."""
        with self._lock:
            self._blocks[host] += 1
            if self._blocks[host] >= BLOCKS:
                wait = max(wait or 0.0, self.seconds)
                self._blocks[host] = 0
            if wait:
                self._closed_until[host] = time.monotonic() + wait

    def answered(self, host: str) -> None:
        """The host has answered as it should."""
        with self._lock:
            self._blocks[host] = 0


LOCAL_PACE = LocalPace()
LOCAL_CIRCUIT = LocalCircuit()
