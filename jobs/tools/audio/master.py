"""A narration from its sections: merged, brought to loudness, encoded and captioned.

Sections are levelled against each other first, so that voices of different loudness sit together; then one gain and a
true-peak limiter bring the whole to −16 LUFS. The limiter costs a little loudness, so the gain is found by trying.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from jobs.tools.audio import captions, ffmpeg, loudness, merge
from jobs.tools.audio.loudness import Limiter, Samples
from jobs.tools.audio.merge import Part, Place
from jobs.tools.process import nothing
from jobs.tools.speech.timing import WordTime

MP3_RATE = "160k"
# Below the promised peak: encoders and 16-bit rounding add a little.
CEILING_DBTP = loudness.PEAK_DBTP - 0.4
TOLERANCE_LU = 0.1
TRIES = 5
LARGEST_GAIN_DB = 40.0
PEAK_COUNT = 800


@dataclass(frozen=True, slots=True)
class Master:
    """The finished files and what they measure. `peaks`: 0 to 1, for drawing the waveform."""

    wav: Path
    mp3: Path
    srt: Path
    vtt: Path
    words: Path
    frames: int
    seconds: float
    lufs: float
    true_peak: float
    peaks: list[float]
    places: list[Place]


def master(
    parts: Sequence[Part],
    folder: Path,
    *,
    should_stop: Callable[[], None] = nothing,
    on_progress: Callable[[str], None] = lambda note: None,
) -> Master:
    """Make the narration in `folder`. Raises BadSound for a part that is no section's sound, ValueError for none."""
    if not parts:
        raise ValueError("A narration needs at least one section.")
    places = merge.plan([ffmpeg.frames_of(part.path) for part in parts], [part.pause_ms for part in parts])
    on_progress("levelling the sections")
    gains = [_level_gain(part, should_stop) for part in parts]

    def levelled() -> Iterator[Samples]:
        for block in merge.stream(parts, places, gains):
            should_stop()
            yield block

    wav = folder / "narration.wav"
    measured = _to_loudness(levelled, wav, on_progress)
    on_progress("encoding")
    mp3 = folder / "narration.mp3"
    ffmpeg.call(
        [
            *ffmpeg.source(wav),
            *("-map_metadata", "-1", "-c:a", "libmp3lame", "-b:a", MP3_RATE, "-write_xing", "1", "-f", "mp3"),
            *("-y", f"file:{mp3.absolute()}"),
        ],
        should_stop=should_stop,
    )
    sections = [shifted(part.words, place) for part, place in zip(parts, places, strict=True)]
    shown = captions.cues(sections)
    files = {
        "narration.srt": captions.srt(shown),
        "narration.vtt": captions.vtt(shown),
        "words.json": captions.words_json(sections),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    frames = merge.total_frames(places)
    return Master(
        wav=wav,
        mp3=mp3,
        srt=folder / "narration.srt",
        vtt=folder / "narration.vtt",
        words=folder / "words.json",
        frames=frames,
        seconds=frames / loudness.RATE,
        lufs=measured.lufs,
        true_peak=measured.true_peak,
        peaks=waveform(wav),
        places=places,
    )


def shifted(words: Sequence[WordTime], place: Place) -> list[WordTime]:
    """A section's words at their times in the narration, in order and inside the section."""
    begin, length = place.start / loudness.RATE, place.frames / loudness.RATE
    result: list[WordTime] = []
    earliest = 0.0
    for word in words:
        start = min(max(word.start, earliest), length)
        end = min(max(word.end, start), length)
        earliest = start
        result.append(WordTime(word.text, begin + start, begin + end))
    return result


def _level_gain(part: Part, should_stop: Callable[[], None]) -> float:
    """The gain that brings a section to the target by itself; sections too short or silent to measure stay as they are."""
    should_stop()
    measured = loudness.loudness_of(merge.read(part.path))
    if measured <= loudness.SILENT_LUFS:
        return 1.0
    return loudness.amplitude(min(loudness.TARGET_LUFS - measured, LARGEST_GAIN_DB))


def _to_loudness(
    levelled: Callable[[], Iterator[Samples]], wav: Path, on_progress: Callable[[str], None]
) -> loudness.Measured:
    """Write the limited narration with the gain that reaches the target, and measure what was written."""
    gain_db = 0.0
    for number in range(1, TRIES + 1):
        on_progress(f"mastering, pass {number}")
        gain = np.float32(loudness.amplitude(gain_db))
        with soundfile.SoundFile(wav, "w", loudness.RATE, 1, "PCM_16", format="WAV") as file:
            for block in Limiter(CEILING_DBTP).run(block * gain for block in levelled()):
                file.write(block)
        measured = loudness.measure(merge.read(wav))
        off = loudness.TARGET_LUFS - measured.lufs
        if measured.lufs <= loudness.SILENT_LUFS or abs(off) <= TOLERANCE_LU:
            break
        gain_db += off
    return measured


def waveform(wav: Path, count: int = PEAK_COUNT) -> list[float]:
    """The highest absolute sample of each of `count` equal stretches, rounded to three places."""
    frames = ffmpeg.frames_of(wav)
    stretch = max(frames // count, 1)
    peaks: list[float] = []
    with soundfile.SoundFile(wav) as file:
        while len(peaks) < count and len(block := file.read(stretch, dtype="float32")):
            peaks.append(round(float(np.abs(block).max()), 3))
    return peaks
