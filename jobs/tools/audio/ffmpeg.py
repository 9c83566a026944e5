"""The one door to ffmpeg and ffprobe, bounded in what they may read, how long they may take and how much they may hold.

Sound from outside is opened with the demuxer that its own first bytes name, never with one that ffmpeg guesses:
playlists and other formats that point at further files or addresses are not among them, and only local files can be
opened at all.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jobs.tools import process

RATE = 48_000
TIME_LIMIT = 600.0
PROBE_TIME_LIMIT = 30.0
MEMORY_LIMIT = 2 * 1024**3
MOST_SECONDS = 4 * 3600
DEMUXERS = ("wav", "w64", "mp3", "flac", "ogg", "mov", "matroska", "aac", "aiff", "asf", "amr", "caf", "au")
UNREADABLE = "This file holds no sound that the studio can read. Use a WAV, MP3, FLAC, OGG or M4A file."


class BadSound(ValueError):
    """A file that is no usable sound; `told` is a sentence for the creator."""

    def __init__(self, told: str = UNREADABLE) -> None:
        super().__init__(told)
        self.told = told


class FfmpegMissing(process.ProgramMissing):
    """This machine has no ffmpeg."""


@dataclass(frozen=True, slots=True)
class SoundInfo:
    """What a file holds: its length in seconds, frames a second, channels, and the codec's name as ffmpeg knows it."""

    seconds: float
    sample_rate: int
    channels: int
    codec: str


@cache
def find() -> str | None:
    """The path of ffmpeg: the machine's own, else the one that comes as a Python package, else None."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


@cache
def find_probe() -> str | None:
    """The path of ffprobe, which not every machine with ffmpeg has."""
    return shutil.which("ffprobe")


def is_available() -> bool:
    """Whether sound can be decoded and encoded here."""
    return find() is not None


@cache
def version() -> str:
    """The version of ffmpeg, nothing when there is none."""
    if not is_available():
        return ""
    said = call(["-version"], time_limit=PROBE_TIME_LIMIT).stdout.decode(errors="replace")
    return said.split(" ")[2] if said.startswith("ffmpeg version ") else ""


@cache
def _filters() -> frozenset[str]:
    said = call(["-filters"], time_limit=PROBE_TIME_LIMIT).stdout.decode(errors="replace")
    return frozenset(re.findall(r"^ [T.][S.][C.]? +(\w+)", said, re.MULTILINE))


def has_filter(name: str) -> bool:
    """Whether this ffmpeg was built with a filter or source of that name."""
    return is_available() and name in _filters()


def call(
    arguments: Sequence[str],
    *,
    time_limit: float = TIME_LIMIT,
    stdin: bytes | None = None,
    on_line: Callable[[str], None] | None = None,
    should_stop: Callable[[], None] = process.nothing,
) -> process.Finished:
    """Run ffmpeg. Inputs go through `source`.

    Raises FfmpegMissing and what `process.run` raises.
    """
    program = find()
    if program is None:
        raise FfmpegMissing("No ffmpeg was found. Run bin/setup, or install the package ffmpeg.")
    return process.run(
        [program, "-nostdin", "-hide_banner", "-loglevel", "error", *arguments],
        time_limit=time_limit,
        memory_limit=MEMORY_LIMIT,
        stdin=stdin,
        on_line=on_line,
        should_stop=should_stop,
    )


def source(path: Path) -> list[str]:
    """The arguments that open a file as sound: local files only, with the demuxer its first bytes name.

    Raises BadSound for anything that is not sound.
    """
    return [*_opening(path), "-i", f"file:{path.absolute()}"]


def _opening(path: Path) -> list[str]:
    return ["-protocol_whitelist", "file,pipe", "-format_whitelist", ",".join(DEMUXERS), "-f", demuxer(path)]


def demuxer(path: Path) -> str:
    """The name of the demuxer for a file, by its content. Raises BadSound if it is not sound."""
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(b"ID3"):
        size = int.from_bytes(bytes(head[6:10]), "big") if len(head) >= 10 else 0
        size = (size & 0x7F) | (size & 0x7F00) >> 1 | (size & 0x7F0000) >> 2 | (size & 0x7F000000) >> 3
        with path.open("rb") as file:
            file.seek(10 + size)
            return _framed(file.read(8192).lstrip(b"\0")) or "mp3"
    for name, known in _SIGNATURES:
        if known(head):
            return name
    if framed := _framed(head):
        return framed
    raise BadSound(UNREADABLE if head else "This file is empty. Choose a file with sound in it.")


def _framed(head: bytes) -> str | None:
    """MP3 and ADTS have no header of their own: they begin with a frame's synchronising bits."""
    if head.startswith(b"fLaC"):
        return "flac"
    for at in range(min(len(head) - 3, 4096)):
        if head[at] == 0xFF and head[at + 1] & 0xE0 == 0xE0:
            layer = head[at + 1] & 0x06
            if layer == 0 and head[at + 1] & 0xF0 == 0xF0:
                return "aac"
            if layer and head[at + 2] >> 4 not in {0x0, 0xF} and head[at + 2] & 0x0C != 0x0C:
                return "mp3"
        elif at == 0 and head[0] != 0:
            # Rubbish before the first frame is not worth guessing at; leading zeros are common.
            return None
    return None


