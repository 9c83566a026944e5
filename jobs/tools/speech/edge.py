"""Voices of Microsoft Edge's reading service: free, without a key, unofficial; it tells when it says each word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from importlib import metadata
from pathlib import Path
from typing import Any

from jobs.tools.process import POLL_SECONDS
from jobs.tools.speech.voice import Event, Said, SpeechConfig, SpeechRefused, SpeechUnavailable, Voice
from jobs.tools.text.spoken import Spoken

# One request of the protocol holds 4096 bytes after escaping; between two of them the service's times drift.
MOST_BYTES = 3000
TICKS_A_SECOND = 10_000_000
# 48 kbit/s: four hours.
MOST_ANSWER_BYTES = 90 * 1024**2

_VOICES = {
    "en-US-AriaNeural": "Aria (America)", "en-US-GuyNeural": "Guy (America)", "en-US-JennyNeural": "Jenny (America)",
    "en-US-ChristopherNeural": "Christopher (America)", "en-US-EmmaMultilingualNeural": "Emma (America)",
    "en-US-AndrewMultilingualNeural": "Andrew (America)", "en-GB-SoniaNeural": "Sonia (Britain)",
    "en-GB-RyanNeural": "Ryan (Britain)", "en-AU-NatashaNeural": "Natasha (Australia)",
    "en-IN-NeerjaNeural": "Neerja (India)", "de-DE-KatjaNeural": "Katja (Germany)",
    "de-DE-ConradNeural": "Conrad (Germany)", "fr-FR-DeniseNeural": "Denise (France)",
    "fr-FR-HenriNeural": "Henri (France)", "es-ES-ElviraNeural": "Elvira (Spain)",
    "es-MX-JorgeNeural": "Jorge (Mexico)", "it-IT-ElsaNeural": "Elsa (Italy)",
    "pt-BR-FranciscaNeural": "Francisca (Brazil)", "nl-NL-ColetteNeural": "Colette (Netherlands)",
    "pl-PL-ZofiaNeural": "Zofia (Poland)", "sv-SE-SofieNeural": "Sofie (Sweden)", "tr-TR-EmelNeural": "Emel (Turkey)",
    "ru-RU-SvetlanaNeural": "Svetlana (Russia)", "uk-UA-PolinaNeural": "Polina (Ukraine)",
    "hi-IN-SwaraNeural": "Swara (India)", "ar-EG-SalmaNeural": "Salma (Egypt)", "ja-JP-NanamiNeural": "Nanami (Japan)",
    "ko-KR-SunHiNeural": "Sun-Hi (Korea)", "zh-CN-XiaoxiaoNeural": "Xiaoxiao (China)",
}  # fmt: skip


def voices(config: SpeechConfig) -> list[Voice]:
    """A choice of its voices."""
    try:
        version, reason = metadata.version("edge-tts"), ""
    except metadata.PackageNotFoundError:
        version, reason = "", "Run bin/setup to install the package edge-tts."
    return [
        Voice(id=name, service="edge", label=label, language=name.partition("-")[0], ready=not reason, reason=reason,
              version=version)
        for name, label in _VOICES.items()
    ]  # fmt: skip


def say(
    spoken: Spoken, voice: Voice, speed: float, folder: Path, config: SpeechConfig, should_stop: Callable[[], None]
) -> Said:
    """Speak. The times of its words come with the sound."""
    # Imported here: it brings a web client of its own, which only this voice needs.
    import aiohttp
    from edge_tts import exceptions

    out = folder / "edge.mp3"
    try:
        told = asyncio.run(_stoppable(_receive(spoken, voice, speed, out, config), should_stop))
    except TimeoutError:
        raise SpeechUnavailable("Microsoft's reading service did not answer in time.") from None
    except aiohttp.WSServerHandshakeError as error:
        if error.status in {400, 401, 404}:
            raise SpeechRefused("Microsoft's reading service has changed and refuses the request.") from None
        # 403 was tried again with the service's own clock; what remains is that it will not serve us now.
        raise SpeechUnavailable(
            f"Microsoft's reading service refused the connection (status {error.status})."
        ) from None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise SpeechRefused("The address of Microsoft's reading service is not a web address.") from None
    except exceptions.NoAudioReceived:
        raise SpeechRefused("Microsoft's reading service sent no sound for this text. Try another voice.") from None
    except aiohttp.ClientConnectorError:
        raise SpeechUnavailable("Microsoft's reading service cannot be reached.") from None
    except (aiohttp.ClientError, exceptions.EdgeTTSException, OSError, ValueError, KeyError):
        raise SpeechUnavailable("The connection to Microsoft's reading service broke off.") from None
    return Said(out, _events(spoken, told))


_Boundary = tuple[str, float, float]


async def _receive(spoken: Spoken, voice: Voice, speed: float, out: Path, config: SpeechConfig) -> list[_Boundary]:
    from edge_tts import Communicate, communicate, constants, exceptions

    # The library has no setting for its address.
    setattr(communicate, "WSS_URL", config.edge_url or constants.WSS_URL)  # noqa: B010
    boundaries: list[_Boundary] = []
    seconds = max(1, round(config.timeout))
    service = Communicate(
        spoken.text, voice.id, rate=f"{round((speed - 1) * 100):+d}%", boundary="WordBoundary",
        connect_timeout=min(10, seconds), receive_timeout=seconds,
    )  # fmt: skip
    size = 0
    with out.open("wb") as file:
        messages = service.stream()
        while True:
            # The library's own limit does not hold once the connection stands.
            async with asyncio.timeout(config.timeout):
                message = await anext(messages, None)
            if message is None:
                break
            if message["type"] == "audio":
                size += file.write(message["data"])
                if size > MOST_ANSWER_BYTES:
                    raise exceptions.UnexpectedResponse
            else:
                start = message["offset"] / TICKS_A_SECOND
                boundaries.append((message["text"], start, start + message["duration"] / TICKS_A_SECOND))
    if service.state["cumulative_audio_bytes"] != size:
        # The library counts at the end of each answer: the connection was closed before that.
        raise exceptions.UnexpectedResponse
    return boundaries


async def _stoppable(work: Coroutine[Any, Any, list[_Boundary]], should_stop: Callable[[], None]) -> list[_Boundary]:
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=POLL_SECONDS)
            should_stop()
    finally:
        task.cancel()
        await asyncio.wait([task])
    return task.result()


def _events(spoken: Spoken, told: list[_Boundary]) -> list[Event]:
    """The boundaries name their words; each is looked for a little way after the one before it."""
    text, at = spoken.text.lower(), 0
    events = []
    for word, start, end in told:
        found = text.find(word.lower(), at, at + len(word) + 80)
        if found >= 0:
            at = found + len(word)
            events.append(Event(found, at, start, end))
    return events
