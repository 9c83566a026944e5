"""Voices of OpenAI, and of any server that speaks its protocol (`POST /audio/speech`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jobs.tools import web
from jobs.tools.speech.voice import Said, SpeechConfig, SpeechRefused, SpeechUnavailable, Voice
from jobs.tools.text.spoken import Spoken

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 4000
MOST_ANSWER_BYTES = 200 * 1024**2
TRIES = 3
_VOICES = ("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer")
_OTHER_VOICE = re.compile(r"[\w.()+:/-]{1,100}", re.ASCII)
_REFUSALS = {
    401: "The speech service did not accept the key. Check the key on your keys page.",
    402: "The speech service asks for payment. Check the account that the key belongs to.",
    403: "The speech service does not allow this with your key.",
    404: "The speech service does not know this model or voice. Choose another voice.",
    413: "The text is too long for the speech service. Split the section.",
}


class _Busy(Exception):
    def __init__(self, told: str, wait: float | None) -> None:
        super().__init__(told)
        self.wait = wait


def voices(config: SpeechConfig) -> list[Voice]:
    """OpenAI's own voices; other servers understand most of these names too."""
    return [_voice(name, config) for name in _VOICES]


def other_voice(name: str, config: SpeechConfig) -> Voice | None:
    """A voice that only another server than OpenAI's may have; None if it cannot be the name of one."""
    return _voice(name, config) if _is_other(config) and _OTHER_VOICE.fullmatch(name) else None


def _voice(name: str, config: SpeechConfig) -> Voice:
    # A server of one's own may need no key.
    ready = bool(config.openai_key) or _is_other(config)
    reason = "" if ready else "Add an OpenAI key on your keys page."
    version = f"{urlsplit(_base(config)).netloc.rpartition('@')[2]} {config.openai_model}"
    label = name.capitalize() if name in _VOICES else name
    return Voice(id=name, service="openai", label=label, language="", ready=ready, reason=reason, version=version)


def _base(config: SpeechConfig) -> str:
    return (config.openai_base_url or web.OPENAI_URL).rstrip("/")


def _is_other(config: SpeechConfig) -> bool:
    return web.is_other_than_openai(config.openai_base_url)


def say(
    spoken: Spoken, voice: Voice, speed: float, folder: Path, config: SpeechConfig, should_stop: Callable[[], None]
) -> Said:
    """Speak. A service that asks for patience gets as much of it as the configuration has."""
    # Pages list the voices; only who speaks needs the client.
    import httpx

    body = {
        "model": config.openai_model, "input": spoken.text, "voice": voice.id, "speed": speed, "response_format": "wav",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {config.openai_key}"} if config.openai_key else {}
    out, patience = folder / "openai", config.patience
    with httpx.Client(headers=headers, timeout=config.timeout) as client:
        for left in reversed(range(TRIES)):
            try:
                _ask(client, f"{_base(config)}/audio/speech", body, out, config, should_stop)
                return Said(out)
            except _Busy as busy:
                wait = busy.wait if busy.wait is not None else min(1.0, patience)
                if not left or wait > patience:
                    raise SpeechUnavailable(str(busy), busy.wait) from None
                patience -= wait
                web.pause(wait, should_stop)
    raise AssertionError  # the last try either returned or raised


def _ask(
    client: httpx.Client, url: str, body: dict[str, Any], out: Path, config: SpeechConfig,
    should_stop: Callable[[], None],
) -> None:  # fmt: skip
    import httpx

    should_stop()
    try:
        with client.stream("POST", url, json=body) as answer:
            if answer.status_code != HTTPStatus.OK:
                _refuse(answer, config)
            size = 0
            with out.open("wb") as file:
                for data in answer.iter_bytes():
                    should_stop()
                    size += file.write(data)
                    if size > MOST_ANSWER_BYTES:
                        raise SpeechRefused("The speech service sent too much sound. Split the section.")
    except httpx.TimeoutException:
        raise SpeechUnavailable("The speech service did not answer in time.") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise SpeechRefused("The address of the speech service is not a web address.") from None
    except httpx.ConnectError:
        raise SpeechUnavailable("The speech service cannot be reached.") from None
    except httpx.HTTPError:
        # Also a body that ended before it was whole: nothing of it is kept.
        raise SpeechUnavailable("The connection to the speech service broke off.") from None
    if not size:
        raise SpeechUnavailable("The speech service sent no sound.")


def _refuse(answer: httpx.Response, config: SpeechConfig) -> None:
    status = answer.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        if _code(answer) == "insufficient_quota":
            raise SpeechRefused("The account behind the key has no credit left at the speech service.")
        raise _Busy("The speech service is asked too often. Try again later.", web.retry_after(answer.headers))
    if status >= 500 or status == HTTPStatus.REQUEST_TIMEOUT:
        raise _Busy(f"The speech service has a problem of its own (status {status}).", web.retry_after(answer.headers))
    if told := _REFUSALS.get(status):
        raise SpeechRefused(told)
    said = _message(answer, config)
    raise SpeechRefused(f"The speech service refused the text or the voice (status {status}){said and ': '}{said}")


def _told(answer: httpx.Response) -> Any:
    import httpx

    try:
        data = b""
        for chunk in answer.iter_bytes():
            data += chunk
            if len(data) > 65536:
                return None
        return httpx.Response(200, content=data).json()
    except (ValueError, httpx.HTTPError):
        return None


def _code(answer: httpx.Response) -> str:
    told = _told(answer)
    error = told.get("error") if isinstance(told, dict) else None
    return str(error.get("code")) if isinstance(error, dict) else ""


def _message(answer: httpx.Response, config: SpeechConfig) -> str:
    """What the service said about it, without the key."""
    return web.readable(web.message_in(_told(answer)), config.openai_key)
