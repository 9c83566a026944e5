from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from jobs.tools.audio import ffmpeg
from jobs.tools.speech import alignment, espeak, flite, speaking, timing, voices
from jobs.tools.speech.voice import Event, SpeechConfig, SpeechRefused, UnknownVoice
from jobs.tools.text.spoken import normalise

from .conftest import TEXT, Recording

pytestmark = pytest.mark.ffmpeg
CONFIG = SpeechConfig()
needs_flite = pytest.mark.skipif(not flite.is_ready(), reason="this ffmpeg has no flite")


def check(speech: speaking.Speech, text: str) -> None:
    """A section as the studio keeps it: format, no silence around it, words in order and inside."""
    info = soundfile.info(speech.path)
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (48_000, 1, "PCM_16", speech.frames)
    seconds = speech.frames / 48_000
    assert [word.text for word in speech.words] == list(normalise(text).written)
    assert all(word.start <= word.end <= seconds for word in speech.words)
    starts = [word.start for word in speech.words]
    assert starts == sorted(starts)
    assert starts[0] < 0.2
    assert speech.words[-1].end > seconds - 0.4
    samples, _ = soundfile.read(speech.path, dtype="int16")
    assert np.abs(samples[: round(0.06 * 48_000)]).max() > 50
    assert 120 < len(normalise(text).tokens) / seconds * 60 < 260


@pytest.mark.parametrize("service", ["espeak", pytest.param("flite", marks=needs_flite)])
def test_the_voices_of_this_machine_speak(service: str, tmp_path: Path) -> None:
    speech = speaking.speak(TEXT, voices.resolve(service, "", TEXT, CONFIG), 1.0, tmp_path / "out.wav", CONFIG)
    check(speech, TEXT)
    assert speech.timing == ("events" if service == "espeak" else "aligned")
    assert list(tmp_path.iterdir()) == [tmp_path / "out.wav"]


@needs_flite
def test_flite_speaks_at_another_speed(tmp_path: Path) -> None:
    lengths = {}
    for voice in flite.voices(CONFIG)[:2]:
        for speed in (1.0, 1.5):
            lengths[speed] = speaking.speak("How are you today?", voice, speed, tmp_path / "a.wav", CONFIG).frames
        assert lengths[1.5] == pytest.approx(lengths[1.0] / 1.5, rel=0.12)


def test_espeak_speaks_every_language_it_offers(tmp_path: Path) -> None:
    for voice in espeak.voices(CONFIG)[::9]:
        assert speaking.speak("Radio 1", voice, 1.0, tmp_path / "a.wav", CONFIG).frames > 10_000


def test_the_machines_own_espeak_steps_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if espeak.program() is None:
        pytest.skip("espeak-ng is not installed")
    monkeypatch.setattr(espeak, "library", lambda: None)
    speech = speaking.speak(TEXT, voices.resolve("espeak", "", TEXT, CONFIG), 1.0, tmp_path / "out.wav", CONFIG)
    check(speech, TEXT)
    assert speech.timing == "aligned"


def test_espeak_works_from_a_very_long_path(tmp_path: Path) -> None:
    found = espeak.library()
    if found is None:
        pytest.skip("espeakng-loader does not load here")
    long = tmp_path / ("a" * 120) / ("b" * 120)
    long.parent.mkdir()
    long.symlink_to(found[1])
    order: dict[str, object] = {"library": found[0], "data": str(long), "voice": "en", "rate": 160, "text": "Hello"}
    assert espeak._run_library({**order, "out": str(tmp_path / "out.wav")}, lambda: None)


def test_auto_takes_flite_for_english_and_espeak_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flite, "is_ready", lambda: True)
    assert voices.resolve("auto", "", TEXT, CONFIG).service == "flite"
    german = voices.resolve("auto", "", "Das ist nicht der Hund, sondern die Katze.", CONFIG)
    assert (german.service, german.id) == ("espeak", "de")
    monkeypatch.setattr(flite, "is_ready", lambda: False)
    assert voices.resolve("auto", "", TEXT, CONFIG).service == "espeak"


@pytest.mark.parametrize(("service", "voice"), [("espeak", "xx"), ("edge", "slt"), ("none", ""), ("flite", "../a")])
def test_an_unknown_voice_is_named(service: str, voice: str) -> None:
    with pytest.raises(UnknownVoice, match=r"Choose one") as refusal:
        voices.resolve(service, voice, TEXT, CONFIG)
    assert (voice or service) in str(refusal.value)


