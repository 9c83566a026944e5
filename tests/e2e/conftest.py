"""A real studio and a real Chromium for the tests of this folder; both are started once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import MissingProgram, chromium, free_port, wait_until

PASSWORD = "lighthouse-keeper-7"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass
class RunningStudio:
    """A studio started as a newcomer would, in a folder of its own."""

    base: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def manage(self, *arguments: str) -> str:
        """Run a command of the studio; its output."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def live_studio() -> Iterator[RunningStudio]:
    """`manage.py studio --demo` on an empty folder: its own Redis, database, workers, sweeper and web server."""
    folder = Path(tempfile.mkdtemp(prefix="craft-e2e-"))
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = {
        **kept,
        "DJANGO_SETTINGS_MODULE": "craftstudio.settings",
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "DEMO_PASSWORD": PASSWORD,
        "JOB_BACKOFF": "0.2,0.2,0.2",
        "JOB_SWEEP_SECONDS": "0.2",
    }
    log = (folder / "studio.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "studio", "--demo"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        ready = re.compile(r"CRAFT Studio is at")
        wait_until(
            lambda: ready.search((folder / "studio.log").read_text(errors="replace")) or process.poll() is not None,
            60,
            "a studio that says where it is",
        )
        assert process.poll() is None, (folder / "studio.log").read_text(errors="replace")
        yield RunningStudio(f"http://127.0.0.1:{port}", folder, environment, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    try:
        path = chromium()
    except MissingProgram as missing:
        pytest.skip(str(missing))
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@dataclass
class Visitor:
    """A signed-in page, and what its console complained about."""

    page: Page
    context: BrowserContext
    complaints: list[str]


def sign_in(browser: Browser, studio: RunningStudio, username: str = "demo", **options: object) -> Visitor:
    """Sign in through the page, as a person does."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{studio.base}/sign-in/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/c/|/$"))
    return Visitor(page, context, complaints)


@pytest.fixture
def demo(browser: Browser, live_studio: RunningStudio) -> Iterator[Visitor]:
    """The premium demo user in a fresh browser context."""
    visitor = sign_in(browser, live_studio)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []
