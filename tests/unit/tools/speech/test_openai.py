from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import soundfile

from jobs.tools.speech import speaking, voices
from jobs.tools.speech.voice import SpeechConfig, SpeechRefused, SpeechUnavailable, UnknownVoice
from tests.fakes.speech_openai import Answer, SpeechServer, speech_server

from .conftest import TEXT, Recording

pytestmark = pytest.mark.ffmpeg
KEY = "sk-test-0123456789abcdef"


def speak(server: SpeechServer, out: Path, text: str = TEXT, *, patience: float = 1.0) -> speaking.Speech:
    config = SpeechConfig(openai_base_url=server.url, openai_key=KEY, patience=patience, timeout=5)
    return speaking.speak(text, voices.resolve("openai", "nova", text, config), 1.25, out, config)


def test_it_is_asked_for_what_is_said_and_gives_words_with_their_times(recording: Recording, out: Path) -> None:
    with speech_server(Answer(body=recording.wav)) as server:
        speech = speak(server, out)
    (asked,) = server.asked
    assert asked["path"] == "/v1/audio/speech"
    assert (
        asked["input"]
        == "The quick fox made three point five million dollars in twenty twenty four, and nobody noticed."
    )
    assert (asked["voice"], asked["speed"], asked["model"]) == ("nova", 1.25, "tts-1")
    assert server.keys == [f"Bearer {KEY}"]
    assert speech.timing == "aligned"
    assert [word.text for word in speech.words] == [word.text for word in recording.words]
    assert soundfile.info(out).frames == speech.frames


def streamed(wav: bytes) -> bytes:
    return wav[:4] + b"\xff" * 4 + wav[8:40] + b"\xff" * 4 + wav[44:]


def test_any_kind_of_sound_is_taken(recording: Recording, tmp_path: Path) -> None:
    bodies = {"mp3": recording.mp3, "wav": recording.wav, "streamed": streamed(recording.wav)}
    for name, body in bodies.items():
        with speech_server(Answer(body=body, chunked=name == "streamed")) as server:
            speech = speak(server, tmp_path / f"{name}.wav")
        assert speech.frames / 48_000 == pytest.approx(recording.seconds, abs=0.1)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer.error(401, f"Incorrect API key provided: {KEY}"), "did not accept the key"),
        (Answer.error(402, "pay"), "payment"),
        (Answer.error(404, "no such model"), "another voice"),
        (Answer.error(422, f"voice is odd, {KEY}"), "voice is odd, …"),
        (Answer(422, b'{"detail": [{"msg": "Field required"}]}'), "Field required"),
        (Answer(400, b"<html>sorry</html>"), "status 400"),
        (Answer.error(429, "You exceeded your quota", "insufficient_quota"), "no credit"),
    ],
)  # fmt: skip
def test_what_will_not_pass_is_refused_at_once_and_without_the_key(answer: Answer, said: str, out: Path) -> None:
    with speech_server(answer) as server, pytest.raises(SpeechRefused) as refusal:
        speak(server, out)
    assert said in str(refusal.value)
    assert KEY not in str(refusal.value)
    assert len(server.asked) == 1
    assert not out.exists()


def test_a_busy_service_is_asked_again_when_it_said(recording: Recording, out: Path) -> None:
    busy = Answer.error(429, "slow down", Retry_After="0.3")
    with speech_server(busy, Answer.error(500, "oops", Retry_After="0"), Answer(body=recording.wav)) as server:
        started = time.monotonic()
        assert speak(server, out).frames
    assert time.monotonic() - started >= 0.3
    assert len(server.asked) == 3


def test_a_service_that_is_busy_for_long_is_left_alone(out: Path) -> None:
    for value in ("3600", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)):
        with (
            speech_server(Answer.error(429, "slow down", Retry_After=value)) as server,
            pytest.raises(SpeechUnavailable, match="too often") as failure,
        ):
            speak(server, out)
        assert len(server.asked) == 1
        assert failure.value.retry_after == pytest.approx(3600, abs=5)


def test_a_service_that_stays_broken_is_a_passing_fault(out: Path) -> None:
    with speech_server(Answer.error(503, "down")) as server, pytest.raises(SpeechUnavailable, match="503"):
        speak(server, out, patience=0.1)
    assert len(server.asked) == 3


def test_a_stop_is_heard_while_waiting(out: Path) -> None:
    class Stopped(BaseException):
        pass

    def should_stop() -> None:
        if server.asked:
            raise Stopped

    with speech_server(Answer.error(429, "slow down", Retry_After="10")) as server:
        config = SpeechConfig(openai_base_url=server.url)
        with pytest.raises(Stopped):
            speaking.speak("Hello you", voices.resolve("openai", "nova", "", config), 1, out, config, should_stop)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_broke_off_is_a_passing_fault(recording: Recording, out: Path, chunked: bool) -> None:
    with (
        speech_server(Answer(body=recording.wav, chunked=chunked, cut=True)) as server,
        pytest.raises(SpeechUnavailable, match="broke off"),
    ):
        speak(server, out)
    assert not out.exists()
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "said"), [(b"", "no sound"), (b"{}", "no sound"), (b"#EXTM3U\nhttp://127.0.0.1/", "no sound")]
)
def test_what_is_no_sound_is_a_passing_fault(body: bytes, said: str, out: Path) -> None:
    with speech_server(Answer(body=body)) as server, pytest.raises(SpeechUnavailable, match=said):
        speak(server, out)


def test_sound_that_is_too_short_for_its_text_is_not_taken(recording: Recording, out: Path) -> None:
    part = recording.mp3[: len(recording.mp3) // 8]
    with speech_server(Answer(body=part)) as server, pytest.raises(SpeechUnavailable, match="only a part"):
        speak(server, out)


def test_nobody_at_the_address_is_a_passing_fault(out: Path) -> None:
    with speech_server(Answer()) as server:
        pass
    with pytest.raises(SpeechUnavailable, match="cannot be reached"):
        speak(server, out)


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/v1"])
def test_a_wrong_address_is_refused(url: str, out: Path) -> None:
    with pytest.raises(SpeechRefused, match="not a web address"):
        speak(SpeechServer(url), out)


def test_long_texts_are_sent_in_pieces(recording: Recording, out: Path) -> None:
    text = f"{TEXT} " * 90
    with speech_server(Answer(body=recording.wav)) as server, pytest.raises(SpeechUnavailable, match="only a part"):
        speak(server, out, text)
    assert len(server.asked[0]["input"]) <= 4000
    assert server.asked[0]["input"].endswith("noticed.")


def test_only_a_server_of_ones_own_may_have_other_voices_and_no_key() -> None:
    own, public = SpeechConfig(openai_base_url="http://127.0.0.1:8880/v1"), SpeechConfig()
    assert voices.resolve("openai", "af_bella+af_sky", "", own).ready
    with pytest.raises(UnknownVoice, match="af_bella"):
        voices.resolve("openai", "af_bella", "", public)
    assert voices.resolve("openai", "nova", "", public).reason
    with pytest.raises(SpeechRefused, match="key"):
        speaking.speak("Hi", voices.resolve("openai", "nova", "", public), 1, Path("never.wav"), public)
    assert KEY not in repr(SpeechConfig(openai_key=KEY))
