"""The made-up YouTube of these tests: one server for all of them, every test with its own faults and its own log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jobs.tools.youtube.door import YouTube
from jobs.tools.youtube.pace import Patience, TokenBucket
from tests.fakes.youtube_world import YouTubeWorld, youtube_world

Opener = Callable[..., YouTube]


@pytest.fixture(scope="session")
def _one_world() -> Iterator[YouTubeWorld]:
    with youtube_world(seed=4, channels=120) as world:
        yield world


@pytest.fixture
def world(_one_world: YouTubeWorld, monkeypatch: pytest.MonkeyPatch) -> YouTubeWorld:
    """The world, with nothing wrong in it yet."""
    monkeypatch.setenv("SSL_CERT_FILE", str(_one_world.ca_file))
    _one_world.faults.clear()
    _one_world.asked.clear()
    return _one_world


@pytest.fixture
def opened(world: YouTubeWorld) -> Iterator[Opener]:
    """Opens doors to it that do not wait long; they are closed again."""
    doors: list[YouTube] = []

    def opener(**given: Any) -> YouTube:
        options = {**world.options, **given.pop("options", {})}
        given.setdefault("pace", TokenBucket(per_second=10_000, burst=100))
        given.setdefault("patience", Patience(first=0.01, most=0.05))
        doors.append(YouTube(options, **given))
        return doors[-1]

    yield opener
    for door in doors:
        door.close()


@pytest.fixture
def youtube(opened: Opener) -> YouTube:
    """A door to it."""
    return opened()
