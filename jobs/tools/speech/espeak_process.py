"""Speaks with the espeak-ng library, in a process of its own: the library is GPL, and it keeps state between calls.

Reads one JSON object on standard input (library, data, voice, rate, text, out), writes a WAV file to `out` and on
standard output one JSON object with the word events: first character, number of characters, second.
"""

from __future__ import annotations

import ctypes
import json
import sys
import tempfile
import wave
from pathlib import Path
from typing import Any

SYNCHRONOUS = 2
DONT_EXIT = 0x8000
POSITION_CHARACTER = 1
CHARS_UTF8 = 1
RATE_PARAMETER = 1
EVENT_END, EVENT_WORD = 0, 1
LONGEST_DATA_PATH = 159


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def main() -> None:
    """Speak what standard input asks for."""
    order: dict[str, Any] = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        data = order["data"]
        if len(data) > LONGEST_DATA_PATH:
            # The library keeps the path in a short buffer.
            link = Path(folder) / "data"
            link.symlink_to(data)
            data = str(link)
        events = _speak(order, data)
    json.dump({"events": events}, sys.stdout)


def _speak(order: dict[str, Any], data: str) -> list[tuple[int, int, float]]:
    library = ctypes.CDLL(order["library"])
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), DONT_EXIT)
    if rate <= 0:
        sys.exit("espeak-ng did not start")
    if library.espeak_SetVoiceByName(order["voice"].encode()) != 0:
        sys.exit(f"espeak-ng has no voice {order['voice']}")
    library.espeak_SetParameter(RATE_PARAMETER, int(order["rate"]), 0)
    events: list[tuple[int, int, float]] = []

    with wave.open(order["out"], "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)

        def hear(samples: Any, count: int, event: Any) -> int:
            if samples and count > 0:
                out.writeframes(ctypes.string_at(samples, count * 2))
            at = 0
            while event[at].type != EVENT_END:
                if event[at].type == EVENT_WORD:
                    events.append((event[at].text_position - 1, event[at].length, event[at].audio_position / 1000))
                at += 1
            return 0

        callback = _Callback(hear)
        library.espeak_SetSynthCallback(callback)
        text = order["text"].encode()
        failed = library.espeak_Synth(
            ctypes.c_char_p(text), ctypes.c_size_t(len(text) + 1), 0, POSITION_CHARACTER, 0, CHARS_UTF8, None, None
        )
        if failed or library.espeak_Synchronize():
            sys.exit("espeak-ng did not speak")
    return events


if __name__ == "__main__":
    main()
