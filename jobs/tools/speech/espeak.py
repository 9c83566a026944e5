"""espeak-ng: speaks some hundred languages on any machine and tells exactly when it says each word."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path

from jobs.tools import process
from jobs.tools.speech.voice import Event, Said, SpeechConfig, SpeechRefused, Voice
from jobs.tools.text.spoken import Spoken

# Some three minutes of speech at once.
MOST_BYTES = 3000
WORDS_A_MINUTE = 165
TIME_LIMIT = 300.0
MEMORY_LIMIT = 1024**3
ROOT = Path(__file__).resolve().parents[3]

_LANGUAGES = {
    "en": "English (Britain)", "en-us": "English (America)", "de": "German", "fr": "French", "es": "Spanish",
    "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "sv": "Swedish", "pl": "Polish", "tr": "Turkish",
    "ru": "Russian", "uk": "Ukrainian", "el": "Greek", "cs": "Czech", "da": "Danish", "nb": "Norwegian",
    "fi": "Finnish", "hu": "Hungarian", "ro": "Romanian", "hi": "Hindi", "ar": "Arabic", "ja": "Japanese",
    "ko": "Korean", "cmn": "Chinese (Mandarin)", "id": "Indonesian", "vi": "Vietnamese",
}  # fmt: skip


@cache
def library() -> tuple[str, str] | None:
    """The paths of the library and its data from the Python package, if it can be loaded here."""
    try:
        import espeakng_loader

        paths = str(espeakng_loader.get_library_path()), str(espeakng_loader.get_data_path())
    except (ImportError, RuntimeError):
        return None
    order = {"library": paths[0], "data": paths[1], "voice": "en", "rate": WORDS_A_MINUTE, "text": "yes"}
    try:
        # It was built for another C library on some machines, which only shows when it is loaded.
        with tempfile.TemporaryDirectory() as folder:
            _run_library({**order, "out": str(Path(folder) / "out.wav")}, process.nothing)
    except process.ProcessError:
        return None
    return paths


@cache
def program() -> str | None:
    """The path of the machine's own espeak-ng."""
    return shutil.which("espeak-ng")


@cache
def version() -> str:
    """The version of what speaks, nothing if nothing does."""
    if library():
        return f"loader-{metadata.version('espeakng-loader')}"
    if found := program():
        said = process.run([found, "--version"], time_limit=10).stdout.decode(errors="replace")
        number = re.search(r"\d+(?:\.\d+)+", said)
        return number[0] if number else "unknown"
    return ""


def is_ready() -> bool:
    """Whether it can speak on this machine."""
    return library() is not None or program() is not None


def voices(config: SpeechConfig) -> list[Voice]:
    """One voice per language."""
    ready = is_ready()
    reason = "" if ready else "Run bin/setup, or install the package espeak-ng."
    return [
        Voice(id=code, service="espeak", label=label, language=code.partition("-")[0], ready=ready, reason=reason,
              version=version())
        for code, label in _LANGUAGES.items()
    ]  # fmt: skip


def say(
    spoken: Spoken, voice: Voice, speed: float, folder: Path, config: SpeechConfig, should_stop: Callable[[], None]
) -> Said:
    """Speak; the events are exact when the library speaks, and there are none when the program does."""
    out = folder / "espeak.wav"
    rate = max(80, min(450, round(WORDS_A_MINUTE * speed)))
    try:
        if found := library():
            order = {"library": found[0], "data": found[1], "voice": voice.id, "rate": rate, "text": spoken.text}
            return Said(out, _run_library({**order, "out": str(out)}, should_stop))
        process.run(
            [program() or "espeak-ng", "-v", voice.id, "-s", str(rate), "-w", str(out), "--stdin", "-b", "1"],
            time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT, stdin=spoken.text.encode(), should_stop=should_stop,
        )  # fmt: skip
    except process.ProcessError as error:
        raise SpeechRefused(f"espeak-ng could not speak this text with the voice {voice.label}.") from error
    return Said(out)


def _run_library(order: dict[str, object], should_stop: Callable[[], None]) -> list[Event]:
    said = process.run(
        [sys.executable, "-m", "jobs.tools.speech.espeak_process"],
        time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT, stdin=json.dumps(order).encode(), should_stop=should_stop,
        folder=ROOT,
    )  # fmt: skip
    told = json.loads(said.stdout)["events"]
    return [Event(first, first + length, start) for first, length, start in told]
