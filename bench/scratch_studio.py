"""An empty studio in a temporary folder, for a measurement that needs its database and Redis."""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_inside(module: str) -> None:
    """Run `python -m module FOLDER` with the environment of a studio whose data lies in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="craft-bench-") as folder:
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "craftstudio.settings",
            "JOB_KIND_PACKAGES": "jobs.kinds,tests.kinds",
            "REDIS_URL": f"unix://{folder}/redis/redis.sock",
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "WARNING",
        }
        environment.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, "-m", module, folder], env=environment, check=True, cwd=ROOT)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Django with a migrated database, and Redis, for the process that `run_inside` started."""
    import django
    from django.core.management import call_command

    from craftstudio import redis_server

    django.setup()
    call_command("migrate", verbosity=0)
    redis = redis_server.start(folder / "redis", keep=False)
    try:
        yield
    finally:
        redis.terminate()
        redis.wait()


def percentile(values: list[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]
