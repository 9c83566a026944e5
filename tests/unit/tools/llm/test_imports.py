"""What the web process loads: the clients of language models are the jobs' alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from django.conf import settings

# Shapes of answers are the jobs' too: pydantic alone takes a tenth of the web process's imports.
CLIENTS = {"pydantic", "pydantic_ai", "openai", "anthropic", "google.genai", "httpx2", "tiktoken"}
LOADED = """
import json, sys
import django
django.setup()
import craftstudio.asgi, craftstudio.urls
from jobs import registry
registry.kinds()
from jobs.steps import authors
print(json.dumps(sorted(sys.modules)))
"""


def test_the_web_process_loads_no_client_of_a_language_model() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "craftstudio.settings", "JOB_KIND_PACKAGES": "jobs.kinds"}
    answer = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    loaded = set(json.loads(answer.stdout.splitlines()[-1]))
    assert "jobs.steps.authors" in loaded
    assert not loaded & CLIENTS
