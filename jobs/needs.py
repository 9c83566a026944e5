"""Whether the studio can do what a kind needs: asked before a job is queued, never found out after minutes of waiting.

This host is asked first; then what live workers on other hosts have announced of themselves.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import cast

import redis
from django.conf import settings

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


def _has_a_network() -> bool:
    """Whether there is a way out: a proxy, or a route to a public address. Asks the machine itself and sends nothing."""
    proxies = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    if settings.YTDLP_OPTIONS.get("proxy") or any(os.environ.get(name) for name in proxies):
        return True
    for family, address in ((socket.AF_INET, "8.8.8.8"), (socket.AF_INET6, "2001:4860:4860::8888")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as route:
                route.connect((address, 443))
                return True
        except OSError:
            continue
    return False


PROVISIONS = {
    Need.FFMPEG: Provision(
        _has_ffmpeg,
        "No ffmpeg was found, so no sound can be encoded.",
        "Run bin/setup, or install the package ffmpeg.",
    ),
    Need.NETWORK: Provision(
        _has_a_network,
        "This machine has no way out to the internet.",
        "Connect it, or set a proxy in YTDLP_OPTIONS.",
    ),
    Need.VOICE: Provision(
        _has_a_voice,
        "No voice is ready to speak.",
        "Run bin/setup, or install the package espeak-ng.",
    ),
}


# What comes and goes while a studio runs. It is asked each time, and a queue gets its worker without it.
PASSING = frozenset({Need.NETWORK})


def met_here(need: Need) -> bool:
    """Whether this host provides it (asked once per process, but for what comes and goes)."""
    return PROVISIONS[need].met_here() if need in PASSING else _lasts(need)


@cache
def _lasts(need: Need) -> bool:
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
        stage.queue
        for kind in registry.kinds().values()
        if kind.spec.needs <= here() | PASSING
        for stage in kind.spec.stages
    }
    return sorted(served)
