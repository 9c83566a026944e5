from __future__ import annotations

import json
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from jobs.tools.audio import ffmpeg, loudness, merge
from jobs.tools.audio.master import Master, master
from jobs.tools.audio.merge import Part
from jobs.tools.audio.peaks import waveform
from jobs.tools.speech import speaking, voices
from jobs.tools.speech.timing import WordTime
from jobs.tools.speech.voice import SpeechConfig

from .conftest import MakeTone

pytestmark = pytest.mark.ffmpeg
CONFIG = SpeechConfig()
TEXTS = ("The deep sea is the largest living space on Earth.", "Yet we have seen less than one percent of it!", "Why?")


def ebur128(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg measures them."""
    lines: list[str] = []
    arguments = [*ffmpeg.source(path), "-filter_complex", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    ffmpeg.call(["-loglevel", "info", *arguments], on_line=lines.append)
    told = "\n".join(lines)
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1]), float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", told)[-1])


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> list[Part]:
    """Three sections of very different loudness."""
    folder = tmp_path_factory.mktemp("spoken")
    parts = []
    for at, (text, gain) in enumerate(zip(TEXTS, (0.05, 1.0, 0.3), strict=True)):
        path = folder / f"{at}.wav"
        speech = speaking.speak(text, voices.resolve("auto", "", text, CONFIG), 1.0, path, CONFIG)
        samples, _ = soundfile.read(path)
        soundfile.write(path, samples * gain, 48_000, subtype="PCM_16")
        parts.append(Part(path, 600 + at, speech.words))
    return parts


@pytest.fixture(scope="module")
def made(spoken: list[Part], tmp_path_factory: pytest.TempPathFactory) -> Master:
    return master(spoken, tmp_path_factory.mktemp("made"))


def test_a_narration_has_the_promised_loudness_and_peak(made: Master) -> None:
    lufs, peak = ebur128(made.wav)
    assert lufs == pytest.approx(-16, abs=0.3)
    assert peak <= -1.5
    assert made.lufs == pytest.approx(lufs, abs=0.1)
    assert made.true_peak == pytest.approx(peak, abs=0.15)


def test_sections_are_brought_to_one_loudness(made: Master) -> None:
    samples, _ = soundfile.read(made.wav, dtype="float32")
    levels = [loudness.loudness_of([samples[place.start :][: place.frames]]) for place in made.places[:2]]
    assert levels[0] == pytest.approx(levels[1], abs=1.5)


def test_frames_are_as_planned_and_pauses_are_silent(made: Master, spoken: list[Part]) -> None:
    lengths = [soundfile.info(part.path).frames for part in spoken]
    info = soundfile.info(made.wav)
    assert info.frames == made.frames == sum(lengths) + 48 * (600 + 601)
    assert (info.samplerate, info.channels, info.subtype) == (48_000, 1, "PCM_16")
    assert made.seconds == made.frames / 48_000
    samples, _ = soundfile.read(made.wav, dtype="int16")
    for place in made.places:
        assert not samples[place.start + place.frames :][: place.pause].any()


def test_the_mp3_is_as_long_as_the_wav(made: Master, tmp_path: Path) -> None:
    assert b"Xing" in made.mp3.read_bytes()[:4096] or b"Info" in made.mp3.read_bytes()[:4096]
    assert ffmpeg.decode(made.mp3, tmp_path / "back.wav") == pytest.approx(made.frames, abs=48)
    back, _ = soundfile.read(tmp_path / "back.wav", dtype="float32")
    wav, _ = soundfile.read(made.wav, dtype="float32")
    size = min(len(back), len(wav))
    assert np.corrcoef(back[:size], wav[:size])[0, 1] > 0.98


def test_captions_and_words_lie_in_their_sections(made: Master) -> None:
    listed = json.loads(made.words.read_text())["sections"]
    for place, section, text in zip(made.places, listed, TEXTS, strict=True):
        assert [word["text"] for word in section["words"]] == text.split()
        begin, end = place.start / 48_000, (place.start + place.frames) / 48_000
        assert all(begin - 0.001 <= word["start"] <= word["end"] <= end + 0.001 for word in section["words"])
    assert made.srt.read_text().startswith("1\n00:00:00,")
    assert made.vtt.read_text().startswith("WEBVTT\n")


def test_the_outline_shows_sound_and_pauses(made: Master) -> None:
    assert len(made.peaks) == 800
    assert 0.3 < max(made.peaks) <= 1.0
    assert min(made.peaks) == 0.0


def test_the_outline_of_a_tiny_sound(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([0.5, -0.25, 0.0]), 48_000, subtype="PCM_16")
    assert waveform(tmp_path / "a.wav") == [0.5, 0.25, 0.0]


def test_silence_stays_silence(tone: MakeTone, tmp_path: Path) -> None:
    done = master([Part(tone(amplitude=0.0), 0)], tmp_path)
    assert done.lufs == loudness.SILENT_LUFS
    assert not soundfile.read(done.wav)[0].any()


def test_clicks_that_no_gain_makes_loud_keep_their_peak(tmp_path: Path) -> None:
    samples = np.zeros(96_000)
    samples[::24_000] = 0.9
    soundfile.write(tmp_path / "clicks.wav", samples, 48_000, subtype="PCM_16")
    assert master([Part(tmp_path / "clicks.wav", 0)], tmp_path).true_peak <= -1.5


def test_words_outside_their_section_are_brought_in(tone: MakeTone, tmp_path: Path) -> None:
    words = [WordTime("a", 0.5, 0.2), WordTime("b", 0.1, 9.0)]
    done = master([Part(tone(), 0, words)], tmp_path)
    (section,) = json.loads(done.words.read_text())["sections"]
    assert section["words"] == [{"text": "a", "start": 0.5, "end": 0.5}, {"text": "b", "start": 0.5, "end": 1.0}]


def test_what_is_no_section_is_refused(tone: MakeTone, tmp_path: Path) -> None:
    with pytest.raises(ffmpeg.BadSound, match="mono"):
        master([Part(tone(rate=44_100), 0)], tmp_path)
    with pytest.raises(ValueError, match="at least one"):
        master([], tmp_path)


def test_a_stop_is_heard(tone: MakeTone, tmp_path: Path) -> None:
    class Stopped(BaseException):
        pass

    calls = 0

    def should_stop() -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Stopped

    with pytest.raises(Stopped):
        master([Part(tone(), 0)], tmp_path, should_stop=should_stop)


@pytest.mark.parametrize(("hertz", "rate"), [(997, 48_000), (100, 48_000), (12_000, 48_000)])
def test_loudness_and_peak_agree_with_ffmpeg(tone: MakeTone, hertz: float, rate: int) -> None:
    sound = tone(seconds=3, hertz=hertz + 0.3, rate=rate, amplitude=0.4)
    measured = loudness.measure(merge.read(sound))
    lufs, peak = ebur128(sound)
    assert measured.lufs == pytest.approx(lufs, abs=0.1)
    assert measured.true_peak == pytest.approx(peak, abs=0.2)


def test_peaks_between_samples_are_seen() -> None:
    # A quarter of the sampling rate, sampled 45° beside its crests: the samples reach only 0.707.
    sound = np.sin(np.pi / 2 * np.arange(48_000) + np.pi / 4).astype(np.float32)
    assert loudness.decibels(float(np.abs(sound).max())) == pytest.approx(-3.01, abs=0.01)
    assert loudness.true_peak_of([sound[1000:-1000]]) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("size", [1, 7, 24, 4800, 48_000])
def test_blocks_of_any_size_measure_and_limit_alike(size: int) -> None:
    sound = np.random.default_rng(2).normal(0, 0.3, 2000 if size == 1 else 40_000).astype(np.float32)
    blocks = [sound[at : at + size] for at in range(0, len(sound), size)]
    whole, cut = loudness.measure([sound]), loudness.measure(blocks)
    assert cut.lufs == pytest.approx(whole.lufs, abs=1e-6)
    assert cut.true_peak == pytest.approx(whole.true_peak, abs=1e-3)
    peaks = loudness.envelope(blocks)
    assert peaks == pytest.approx(loudness.envelope([sound]), abs=1e-4)
    limited = np.concatenate(list(loudness.Limiter(peaks, 2.0, -3.0).run(blocks)))
    once = np.concatenate(list(loudness.Limiter(peaks, 2.0, -3.0).run([sound])))
    assert limited == pytest.approx(once, abs=1e-5)
    assert loudness.true_peak_of([limited]) <= -2.7


def test_the_limiter_leaves_quiet_sound_and_silence_alone() -> None:
    sound = np.concatenate([np.zeros(30_000), 0.1 * np.sin(np.arange(30_000) * 0.05), np.zeros(30_000)]).astype(
        np.float32
    )
    sound[70_000] = 1.0
    (limited,) = loudness.Limiter(loudness.envelope([sound]), 1.0, -1.5).run([sound])
    assert len(limited) == len(sound)
    assert limited[:60_000] == pytest.approx(sound[:60_000], abs=1e-6)
    assert not limited[60_001:70_000].any()
    assert abs(limited[70_000]) <= 0.85


def test_a_long_narration_is_never_held_as_a_whole(tone: MakeTone, tmp_path: Path) -> None:
    part = Part(tone(seconds=15), 0)
    places = merge.plan([15 * 48_000] * 10, [0] * 10)
    tracemalloc.start()
    peaks = loudness.envelope(merge.stream([part] * 10, places, [1.0] * 10))
    for _ in loudness.Limiter(peaks, 4.0, -1.9).run(merge.stream([part] * 10, places, [1.0] * 10)):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 15_000_000  # 150 seconds as floats are 29 MB
