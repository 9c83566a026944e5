"""Voice samples: one sound for each voice that can speak, and a reason for each that cannot."""

from __future__ import annotations

from typing import Any

import pytest

from jobs import actions, panel
from jobs.kinds.voice_samples import LINES
from jobs.models import Job, State
from jobs.spec import NeedMissing, UserError
from jobs.steps.reading import speech_config
from jobs.tools.speech import voices
from jobs.tools.text.language import guess
from tests.servers import free_port
from tests.unit.jobs.conftest import Engine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ffmpeg]


def submit(engine: Engine, service: str, text: str = "") -> Job:
    inputs = {"service": service, "text": text}
    return actions.submit(engine.channel, engine.channel.owner, "voice-samples", inputs).job


def test_every_voice_of_the_machine_says_a_line(engine: Engine) -> None:
    submit(engine, "flite")
    job = engine.run("media")
    assert job.state == State.COMPLETED, panel.attempts(job)
    artifacts = list(job.artifacts.all())
    assert [artifact.name for artifact in artifacts] == [
        "flite-slt-american-woman.mp3",
        "flite-rms-american-man.mp3",
        "flite-awb-scottish-man.mp3",
        "flite-kal-american-man-robotic.mp3",
    ]
    for artifact in artifacts:
        assert 2 < artifact.meta["seconds"] < 8
    assert job.result == {"voices": 4, "silent": 0}


def test_a_text_is_said_by_the_voices_of_its_language(engine: Engine) -> None:
    submit(engine, "espeak", "Das Meer kommt zurück und wir sind nicht mehr da.")
    job = engine.run("media")
    assert [artifact.name for artifact in job.artifacts.all()] == ["espeak-german.mp3"]


def test_every_voice_has_a_line_in_its_language() -> None:
    languages = {voice.language for voice in voices.list_voices(speech_config(None))} - {""}
    assert languages <= set(LINES)
    for told_by_its_letters in ("ru", "uk", "el", "hi", "ar", "ja", "ko", "cmn"):
        assert guess(LINES[told_by_its_letters]) == told_by_its_letters


def test_a_service_out_of_reach_is_tried_again_and_the_output_tells_why(engine: Engine, settings: Any) -> None:
    settings.EDGE_TTS_URL = f"ws://127.0.0.1:{free_port()}/"
    submit(engine, "edge", "Das Meer kommt zurück und wir sind nicht mehr da.")
    job = engine.run("media")
    assert job.state == State.QUEUED
    assert job.error.startswith("Microsoft's reading service cannot be reached.")
    lines = [line["text"] for line in panel.output(job)["lines"]]
    assert len(lines) == 2
    assert all(line.endswith("cannot be reached.") for line in lines)


def test_a_service_without_key_is_refused_before_it_is_queued(engine: Engine) -> None:
    with pytest.raises(NeedMissing, match="no voice that is ready"):
        submit(engine, "openai")


def test_a_language_that_no_voice_speaks_is_refused(engine: Engine) -> None:
    with pytest.raises(UserError, match="has no voice for the language"):
        submit(engine, "flite", "Море повертається до нас двічі на день, і ми не знаємо чому.")
