"""How often YouTube is asked, and how long we wait when it says no."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Pace(Protocol):
    """Who may ask YouTube when. One that several workers share keeps its state outside this process."""

    def turn(self) -> float:
        """Take the next turn. Gives the seconds to wait before it."""
        ...

    def hold(self, seconds: float) -> None:
        """Give nobody a turn for so long: YouTube asked for patience."""
        ...


class TokenBucket:
    """A pace within this process: a steady rate, and a few requests at once after a quiet while.

    per_second: YouTube bears about a thousand guests' pages an hour; one a second is for a run that lasts minutes.
    """

    def __init__(self, per_second: float = 1.0, burst: int = 5, clock: Callable[[], float] = time.monotonic) -> None:
        if per_second <= 0 or burst < 1:
            raise ValueError("per_second and burst: a pace lets something through.")
        self._interval, self._burst, self._clock = 1 / per_second, burst, clock
        # When the bucket is full again; every turn puts that off by one interval.
        self._full_at = clock()
        self._held_until = self._full_at
        self._lock = threading.Lock()

    def turn(self) -> float:
        """Take the next turn. Gives the seconds to wait before it."""
        with self._lock:
            now = self._clock()
            self._full_at = max(self._full_at, now) + self._interval
            free_at = self._full_at - self._burst * self._interval
            return max(free_at, self._held_until, now) - now

    def hold(self, seconds: float) -> None:
        """Give nobody a turn for so long."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long we try again.

    slowed_tries, broken_tries: requests in all when YouTube slows us down, and when an answer is broken. first, most:
    seconds before the second try, which double with each, and the longest. longest_wait: what YouTube may ask for
    (Retry-After) before we give up.
    """

    slowed_tries: int = 6
    broken_tries: int = 3
    first: float = 5.0
    most: float = 120.0
    longest_wait: float = 900.0

    def seconds(self, tries: int) -> float:
        """How long to wait after so many tries, where YouTube does not say."""
        return float(min(self.first * 2 ** (tries - 1), self.most))
