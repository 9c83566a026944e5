"""The job engine against bare RQ: how long 500 jobs take one worker, and how soon a job starts in an idle studio.

Both drain the same Redis with one worker process each, a fork per job, in interleaved runs; medians are compared.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import scratch_studio

JOBS = int(os.environ.get("BENCH_JOBS", "500"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
STARTS = 60
# Long enough for the next horse to stand by.
IDLE_SECONDS = 0.25


def main() -> None:
    """Measure in a process that has a studio of its own."""
    scratch_studio.run_inside("bench.engine")


def nothing() -> None:
    """What bare RQ runs."""


def measure(folder: Path) -> None:
    """The measurement itself, in the studio's environment."""
    with scratch_studio.opened(folder):
        ratios = [studio / bare for bare, studio in ((drain_bare(), drain_studio()) for _ in range(RUNS))]
        print(f"{JOBS} no-op jobs, one worker: {statistics.median(ratios):.2f} × bare RQ (runs: {rounded(ratios)})")
        waits = [1000 * wait for wait in start_waits()]
        p50, p99 = scratch_studio.percentile(waits, 50), scratch_studio.percentile(waits, 99)
        print(f"enqueue → start, idle: p50 {p50:.1f} ms, p99 {p99:.1f} ms over {len(waits)} jobs")


def rounded(ratios: list[float]) -> str:
    """Ratios as printed."""
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)


def drain_bare() -> float:
    """Seconds that RQ's own fork worker takes, without its start-up."""
    from rq import Queue

    from jobs import rings

    queue = Queue("bare", connection=rings.client())
    for _ in range(JOBS):
        queue.enqueue("bench.engine.nothing", result_ttl=0)
    url = os.environ["REDIS_URL"]
    return drain(
        [sys.executable, "-m", "rq.cli", "worker", "bare", "--url", url, "--burst", "--quiet"], lambda: queue.count
    )


def drain_studio() -> float:
    """Seconds that one of our workers takes, with all rows and events, without its start-up."""
    from jobs.models import Job, State

    submit(JOBS)
    unfinished = Job.objects.exclude(state=State.COMPLETED)
    took = drain([sys.executable, "manage.py", "worker", "--queue", "ai", "--burst"], unfinished.count)
    assert not unfinished.count(), f"{unfinished.count()} jobs did not complete"
    return took


def drain(worker: list[str], left: Callable[[], int]) -> float:
    """Seconds from the first job that is gone from `left` to the end of a worker that stops when nothing waits."""
    with subprocess.Popen(worker, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while left() == JOBS and process.poll() is None:
            time.sleep(0.002)
        began = time.perf_counter()
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, worker)
    return time.perf_counter() - began


def submit(count: int) -> None:
    """Queue drills that do nothing."""
    from accounts.models import User
    from channels_app.models import Channel
    from jobs import actions

    user, _ = User.objects.get_or_create(username="bench", defaults={"admin_role": True, "active_jobs_limit": None})
    channel, _ = Channel.objects.get_or_create(slug="bench", defaults={"owner": user, "name": "Bench"})
    for _ in range(count):
        actions.submit(channel, user, "drill", {"order": "nothing"})


def start_waits() -> list[float]:
    """Seconds from queueing to the start of the attempt, one job at a time, with one idle worker."""
    from jobs.models import Attempt, Job

    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--queue", "ai"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    waits = []
    try:
        for number in range(STARTS + 3):
            submit(1)
            job = Job.objects.latest("created_at")
            while Job.objects.filter(pk=job.pk, ended_at__isnull=True).exists():
                time.sleep(0.005)
            started = Attempt.objects.get(job=job).started_at
            if number >= 3:  # the first ones warm the worker up
                waits.append((started - job.created_at).total_seconds())
            time.sleep(IDLE_SECONDS)
    finally:
        worker.terminate()
        worker.wait()
    return waits


if __name__ == "__main__":
    measure(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