def test_every_listed_voice_can_be_chosen_and_says_why_it_is_not_ready() -> None:
    for voice in voices.list_voices(CONFIG):
        assert voices.resolve(voice.service, voice.id, "", CONFIG) == voice
        assert voice.ready != bool(voice.reason)
    assert voices.any_ready()


@pytest.mark.parametrize(
    ("text", "speed", "said"), [("---", 1.0, "nothing"), ("Hello", 3.0, "speed"), ("Hello", 0.1, "speed")]
)
def test_what_cannot_be_spoken_is_refused(text: str, speed: float, said: str, tmp_path: Path) -> None:
    with pytest.raises(SpeechRefused, match=said):
        speaking.speak(text, voices.resolve("espeak", "", text, CONFIG), speed, tmp_path / "out.wav", CONFIG)


def test_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    class Stopped(BaseException):
        pass

    def should_stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        speaking.speak(
            f"{TEXT} " * 30, voices.resolve("espeak", "", TEXT, CONFIG), 1.0, tmp_path / "o.wav", CONFIG, should_stop
        )
    assert list(tmp_path.iterdir()) == []


def test_the_key_follows_everything_that_is_heard_or_shown() -> None:
    voice = voices.resolve("espeak", "en", TEXT, CONFIG)
    key = voices.speech_key(TEXT, voice, 1.0)
    assert key == voices.speech_key(TEXT.replace("**", "_"), voice, 1.0)
    assert len(key) == 64
    other = voices.resolve("espeak", "en-us", TEXT, CONFIG)
    changed = {
        voices.speech_key(TEXT, voice, 1.1),
        voices.speech_key(TEXT, other, 1.0),
        voices.speech_key(TEXT.replace("fox", "ox"), voice, 1.0),
        voices.speech_key(TEXT.replace("2024", "twenty twenty four"), voice, 1.0),
    }
    assert len(changed | {key}) == 5


def test_aligned_words_lie_where_espeak_says_they_are(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    path.write_bytes(recording.wav)
    found = speaking.words_in(path, TEXT)
    errors = [abs(word.start - known.start) for word, known in zip(found, recording.words, strict=True)]
    assert sum(errors) / len(errors) < 0.05


def test_without_the_aligner_words_are_estimated_well(
    recording: Recording, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(alignment, "is_available", lambda: False)
    path = tmp_path / "recording.wav"
    path.write_bytes(recording.wav)
    found = speaking.words_in(path, TEXT)
    errors = [abs(word.start - known.start) for word, known in zip(found, recording.words, strict=True)]
    assert sum(errors) / len(errors) < 0.3


def test_a_recording_that_does_not_fit_its_text_has_words_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "noise.wav"
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 48_000), 48_000, subtype="PCM_16")
    found = speaking.words_in(path, TEXT)
    assert [word.text for word in found] == list(normalise(TEXT).written)
    assert found[-1].end <= 1.0
    assert speaking.words_in(path, "---") == ()


def test_silence_has_no_pauses_to_anchor_on() -> None:
    quiet = timing.quiet_of(np.zeros(48_000, np.int16), 48_000)
    assert (quiet.pauses, quiet.begin, quiet.end) == ((), 0.0, 1.0)
    assert timing.quiet_of(np.zeros(10, np.int16), 48_000).pauses == ()


def test_pauses_are_found() -> None:
    tone = (8000 * np.sin(np.arange(24_000) * 0.1)).astype(np.int16)
    quiet = timing.quiet_of(np.concatenate([tone * 0, tone, tone * 0, tone]), 48_000)
    assert quiet.begin == pytest.approx(0.5, abs=0.02)
    (pause,) = quiet.pauses
    assert pause == pytest.approx((1.0, 1.5), abs=0.02)


def test_words_of_events_cover_what_was_not_told() -> None:
    spoken = normalise("One of the boats sank.")
    events = [Event(0, 3, 0.0), Event(4, 10, 0.4), Event(16, 20, 1.4, 1.8)]
    quiet = timing.Quiet((), 0.0, 2.0)
    spans = timing.of_events(spoken, events, quiet)
    assert spans is not None
    words = timing.words(spoken, spans, 2.0)
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert words[0].end == 0.4
    assert words[4].start == 1.4
    assert timing.of_events(spoken, events[:1], quiet) is None


def test_ffmpeg_is_on_this_machine() -> None:
    assert ffmpeg.is_available()
