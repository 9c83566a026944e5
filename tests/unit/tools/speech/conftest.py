from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.tools.audio import ffmpeg
from jobs.tools.speech import speaking, voices
from jobs.tools.speech.timing import WordTime
from jobs.tools.speech.voice import SpeechConfig

TEXT = "The **quick** fox made $3.5 million in 2024, and nobody noticed."


@dataclass(frozen=True)
class Recording:
    """A spoken text as the services of the fakes send it."""

    wav: bytes
    mp3: bytes
    words: tuple[WordTime, ...]
    seconds: float


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """TEXT, spoken once for all tests; the MP3 has no header of its own."""
    folder = tmp_path_factory.mktemp("recording")
    config = SpeechConfig()
    speech = speaking.speak(TEXT, voices.resolve("espeak", "en", TEXT, config), 1.0, folder / "speech.wav", config)
    mp3 = folder / "speech.mp3"
    options = ["-ar", "24000", "-b:a", "48k", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "-y", str(mp3)]
    ffmpeg.call([*ffmpeg.source(speech.path), *options])
    return Recording(speech.path.read_bytes(), mp3.read_bytes(), speech.words, speech.frames / speech.sample_rate)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.wav"
