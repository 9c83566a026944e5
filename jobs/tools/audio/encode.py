"""A narration's WAV in the format that listeners download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jobs.tools.audio import ffmpeg
from jobs.tools.process import nothing

MP3_RATE = "160k"


def mp3(wav: Path, out: Path, *, should_stop: Callable[[], None] = nothing) -> None:
    """Write an MP3 that says in its Xing header where its sound begins and ends: players then cut what encoding adds.

    Raises process.ProcessError.
    """
    arguments = ["-map_metadata", "-1", "-c:a", "libmp3lame", "-b:a", MP3_RATE, "-write_xing", "1", "-f", "mp3"]
    ffmpeg.call([*ffmpeg.source(wav), *arguments, "-y", f"file:{out.absolute()}"], should_stop=should_stop)
