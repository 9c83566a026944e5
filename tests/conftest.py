"""What all tests share; the environment they run in is set by tests/settings.py."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

NEEDS = ("redis", "postgres", "chromium", "ffmpeg")
# Folders whose tests share servers, or whose processes would stand in each other's way: each goes to one worker whole.
TOGETHER = {"e2e": "e2e", "integration": "processes", "fault": "processes"}


class ByFolder(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """Hands out test by test, but the tests of `TOGETHER` in one piece, and those first."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.split("/")[1], nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFolder:
    """How tests are shared out among the workers of `pytest -n`."""
    return ByFolder(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """With REQUIRE_ALL=1 (CI) a test that needs a server or program must not be skipped."""
    report = yield
    needs = [name for name in NEEDS if item.get_closest_marker(name)]
    if report.skipped and needs and os.environ.get("REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although REQUIRE_ALL=1; it needs {', '.join(needs)}"
    return report


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    """Files of a test lie in its own folder."""
    settings.WORK_DIR = tmp_path / "work"
    settings.MEDIA_ROOT = tmp_path / "media"
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": settings.MEDIA_ROOT},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session")
def redis_folder() -> Iterator[Path]:
    """The folder of a private Redis of this test process."""
    from tests.servers import MissingProgram
    from tests.servers import redis_folder as start

    try:
        with start() as folder:
            yield folder
    except MissingProgram as missing:
        pytest.skip(str(missing))


@pytest.fixture
def redis_server(redis_folder: Path, settings: Any) -> Iterator[str]:
    """An empty Redis that the studio uses in this test; yields its URL."""
    import redis

    from jobs import rings

    url = f"unix://{redis_folder / 'redis.sock'}"
    with redis.Redis.from_url(url) as client:
        client.flushall()
    settings.REDIS_URL = url
    rings.client.cache_clear()
    rings.recover()
    yield url
    rings.client().close()
    rings.client.cache_clear()
    rings.recover()


@pytest.fixture
def studio(redis_server: str, transactional_db: None) -> Iterator[Any]:
    """The real processes of a studio on this test's database and Redis (tests/studio.py)."""
    from tests.studio import Studio

    running = Studio(redis_server)
    yield running
    running.stop()
