"""Whether YouTube can be asked: by which yt-dlp, and with one real question whether it answers. For `doctor`."""

from __future__ import annotations

import time
from importlib import metadata

from jobs.steps.youtube import open_door
from jobs.tools.youtube.errors import YouTubeError

QUESTION = "tides"


def version() -> str:
    """The yt-dlp that is installed, without loading it."""
    return metadata.version("yt-dlp")


def ask() -> tuple[bool, str]:
    """Ask YouTube one question; whether it answered, and what to tell."""
    began = time.monotonic()
    try:
        with open_door(lambda: None) as door:
            first = next(iter(door.search(QUESTION)), None)
    except YouTubeError as error:
        return False, error.sentence
    if first is None:
        return False, "YouTube answered without a video. A newer yt-dlp may help."
    return True, f"“{first.title}” in {1000 * (time.monotonic() - began):.0f} ms"
