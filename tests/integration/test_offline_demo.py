"""`make demo-offline`: the studio and the worlds it asks start with one command, and end with one signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest
from django.conf import settings as studio_settings

from tests.servers import free_port, wait_until

pytestmark = pytest.mark.redis


def answers(port: int) -> bool:
    """Whether the studio is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def test_one_command_and_one_signal() -> None:
    # A Redis has its socket in the folder, whose name must be short.
    with tempfile.TemporaryDirectory(prefix="craft-off-") as folder:
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "craftstudio.settings",
            "DATA_DIR": folder,
            "PORT": str(port),
            # Where its worlds leave their certificates.
            "TMPDIR": folder,
        }
        demo = subprocess.Popen(
            [sys.executable, "-m", "tests.offline_demo"],
            env=environment,
            cwd=studio_settings.BASE_DIR,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            wait_until(lambda: answers(port) or demo.poll() is not None, 90, "a studio that answers")
            assert demo.poll() is None
            assert list(Path(folder).glob("youtube-world-*/ca.pem"))
            # To this process alone, as `kill` sends it.
            demo.send_signal(signal.SIGINT)
            said, _ = demo.communicate(timeout=60)
        finally:
            if demo.poll() is None:
                demo.kill()
        assert demo.returncode == 0
        assert b"The studio has stopped." in said
        assert not answers(port)
        assert not list(Path(folder).glob("youtube-world-*"))
