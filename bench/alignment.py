"""How far the words found by alignment, and by estimate, lie from those that espeak-ng tells exactly.

Run: python -m bench.alignment
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from jobs.tools.audio import ffmpeg
from jobs.tools.speech import speaking, timing, voices
from jobs.tools.speech.voice import SpeechConfig
from jobs.tools.text.spoken import normalise

BAR_MS = 50
TEXTS = (
    "The deep sea is the largest living space on Earth, and we have seen less than 1% of it.",
    "In 1960, two men sat in a steel ball and sank for almost five hours. They stayed for twenty minutes.",
    "What lives down there? Some animals make their own light; others wait for years between two meals.",
    "Dr. Smith spent $3.5 million on a camera that could bear the pressure. It worked on the first try!",
    "Nobody expected the sound. It was low, slow and loud enough to be heard three thousand miles away.",
    "If you want to know how the story ends, you will have to come along on the next dive.",
)


def main() -> None:
    """Print the mean and the 95th percentile of the errors of word starts, and the speed of the search."""
    config = SpeechConfig()
    aligned, estimated, heard, took = list[float](), list[float](), 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for text in TEXTS:
            path = Path(folder) / "speech.wav"
            speech = speaking.speak(text, voices.resolve("espeak", "en-us", text, config), 1.0, path, config)
            started = time.monotonic()
            found = speaking.words_in(path, text)
            took += time.monotonic() - started
            heard += speech.frames / speech.sample_rate
            samples, _ = soundfile.read(path, dtype="int16")
            spoken = normalise(text)
            guessed = timing.words(
                spoken, timing.estimated(spoken, timing.quiet_of(samples, ffmpeg.RATE)), speech.frames / ffmpeg.RATE
            )
            aligned += _errors(speech.words, found)
            estimated += _errors(speech.words, guessed)
    for name, errors in (("aligned", aligned), ("estimated", estimated)):
        mean, most = 1000 * np.mean(errors), 1000 * np.percentile(errors, 95)
        print(f"word starts, {name}: mean {mean:.0f} ms, 95th percentile {most:.0f} ms ({len(errors)} words)")
    print(f"bar for the aligned mean: {BAR_MS} ms; alignment took {heard / took:.0f} times less than listening")


def _errors(exact: tuple[timing.WordTime, ...], found: tuple[timing.WordTime, ...]) -> list[float]:
    return [abs(known.start - word.start) for known, word in zip(exact, found, strict=True)]


if __name__ == "__main__":
    main()
