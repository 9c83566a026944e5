"""Speaks the sections of a script: what has not changed is not spoken again, and each section is kept when it is ready."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from channels_app import actions, files, queries
from channels_app.actions import NewTake, SectionText
from channels_app.models import AudioSection, Channel, Script, Take
from jobs.context import Delivery, JobContext
from jobs.spec import UserError
from jobs.steps.reading import Reading
from jobs.tools.audio import ffmpeg
from jobs.tools.audio.merge import Part
from jobs.tools.speech import speaking, voices
from jobs.tools.speech.timing import WordTime
from jobs.tools.speech.voice import SpeechConfig, SpeechRefused
from jobs.tools.text import screenplay

SECTIONS_AT_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """The sections with a chosen take each, and how many of them were spoken now."""

    sections: Sequence[AudioSection]
    spoken_now: int


def section_texts(script: Script) -> list[SectionText]:
    """What is to be spoken."""
    return [SectionText(one.heading, one.speaker, one.text) for one in screenplay.sections(script.body)]


def slot_of(script: Script) -> str:
    """The panel slot that shows a script's sections."""
    return f"audio:{script.pk}"


def speak_sections(ctx: JobContext, script: Script, reading: Reading, config: SpeechConfig) -> Spoken:
    """Bring every section to a chosen take, speaking those that have none for this text, voice and speed."""
    project = actions.audio_project_for(script)
    actions.sync_sections(project, section_texts(script))
    ctx.announce(slot_of(script), sections=True)
    sections: list[Any] = queries.sections_of(project)
    spoken_now = 0
    for position, section in enumerate(sections):
        ctx.progress(position, len(sections) + 1, f"section {position + 1} of {len(sections)}")
        spoken_now += _bring_to_sound(ctx, section, position, reading, config)
        ctx.announce(slot_of(script), section=str(section.pk))
    return Spoken(queries.sections_of(project), spoken_now)


def _bring_to_sound(ctx: JobContext, section: Any, position: int, reading: Reading, config: SpeechConfig) -> bool:
    """Give one section its take; whether it had to be spoken."""
    name = section.heading or section.speaker or f"section {position + 1}"
    chosen: Take | None = section.chosen_take
    key = voices.speech_key(section.text, reading.voice, reading.speed)
    if (
        chosen
        and default_storage.exists(chosen.sound)
        and (chosen.source != Take.Source.SPOKEN or chosen.speech_key == key)
    ):
        ctx.log(f"{name}: ready")
        return False
    known = _known_take(ctx.channel, key)
    if known:
        ctx.log(f"{name}: spoken before, taken from the cache")
        new = NewTake(
            stored=files.Stored(known.sound, known.sha256, known.size),
            frames=known.frames,
            sample_rate=known.sample_rate,
            voice=known.voice,
            speech_key=key,
            words=known.words,
        )
    else:
        ctx.log(f"{name}: speaking {len(section.text.split())} words with {reading.voice.label}")
        new = _spoken_take(ctx, section.text, key, position, reading, config)

    def write(delivery: Delivery) -> Take:
        return actions.add_take(section, with_delivery(new, delivery))

    # A later attempt finds the takes by what they were spoken from; a position only has to be its own.
    ctx.deliver(ctx.attempt * SECTIONS_AT_MOST + position, write)
    return known is None


def with_delivery(new: NewTake, delivery: Delivery) -> NewTake:
    """The take marked with the job and position that made it."""
    return NewTake(
        stored=new.stored,
        frames=new.frames,
        sample_rate=new.sample_rate,
        source=new.source,
        voice=new.voice,
        speech_key=new.speech_key,
        words=new.words,
        made_by_job=delivery.job_id,
        job_position=delivery.position,
    )


def _known_take(channel: Channel, key: str) -> Take | None:
    """A take of this channel that was spoken from the same words by the same voice, if its sound is still there."""
    takes = Take.objects.filter(section__project__channel=channel, speech_key=key)
    return next((take for take in takes[:5] if default_storage.exists(take.sound)), None)


def _spoken_take(
    ctx: JobContext, text: str, key: str, position: int, reading: Reading, config: SpeechConfig
) -> NewTake:
    """Speak a text and store the sound."""
    path = ctx.work_dir / f"section-{position}.wav"
    try:
        speech = speaking.speak(text, reading.voice, reading.speed, path, config, ctx.check)
    except SpeechRefused as error:
        raise UserError(str(error)) from error
    stored = files.store(speech.path, ".wav")
    speech.path.unlink()
    return NewTake(
        stored=stored,
        frames=speech.frames,
        sample_rate=speech.sample_rate,
        voice=reading.voice.label,
        speech_key=key,
        words=words_as_json(speech.words),
    )


def words_as_json(words: Sequence[WordTime]) -> list[dict[str, Any]]:
    """Words and times as takes keep them."""
    return [{"text": word.text, "start": round(word.start, 3), "end": round(word.end, 3)} for word in words]


def parts_of(sections: Sequence[Any], folder: Path) -> list[Part]:
    """The chosen sounds with their pauses, as local files. Raises UserError for a section without sound."""
    parts: list[Part] = []
    for section in sections:
        take: Take | None = section.chosen_take
        if take is None:
            raise UserError(f"The section “{section}” has no sound. Speak it, or choose one of its takes.")
        words = tuple(WordTime(word["text"], word["start"], word["end"]) for word in take.words)
        parts.append(Part(local_sound(take, folder), section.pause_ms, words))
    return parts


def local_sound(take: Take, folder: Path) -> Path:
    """The take's sound as a file on this host, copied into `folder` when the storage is elsewhere."""
    try:
        return Path(default_storage.path(take.sound))
    except NotImplementedError:
        path = folder / f"{take.sha256}.wav"
        with default_storage.open(take.sound) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        return path


def take_from_upload(path: Path, folder: Path, text: str, check_size: Callable[[int], None]) -> NewTake:
    """A person's own recording of a section: decoded, stored, its words found in it.

    Raises ffmpeg.BadSound, and what `check_size` raises for the bytes that it would take.
    """
    out = folder / "take.wav"
    frames = ffmpeg.decode(path, out)
    check_size(out.stat().st_size)
    words = speaking.words_in(out, text)
    return NewTake(
        stored=files.store(out, ".wav"),
        frames=frames,
        sample_rate=ffmpeg.RATE,
        source=Take.Source.UPLOADED,
        words=words_as_json(words),
    )
