from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 48_000
MakeTone = Callable[..., Path]


@pytest.fixture
def tone(tmp_path: Path) -> MakeTone:
    """Writes a WAV with a sine tone and gives its path."""

    def make(
        name: str = "tone.wav",
        *,
        seconds: float = 1.0,
        rate: int = RATE,
        channels: int = 1,
        hertz: float = 440.0,
        amplitude: float = 0.25,
    ) -> Path:
        times = np.arange(round(seconds * rate)) / rate
        wave = amplitude * np.sin(2 * np.pi * hertz * times)
        path = tmp_path / name
        soundfile.write(path, np.column_stack([wave] * channels), rate, subtype="PCM_16")
        return path

    return make