_SIGNATURES: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("wav", lambda head: head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE"),
    ("w64", lambda head: head.startswith(b"riff\x2e\x91\xcf\x11")),
    ("flac", lambda head: head.startswith(b"fLaC")),
    ("ogg", lambda head: head.startswith(b"OggS")),
    ("mov", lambda head: head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free"}),
    ("matroska", lambda head: head.startswith(b"\x1a\x45\xdf\xa3")),
    ("aiff", lambda head: head.startswith(b"FORM") and head[8:12] in {b"AIFF", b"AIFC"}),
    ("asf", lambda head: head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    ("amr", lambda head: head.startswith(b"#!AMR")),
    ("caf", lambda head: head.startswith(b"caff")),
    ("au", lambda head: head.startswith(b".snd")),
)


def probe(path: Path, *, should_stop: Callable[[], None] = process.nothing) -> SoundInfo:
    """What a sound file holds, by ffprobe where there is one, else by decoding it.

    Raises BadSound if it cannot be read or holds no sound.
    """
    program = find_probe()
    info = _by_probe(program, path, should_stop) if program else None
    info = info or _by_decoding(path, should_stop)
    if info.seconds > MOST_SECONDS:
        raise BadSound(f"This sound is longer than {MOST_SECONDS // 3600} hours. Cut it into shorter files.")
    return info


def _by_probe(program: str, path: Path, should_stop: Callable[[], None]) -> SoundInfo | None:
    """None when the file does not say how long it is."""
    command = [program, "-hide_banner", "-loglevel", "error", *_opening(path), "-select_streams", "a:0"]
    command += ["-show_entries", "stream=codec_name,sample_rate,channels:format=duration", "-of", "json"]
    try:
        said = process.run(
            [*command, f"file:{path.absolute()}"],
            time_limit=PROBE_TIME_LIMIT,
            memory_limit=MEMORY_LIMIT,
            should_stop=should_stop,
        )
        told = json.loads(said.stdout)
        stream = told["streams"][0]
        rate, channels, codec = int(stream["sample_rate"]), int(stream["channels"]), str(stream["codec_name"])
    except (process.ProcessFailed, process.ProcessTimedOut, ValueError, LookupError) as error:
        raise BadSound from error
    try:
        seconds = float(told["format"]["duration"])
    except (LookupError, ValueError):
        return None
    # Streamed WAV files claim a length of hours; what they hold is only known after decoding.
    return SoundInfo(seconds, rate, channels, codec) if 0 < seconds <= MOST_SECONDS else None


_STREAM = re.compile(r"Stream #0:.*Audio: (\w+).*?(\d+) Hz, ([\w.()]+)")


def _by_decoding(path: Path, should_stop: Callable[[], None]) -> SoundInfo:
    streams: list[re.Match[str]] = []

    def listen(line: str) -> None:
        if found := _STREAM.search(line):
            streams.append(found)

    arguments = [*source(path), "-map", "0:a:0", "-f", "null", "-progress", "pipe:1", "-"]
    try:
        # One pass: what is in the file comes on standard error, its length with the progress lines.
        said = call(["-loglevel", "info", *arguments], on_line=listen, should_stop=should_stop)
    except (process.ProcessFailed, process.ProcessTimedOut) as error:
        raise BadSound from error
    times = re.findall(rb"out_time_us=(\d+)", said.stdout)
    if not times or not int(times[-1]) or not streams:
        raise BadSound
    codec, rate, layout = streams[0].groups()
    return SoundInfo(int(times[-1]) / 1e6, int(rate), {"mono": 1}.get(layout, 2), codec)


def decode(
    path: Path,
    out: Path,
    *,
    time_limit: float = TIME_LIMIT,
    should_stop: Callable[[], None] = process.nothing,
) -> int:
    """Write any sound as a section's sound: WAV, mono, 48 kHz, 16 bit. Returns its frames.

    Raises BadSound if the file cannot be read, holds no sound or is cut short before its first frame.
    """
    arguments = [*source(path), "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-t", str(MOST_SECONDS)]
    arguments += ["-ac", "1", "-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "wav", "-y", f"file:{out.absolute()}"]
    try:
        call(arguments, time_limit=time_limit, should_stop=should_stop)
        frames = frames_of(out)
    except (process.ProcessFailed, BadSound) as error:
        out.unlink(missing_ok=True)
        raise BadSound from error
    except process.ProcessTimedOut as error:
        out.unlink(missing_ok=True)
        raise BadSound("Reading this sound took too long. Use a shorter or simpler file, such as a WAV.") from error
    if not frames:
        out.unlink(missing_ok=True)
        raise BadSound("This file holds no sound: it is zero seconds long.")
    return frames


def frames_of(path: Path) -> int:
    """The frames of a section's WAV. Raises BadSound if it is not one."""
    import soundfile

    try:
        info = soundfile.info(path)
    except soundfile.LibsndfileError as error:
        raise BadSound from error
    if info.samplerate != RATE or info.channels != 1:
        raise BadSound(f"A section's sound must be mono at {RATE} Hz.")
    return int(info.frames)
