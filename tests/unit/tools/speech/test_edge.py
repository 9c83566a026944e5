from __future__ import annotations

from pathlib import Path

import pytest
from edge_tts.drm import DRM

from jobs.tools.speech import speaking, voices
from jobs.tools.speech.voice import SpeechConfig, SpeechRefused, SpeechUnavailable
from tests.fakes.speech_edge import EdgeServer, edge_server, text_of
from tests.servers import free_port

from .conftest import TEXT, Recording

pytestmark = pytest.mark.ffmpeg
SPOKEN = "The quick fox made three point five million dollars in twenty twenty four, and nobody noticed."


@pytest.fixture(autouse=True)
def _right_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the skew that a test makes the library learn."""
    monkeypatch.setattr(DRM, "clock_skew_seconds", 0.0)


def speak(server: EdgeServer, out: Path, text: str = TEXT, *, timeout: float = 5) -> speaking.Speech:
    config = SpeechConfig(edge_url=server.url, timeout=timeout)
    return speaking.speak(text, voices.resolve("edge", "en-GB-RyanNeural", text, config), 1.1, out, config)


def boundaries(recording: Recording) -> list[tuple[str, float, float]]:
    """Every spoken word at an even pace."""
    heard = SPOKEN.replace(",", "").replace(".", "").split()
    step = recording.seconds / len(heard)
    return [(word, at * step, (at + 0.9) * step) for at, word in enumerate(heard)]


def test_its_word_boundaries_become_the_written_words(recording: Recording, out: Path) -> None:
    told = boundaries(recording)
    with edge_server(sound=recording.mp3, boundaries=told) as server:
        speech = speak(server, out)
    assert text_of(server.asked[0]) == SPOKEN
    assert "en-GB, RyanNeural" in server.asked[0]
    assert "rate='+10%'" in server.asked[0]
    assert speech.timing == "events"
    assert speech.frames / 48_000 == pytest.approx(recording.seconds, abs=0.15)
    starts = {word.text: word.start for word in speech.words}
    step = recording.seconds / len(told)
    for word, position in {"The": 0, "fox": 2, "$3.5": 4, "million": 7, "2024,": 10, "noticed.": 15}.items():
        assert starts[word] == pytest.approx(position * step, abs=0.08)


def test_without_boundaries_the_words_are_found_in_the_sound(recording: Recording, out: Path) -> None:
    with edge_server(sound=recording.mp3) as server:
        assert speak(server, out).timing == "aligned"


def test_a_wrong_clock_is_set_by_the_service_and_it_is_asked_once_more(recording: Recording, out: Path) -> None:
    with edge_server(sound=recording.mp3, statuses=[403], skew=-7200) as server:
        assert speak(server, out).frames
    assert len(server.tokens) == 2
    assert server.tokens[0] != server.tokens[1]


@pytest.mark.parametrize("statuses", [[503], [429], [403, 403]])
def test_a_service_that_will_not_serve_now_is_a_passing_fault(statuses: list[int], out: Path) -> None:
    with edge_server(statuses=statuses) as server, pytest.raises(SpeechUnavailable, match=str(statuses[0])):
        speak(server, out)
    assert not out.exists()


def test_a_protocol_that_changed_is_refused(out: Path) -> None:
    with edge_server(statuses=[404]) as server, pytest.raises(SpeechRefused, match="changed"):
        speak(server, out)


@pytest.mark.parametrize("fault", ["cut", "rubbish"])
def test_an_answer_that_broke_off_is_a_passing_fault(recording: Recording, out: Path, fault: str) -> None:
    with (
        edge_server(sound=recording.mp3, boundaries=boundaries(recording), fault=fault) as server,
        pytest.raises(SpeechUnavailable, match="broke off"),
    ):
        speak(server, out)
    assert list(out.parent.iterdir()) == []


def test_a_service_out_of_reach_is_a_passing_fault_with_a_way_out(out: Path) -> None:
    config = SpeechConfig(edge_url=f"ws://127.0.0.1:{free_port()}/", timeout=5)
    with pytest.raises(SpeechUnavailable, match="cannot be reached") as failure:
        speaking.speak(TEXT, voices.resolve("edge", "en-GB-RyanNeural", TEXT, config), 1.0, out, config)
    assert failure.value.told.endswith("Retry in a while, or choose another voice.")


def test_an_answer_without_sound_is_refused(out: Path) -> None:
    with edge_server(fault="silence") as server, pytest.raises(SpeechRefused, match="another voice"):
        speak(server, out)


def test_a_service_that_says_nothing_is_a_passing_fault(out: Path) -> None:
    with edge_server(hang=True) as server, pytest.raises(SpeechUnavailable, match="in time"):
        speak(server, out, timeout=0.5)


def test_a_stop_is_heard_while_waiting(out: Path) -> None:
    class Stopped(BaseException):
        pass

    def should_stop() -> None:
        if server.asked:
            raise Stopped

    with edge_server(hang=True) as server:
        config = SpeechConfig(edge_url=server.url)
        with pytest.raises(Stopped):
            speaking.speak("Hello you", voices.resolve("edge", "", "", config), 1, out, config, should_stop)


def test_nobody_at_the_address_is_a_passing_fault(out: Path) -> None:
    with edge_server() as server:
        pass
    with pytest.raises(SpeechUnavailable):
        speak(server, out)
