"""All sources of resources at once, over a real web server and Redis: until the last one's line is there, beside the
slowest source asked alone; the same question again; and one source that hangs.

The sources are loopback servers, each on a host of its own, that take a seeded while to answer.

Run: python -m bench.sources
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import httpx

from bench import scratch_studio
from bench.live import APPLICATION, accepts
from tests.fakes.source_world import SourceWorld, source_world
from tests.servers import free_port, wait_until

ROUNDS = 5
SLOWEST_SECONDS = 2.0
KEYS = ("PEXELS_API_KEY", "PIXABAY_API_KEY", "UNSPLASH_ACCESS_KEY", "FREESOUND_API_KEY", "EUROPEANA_API_KEY")
PAGE = "/c/bench/resources/search/"


def main() -> None:
    """Measure in a process that has a studio of its own."""
    scratch_studio.run_inside("bench.sources")


def measure(folder: Path) -> None:
    """The measurement itself, in the studio's environment."""
    with source_world(apart=True) as world:
        chance = random.Random(4)  # noqa: S311  (seeded on purpose)
        world.delays = {slug: chance.uniform(0.1, SLOWEST_SECONDS) for slug in world.hosts}
        os.environ["SOURCE_URLS"] = json.dumps(world.urls)
        os.environ.update(dict.fromkeys((*KEYS, "SMITHSONIAN_API_KEY"), "a-key-of-the-bench"))
        with scratch_studio.opened(folder):
            ask(world)


def ask(world: SourceWorld) -> None:
    """Print what was measured."""
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import User
    from channels_app.models import Channel

    call_command("collectstatic", verbosity=0, interactive=False)
    user = User.objects.create(username="bench")
    Channel.objects.create(slug="bench", owner=user, name="Bench")
    visitor = Client()
    visitor.force_login(user)
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", APPLICATION]
    )
    try:
        wait_until(partial(accepts, port), 30, "a web server")
        cookies = {"sessionid": visitor.cookies["sessionid"].value}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies=cookies, timeout=60) as browser:
            lines(browser, "warm up")
            for media in ("image", ""):
                report(browser, media)
            before = len(world.asked)
            lines(browser, "the same", "image")
            first = len(world.asked)
            again = lines(browser, "The  same", "image")
            print(
                f"the same question again: {len(world.asked) - first} requests (before: {first - before}), "
                f"all there after {max(again.values()):.2f} s"
            )
            world.delays["nasa"] = 10.0
            times = lines(browser, "hanging", "image")
            others = max(seconds for slug, seconds in times.items() if slug != "nasa")
            print(f"one takes {times['nasa']:.1f} s: all others are there after {others:.2f} s")
    finally:
        server.terminate()
        server.wait()


def report(browser: httpx.Client, media: str) -> None:
    """All at once beside each alone; every question is new, and every host's queue empty."""
    together, ratios = list[float](), list[float]()
    for number in range(ROUNDS):
        all_at_once = lines(browser, f"rock {media} {number}", media)
        slowest = max(all_at_once, key=lambda slug: all_at_once[slug])
        alone = lines(browser, f"sand {media} {number}", media, slowest)[slowest]
        together.append(max(all_at_once.values()))
        ratios.append(together[-1] / alone)
    count = len(all_at_once)
    print(
        f"{count} sources at once, {media or 'any type'}: {statistics.median(together):.2f} s, "
        f"{statistics.median(ratios):.3f} × the slowest alone ({slowest}; worst {max(ratios):.3f} ×)"
    )


def lines(browser: httpx.Client, query: str, media: str = "", source: str = "") -> dict[str, float]:
    """Seconds until the last line of each source."""
    from jobs import rings

    for name in rings.client().scan_iter("craft:pace:*"):
        rings.client().delete(name)
    asked = {"q": query, "type": media, "source": source, "licence": "any", "fragment": "stream"}
    began = time.perf_counter()
    times: dict[str, float] = {}
    with browser.stream("GET", PAGE, params=asked) as answer:
        answer.raise_for_status()
        for line in answer.iter_lines():
            times[json.loads(line)["source"]] = time.perf_counter() - began
    return times


if __name__ == "__main__":
    measure(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
