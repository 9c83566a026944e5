"""The job engine against bare RQ: how long 500 jobs take one worker, and how soon a job starts in an idle studio.

Both drain the same Redis with one worker process each, a fork per job, in interleaved runs; medians are compared.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

JOBS = int(os.environ.get("BENCH_JOBS", "500"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
STARTS = 60


def main() -> None:
    """Set up a studio in a temporary folder, measure in a child that has its environment, print the ratios."""
    with tempfile.TemporaryDirectory(prefix="craft-bench-") as folder:
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "craftstudio.settings",
            "JOB_KIND_PACKAGES": "jobs.kinds,tests.kinds",
            "REDIS_URL": f"unix://{folder}/redis/redis.sock",
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
        }
        environment.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, "-m", "bench.engine", folder], env=environment, check=True)


def nothing() -> None:
    """What bare RQ runs."""


def measure(folder: Path) -> None:
    """The measurement itself, in the studio's environment."""
    import django
    from django.core.management import call_command

    from craftstudio import redis_server

    django.setup()
    call_command("migrate", verbosity=0)
    redis = redis_server.start(folder / "redis", keep=False)
    try:
        ratios = [studio / bare for bare, studio in ((drain_bare(), drain_studio()) for _ in range(RUNS))]
        print(f"{JOBS} no-op jobs, one worker: {statistics.median(ratios):.2f} × bare RQ (runs: {rounded(ratios)})")
        waits = sorted(start_waits())
        print(
            f"enqueue → start, idle: p50 {1000 * statistics.median(waits):.1f} ms, "
            f"p99 {1000 * waits[int(len(waits) * 0.99) - 1]:.1f} ms over {len(waits)} jobs"
        )
    finally:
        redis.terminate()
        redis.wait()


def rounded(ratios: list[float]) -> str:
    """Ratios as printed."""
    return ", ".join(f"{ratio:.2f}" for ratio in ratios)


def drain_bare() -> float:
    """Seconds that RQ's own fork worker takes."""
    from rq import Queue

    from jobs import rings

    queue = Queue("bare", connection=rings.client())
    for _ in range(JOBS):
        queue.enqueue("bench.engine.nothing", result_ttl=0)
    began = time.perf_counter()
    url = os.environ["REDIS_URL"]
    subprocess.run(
        [sys.executable, "-m", "rq.cli", "worker", "bare", "--url", url, "--burst", "--quiet"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def drain_studio() -> float:
    """Seconds that one of our workers takes, with all rows and events."""
    from jobs import rings
    from jobs.models import Job, State

    rings.client().delete("rq:queue:ai")
    submit(JOBS)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "worker", "--queue", "ai", "--burst"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    took = time.perf_counter() - began
    unfinished = Job.objects.exclude(state=State.COMPLETED).count()
    assert not unfinished, f"{unfinished} jobs did not complete"
    return took


def submit(count: int) -> None:
    """Queue drills that do nothing."""
    from accounts.models import User
    from channels_app.models import Channel
    from jobs import actions

    user, _ = User.objects.get_or_create(username="bench", defaults={"admin_role": True, "active_jobs_limit": None})
    channel, _ = Channel.objects.get_or_create(slug="bench", defaults={"owner": user, "name": "Bench"})
    for _ in range(count):
        actions.submit(channel, user, "drill", {"order": "ok"})


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
            time.sleep(0.05)
    finally:
        worker.terminate()
        worker.wait()
    return waits


if __name__ == "__main__":
    measure(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
