"""Who reads a script: the voice and speed that a person, a script or a channel asks for."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from accounts import keys
from accounts.models import User
from channels_app.models import AudioProject, Channel
from jobs.tools import web
from jobs.tools.speech import voices
from jobs.tools.speech.voice import SpeechConfig, Voice


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, and how fast (1.0 is the voice's own pace)."""

    voice: Voice
    speed: float


def speech_config(user: User | None) -> SpeechConfig:
    """What the network voices need: this person's key first, then the server's.

    A server that TTS_BASE_URL names gets the server's key alone: people gave theirs for OpenAI.
    """
    elsewhere = web.is_other_than_openai(settings.TTS_BASE_URL)
    return SpeechConfig(
        openai_base_url=settings.TTS_BASE_URL,
        openai_key=keys.key_for(None if elsewhere else user, "openai") or "",
        edge_url=settings.EDGE_TTS_URL,
    )


def reading_of(
    channel: Channel, project: AudioProject | None, wanted: str, speed: float | None, body: str, config: SpeechConfig
) -> Reading:
    """The voice and speed: those asked for, else the project's, else the channel's.

    wanted: `service/voice`, a service alone, or nothing. Raises voice.UnknownVoice.
    """
    service, _, voice_id = wanted.partition("/")
    if not service and project and project.voice_service:
        service, voice_id = project.voice_service, project.voice_id
    if not service:
        service, voice_id = channel.voice_service, channel.voice_id
    pace = speed or (project.voice_speed if project else None) or channel.voice_speed
    return Reading(voices.resolve(service, voice_id, body, config), pace)
