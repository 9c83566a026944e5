"""flite, as ffmpeg's source of the same name: clear English without a network."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jobs.tools import process
from jobs.tools.audio import ffmpeg
from jobs.tools.speech.voice import Said, SpeechConfig, SpeechRefused, Voice
from jobs.tools.text.spoken import Spoken

# Some three minutes of speech at once.
MOST_BYTES = 3000
_VOICES = {"slt": "Slt (American woman)", "rms": "Rms (American man)", "awb": "Awb (Scottish man)",
           "kal16": "Kal (American man, robotic)"}  # fmt: skip


@cache
def is_ready() -> bool:
    """Whether this machine's ffmpeg was built with it."""
    return ffmpeg.has_filter("flite")


def voices(config: SpeechConfig) -> list[Voice]:
    """The voices that ffmpeg's flite has."""
    ready = is_ready()
    reason = "" if ready else "Install Debian's or Ubuntu's package ffmpeg, which has flite in it."
    version = f"ffmpeg-{ffmpeg.version()}" if ready else ""
    return [
        Voice(id=name, service="flite", label=label, language="en", ready=ready, reason=reason, version=version)
        for name, label in _VOICES.items()
    ]


def say(
    spoken: Spoken, voice: Voice, speed: float, folder: Path, config: SpeechConfig, should_stop: Callable[[], None]
) -> Said:
    """Speak. It tells nothing about its words, and its speed is changed without changing its pitch."""
    text, out = folder / "flite.txt", folder / "flite.wav"
    # What it cannot say it would spell byte by byte.
    text.write_bytes(spoken.text.encode("ascii", "ignore"))
    graph = f"flite=voice={voice.id}:textfile={_escaped(text)}" + (f",atempo={speed:.3f}" if speed != 1 else "")
    try:
        ffmpeg.call(["-f", "lavfi", "-i", graph, "-f", "wav", "-y", str(out)], should_stop=should_stop)
    except process.ProcessFailed as error:
        raise SpeechRefused(f"flite could not speak this text with the voice {voice.label}.") from error
    return Said(out)


def _escaped(path: Path) -> str:
    """A path as the value of an option in a filter graph: escaped for the option, then for the graph."""
    option = "".join(f"\\{sign}" if sign in "\\':" else sign for sign in str(path))
    return "".join(f"\\{sign}" if sign in "\\'[],;" else sign for sign in option)
