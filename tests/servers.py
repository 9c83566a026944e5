"""Private servers for tests: PostgreSQL and Redis, each in a temporary folder, stopped by whoever started it."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psycopg

from craftstudio import redis_server

START_SECONDS = 20.0
# Linux takes those of outgoing connections, and of whoever asks for any, from 32768 on; other systems from 49152 on.
PORTS = (20_000, 32_000)
T = TypeVar("T")


class MissingProgram(Exception):
    """A program that these tests need is not on this machine."""


def free_port() -> int:
    """A TCP port on loopback that is free now, and that no system gives out by itself to whoever asks meanwhile."""
    while True:
        port = random.randrange(*PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(condition: Callable[[], T], seconds: float = 30.0, what: str = "the condition") -> T:
    """Ask `condition` until it is true and return its value; AssertionError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds:g} s (last: {value!r})")
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    """Wait for a process that was asked to stop; its whole session is killed if it does not."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def redis_folder() -> Iterator[Path]:
    """A private Redis; yields its folder, in which the socket is `redis.sock`."""
    folder = Path(tempfile.mkdtemp(prefix="craft-redis-"))
    try:
        server = redis_server.start(folder, keep=False)
        try:
            yield folder
        finally:
            server.terminate()
            server.wait()
    except redis_server.NoRedis as error:
        raise MissingProgram(str(error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgres_program(name: str) -> str:
    """The newest installed `initdb` or `postgres`. Raises MissingProgram."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which(name)
    if not found:
        raise MissingProgram(f"{name} was not found. Install the package postgresql.")
    return found


def unprivileged() -> dict[str, int]:
    """PostgreSQL refuses to run as root: the user to run it as, for subprocess; nothing for everybody else."""
    if os.getuid() != 0:
        return {}
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid}


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A private PostgreSQL run by an unprivileged user; yields a DATABASE_URL."""
    initdb, server_program = postgres_program("initdb"), postgres_program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="craft-pg-"))
    owner = unprivileged()
    try:
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        data = folder / "data"
        subprocess.run(
            [initdb, "-D", str(data), "-U", "craft", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=owner.get("user"),
            group=owner.get("group"),
        )
        quick = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60"]
        server = subprocess.Popen(
            [
                *(server_program, "-D", str(data), "-k", str(folder), "-c", "listen_addresses="),
                *(word for setting in quick for word in ("-c", setting)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=(folder / "log").open("wb"),
            cwd=folder,
            user=owner.get("user"),
            group=owner.get("group"),
        )
        try:
            wait_until(lambda: answers(folder), START_SECONDS, "a PostgreSQL that answers")
            yield f"postgres://craft@%2F{str(folder).strip('/').replace('/', '%2F')}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def answers(folder: Path) -> bool:
    """Whether the server with its socket in `folder` takes connections."""
    try:
        psycopg.connect(host=str(folder), user="craft", dbname="postgres", connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


def chromium() -> str:
    """The Chromium of this machine. Raises MissingProgram."""
    for candidate in (os.environ.get("CHROMIUM_PATH", ""), "chromium", "chromium-browser", "google-chrome"):
        if candidate and (found := shutil.which(candidate)):
            return found
    raise MissingProgram("Chromium was not found. Install the package chromium, or set CHROMIUM_PATH.")
