"""`manage.py studio`: the whole studio on one machine, stopped by one Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from craftstudio import demo as demo_channel
from craftstudio import env, redis_server
from jobs.tools.process import die_with_parent

STOP_SECONDS = 15.0
RESPAWN_SECONDS = 1.0
RESPAWN_AT_MOST_SECONDS = 30.0
HEALTHY_SECONDS = 20.0
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


@dataclass
class Service:
    """A process of the studio that is started again when it ends by itself."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = RESPAWN_SECONDS
    due_at: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """Start it in its own session, so that Ctrl-C reaches only the studio itself."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  (our own commands)
            self.command,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            # A studio that is killed leaves nobody who would hold its port against the next one.
            preexec_fn=die_with_parent,
        )

    def tend(self) -> int | None:
        """Start it when it is due. Returns its exit code when it has just ended by itself."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        healthy = now - self.started_at > HEALTHY_SECONDS
        self.pause = RESPAWN_SECONDS if healthy else min(self.pause * 2, RESPAWN_AT_MOST_SECONDS)
        self.process, self.due_at = None, now + self.pause
        return code


@dataclass
class PrivateRedis:
    """The studio's own Redis: started again when it ends, for as long as it takes."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None
    due_at: float = 0.0

    def start(self) -> None:
        """Start it and wait until it answers. Raises redis_server.NoRedis."""
        self.process = redis_server.start(self.folder)

    def tend(self) -> str:
        """Start it again when it has ended. Returns what is to be told, if anything has happened."""
        if self.process is not None and self.process.poll() is None:
            return ""
        now = time.monotonic()
        ended, self.process = self.process is not None, None
        if not ended and now < self.due_at:
            return ""
        self.due_at = now + RESPAWN_AT_MOST_SECONDS
        try:
            self.start()
        except (redis_server.NoRedis, OSError) as error:
            return f"Redis has ended and cannot be started: {error} The studio goes on without it and tries again."
        return "Redis has ended; it is started again."

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


class Command(BaseCommand):
    """Redis (unless REDIS_URL names one), migrations, workers, sweeper and the web server."""

    help = "Starts the whole studio on this machine; Ctrl-C stops it. Ports and folders: docs/operations.md."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """With or without the demo channel."""
        parser.add_argument("--demo", action="store_true", help="make the demo channel and its users on first start")

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        """Start everything, keep it running, stop everything."""
        self._check_port()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        with self._redis() as private_redis:
            call_command("migrate", interactive=False, verbosity=0)
            try:
                demo_channel.check_nobody_keeps_the_passwords()
            except demo_channel.DemoRefused as error:
                raise CommandError(str(error)) from error
            if not settings.DEBUG:
                call_command("collectstatic", interactive=False, verbosity=0)
            if demo:
                call_command("demo", stdout=self.stdout)
            services = self._services()
            for service in services:
                service.start()
            self._welcome(stop)
            try:
                while not stop.wait(0.5):
                    if private_redis is not None and (told := private_redis.tend()):
                        self._tell(told)
                    for service in services:
                        code = service.tend()
                        if code is not None:
                            self._tell(f"{service.name} ended with code {code}; it is started again.")
            finally:
                self._tell("\nStopping: running jobs are handed back …")
                stop_all(services)
        self._tell("The studio has stopped.")

    def _tell(self, text: str) -> None:
        """Say it, if anybody listens: after a hangup the terminal is gone, and the studio still has to stop."""
        with contextlib.suppress(OSError):
            self.stdout.write(text)
            self.stdout.flush()

    def _check_port(self) -> None:
        family = socket.AF_INET6 if ":" in settings.BIND else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.BIND, settings.PORT))
            except OSError as error:
                raise CommandError(
                    f"Port {settings.PORT} on {settings.BIND} cannot be used ({error.strerror}). "
                    "Stop what uses it, or choose another: PORT=8001 make run"
                ) from error

    @contextlib.contextmanager
    def _redis(self) -> Iterator[PrivateRedis | None]:
        if env.text("REDIS_URL"):
            yield None
            return
        private_redis = PrivateRedis(settings.DATA_DIR / "redis")
        try:
            private_redis.start()
        except redis_server.NoRedis as error:
            raise CommandError(str(error)) from error
        try:
            yield private_redis
        finally:
            private_redis.stop()

    def _services(self) -> list[Service]:
        from jobs import needs

        web = [sys.executable, "-m", "daphne", "-b", settings.BIND, "-p", str(settings.PORT), "--no-server-name"]
        if settings.SECURE:
            # TLS ends at a proxy: the address to count wrong passwords for is the one it tells.
            web.append("--proxy-headers")
        services = [
            Service("web", [*web, "craftstudio.asgi:application"]),
            Service("sweeper", [*MANAGE, "sweep"]),
        ]
        for queue in needs.queues_served_here():
            services += [
                Service(f"worker {queue} {slot + 1}", [*MANAGE, "worker", "--queue", queue])
                for slot in range(slots_here(queue))
            ]
        return services

    def _welcome(self, stop: threading.Event) -> None:
        """Say where the studio is, once it answers."""
        deadline = time.monotonic() + 30
        host = "127.0.0.1" if settings.BIND in {"127.0.0.1", "localhost", "0.0.0.0"} else settings.BIND  # noqa: S104  (compared, not bound)
        while not stop.is_set() and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection((host, settings.PORT), timeout=0.5):
                break
            time.sleep(0.1)
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"CRAFT Studio is at http://{shown}:{settings.PORT}/ (Ctrl-C stops it)")
        self.stdout.flush()


def slots_here(queue: str) -> int:
    """How many workers of a queue this host runs: its slots, but never more than it has cores."""
    return max(1, min(settings.JOB_QUEUES[queue], (os.cpu_count() or 1) - 1))


def stop_all(services: list[Service]) -> None:
    """Ask every process to stop, then end those that do not."""
    running = [service.process for service in services if service.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
