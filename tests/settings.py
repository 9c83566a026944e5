"""The studio's settings in an environment of the tests' own, which processes started by tests inherit."""

# ruff: noqa: E402, F403  (the environment comes before the settings that read it)
import atexit
import json
import os
import shutil
import tempfile
from pathlib import Path

# Each test process has its own data folder; nothing of the developer's own studio is read or written.
TEST_DIR = Path(tempfile.mkdtemp(prefix="craft-test-"))
atexit.register(shutil.rmtree, TEST_DIR, ignore_errors=True)
for name in ("DEBUG", "ALLOWED_HOSTS", "BIND", "DEMO_PASSWORD", "TTS_BASE_URL", "EDGE_TTS_URL"):
    os.environ.pop(name, None)
# `make live` alone asks the real sources and YouTube, with the developer's keys.
IS_LIVE = os.environ.get("LIVE_TESTS") == "1"
# Nor does a test use the developer's keys for sources, or reach private addresses by their leave.
for name in [name for name in os.environ if name.endswith(("_API_KEY", "_ACCESS_KEY")) or name in ("SEARXNG_URL",)]:
    if not IS_LIVE:
        os.environ.pop(name)
os.environ.pop("DOWNLOAD_ALLOW_HOSTS", None)
# Every address of every source (test_adapters.py looks that none is missing).
SOURCES = (
    "arxiv", "arxiv-oai", "europeana", "freesound", "internet-archive", "library-of-congress", "met", "nasa", "pexels",
    "pixabay", "smithsonian", "unsplash", "web-search", "wikimedia-commons", "wikipedia",
)  # fmt: skip
# No test reaches a language model that it has not started itself.
for name in [
    name for name in os.environ if name.startswith(("OLLAMA_", "OPENAI_", "ANTHROPIC_", "GEMINI_", "LLM_", "IMAGE_"))
]:
    os.environ.pop(name)
os.environ.update(
    {
        "DATA_DIR": str(TEST_DIR),
        "SECRET_KEY": "only-for-tests-and-nothing-else-0123456789",
        "KEYS_ENCRYPTION_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        # Nothing listens here: tests that need Redis use the fixture `redis_server`.
        "REDIS_URL": f"unix://{TEST_DIR / 'redis.sock'}",
        # Nor does anything listen here.
        "OLLAMA_URL": "http://127.0.0.1:9",
        "JOB_KIND_PACKAGES": "jobs.kinds,tests.kinds",
        "YOUTUBE_PATIENCE_SECONDS": "0.05",
    }
)
if not IS_LIVE:
    # YouTube is out of reach: tests that need it start a made-up one (tests/youtube.py).
    os.environ["YTDLP_OPTIONS"] = '{"proxy": "http://127.0.0.1:9"}'
    # Nobody is asked: tests that need a public source start one (tests/fakes).
    os.environ["SOURCE_URLS"] = json.dumps(dict.fromkeys(SOURCES, ""))

from craftstudio.settings import *
from craftstudio.settings import DATABASES

# Hashing that is slow on purpose is no business of tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, so that workers and web servers started by tests see the same rows.
    DATABASES["default"]["TEST"] = {"NAME": TEST_DIR / "test.sqlite3"}
