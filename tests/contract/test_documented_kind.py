"""The kind that docs/add-a-job-kind.md shows is a real one: put in a folder of kinds, it is found, offered and runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from channels_app.models import Channel, Script
from jobs import actions, lifecycle, registry, worker
from jobs.models import State, light
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def documented(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The slug of the documented kind, which the studio knows for this test."""
    package = tmp_path / "kinds_of_the_docs"
    package.mkdir()
    (package / "__init__.py").touch()
    text = (settings.BASE_DIR / "docs" / "add-a-job-kind.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (package / "word_count.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    settings.JOB_KIND_PACKAGES = [*settings.JOB_KIND_PACKAGES, package.name]
    registry.kinds.cache_clear()
    yield "word-count"
    registry.kinds.cache_clear()
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]


def test_it_is_offered_and_runs(documented: str, client: Client) -> None:
    channel = Channel.objects.create(owner=factories.premium("ana"), slug="tidal", name="Tidal")
    Script.objects.create(channel=channel, title="Tides", body="The sea rises twice a day.", status="review")
    client.force_login(channel.owner)
    assert "Count words" in client.get("/c/tidal/jobs/").content.decode()
    assert "Tides" in client.get(f"/c/tidal/jobs/new/{documented}/").content.decode()

    example = registry.spec(documented).example(channel)
    job = actions.submit(channel, channel.owner, documented, example).job
    claim = lifecycle.claim("ai", "test")
    assert claim is not None
    worker.run(claim)
    done = light().get(pk=job.pk)
    assert (done.state, done.result) == (State.COMPLETED, {"words": 6})


def test_the_studio_without_it_does_not_know_it() -> None:
    assert "word-count" not in registry.kinds()
