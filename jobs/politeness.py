"""How often one host is asked, by all workers and pages of the studio together.

Every request takes a place in its host's queue: the first at once, each following one `spacing` seconds later. A host
that asks for patience is left alone by everybody. Both are kept in Redis; while Redis is away each process keeps its
own, so that nobody is ever asked without a pause.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict

import redis

from jobs import rings

KEY, HELD, BLOCKS = "craft:pace:", "craft:held:", "craft:blocks:"
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
_lock = threading.Lock()
_free_at: dict[str, float] = defaultdict(float)
_held_until: dict[str, float] = defaultdict(float)
_blocks: dict[str, int] = defaultdict(int)


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
