"""`manage.py studio` and its processes: how they end, and what a studio that was killed leaves behind (nothing)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as studio_settings

from craftstudio import redis_server
from craftstudio.management.commands import studio as studio_command
from craftstudio.management.commands.studio import PrivateRedis
from tests.servers import end, free_port, wait_until
from tests.studio import Studio

pytestmark = pytest.mark.redis


class OneMachine:
    """A studio on a folder and a port of its own, started as often as a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "craftstudio.settings",
            "DATA_DIR": str(folder),
            "PORT": str(free_port()),
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """Start it; returns once it says where it is."""
        said = self.folder / f"studio-{len(self.started)}.log"
        with said.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(studio_settings.BASE_DIR / "manage.py"), "studio"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(process)
        ready = "CRAFT Studio is at"
        wait_until(
            lambda: ready in said.read_text(errors="replace") or process.poll() is not None,
            60,
            "a studio that is ready",
        )
        assert process.poll() is None, said.read_text(errors="replace")
        return process


@pytest.fixture
def machine() -> Iterator[OneMachine]:
    folder = Path(tempfile.mkdtemp(prefix="craft-one-"))
    machine = OneMachine(folder)
    yield machine
    for process in machine.started:
        process.terminate()
        end(process)
    shutil.rmtree(folder, ignore_errors=True)


def stat_of(pid: int) -> list[str]:
    """What Linux tells of a process, from its state's letter on; nothing for one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def family_of(pid: int) -> set[int]:
    """A process's children and theirs."""
    parents = {
        int(path.name): int(stat[1])
        for path in Path("/proc").iterdir()
        if path.name.isdecimal() and (stat := stat_of(int(path.name)))
    }
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family - {pid}


def all_gone(pids: set[int]) -> bool:
    return all(not (stat := stat_of(pid)) or stat[0] == "Z" for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_killed_studio_takes_everything_along_and_the_next_one_starts(machine: OneMachine) -> None:
    first = machine.start()
    children = family_of(first.pid)
    assert len(children) >= 3
    first.kill()
    first.wait()
    wait_until(partial(all_gone, children), 10, "the end of its processes")
    machine.start().send_signal(signal.SIGHUP)
    assert machine.started[1].wait(30) == 0, "a hangup stops the studio as Ctrl-C does"


def test_a_redis_that_cannot_be_started_again_does_not_end_the_studio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="craft-redis-"))
    private = PrivateRedis(folder)
    private.start()
    assert private.process is not None
    try:
        assert private.tend() == ""
        private.process.kill()
        private.process.wait()
        with monkeypatch.context() as broken:
            broken.setattr(redis_server, "find_server", lambda: shutil.which("false"))
            assert "tries again" in private.tend()
            assert private.tend() == "", "it does not try without a pause"
            broken.setattr(studio_command.time, "monotonic", lambda: private.due_at + 1)
            assert "tries again" in private.tend()
        private.due_at = 0.0
        assert "started again" in private.tend()
    finally:
        private.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("secure", [True, False])
def test_only_behind_a_proxy_its_word_on_addresses_is_taken(settings: Any, secure: bool) -> None:
    settings.SECURE = secure
    (web,) = [service for service in studio_command.Command()._services() if service.name == "web"]
    assert ("--proxy-headers" in web.command) is secure


@pytest.mark.django_db(transaction=True)
def test_guesses_behind_a_proxy_count_for_the_client_and_not_for_everybody(studio: Studio) -> None:
    base = studio.web(0, "--proxy-headers")

    def guess(address: str) -> int:
        wrong = {"username": "ana", "password": "wrong"}
        return httpx.post(f"{base}/api/v1/auth/token/", json=wrong, headers={"X-Forwarded-For": address}).status_code

    assert [guess("192.0.2.1") for _ in range(6)] == [400] * 5 + [429]
    assert guess("192.0.2.2") == 400
