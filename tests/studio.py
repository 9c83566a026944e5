"""The real thing for tests: workers, sweeper and web server as processes on the test's database and Redis."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.servers import end, free_port, wait_until

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
QUICK = {
    "JOB_LEASE_SECONDS": "2",
    "JOB_BACKOFF": "0.1,0.1,0.1",
    "JOB_SWEEP_SECONDS": "0.1",
    "JOB_FORCE_SECONDS": "0",
    "JOB_GRACE_SECONDS": "1",
}


def database_url() -> str:
    """The test database's address, for other processes."""
    fields = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{fields['NAME']}"
    host = str(fields["HOST"]).replace("/", "%2F")
    return f"postgres://{fields['USER']}@{host}/{fields['NAME']}"


class Studio:
    """Processes of a studio; `stop` ends them all."""

    def __init__(self, redis_url: str) -> None:
        self.environment = {
            **os.environ,
            **QUICK,
            "DJANGO_SETTINGS_MODULE": "craftstudio.settings",
            "DATA_DIR": str(Path(settings.MEDIA_ROOT).parent),
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "DEBUG": "1",
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        self.port = 0

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a process of the studio in its own session."""
        process = subprocess.Popen(
            command, env={**self.environment, **environment}, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process

    def worker(self, queue: str = "ai", **environment: str) -> subprocess.Popen[bytes]:
        """A worker of a queue."""
        return self.start(*MANAGE, "worker", "--queue", queue, **environment)

    def sweeper(self) -> subprocess.Popen[bytes]:
        """A sweeper."""
        return self.start(*MANAGE, "sweep")

    def web(self, port: int = 0, *flags: str) -> str:
        """A web server; returns its address once it answers."""
        self.port = port or free_port()
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "-v", "0", *flags]
        process = self.start(*command, "craftstudio.asgi:application")
        wait_until(lambda: self._answers() or process.poll() is not None, 30, "a web server that answers")
        # One that could not have its port has ended: whoever answers there is another.
        assert process.poll() is None, f"the web server ended with {process.returncode}"
        return f"http://127.0.0.1:{self.port}"

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sign-in/", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 of one process (not of its children)."""
        process.kill()
        process.wait()
        self.processes.remove(process)

    def stop(self) -> None:
        """Stop everything; what does not stop is killed."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            end(process, 10)
        self.processes = []
