"""Speaking: a text's sound with the time of every word, by whichever voice."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

from jobs.tools import process
from jobs.tools.audio import ffmpeg
from jobs.tools.speech import alignment, timing
from jobs.tools.speech.timing import WordTime
from jobs.tools.speech.voice import (
    FASTEST,
    SLOWEST,
    Engine,
    SpeechConfig,
    SpeechRefused,
    SpeechUnavailable,
    Voice,
)
from jobs.tools.speech.voices import ENGINES, SERVICES, spoken_by
from jobs.tools.text.language import guess
from jobs.tools.text.spoken import Spoken, normalise

Timing = Literal["events", "aligned", "estimated"]

RATE = ffmpeg.RATE
# What is left of the silence around speech, in seconds: pauses belong to the plan of the narration.
LEAD, TAIL, BETWEEN_PIECES = 0.03, 0.08, 0.25
# A stream that broke off without an error is noticed by words that nobody speaks so fast.
MOST_WORDS_A_SECOND = 9.0

_WORST_LAST: tuple[Timing, ...] = ("events", "aligned", "estimated")


@dataclass(frozen=True, slots=True)
class Speech:
    """A spoken section: a mono 48 kHz 16-bit WAV, its frames, and its written words with their times in seconds.

    timing: "events" as told by the voice, "aligned" found in the sound, "estimated" by length and pauses.
    """

    path: Path
    sample_rate: int
    frames: int
    words: tuple[WordTime, ...]
    timing: Timing


def speak(
    text: str,
    voice: Voice,
    speed: float,
    out_path: Path,
    config: SpeechConfig,
    should_stop: Callable[[], None] = process.nothing,
) -> Speech:
    """Speak a section's Markdown into a WAV file. The file appears when it is whole.

    speed: 0.5 to 2.0. Raises SpeechRefused (pointless to try again), SpeechUnavailable (a passing fault).
    """
    if not voice.ready:
        raise SpeechRefused(f"The voice {voice.label} is not ready. {voice.reason}")
    if not SLOWEST <= speed <= FASTEST:
        raise SpeechRefused(f"The speed is {speed:g}. Choose one between {SLOWEST:g} and {FASTEST:g}.")
    spoken = spoken_by(text, voice)
    if not spoken.groups:
        raise SpeechRefused("This section has nothing that can be spoken. Write some words, or remove it.")
    engine = ENGINES[voice.service]
    words, frames, used = list[WordTime](), 0, set[Timing]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=out_path.parent, prefix=".speech-")))
        whole = folder / "whole.wav"
        with soundfile.SoundFile(whole, "w", RATE, 1, "PCM_16") as out:
            for piece in spoken.pieces(engine.MOST_BYTES):
                if frames:
                    out.write(np.zeros(round(BETWEEN_PIECES * RATE), np.int16))
                    frames += round(BETWEEN_PIECES * RATE)
                samples, told, how = _say(engine, piece, voice, speed, folder, config, should_stop)
                out.write(samples)
                shift = frames / RATE
                words += [WordTime(word.text, _ms(word.start + shift), _ms(word.end + shift)) for word in told]
                frames += len(samples)
                used.add(how)
        whole.replace(out_path)
    return Speech(out_path, RATE, frames, tuple(words), max(used, key=_WORST_LAST.index))


def _ms(seconds: float) -> float:
    return round(seconds, 3)


def _say(
    engine: Engine,
    spoken: Spoken,
    voice: Voice,
    speed: float,
    folder: Path,
    config: SpeechConfig,
    should_stop: Callable[[], None],
) -> tuple[NDArray[np.int16], tuple[WordTime, ...], Timing]:
    """One piece: its samples without the silence around them, its words, and how their times were found."""
    said = engine.say(spoken, voice, speed, folder, config, should_stop)
    wav = folder / "piece.wav"
    try:
        ffmpeg.decode(said.sound, wav, should_stop=should_stop)
    except ffmpeg.BadSound:
        raise SpeechUnavailable(f"{SERVICES[voice.service]} sent something that is no sound.") from None
    finally:
        said.sound.unlink(missing_ok=True)
    samples, _ = soundfile.read(wav, dtype="int16")
    edges = timing.quiet_of(samples, RATE, below=50.0)
    seconds = edges.end - edges.begin
    if len(spoken.tokens) > 3 and len(spoken.tokens) > MOST_WORDS_A_SECOND * speed * seconds:
        raise SpeechUnavailable(f"{SERVICES[voice.service]} sent only a part of the sound.")
    first = max(0, round((edges.begin - LEAD) * RATE))
    last = min(len(samples), round((edges.end + TAIL) * RATE))
    spans, how = _spans(spoken, said.events, samples, should_stop)
    lead = first / RATE
    told = timing.words(spoken, [(start - lead, end - lead) for start, end in spans], (last - first) / RATE)
    return samples[first:last], told, how


def words_in(path: Path, text: str, should_stop: Callable[[], None] = process.nothing) -> tuple[WordTime, ...]:
    """When the words of a section's Markdown are heard in a recording of it (mono, 48 kHz, such as an upload).

    Found in the sound where it can be, else estimated. No words for a text that has none.
    """
    spoken = normalise(text, guess(text))
    if not spoken.groups:
        return ()
    seconds = ffmpeg.frames_of(path) / RATE
    if seconds > alignment.LONGEST_SECONDS:
        # Too long to search, or to hold: the pauses of a whole episode tell nothing about one word either.
        return timing.words(spoken, timing.estimated(spoken, timing.Quiet((), 0.0, seconds)), seconds)
    samples, _ = soundfile.read(path, dtype="int16")
    spans, _ = _spans(spoken, (), samples, should_stop)
    return timing.words(spoken, spans, seconds)


def _spans(
    spoken: Spoken, events: timing.Events, samples: NDArray[np.int16], should_stop: Callable[[], None]
) -> tuple[list[timing.Span], Timing]:
    quiet = timing.quiet_of(samples, RATE)
    if events and (spans := timing.of_events(spoken, events, quiet)):
        return spans, "events"
    if spoken.language == "en" and alignment.is_available():
        # In single precision and to a third of the rate: what the aligner knows.
        coarse = signal.resample_poly(samples.astype(np.float32), alignment.RATE, RATE)
        fitting = np.clip(coarse, -32768, 32767).astype(np.int16)
        if spans := alignment.align(fitting, [token for token, _ in spoken.tokens], should_stop):
            return spans, "aligned"
    return timing.estimated(spoken, quiet), "estimated"
