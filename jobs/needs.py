"""Whether the studio can do what a kind needs: asked before a job is queued, never found out after minutes of waiting.

This host is asked first; then what live workers on other hosts have announced of themselves.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import cast

import redis

from jobs import registry, rings
from jobs.spec import JobSpec, Need, NeedMissing

logger = logging.getLogger(__name__)

ANNOUNCED = "craft:can:"
ANNOUNCED_SECONDS = 120
ANNOUNCE_EVERY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Provision:
    """How a need is met: how to ask this host, what is missing without it, and the way out."""

    met_here: Callable[[], bool]
    missing: str
    way_out: str


def _has_ffmpeg() -> bool:
    # Imported when asked: a web process that never asks does not carry the sound libraries.
    from jobs.tools.audio import ffmpeg

    return ffmpeg.is_available()


def _has_a_voice() -> bool:
    from jobs.tools.speech import voices

    return voices.any_ready()


PROVISIONS = {
    Need.FFMPEG: Provision(
        _has_ffmpeg,
        "No ffmpeg was found, so no sound can be encoded.",
        "Run bin/setup, or install the package ffmpeg.",
    ),
    Need.VOICE: Provision(
        _has_a_voice,
        "No voice is ready to speak.",
        "Run bin/setup, or install the package espeak-ng.",
    ),
}


@cache
def met_here(need: Need) -> bool:
    """Whether this host provides it (asked once per process)."""
    return PROVISIONS[need].met_here()


def here() -> frozenset[Need]:
    """Everything this host provides."""
    return frozenset(need for need in Need if met_here(need))


class _Announced:
    at = 0.0


def announce(worker: str) -> None:
    """Tell the other hosts what this one provides; called with every heartbeat, acts every half minute."""
    now = time.monotonic()
    if _Announced.at and now - _Announced.at < ANNOUNCE_EVERY_SECONDS:
        return
    _Announced.at = now
    try:
        rings.client().set(f"{ANNOUNCED}{worker}", " ".join(sorted(here())), ex=ANNOUNCED_SECONDS)
    except redis.RedisError as error:
        logger.warning("Redis is away, what this host can do was not announced: %s", type(error).__name__)


def elsewhere() -> frozenset[Need]:
    """Everything that live workers of other hosts have announced; nothing while Redis is away."""
    try:
        keys = list(rings.client().scan_iter(f"{ANNOUNCED}*", count=100))
        values = cast("list[bytes | None]", rings.client().mget(keys)) if keys else []
    except redis.RedisError:
        return frozenset()
    known = {need.value: need for need in Need}
    return frozenset(known[word] for value in values if value for word in value.decode().split() if word in known)


def missing(spec: JobSpec) -> list[Need]:
    """What the kind needs and neither this host nor a live worker provides."""
    lacking = [need for need in spec.needs if not met_here(need)]
    if not lacking:
        return []
    others = elsewhere()
    return [need for need in lacking if need not in others]


def check(spec: JobSpec) -> None:
    """Raise NeedMissing with a sentence and the way out for the first need that is not met."""
    for need in missing(spec):
        provision = PROVISIONS[need]
        raise NeedMissing(provision.missing, provision.way_out)


def queues_served_here() -> list[str]:
    """The queues with a kind or stage that this host can run: the others get no worker here."""
    served = {
        stage.queue for kind in registry.kinds().values() if kind.spec.needs <= here() for stage in kind.spec.stages
    }
    return sorted(served)
