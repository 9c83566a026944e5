"""A studio started as a newcomer would, and people who visit it with Chromium: for tests and for screenshots."""

from __future__ import annotations

import contextlib
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
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import chromium, end, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
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
READY = re.compile(r"CRAFT Studio is at")


@dataclass
class RunningStudio:
    """A studio and the folder in which everything of it lies."""

    base: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def manage(self, *arguments: str) -> str:
        """Run a command of the studio; its output."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def running_studio(**environment: str) -> Iterator[RunningStudio]:
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
        **environment,
    }
    said = folder / "studio.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "studio", "--demo"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until(
                lambda: READY.search(said.read_text(errors="replace")) or process.poll() is not None,
                60,
                "a studio that says where it is",
            )
            assert process.poll() is None, said.read_text(errors="replace")
            yield RunningStudio(f"http://127.0.0.1:{port}", folder, environment, process)
        finally:
            process.send_signal(signal.SIGINT)
            end(process)
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Headless Chromium, this machine's. Raises MissingProgram."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A signed-in page, and what the console complained about: its own, and that of every other page of the context."""

    page: Page
    context: BrowserContext
    complaints: list[str]


def visit(browser: Browser, **options: Any) -> Visitor:
    """An empty page in a fresh context; with `storage_state` of an earlier one its visitor is signed in already."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda told: complaints.append(str(told.error)))
    return Visitor(context.new_page(), context, complaints)


def sign_in(browser: Browser, studio: RunningStudio, username: str = "demo", **options: Any) -> Visitor:
    """Sign in through the page, as a person does."""
    visitor = visit(browser, **options)
    page = visitor.page
    page.goto(f"{studio.base}/sign-in/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/c/|/$"))
    return visitor
