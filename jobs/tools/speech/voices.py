"""Which voices there are, and which one a text gets. Nothing here needs the libraries that make sound."""

from __future__ import annotations

import hashlib
import json

from jobs.tools.speech import edge, espeak, flite, openai
from jobs.tools.speech.voice import Engine, SpeechConfig, UnknownVoice, Voice
from jobs.tools.text.language import guess
from jobs.tools.text.spoken import Spoken, normalise

AUTO = "auto"
SERVICES = {
    AUTO: "Automatic",
    "flite": "flite (on this machine)",
    "espeak": "espeak-ng (on this machine)",
    "edge": "Microsoft Edge (internet)",
    "openai": "OpenAI or compatible (internet)",
}
ENGINES: dict[str, Engine] = {"flite": flite, "espeak": espeak, "edge": edge, "openai": openai}
# Raised when the same text and voice would give another sound or other words than before.
FORMAT = 1


def any_ready() -> bool:
    """Whether a voice of this machine can speak, without network and keys."""
    return espeak.is_ready() or flite.is_ready()


def list_voices(config: SpeechConfig) -> list[Voice]:
    """Every voice of every service, ready or not."""
    return [voice for engine in ENGINES.values() for voice in engine.voices(config)]


def resolve(service: str, voice_id: str, text: str, config: SpeechConfig) -> Voice:
    """The voice for a text. "auto" takes flite for English where it is, else espeak; no id takes the service's voice
    for the text's language.

    Raises UnknownVoice. The voice may not be ready: its `reason` says what to do.
    """
    if service == AUTO:
        language = guess(text)
        return _first(flite if language == "en" and flite.is_ready() else espeak, language, config)
    engine = ENGINES.get(service)
    if engine is None:
        raise UnknownVoice(f"There is no voice service “{service[:60]}”. Choose one of: {', '.join(SERVICES)}.")
    if not voice_id:
        return _first(engine, guess(text), config)
    for voice in engine.voices(config):
        if voice.id == voice_id:
            return voice
    if service == "openai" and (other := openai.other_voice(voice_id, config)):
        return other
    raise UnknownVoice(f"{SERVICES[service]} has no voice “{voice_id[:60]}”. Choose one from the list.")


def _first(engine: Engine, language: str, config: SpeechConfig) -> Voice:
    known = engine.voices(config)
    return next((voice for voice in known if voice.language == language), known[0])


def speech_key(text: str, voice: Voice, speed: float) -> str:
    """Equal keys mean the same sound with the same words: the key of a cache."""
    spoken = spoken_by(text, voice)
    parts = [
        FORMAT,
        voice.service,
        voice.version,
        voice.id,
        round(speed, 3),
        spoken.language,
        spoken.text,
        spoken.written,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def spoken_by(text: str, voice: Voice) -> Spoken:
    """A section's Markdown as this voice is to say it."""
    return normalise(text, voice.language or guess(text))
