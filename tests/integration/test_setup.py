"""`bin/setup` on machines that lack something: stand-ins for apt-get, sudo and Python say what they were asked."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TOOLS = ("bash", "sh", "env", "dirname", "sha256sum", "cut", "cat", "rm", "touch", "true")
PROGRAMS = ("redis-server", "ffmpeg")


class Machine:
    """A checkout, and a PATH on which only what is put there exists."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.path = folder / "studio", folder / "path"
        self.said, self.has_ensurepip = folder / "said", folder / "has-ensurepip"
        (self.checkout / "bin").mkdir(parents=True)
        self.path.mkdir()
        shutil.copy(settings.BASE_DIR / "bin" / "setup", self.checkout / "bin" / "setup")
        (self.checkout / "requirements.txt").write_text("", encoding="utf-8")
        for tool in TOOLS:
            (self.path / tool).symlink_to(str(shutil.which(tool)))
        for program in PROGRAMS:
            self.program(program, "exit 0")
        self.program("id", "echo 1000")
        # As the real one does, it passes no variables on.
        self.program("sudo", f'shift; exec env -i PATH={self.path} "$@"')
        self.program("apt-get", f'echo "$DEBIAN_FRONTEND $*" >>{self.said}; touch {self.has_ensurepip}')
        self.program(
            "python3",
            f'case "$2" in *ensurepip*) [ -e {self.has_ensurepip} ] || exit 1 ;; esac; exec {sys.executable} "$@"',
        )

    def program(self, name: str, script: str) -> None:
        """Put a program on the PATH."""
        path = self.path / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def setup(self) -> subprocess.CompletedProcess[str]:
        """Run bin/setup."""
        command = [str(self.checkout / "bin" / "setup")]
        return subprocess.run(command, env={"PATH": str(self.path)}, capture_output=True, text=True, check=False)

    def asked_apt(self) -> list[str]:
        """What apt-get was asked."""
        return self.said.read_text(encoding="utf-8").splitlines() if self.said.exists() else []

    def pip_works(self) -> bool:
        """Whether the environment can install anything."""
        python = self.checkout / ".venv" / "bin" / "python"
        return python.exists() and subprocess.run([python, "-m", "pip", "--version"], check=False).returncode == 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_python_without_ensurepip_gets_it_by_apt(machine: Machine) -> None:
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert machine.pip_works()
    assert machine.asked_apt()[-1] == "noninteractive install -y -qq --no-install-recommends python3 python3-venv"


def test_without_apt_it_says_what_to_install_and_leaves_nothing_half_made(machine: Machine) -> None:
    (machine.path / "apt-get").unlink()
    done = machine.setup()
    assert done.returncode == 1
    assert "python3-venv" in done.stderr
    assert not (machine.checkout / ".venv").exists()


def test_a_half_made_environment_is_made_anew(machine: Machine) -> None:
    machine.has_ensurepip.touch()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(machine.checkout / ".venv")], check=True)
    assert not machine.pip_works()
    assert machine.setup().returncode == 0
    assert machine.pip_works()
    assert machine.asked_apt() == []
