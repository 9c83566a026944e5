"""The live stream: how long after its commit an event reaches the browsers, over daphne and Redis.

500 streams follow 50 channels while 20 events a second are written; then as many streams as one process is to carry.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from uuid import UUID

from bench import scratch_studio
from tests.servers import free_port, wait_until

CHANNELS = 50
STREAMS = [int(streams) for streams in os.environ.get("BENCH_STREAMS", "500,2000").split(",")]
EVENTS_PER_SECOND = 20
SECONDS = int(os.environ.get("BENCH_SECONDS", "15"))
OPENING_AT_ONCE = 50
APPLICATION = "craftstudio.asgi:application"


def main() -> None:
    """Measure in a process that has a studio of its own."""
    scratch_studio.run_inside("bench.live")


def measure(folder: Path) -> None:
    """The measurement itself, in the studio's environment."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * max(STREAMS))), hard))
    with scratch_studio.opened(folder):
        token, jobs = prepare()
        for streams in STREAMS:
            port = free_port()
            with subprocess.Popen(
                [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", APPLICATION]
            ) as web:
                try:
                    wait_until(partial(accepts, port), 60, "a web server that accepts connections")
                    sent, delays = asyncio.run(follow(port, token, jobs, streams))
                finally:
                    web.terminate()
            expected = sent * streams // CHANNELS
            p50, p99 = scratch_studio.percentile(delays, 50), scratch_studio.percentile(delays, 99)
            print(
                f"commit → client, {streams} streams over {CHANNELS} channels, {EVENTS_PER_SECOND} events/s: "
                f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; {len(delays)} of {expected} deliveries"
            )


def prepare() -> tuple[str, list[tuple[str, UUID, int]]]:
    """One person who sees all channels, and a running job in each: token, and slug, job and attempt."""
    from rest_framework.authtoken.models import Token

    from accounts.models import User
    from channels_app.models import Channel
    from jobs import actions, lifecycle

    user = User.objects.create(username="bench", admin_role=True, active_jobs_limit=None)
    jobs = []
    for number in range(CHANNELS):
        channel = Channel.objects.create(slug=f"bench-{number}", owner=user, name=f"Bench {number}")
        actions.submit(channel, user, "drill", {"order": "nothing"})
        claim = lifecycle.claim("ai", "bench")
        assert claim is not None
        jobs.append((channel.slug, claim.job.pk, claim.attempt.number))
    return Token.objects.create(user=user).key, jobs


def accepts(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def follow(port: int, token: str, jobs: list[tuple[str, UUID, int]], streams: int) -> tuple[int, list[float]]:
    """Open the streams, write the events, and return how many were written and each delivery's milliseconds."""
    delays: list[float] = []
    gate = asyncio.Semaphore(OPENING_AT_ONCE)
    opened = [asyncio.Event() for _ in range(streams)]

    async def one(number: int) -> None:
        slug = jobs[number % len(jobs)][0]
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                f"GET /live/?channel={slug} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                f"Authorization: Token {token}\r\n\r\n".encode()
            )
            status = await reader.readline()
            assert b" 200 " in status, status
            while not (await reader.readline()).startswith(b"retry"):
                pass
        opened[number].set()
        try:
            async for line in reader:
                if line.startswith(b'data: {"k":"log"'):
                    sent_at = float(json.loads(line[6:])["lines"][0]["text"])
                    delays.append(1000 * (time.time() - sent_at))
        finally:
            writer.close()

    tasks = [asyncio.create_task(one(number)) for number in range(streams)]
    await asyncio.wait_for(asyncio.gather(*(event.wait() for event in opened)), 120)
    sent = await asyncio.to_thread(write_events, jobs)
    await asyncio.sleep(2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return sent, delays


def write_events(jobs: list[tuple[str, UUID, int]]) -> int:
    """Write lines as workers do, each with the time just before its commit; return how many."""
    from django.db import transaction

    from jobs import lifecycle
    from jobs.events import Entry

    began = time.monotonic()
    total = SECONDS * EVENTS_PER_SECOND // len(jobs) * len(jobs)
    for number in range(total):
        time.sleep(max(0.0, began + number / EVENTS_PER_SECOND - time.monotonic()))
        _, job_id, attempt = jobs[number % len(jobs)]
        with transaction.atomic():
            line = {"at": "", "stage": "", "text": ""}
            entry = Entry("log", attempt=attempt, start=1 + number, end=2 + number, body={"lines": [line]})
            line["text"] = repr(time.time())
            assert lifecycle.touch(job_id, attempt, [entry]) is not None
    return total


if __name__ == "__main__":
    measure(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
