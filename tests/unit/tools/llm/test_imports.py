"""What the web process loads: what writes, speaks and asks models is the jobs', and comes with the first who needs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from django.conf import settings

# Shapes of answers are the jobs' too: pydantic alone takes a tenth of the web process's imports.
CLIENTS = {
    "yt_dlp",
    "pydantic",
    "pydantic_ai",
    "openai",
    "anthropic",
    "google.genai",
    "httpx",
    "httpx2",
    "tiktoken",
    "num2words",
}
# What a web server has no use for until somebody opens a page of jobs, keys or voices.
LATER = ("jobs.kinds", "jobs.steps", "jobs.tools.author", "jobs.tools.facts", "jobs.tools.llm", "jobs.tools.speech",
         "jobs.tools.style", "jobs.tools.text")  # fmt: skip
START = "import django; django.setup(); import craftstudio.asgi, craftstudio.urls"
ALL_KINDS = "from jobs import registry; registry.kinds(); from jobs.steps import authors"


def loaded_by(*statements: str) -> set[str]:
    """The modules that a fresh process has after these statements."""
    told = "; ".join([*statements, "import json, sys; print(json.dumps(sorted(sys.modules)))"])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "craftstudio.settings", "JOB_KIND_PACKAGES": "jobs.kinds"}
    answer = subprocess.run(
        [sys.executable, "-c", told], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    return set(json.loads(answer.stdout.splitlines()[-1]))


def test_the_web_process_starts_without_what_writes_speaks_and_checks() -> None:
    loaded = loaded_by(START)
    assert "jobs.views" in loaded
    assert sorted(name for name in loaded if f"{name}.".startswith(tuple(f"{one}." for one in LATER))) == []
    assert not loaded & CLIENTS


def test_pages_of_jobs_load_every_kind_and_no_client() -> None:
    loaded = loaded_by(START, ALL_KINDS)
    assert {"jobs.steps.authors", "jobs.kinds.script", "jobs.kinds.tts"} <= loaded
    assert not loaded & CLIENTS
