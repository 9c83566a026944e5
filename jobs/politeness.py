"""How often one host is asked, by all workers and pages of the studio together.

Every request takes a place in its host's queue: the first at once, each following one `spacing` seconds later. A host
that asks for patience is left alone by everybody. A download, which lasts, holds one of its host's few `berth`s besides.
All are kept in Redis; while Redis is away each process keeps its own, so that nobody is ever asked without a pause.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import redis

from jobs import rings

KEY, HELD, BLOCKS = "craft:pace:", "craft:held:", "craft:blocks:"
BERTHS = "craft:berths:"
# A berth whose holder has said nothing for so long is free again: its worker is dead.
BERTH_SECONDS = 60.0
BERTH_POLL_SECONDS = 0.2
# A host that asks for more patience than this is given up by whoever asks.
LONGEST = 600.0
# Blocks within so many seconds count together.
BLOCKS_SECONDS = 600
# KEYS: the queue, the hold. ARGV: spacing and the longest wait that is taken, in milliseconds. Returns the wait in
# milliseconds; a longer one than that takes no place. The clock is Redis's own.
_TAKE = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local held = math.max(redis.call('PTTL', KEYS[2]), 0)
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now + held)
if free - now <= tonumber(ARGV[2]) then
  local following = free + tonumber(ARGV[1])
  if following > now then redis.call('SET', KEYS[1], following, 'PX', following - now + 1000) end
end
return free - now
"""
# A shorter hold than the one that is on changes nothing.
_HOLD = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
"""
# KEYS: the berths of a host, each with the moment at which it is free. ARGV: whose, how many there are, how long one is
# held, in milliseconds. Returns 1 for whoever holds one (again).
_BERTH = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_lock = threading.Lock()
_free_at: dict[str, float] = defaultdict(float)
_held_until: dict[str, float] = defaultdict(float)
_blocks: dict[str, int] = defaultdict(int)
_berths: dict[str, set[str]] = defaultdict(set)


def take(host: str, spacing: float, at_most: float = LONGEST) -> float:
    """Take the next place in the host's queue; the seconds until it comes. If they are more than `at_most` none is taken."""
    try:
        asked = (f"{KEY}{host}", f"{HELD}{host}", round(spacing * 1000), round(at_most * 1000))
        return float(rings.client().eval(_TAKE, 2, *asked)) / 1000
    except redis.RedisError:
        with _lock:
            now = time.monotonic()
            free = max(_free_at[host], _held_until[host], now)
            if free - now <= at_most:
                _free_at[host] = free + spacing
            return free - now


@contextmanager
def berth(host: str, berths: int, check: Callable[[], None], at_most: float = LONGEST) -> Iterator[Callable[[], None]]:
    """Hold one of the host's berths, which all workers share; yields what has to be called while it is held.

    check: called while waiting; raises to give up. What is yielded calls it too, and says that the holder is alive.
    Raises TimeoutError if none becomes free within `at_most` seconds.
    """
    whose, due = uuid.uuid4().hex, time.monotonic() + at_most
    while not _takes(host, berths, whose):
        check()
        if time.monotonic() >= due:
            raise TimeoutError(f"no berth at {host} became free within {at_most:.0f} s")
        time.sleep(BERTH_POLL_SECONDS)
    said = time.monotonic()

    def alive() -> None:
        nonlocal said
        check()
        if time.monotonic() - said > BERTH_SECONDS / 4:
            said = time.monotonic()
            _takes(host, berths, whose)

    try:
        yield alive
    finally:
        with _lock:
            _berths[host].discard(whose)
        with suppress(redis.RedisError):
            rings.client().zrem(f"{BERTHS}{host}", whose)


def _takes(host: str, berths: int, whose: str) -> bool:
    """Whether a berth is now held, or still."""
    with _lock:
        held = _berths[host]
        # What this process holds counts whether or not Redis knows of it: it may have been away then.
        if whose not in held and len(held) >= berths:
            return False
        held.add(whose)
    try:
        is_held = bool(rings.client().eval(_BERTH, 1, f"{BERTHS}{host}", whose, berths, round(BERTH_SECONDS * 1000)))
    except redis.RedisError:
        return True
    if not is_held:
        with _lock:
            held.discard(whose)
    return is_held


def hold(host: str, seconds: float) -> None:
    """The host has asked for patience: nobody asks it for so long (at most ten minutes). Never ends an earlier hold."""
    seconds = min(max(seconds, 0.0), LONGEST)
    if not seconds:
        return
    try:
        rings.client().eval(_HOLD, 1, f"{HELD}{host}", max(round(seconds * 1000), 1))
    except redis.RedisError:
        with _lock:
            _held_until[host] = max(_held_until[host], time.monotonic() + seconds)


def left(host: str) -> float:
    """Seconds for which the host is still left alone; 0 if it may be asked."""
    try:
        return max(int(rings.client().pttl(f"{HELD}{host}")), 0) / 1000
    except redis.RedisError:
        with _lock:
            return max(_held_until[host] - time.monotonic(), 0.0)


def blocked(host: str) -> int:
    """The host has refused a request; how many it has refused running."""
    try:
        with rings.client().pipeline() as both:
            both.incr(f"{BLOCKS}{host}")
            both.expire(f"{BLOCKS}{host}", BLOCKS_SECONDS)
            return int(both.execute()[0])
    except redis.RedisError:
        with _lock:
            _blocks[host] += 1
            return _blocks[host]


def answered(host: str) -> None:
    """The host has answered as it should: what it refused before counts no more."""
    try:
        rings.client().delete(f"{BLOCKS}{host}")
    except redis.RedisError:
        with _lock:
            _blocks.pop(host, None)


def forget() -> None:
    """Forget what this process has kept by itself."""
    with _lock:
        _free_at.clear()
        _held_until.clear()
        _blocks.clear()
        _berths.clear()
