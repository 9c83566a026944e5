"""Tells the channels' settings which voices there are to choose from."""

from __future__ import annotations

from django.conf import settings

from channels_app.voices import Voice, VoiceService, register_catalogue


def services() -> list[VoiceService]:
    """Every service with its voices. A server of one's own may have voices that only it knows: any id is taken."""
    # With the first page that shows them: every process of the studio loads this module when it starts.
    from jobs.tools.speech import voices
    from jobs.tools.speech.voice import SpeechConfig

    config = SpeechConfig(openai_base_url=settings.TTS_BASE_URL, edge_url=settings.EDGE_TTS_URL)
    known = voices.list_voices(config)
    return [
        VoiceService(
            slug=slug,
            label=label,
            voices=()
            if slug == "openai" and settings.TTS_BASE_URL
            else tuple(
                Voice(id=voice.id, label=f"{voice.label} · {label}") for voice in known if voice.service == slug
            ),
        )
        for slug, label in voices.SERVICES.items()
        if slug != voices.AUTO
    ]


register_catalogue(services)
