"""What outside services have just answered, for a while: in Redis, for all processes. Without Redis nothing is kept."""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from typing import Any

import redis

from jobs import rings

logger = logging.getLogger(__name__)

KEY = "craft:answer:"


def name_of(*asked: str) -> str:
    """The name that an answer is kept under: a digest of what was asked. Keys and names of people have no place in it."""
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def recall(name: str) -> Any:
    """The answer, or None."""
    try:
        kept = rings.client().get(f"{KEY}{name}")
        return json.loads(zlib.decompress(kept)) if isinstance(kept, bytes) else None
    except (redis.RedisError, zlib.error, ValueError):
        return None


def remember(name: str, answer: Any, seconds: float) -> None:
    """Keep an answer that JSON can hold."""
    try:
        rings.client().set(f"{KEY}{name}", zlib.compress(json.dumps(answer).encode()), ex=max(int(seconds), 1))
    except redis.RedisError as error:
        logger.info("an answer is not kept, Redis is away: %s", type(error).__name__)
