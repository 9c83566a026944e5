"""How long mastering a narration of 20 minutes takes, how much memory it needs, and what the result measures.

Run: python -m bench.mastering
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from jobs.tools.audio.master import Master, master
from jobs.tools.audio.merge import Part

SECTIONS = 20
SECTION_SECONDS = 60
PAUSE_MS = 600
TEXT = "The deep sea is the largest living space on Earth, and we have seen less than one percent of it. "


def main() -> None:
    """Print wall time against length, peak memory, loudness, true peak, and frames against the plan."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = _sections(folder)
        # In a process of its own: the memory of making the sections does not count.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            made, wall, memory = pool.submit(measured, parts, folder).result()
    planned = SECTIONS * SECTION_SECONDS * 48_000 + (SECTIONS - 1) * PAUSE_MS * 48
    print(f"mastering {made.seconds / 60:.1f} min: {wall:.1f} s, 1/{made.seconds / wall:.0f} of its length (bar 1/10)")
    print(f"peak memory: {memory:.0f} MB (bar 150 MB)")
    print(f"loudness {made.lufs:.2f} LUFS (bar -16 ± 0.3), true peak {made.true_peak:.2f} dBTP (bar -1.5)")
    print(f"frames: {made.frames}, planned {planned}")


def measured(parts: list[Part], folder: Path) -> tuple[Master, float, float]:
    """The narration, the seconds it took, and the megabytes this process needed at most."""
    started = time.monotonic()
    made = master(parts, folder)
    wall = time.monotonic() - started
    return made, wall, _most_memory()


def _most_memory() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage tells on Linux includes the process that this one was started from.
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if "VmHWM" in line) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _sections(folder: Path) -> list[Part]:
    """A minute of speech each, at different loudness."""
    # Imported here: the process that is measured needs no voices.
    from jobs.tools.speech import speaking, voices
    from jobs.tools.speech.voice import SpeechConfig

    config = SpeechConfig()
    speech = speaking.speak(TEXT, voices.resolve("auto", "", TEXT, config), 1.0, folder / "speech.wav", config)
    sentence, _ = soundfile.read(speech.path, dtype="int16")
    parts = []
    for at in range(SECTIONS):
        path = folder / f"section-{at}.wav"
        sound = np.resize(sentence, SECTION_SECONDS * 48_000)
        soundfile.write(path, (sound * (0.1 + 0.15 * (at % 6))).astype(np.int16), 48_000, subtype="PCM_16")
        parts.append(Part(path, PAUSE_MS))
    return parts


if __name__ == "__main__":
    main()
