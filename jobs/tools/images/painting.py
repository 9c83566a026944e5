"""Pictures of image models, by OpenAI's protocol (`POST /images/generations`), which other servers speak as well."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from jobs.tools import web
from jobs.tools.images.prices import PICTURE_TOKENS, runs_here
from jobs.tools.llm.driving import Outside, drive
from jobs.tools.llm.model import Spent, tokens_in

MOST_ANSWER_BYTES = 64_000_000
MOST_PICTURE_BYTES = 40_000_000
MOST_ERROR_BYTES = 65_536
TRIES = 3
LISTING_SECONDS = 10.0
OPENAI_MODELS = ("gpt-image", "chatgpt-image")
# Widths and heights that models know; ours are cut from them.
SIZES = {
    "gpt-image": ("1536x1024", "1024x1536"),
    "chatgpt-image": ("1536x1024", "1024x1536"),
    "dall-e-3": ("1792x1024", "1024x1792"),
    "dall-e-2": ("1024x1024", "1024x1024"),
    "": ("1280x720", "720x1280"),
}
AGAINST_RULES = frozenset({"content_policy_violation", "moderation_blocked", "content_filter"})
NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
REFUSALS = {
    401: "The image service did not accept the key. Check the key on your keys page.",
    402: "The image service asks for payment. Check the account that the key belongs to.",
    403: "The image service does not allow this with your key.",
    404: "The image service does not know this model. Check IMAGE_BASE_URL and IMAGE_MODEL.",
}


class PaintingRefused(Exception):
    """The picture fails again if tried again; the text is a sentence for the creator, without secrets."""


class PaintingUnavailable(Exception):
    """The picture fails now and may work later. The text says why; `told` adds the way out."""

    def __init__(self, why: str, *, retry_after: float | None = None, may_cost: bool = False) -> None:
        super().__init__(why)
        self.told = f"{why} Retry in a while, or have the picture composed in the studio."
        self.retry_after, self.may_cost = retry_after, may_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Painter:
    """An image model as it is configured.

    patience: the longest wait in seconds for a service that asks to come back later; seconds: one picture with all it
    takes. allow_hosts: as for downloads (jobs/tools/files), for services that answer with an address.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    patience: float = 30.0
    seconds: float = 300.0
    allow_hosts: Collection[str] = ()

    @property
    def host(self) -> str:
        """`host:port` of the service."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"

    @property
    def is_here(self) -> bool:
        """Whether it runs on this very machine, so that nobody charges for it."""
        return runs_here(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A picture as a file, and what it has cost in tokens."""

    path: Path
    spent: Spent


class _Busy(Exception):
    def __init__(self, told: str, wait: float | None) -> None:
        super().__init__(told)
        self.wait = wait


def paint(painter: Painter, prompt: str, path: Path, *, tall: bool, check: Callable[[], None]) -> Painted:
    """Have a picture painted into `path`. `check` is asked all the while, and what it raises ends the work.

    Raises PaintingRefused, PaintingUnavailable.
    """
    patience = painter.patience
    for left in reversed(range(TRIES)):
        try:
            answer = drive(lambda outside: _ask(painter, _body(painter, prompt, tall), outside), check)
            break
        except _Busy as busy:
            wait = busy.wait if busy.wait is not None else min(1.0, patience)
            if not left or wait > patience:
                raise PaintingUnavailable(str(busy), retry_after=busy.wait) from None
            patience -= wait
            web.pause(wait, check)
    picture = _picture(answer)
    if isinstance(picture, bytes):
        path.write_bytes(picture)
    else:
        _fetch(painter, picture, path, check)
    return Painted(path=path, spent=_spent(answer, prompt))


def models_in(painter: Painter) -> str:
    """Whether the service lists the model (`GET /models`), in words. Raises as `paint` does; nothing is painted."""
    headers = {"Authorization": f"Bearer {painter.key}"} if painter.key else {}
    try:
        answer = httpx.get(f"{painter.url.rstrip('/')}/models", headers=headers, timeout=LISTING_SECONDS)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise PaintingRefused("The address of the image service is not a web address. Check IMAGE_BASE_URL.") from None
    except httpx.HTTPError:
        raise PaintingUnavailable("The image service cannot be reached.") from None
    told = _json(answer.content)
    if answer.status_code in REFUSALS and answer.status_code != httpx.codes.NOT_FOUND:
        raise PaintingRefused(REFUSALS[answer.status_code])
    rows = told.get("data") if isinstance(told, dict) else None
    if answer.status_code != httpx.codes.OK or not isinstance(rows, list):
        # Some servers paint and list nothing.
        return f"answers, and lists no models (status {answer.status_code})"
    names = [row.get("id") for row in rows if isinstance(row, dict)]
    if painter.model not in names:
        raise PaintingRefused(
            f"The image service has {len(names)} models, and no “{painter.model}”. Check IMAGE_MODEL."
        )
    return f"answers, and has “{painter.model}”"


def _body(painter: Painter, prompt: str, tall: bool) -> dict[str, Any]:
    family = next((name for name in SIZES if name and painter.model.startswith(name)), "")
    body: dict[str, Any] = {"model": painter.model, "prompt": prompt, "n": 1, "size": SIZES[family][tall]}
    # OpenAI's newer models know qualities and always send the picture itself; all others are asked to.
    return {**body, "quality": "medium"} if family in OPENAI_MODELS else {**body, "response_format": "b64_json"}


