"""A made-up YouTube for tests of this process: the settings that lead there, and nothing remembered of another test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from jobs import politeness
from tests.fakes.youtube_world import YouTubeWorld, youtube_world


@contextmanager
def leads_to(world: YouTubeWorld, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubeWorld]:
    """yt-dlp of this process asks the world, as fast as it can; the world starts without faults."""
    settings.YTDLP_OPTIONS = world.options
    settings.YOUTUBE_PER_SECOND = 10_000
    settings.YOUTUBE_PATIENCE_SECONDS = 0.05
    monkeypatch.setenv("SSL_CERT_FILE", str(world.ca_file))
    world.asked.clear()
    world.faults.clear()
    politeness.forget()
    yield world


__all__ = ["leads_to", "youtube_world"]
