"""Text to speech: a script is spoken section by section and merged into a mastered narration with captions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from channels_app import voices as known_voices
from channels_app.models import Channel, Script
from jobs.context import JobContext
from jobs.inputs import InputsForm
from jobs.spec import Inputs, JobSpec, Need, NeedMissing, UserError
from jobs.steps.reading import Reading, reading_of, speech_config
from jobs.steps.script_input import ScriptChoice, script_of, script_page
from jobs.tools.speech import voices
from jobs.tools.speech.voice import FASTEST, SLOWEST, UnknownVoice
from jobs.tools.text import screenplay

if TYPE_CHECKING:
    from jobs.tools.audio.master import Master


DRAFT = "Script: this is a draft, and drafts cannot be voiced. Set it to review first."


def voice_choices() -> list[tuple[str, str]]:
    """Every service and its voices, and the channel's own voice as the empty answer."""
    config = speech_config(None)
    services = [(slug, f"{label}: its own choice") for slug, label in voices.SERVICES.items() if slug != voices.AUTO]
    named = [(f"{voice.service}/{voice.id}", voice.label) for voice in voices.list_voices(config)]
    return [("", "The channel's voice"), ("auto", "The best voice on this machine"), *services, *named]


class VoiceField(forms.ChoiceField):
    """A voice of the list, or one that only the studio's own speech server knows, as a channel's settings take it."""

    def valid_value(self, value: str) -> bool:
        """Whether it can be spoken with."""
        service, _, voice_id = value.partition("/")
        return super().valid_value(value) or not known_voices.problems(service, voice_id)


class TtsForm(InputsForm):
    """Which script, and optionally another voice or speed than the channel's."""

    script = ScriptChoice()
    voice = VoiceField(
        choices=voice_choices,
        required=False,
        label="Voice",
        error_messages={"invalid_choice": "Voice: there is no voice “%(value)s”. Choose one of the list."},
    )
    speed = forms.FloatField(
        required=False,
        min_value=SLOWEST,
        max_value=FASTEST,
        label="Speed",
        help_text="1.0 is the voice's own pace; 0.5 to 2.0.",
    )

    def clean_script(self) -> Script:
        """A script that can be spoken."""
        script: Script = self.cleaned_data["script"]
        if not script.can_be_voiced:
            raise forms.ValidationError(DRAFT)
        if not screenplay.sections(script.body):
            raise forms.ValidationError(
                "Script: there is nothing to speak in it. Write some lines that are to be said."
            )
        return script


def reading(inputs: Inputs, channel: Channel, user: Any) -> Reading:
    """The voice and speed for these inputs. Raises UserError for a voice that does not exist."""
    script = script_of(inputs, channel)
    project = getattr(script, "audio", None)
    config = speech_config(user)
    try:
        return reading_of(channel, project, inputs.get("voice", ""), inputs.get("speed"), script.body, config)
    except UnknownVoice as error:
        raise UserError(str(error)) from error


def check(inputs: Inputs, channel: Channel, user: Any) -> None:
    """Refuse a script that cannot be voiced (any more) and a voice that is not ready before the job is queued."""
    if not script_of(inputs, channel).can_be_voiced:
        raise UserError(DRAFT)
    voice = reading(inputs, channel, user).voice
    if not voice.ready:
        raise NeedMissing(f"The voice “{voice.label}” is not ready.", voice.reason)


def run(ctx: JobContext) -> dict[str, Any]:
    """Speak what has changed, then merge everything."""
    # The libraries of sound are for the workers alone: they preload them, no page waits for them.
    from jobs.steps import speak
    from jobs.tools.audio.master import master

    script = script_of(ctx.inputs, ctx.channel)
    chosen = reading(ctx.inputs, ctx.channel, ctx.user)
    ctx.stage("Speaking")
    spoken = speak.speak_sections(ctx, script, chosen, speech_config(ctx.user))
    ctx.stage("Mastering")
    count = len(spoken.sections)
    ctx.progress(count, count + 1, "merging the sections")
    made = master(
        speak.parts_of(spoken.sections, ctx.work_dir),
        ctx.work_dir,
        should_stop=ctx.check,
        on_progress=lambda note: ctx.progress(count, count + 1, note),
    )
    leave(ctx, made)
    ctx.progress(count + 1, count + 1)
    ctx.log(f"{made.seconds:.1f} s of narration at {made.lufs:.1f} LUFS, true peak {made.true_peak:.1f} dBTP")
    return {
        "script": str(script.pk),
        "voice": chosen.voice.label,
        "sections": count,
        "spoken_now": spoken.spoken_now,
        "frames": made.frames,
        "seconds": round(made.seconds, 3),
        "lufs": round(made.lufs, 2),
        "true_peak_dbtp": round(made.true_peak, 2),
    }


def leave(ctx: JobContext, made: Master) -> None:
    """Leave the narration and its captions."""
    seconds = round(made.seconds, 3)
    ctx.artifact("narration.mp3", made.mp3, "audio/mpeg", seconds=seconds, peaks=made.peaks)
    ctx.artifact("narration.wav", made.wav, "audio/wav", seconds=seconds)
    ctx.artifact("narration.srt", made.srt, "application/x-subrip")
    ctx.artifact("narration.vtt", made.vtt, "text/vtt")
    ctx.artifact("words.json", made.words, "application/json")


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    return f"Speak “{script_of(inputs, channel).title}”"


def example(channel: Channel) -> dict[str, Any]:
    """Speak the channel's newest script that is no draft."""
    script = Script.objects.filter(channel=channel).exclude(status=Script.Status.DRAFT).first()
    return {"script": str(script.pk) if script else ""}


SPEC = JobSpec(
    label="Speak",
    icon="voice",
    queue="media",
    form=TtsForm,
    run=run,
    title=title,
    subject=lambda inputs: f"script:{inputs['script']}",
    seen_at=script_page,
    check=check,
    example=example,
    premium=False,
    needs=frozenset({Need.FFMPEG, Need.VOICE}),
    preload=("jobs.steps.speak", "jobs.tools.audio.master", "httpx", "num2words"),
    time_limit=timedelta(hours=2),
    silence=timedelta(minutes=5),
    result_words={
        "script": "",
        "frames": "",
        "spoken_now": "Sections spoken anew",
        "seconds": "Length, s",
        "lufs": "Loudness, LUFS",
        "true_peak_dbtp": "True peak, dBTP",
    },
)
