"""What every outside service says over HTTP, in words that a person may read: without keys, short, and on one line."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

from jobs.tools.process import POLL_SECONDS

OPENAI_URL = "https://api.openai.com/v1"
MOST_TOLD = 200
_SECRETS = re.compile(r"\b(?:sk|key|AIza)-?[\w*-]{4,}")


def is_other_than_openai(url: str) -> bool:
    """Whether an address that is OpenAI's unless it is set leads to another server of its protocol."""
    return url.rstrip("/") not in ("", OPENAI_URL)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the service may be asked again: the header holds a number of them, or a date."""
    value = headers.get("Retry-After") or headers.get("retry-after") or ""
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def message_in(body: Any) -> str:
    """The sentence in the JSON body of an error, wherever services put it; empty if there is none."""
    error: Any = (body.get("error") or body.get("detail") or body.get("message")) if isinstance(body, dict) else None
    if isinstance(error, list) and error:
        error = error[0]
    if isinstance(error, dict):
        error = error.get("message") or error.get("msg")
    return error if isinstance(error, str) else ""


def readable(message: str, *secrets: str) -> str:
    """What a service said, without the keys, which some services repeat, and no longer than a line."""
    for secret in secrets:
        if secret:
            message = message.replace(secret, "…")
    message = _SECRETS.sub("…", message)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in message).split())[:MOST_TOLD]


def xml(body: bytes) -> ElementTree.Element:
    """A document that a stranger sent. Raises ValueError if it cannot be read, or has a document type of its own."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ValueError("a document type")
    try:
        # What could harm a parser is refused above.
        return ElementTree.fromstring(body)  # noqa: S314
    except ElementTree.ParseError as error:
        raise ValueError("not XML") from error


def pause(seconds: float, should_stop: Callable[[], None]) -> None:
    """Wait, and ask `should_stop` meanwhile."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        should_stop()
        time.sleep(min(left, POLL_SECONDS))
