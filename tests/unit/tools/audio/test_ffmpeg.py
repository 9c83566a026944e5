from __future__ import annotations

import struct
import subprocess
import wave
from pathlib import Path

import pytest
import soundfile

from jobs.tools import process
from jobs.tools.audio import ffmpeg

from .conftest import MakeTone

pytestmark = [
    pytest.mark.ffmpeg,
    pytest.mark.skipif(not ffmpeg.is_available(), reason="ffmpeg is not installed"),
]

ENCODERS = {
    "mp3": ["-c:a", "libmp3lame"],
    "flac": ["-c:a", "flac"],
    "ogg": ["-c:a", "libvorbis"],
    "m4a": ["-c:a", "aac"],
    "webm": ["-c:a", "libopus"],
    "aac": ["-c:a", "aac"],
    "aiff": [],
    "wma": ["-c:a", "wmav2"],
    "w64": [],
}


def encoded(sound: Path, ending: str, *options: str) -> Path:
    out = sound.with_suffix(f".{ending}")
    ffmpeg.call([*ffmpeg.source(sound), *ENCODERS.get(ending, []), *options, "-y", str(out)])
    return out


@pytest.mark.parametrize("ending", ENCODERS)
def test_every_usual_format_is_decoded_whatever_its_name(tone: MakeTone, tmp_path: Path, ending: str) -> None:
    sound = encoded(tone(rate=44_100, channels=2), ending).rename(tmp_path / "upload")
    frames = ffmpeg.decode(sound, tmp_path / "out.wav")
    info = soundfile.info(tmp_path / "out.wav")
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (48_000, 1, "PCM_16", frames)
    assert frames == pytest.approx(48_000, abs=48_000 * 0.1)
    assert abs(soundfile.read(tmp_path / "out.wav")[0]).max() == pytest.approx(0.25, abs=0.05)


@pytest.mark.parametrize("probe", ["ffprobe", "decoding"])
@pytest.mark.parametrize("ending", ["wav", "mp3", "m4a", "aac"])
def test_probing_tells_length_rate_channels_and_codec(
    tone: MakeTone, monkeypatch: pytest.MonkeyPatch, ending: str, probe: str
) -> None:
    if probe == "decoding":
        monkeypatch.setattr(ffmpeg, "find_probe", lambda: None)
    sound = tone(seconds=2, rate=44_100, channels=2)
    info = ffmpeg.probe(sound if ending == "wav" else encoded(sound, ending))
    assert info.seconds == pytest.approx(2, abs=0.1)
    assert (info.sample_rate, info.channels) == (44_100, 2)
    assert info.codec == {"wav": "pcm_s16le", "mp3": "mp3"}.get(ending, "aac")


def test_an_mp3_without_any_header_is_sound(tone: MakeTone, tmp_path: Path) -> None:
    sound = encoded(tone(), "mp3", "-write_xing", "0", "-id3v2_version", "0")
    assert sound.read_bytes()[0] == 0xFF
    assert ffmpeg.decode(sound, tmp_path / "out.wav") == pytest.approx(48_000, abs=3000)


def test_a_streamed_wav_is_as_long_as_what_it_holds(tone: MakeTone, tmp_path: Path) -> None:
    data = bytearray(tone().read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    assert data[36:40] == b"data"
    sound = tmp_path / "streamed.wav"
    sound.write_bytes(data)
    assert ffmpeg.probe(sound).seconds == pytest.approx(1, abs=0.01)
    assert ffmpeg.decode(sound, tmp_path / "out.wav") == 48_000


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{secret}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile {secret}\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{secret}</BaseURL></MPD>',
    "smil": "<smil><body><audio src='{secret}'/></body></smil>",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("name", ["a.wav", "a.m3u8", "a"])
def test_what_points_at_other_files_is_refused(tone: MakeTone, tmp_path: Path, kind: str, name: str) -> None:
    upload = tmp_path / name
    upload.write_text(PLAYLISTS[kind].format(secret=tone()))
    with pytest.raises(ffmpeg.BadSound) as refusal:
        ffmpeg.decode(upload, tmp_path / "out.wav")
    assert refusal.value.told == ffmpeg.UNREADABLE
    with pytest.raises(ffmpeg.BadSound):
        ffmpeg.probe(upload)
    assert not (tmp_path / "out.wav").exists()


def test_only_local_files_are_opened(tone: MakeTone) -> None:
    with pytest.raises(process.ProcessFailed, match="whitelist"):
        ffmpeg.call([*ffmpeg.source(tone())[:-1], "http://127.0.0.1:9/a.wav", "-f", "null", "-"])


def test_a_name_like_a_protocol_is_only_a_name(tone: MakeTone, tmp_path: Path) -> None:
    sound = tone().rename(tmp_path / "concat:a|b.wav")
    assert ffmpeg.decode(sound, tmp_path / "out.wav") == 48_000


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"hello", b"\xff\xfb", b"RIFF\0\0\0\0WAVE", b"OggS", b"ID3"])
def test_what_is_no_sound_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(content)
    with pytest.raises(ffmpeg.BadSound) as refusal:
        ffmpeg.decode(upload, tmp_path / "out.wav")
    assert refusal.value.told.endswith(".")
    assert not (tmp_path / "out.wav").exists()


def test_a_sound_of_no_length_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "none.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
    with pytest.raises(ffmpeg.BadSound, match="no sound"):
        ffmpeg.decode(tmp_path / "none.wav", tmp_path / "out.wav")


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "silent.mp4"
    ffmpeg.call(["-f", "lavfi", "-i", "color=s=32x32:d=0.2", "-c:v", "mpeg4", "-y", str(out)])
    with pytest.raises(ffmpeg.BadSound):
        ffmpeg.decode(out, tmp_path / "out.wav")


def test_a_missing_ffmpeg_is_said(tone: MakeTone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "find", lambda: None)
    assert not ffmpeg.is_available()
    assert not ffmpeg.has_filter("flite")
    with pytest.raises(ffmpeg.FfmpegMissing, match="bin/setup"):
        ffmpeg.call(["-version"])


def test_filters_are_known_by_name() -> None:
    listed = subprocess.run([str(ffmpeg.find()), "-hide_banner", "-filters"], capture_output=True, text=True).stdout
    assert ffmpeg.has_filter("ebur128")
    assert ffmpeg.has_filter("flite") == (" flite " in listed)
    assert not ffmpeg.has_filter("no_such_filter")


def test_a_huge_claim_of_length_costs_nothing(tmp_path: Path) -> None:
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36, b"WAVE", b"fmt ", 16, 1, 1, 1, 2, 2, 16, b"data", 10**9)
    upload = tmp_path / "claim.wav"
    upload.write_bytes(header + b"\0\0" * 10)
    assert ffmpeg.probe(upload).seconds == pytest.approx(10, abs=0.1)
