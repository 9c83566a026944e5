"""The door to Redis: rings for the workers, and the stream that carries events to the browsers.

Redis may vanish at any time. Nothing here raises for that: a lost ring is rung again by the sweeper, an unpublished
event stays marked in the database (events.py), and the caller goes on.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job as Ring

logger = logging.getLogger(__name__)

EPOCH_KEY = f"{settings.LIVE_STREAM}:epoch"
KEEP_MESSAGES = 10_000
PAUSE_AFTER_FAILURE = 1.0
Message = dict[str, Any]


def connect(*, timeout: float | None = 2.0) -> redis.Redis:
    """A client for the studio's Redis; `timeout` in seconds for each answer, None to wait for ever (blocking reads)."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=1.0,
        socket_timeout=timeout,
        # Callers cope with a missing Redis at once; redis-py's own retries would only hold them up.
        retry=Retry(NoBackoff(), 0),
    )


@cache
def client() -> redis.Redis:
    """This process's shared client (safe across threads and forks)."""
    return connect()


class _Outage:
    """Remembers that Redis did not answer, so that a stream of writes does not wait for it again and again."""

    until = 0.0

    @classmethod
    def begin(cls, what: str, error: redis.RedisError) -> None:
        if time.monotonic() >= cls.until:
            logger.warning("Redis is away, %s is postponed: %s", what, type(error).__name__)
        cls.until = time.monotonic() + PAUSE_AFTER_FAILURE

    @classmethod
    def holds(cls) -> bool:
        return time.monotonic() < cls.until


def recover() -> None:
    """Ask Redis again at once, whatever was remembered of an outage."""
    _Outage.until = 0.0


def ring(queue: str, times: int = 1) -> bool:
    """Wake `times` workers of a queue. False when Redis is away: the sweeper will ring."""
    if _Outage.holds():
        return False
    try:
        bell = Queue(queue, connection=client())
        for _ in range(times):
            bell.enqueue_call("jobs.worker.answer", args=(queue,), timeout=-1, result_ttl=0, failure_ttl=60)
    except redis.RedisError as error:
        _Outage.begin("a ring", error)
        return False
    return True


def take(queue: str) -> bool:
    """Take one waiting ring of a queue, to be answered by the caller. False when there is none, or no Redis."""
    if _Outage.holds():
        return False
    try:
        ring_id = cast("bytes | None", client().lpop(Queue(queue, connection=client()).key))
        if ring_id is None:
            return False
        client().delete(Ring.key_for(ring_id.decode()))
    except redis.RedisError as error:
        _Outage.begin("taking a ring", error)
        return False
    return True


def rings_waiting(queue: str) -> int | None:
    """How many rings of a queue no worker has taken yet; None when Redis is away."""
    try:
        return client().llen(Queue(queue, connection=client()).key)
    except redis.RedisError as error:
        _Outage.begin("counting rings", error)
        return None


def publish(channel_id: object, messages: Iterable[Message]) -> bool:
    """Put messages on the live stream, in order. False when Redis is away: they stay marked as unpublished."""
    if _Outage.holds():
        return False
    try:
        with client().pipeline(transaction=False) as pipe:
            pipe.set(EPOCH_KEY, secrets.token_hex(8), nx=True)
            for message in messages:
                fields = {"c": str(channel_id), "m": json.dumps(message, separators=(",", ":"), ensure_ascii=False)}
                pipe.xadd(settings.LIVE_STREAM, cast("dict[Any, Any]", fields), maxlen=KEEP_MESSAGES, approximate=True)
            pipe.execute()
    except redis.RedisError as error:
        _Outage.begin("publishing", error)
        return False
    return True