async def _ask(painter: Painter, body: dict[str, Any], outside: Outside) -> dict[str, Any]:
    """The service's answer. Raises _Busy besides what `paint` raises."""
    headers = {"Authorization": f"Bearer {painter.key}"} if painter.key else {}
    url = f"{painter.url.rstrip('/')}/images/generations"
    try:
        async with asyncio.timeout(painter.seconds):
            timeout = httpx.Timeout(painter.seconds, connect=10.0)
            async with (
                httpx.AsyncClient(headers=headers, timeout=timeout) as client,
                client.stream("POST", url, json=body) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    _refuse(answer.status_code, answer.headers, await _read(answer, MOST_ERROR_BYTES), painter)
                data = await _read(answer, MOST_ANSWER_BYTES)
    except (TimeoutError, httpx.TimeoutException):
        raise PaintingUnavailable(
            f"The image service did not answer within {painter.seconds:.0f} seconds.", may_cost=True
        ) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise PaintingRefused("The address of the image service is not a web address. Check IMAGE_BASE_URL.") from None
    except httpx.ConnectError:
        raise PaintingUnavailable("The image service cannot be reached.") from None
    except httpx.HTTPError:
        raise PaintingUnavailable("The connection to the image service broke off.", may_cost=True) from None
    told = _json(data)
    if not isinstance(told, dict):
        raise PaintingUnavailable(
            "The image service answered with something else than a picture. Is IMAGE_BASE_URL its address?"
        )
    return told


async def _read(answer: httpx.Response, most: int) -> bytes:
    """The body. Raises PaintingUnavailable for one that does not end; of an error only the beginning is read."""
    data = bytearray()
    async for piece in answer.aiter_bytes():
        data += piece
        if len(data) > most:
            if answer.status_code != httpx.codes.OK:
                break
            raise PaintingUnavailable("The image service sent more than a picture can be.", may_cost=True)
    return bytes(data)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _refuse(status: int, headers: httpx.Headers, data: bytes, painter: Painter) -> None:
    """Raise what an error of the service means."""
    told = _json(data)
    error = told.get("error") if isinstance(told, dict) else None
    code = str(error.get("code") or error.get("type") or "") if isinstance(error, dict) else ""
    said = web.readable(web.message_in(told), painter.key)
    if code in NO_CREDIT:
        raise PaintingRefused("The account behind the key has no credit left at the image service.")
    if code in AGAINST_RULES:
        raise PaintingRefused(
            "The image service refuses to paint this: it is against its content policy. Word it differently."
        )
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise _Busy("The image service is asked too often.", web.retry_after(headers))
    if status >= 500 or status == httpx.codes.REQUEST_TIMEOUT:
        raise _Busy(f"The image service has a problem of its own (status {status}).", web.retry_after(headers))
    if known := REFUSALS.get(status):
        raise PaintingRefused(known)
    raise PaintingRefused(f"The image service refused the request (status {status}){said and ': '}{said}")


def _picture(answer: dict[str, Any]) -> bytes | str:
    """The picture in an answer, or its address. Raises PaintingUnavailable."""
    rows = answer.get("data")
    first = rows[0] if isinstance(rows, list) and rows else None
    if isinstance(first, dict):
        data, address = first.get("b64_json"), first.get("url")
        if isinstance(address, str) and address.startswith("data:"):
            data = address
        if isinstance(data, str) and data:
            # Some servers send it as a data address.
            encoded = data.partition(",")[2] if data.startswith("data:") else data
            try:
                return base64.b64decode("".join(encoded.split()), validate=True)
            except (binascii.Error, ValueError):
                raise PaintingUnavailable(
                    "The image service sent a picture that cannot be read.", may_cost=True
                ) from None
        if isinstance(address, str) and address:
            return address
    raise PaintingUnavailable("The image service sent no picture.", may_cost=True)


def _fetch(painter: Painter, address: str, path: Path, check: Callable[[], None]) -> None:
    """Fetch a picture that the service only names, as guardedly as any file of a stranger."""
    from jobs.tools.files.download import Downloader, DownloadRefused, Limits
    from jobs.tools.sources.record import FileLink

    url = urljoin(f"{painter.url.rstrip('/')}/", address)
    parts = urlsplit(url)
    own = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}" == painter.host
    # The service itself may stand in the studio's own network; where else it points may not.
    downloader = Downloader(
        path.parent / "fetched",
        allow_hosts=[*painter.allow_hosts, *([painter.host] if own else [])],
        limits=Limits(most_bytes=MOST_PICTURE_BYTES, seconds=painter.seconds),
    )
    headers = {"Authorization": f"Bearer {painter.key}"} if own and painter.key else None
    try:
        found = downloader.fetch(FileLink(url, "image"), headers=headers, should_stop=check)
    except DownloadRefused as error:
        raise PaintingUnavailable(f"The picture could not be fetched: {error}", may_cost=True) from error
    found.path.replace(path)


def _spent(answer: dict[str, Any], prompt: str) -> Spent:
    """The tokens that the service counted; else about what such a picture takes."""
    usage = answer.get("usage")
    if isinstance(usage, dict):
        into, out = usage.get("input_tokens"), usage.get("output_tokens")
        if isinstance(into, int) and isinstance(out, int) and 0 <= into < 10**9 and 0 <= out < 10**9:
            return Spent(input_tokens=into, output_tokens=out)
    return Spent(input_tokens=tokens_in(prompt), output_tokens=PICTURE_TOKENS, is_measured=False)
