"""A narration from its sections: merged, brought to loudness, encoded and captioned.

Sections are levelled against each other first, so that voices of different loudness sit together; then one gain and a
true-peak limiter bring the whole to −16 LUFS. The limiter costs a little loudness, so the gain is found by trying.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

from jobs.tools.audio import captions, encode, ffmpeg, loudness, merge
from jobs.tools.audio.loudness import Limiter, Meter, Samples
from jobs.tools.audio.merge import Part, Place
from jobs.tools.audio.peaks import waveform
from jobs.tools.process import nothing
from jobs.tools.speech.timing import WordTime

# Below the promised peak: encoders and 16-bit rounding add a little.
CEILING_DBTP = loudness.PEAK_DBTP - 0.4
TOLERANCE_LU = 0.1
TRIES = 6
LARGEST_GAIN_DB = 40.0
# A WAV file holds no more than 4 GB.
MOST_FRAMES = 2**31 - 1024


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
    folder.mkdir(parents=True, exist_ok=True)
    if not parts:
        raise ValueError("A narration needs at least one section.")
    places = merge.plan([ffmpeg.frames_of(part.path) for part in parts], [part.pause_ms for part in parts])
    if merge.total_frames(places) > MOST_FRAMES:
        raise ffmpeg.BadSound("The narration is longer than 12 hours. Divide the script.")
    on_progress("levelling the sections")
    gains = [_level_gain(part, should_stop) for part in parts]

    def levelled() -> Iterator[Samples]:
        return _stoppable(merge.stream(parts, places, gains), should_stop)

    wav = folder / "narration.wav"
    measured = _to_loudness(levelled, wav, should_stop, on_progress)
    on_progress("encoding")
    mp3 = folder / "narration.mp3"
    encode.mp3(wav, mp3, should_stop=should_stop)
    sections = [shifted(part.words, place) for part, place in zip(parts, places, strict=True)]
    shown = captions.cues(sections, [(place.start + place.frames) / loudness.RATE for place in places])
    files = {
        "narration.srt": captions.srt(shown),
        "narration.vtt": captions.vtt(shown),
        "words.json": captions.words_json(sections),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Master(
        wav=wav,
        mp3=mp3,
        srt=folder / "narration.srt",
        vtt=folder / "narration.vtt",
        words=folder / "words.json",
        frames=merge.total_frames(places),
        seconds=merge.total_frames(places) / loudness.RATE,
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
    """The gain that brings a section to the target by itself; what is too short or silent to measure stays as it is."""
    should_stop()
    measured = loudness.loudness_of(merge.read(part.path))
    if measured <= loudness.SILENT_LUFS:
        return 1.0
    return loudness.amplitude(min(loudness.TARGET_LUFS - measured, LARGEST_GAIN_DB))


def _to_loudness(
    levelled: Callable[[], Iterator[Samples]],
    wav: Path,
    should_stop: Callable[[], None],
    on_progress: Callable[[str], None],
) -> loudness.Measured:
    """Write the limited narration with the gain that reaches the target, and measure what was written."""
    on_progress("measuring")
    meter = Meter()
    peaks = loudness.envelope(_metered(levelled(), meter))
    gain_db, ceiling_db = 0.0, CEILING_DBTP
    measured = loudness.Measured(meter.lufs(), loudness.SILENT_LUFS)
    for number in range(1, TRIES + 1):
        if measured.lufs > loudness.SILENT_LUFS:
            gain_db = min(gain_db + loudness.TARGET_LUFS - measured.lufs, LARGEST_GAIN_DB)
        on_progress(f"mastering, pass {number}")
        meter = Meter()
        limited = Limiter(peaks, loudness.amplitude(gain_db), ceiling_db).run(levelled())
        with soundfile.SoundFile(wav, "w", loudness.RATE, 1, "PCM_16", format="WAV") as file:
            for block in _metered(limited, meter):
                file.write(block)
        measured = loudness.Measured(meter.lufs(), measured.true_peak)
        if measured.lufs > loudness.SILENT_LUFS and abs(measured.lufs - loudness.TARGET_LUFS) > TOLERANCE_LU:
            continue
        measured = loudness.measure(_stoppable(merge.read(wav), should_stop))
        if measured.true_peak <= loudness.PEAK_DBTP:
            return measured
        # The gain moves within a grain, which the envelope does not see.
        ceiling_db -= measured.true_peak - loudness.PEAK_DBTP + 0.1
    # The sound lets no gain reach the target, such as a few clicks in silence: its peak is kept all the same.
    return loudness.measure(_stoppable(merge.read(wav), should_stop))


def _metered(blocks: Iterator[Samples], meter: Meter) -> Iterator[Samples]:
    for block in blocks:
        meter.add(block)
        yield block


def _stoppable(blocks: Iterator[Samples], should_stop: Callable[[], None]) -> Iterator[Samples]:
    for block in blocks:
        should_stop()
        yield block
