"""Text to speech: what is spoken, what is not spoken again, and what is refused before it is queued."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_app import actions as content
from channels_app import queries, voices
from channels_app.models import Channel, Script, Take
from jobs import actions, panel
from jobs.actions import InvalidInputs
from jobs.kinds.tts import TtsForm
from jobs.models import Job, State
from jobs.spec import NeedMissing, UserError
from tests.servers import free_port
from tests.unit.jobs.conftest import Engine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ffmpeg]
BODY = "### One\n\nThe sea rises twice a day.\n\n### Two\n\nNobody has ever seen it hurry.\n\n### Three\n\nIt goes."


@pytest.fixture
def script(channel: Channel) -> Script:
    return Script.objects.create(channel=channel, title="Tides", body=BODY, status=Script.Status.REVIEW)


def result_of(job: Job) -> dict[str, Any]:
    assert job.result is not None
    return job.result


def speak(engine: Engine, script: Script, **inputs: Any) -> Job:
    actions.submit(engine.channel, engine.channel.owner, "tts", {"script": str(script.pk), **inputs})
    job = engine.run("media")
    assert job.state == State.COMPLETED, panel.attempts(job)
    return job


def chosen(script: Script) -> list[Take]:
    script.refresh_from_db()
    takes = [section.chosen_take for section in queries.sections_of(script.audio)]
    return [take for take in takes if take]


def test_a_script_becomes_a_narration_with_captions(engine: Engine, script: Script) -> None:
    job = speak(engine, script)
    assert [artifact.name for artifact in job.artifacts.all()] == [
        "narration.mp3",
        "narration.wav",
        "narration.srt",
        "narration.vtt",
        "words.json",
    ]
    assert abs(result_of(job)["lufs"] + 16) <= 0.3
    assert result_of(job)["true_peak_dbtp"] <= -1.5
    pauses = 2 * 600 * 48
    assert result_of(job)["frames"] == sum(take.frames for take in chosen(script)) + pauses
    assert [word["text"] for word in chosen(script)[0].words] == ["The", "sea", "rises", "twice", "a", "day."]
    assert [stage["label"] for stage in panel.stages(job)] == ["Speaking", "Mastering"]


def test_only_what_changed_is_spoken_again(engine: Engine, script: Script) -> None:
    speak(engine, script)
    before = chosen(script)
    assert result_of(speak(engine, script))["spoken_now"] == 0
    script.body = BODY.replace("Nobody", "Somebody")
    script.save()
    assert result_of(speak(engine, script))["spoken_now"] == 1
    after = chosen(script)
    assert [old.pk == new.pk for old, new in zip(before, after, strict=True)] == [True, False, True]


def test_another_speed_is_spoken_anew_and_the_old_one_comes_from_the_cache(engine: Engine, script: Script) -> None:
    speak(engine, script)
    assert result_of(speak(engine, script, speed=1.2))["spoken_now"] == 3
    assert result_of(speak(engine, script, speed=1.0))["spoken_now"] == 0


def test_a_voice_out_of_reach_says_so_and_the_room_keeps_the_earlier_narration(
    engine: Engine, script: Script, client: Client, settings: Any
) -> None:
    speak(engine, script)
    settings.EDGE_TTS_URL = f"ws://127.0.0.1:{free_port()}/"
    actions.submit(
        engine.channel, engine.channel.owner, "tts", {"script": str(script.pk), "voice": "edge/en-US-AriaNeural"}
    )
    failed = engine.run("media")
    assert failed.error == ("Microsoft's reading service cannot be reached. Retry in a while, or choose another voice.")
    client.force_login(engine.channel.owner)
    shown = client.get(f"/c/tidal/jobs/slot/tts/?script={script.pk}").content.decode()
    assert "From an earlier run" in shown
    assert "narration.mp3" in shown


def test_an_uploaded_take_is_left_alone(engine: Engine, script: Script) -> None:
    speak(engine, script)
    take = chosen(script)[0]
    Take.objects.filter(pk=take.pk).update(source=Take.Source.UPLOADED, speech_key="")
    assert result_of(speak(engine, script, speed=1.3))["spoken_now"] == 2
    assert chosen(script)[0].pk == take.pk


def test_a_longer_pause_makes_the_narration_longer_by_exactly_that(engine: Engine, script: Script) -> None:
    first = result_of(speak(engine, script))["frames"]
    content.set_pause(chosen(script)[0].section, 1600)
    assert result_of(speak(engine, script))["frames"] == first + 1000 * 48


def refusal(engine: Engine, script: Script, **inputs: Any) -> str:
    with pytest.raises(InvalidInputs) as caught:
        actions.submit(engine.channel, engine.channel.owner, "tts", {"script": str(script.pk), **inputs})
    return str(caught.value)


def test_a_draft_is_refused(engine: Engine, script: Script) -> None:
    script.status = Script.Status.DRAFT
    script.save()
    assert "Set it to review first" in refusal(engine, script)


@pytest.mark.parametrize("change", [{"status": Script.Status.DRAFT}, {"deleted_at": timezone.now()}])
def test_a_script_that_may_not_be_voiced_any_more_is_not_retried(
    engine: Engine, script: Script, change: dict[str, Any]
) -> None:
    owner = engine.channel.owner
    job = actions.submit(engine.channel, owner, "tts", {"script": str(script.pk)}).job
    actions.cancel(job)
    Script.objects.filter(pk=script.pk).update(**change)
    with pytest.raises(UserError, match=r"draft|deleted"):
        actions.retry(engine.fresh(job), owner)
    assert engine.fresh(job).state == State.CANCELLED


@pytest.mark.parametrize("voice", ["espeak", "openai/a-voice-of-our-own", "espeak/nobody", "parrot", "auto/x"])
def test_it_takes_the_voices_that_a_channel_s_settings_take(
    engine: Engine, script: Script, settings: Any, voice: str
) -> None:
    settings.TTS_BASE_URL = "http://speech.example/v1"
    service, _, voice_id = voice.partition("/")
    form = TtsForm({"script": str(script.pk), "voice": voice}, channel=engine.channel)
    assert ("voice" not in form.errors) is (not voices.problems(service, voice_id))


def test_nothing_to_speak_is_refused(engine: Engine, script: Script) -> None:
    script.body = "### Only a heading\n\n*(and a direction)*"
    script.save()
    assert "nothing to speak" in refusal(engine, script)


def test_an_endless_script_is_refused(engine: Engine, script: Script) -> None:
    Script.objects.filter(pk=script.pk).update(body="word " * 40_001)
    assert "200,000 characters" in refusal(engine, script)


def test_an_unknown_voice_is_refused_by_name(engine: Engine, script: Script) -> None:
    assert "no voice “flite/nobody”" in refusal(engine, script, voice="flite/nobody")


@pytest.mark.parametrize("speed", [0.1, 9])
def test_an_absurd_speed_is_refused(engine: Engine, script: Script, speed: float) -> None:
    assert "speed" in refusal(engine, script, speed=speed) or "value" in refusal(engine, script, speed=speed)


def test_a_voice_without_its_key_is_refused_before_queueing(engine: Engine, script: Script) -> None:
    with pytest.raises(NeedMissing) as caught:
        actions.submit(engine.channel, engine.channel.owner, "tts", {"script": str(script.pk), "voice": "openai/alloy"})
    assert caught.value.way_out
    assert not Job.objects.exists()
