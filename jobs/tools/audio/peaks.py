"""The outline of a sound, for drawing it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from jobs.tools.audio import ffmpeg

COUNT = 800
BLOCK = ffmpeg.RATE


def waveform(wav: Path, count: int = COUNT) -> list[float]:
    """The highest absolute sample (0 to 1) of each of `count` nearly equal stretches; fewer for a very short sound."""
    frames = ffmpeg.frames_of(wav)
    count = min(count, frames)
    peaks = np.zeros(count, np.float32)
    at = 0
    with soundfile.SoundFile(wav) as file:
        while len(block := np.abs(file.read(BLOCK, dtype="float32"))):
            stretches = (np.arange(at, at + len(block)) * count) // frames
            np.maximum.at(peaks, stretches, block)
            at += len(block)
    return [round(float(peak), 3) for peak in peaks]
