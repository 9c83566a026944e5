"""Which providers there are, and which models each offers now: its own list, never a menu of ours.

Lists are asked for all at once with short time limits, and remembered by this process: a good answer for five minutes, a
bad one for half a minute.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jobs.tools import web
from jobs.tools.llm.model import WRONG_KEY, Endpoint, LlmConfig

if TYPE_CHECKING:
    import httpx

GOOD_SECONDS = 300.0
BAD_SECONDS = 30.0
MOST_MODELS = 500
NOT_ASKED = "Not asked yet."
LABELS = {
    "ollama": "Ollama",
    "compatible": "OpenAI-compatible server",
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "gemini": "Google Gemini",
}
# Where a list does not say what a model is for, its name does: these do not chat.
NO_CHAT = re.compile(
    r"embed|whisper|(?:^|[-_])tts(?:$|[-_])|transcri|moderation|dall-e|image|sora|realtime|(?:^|[-_])live(?:$|[-_])"
    r"|audio|davinci|babbage|(?:^|[-_])(?:ada|curie)(?:$|[-_])|rerank|instruct-0914|computer-use|robotics|veo|lyria"
    r"|imagen|banana|(?:^|/)aqa$|bge-|nomic|minilm|guard|clip|stable-diffusion|flux|speech",
    re.I,
)
_SALT = secrets.token_bytes(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that is offered. is_local: it runs on this machine or in its network, and costs nothing."""

    provider: str
    name: str
    is_local: bool = False

    @property
    def slug(self) -> str:
        """As it is chosen and recorded: `provider/model`."""
        return f"{self.provider}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a provider answered. reason: why it offers nothing, with the way out. ms: how long the answer took.

    is_open: it answers, but lists no models; any name may be tried.
    """

    provider: str
    label: str
    models: tuple[Model, ...] = ()
    reason: str = ""
    ms: int = 0
    is_open: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether it can be asked to write."""
        return not self.reason


@dataclass(slots=True)
class _Known:
    offer: Offer
    until: float


_known: dict[str, _Known] = {}
_lock = threading.Lock()


def subject(provider: str) -> str:
    """The provider at the beginning of a sentence, whether it is configured or not."""
    return Endpoint(provider=provider, label=LABELS[provider], url="").subject


def endpoints(config: LlmConfig) -> list[Endpoint]:
    """Every provider as it is configured, in the order in which people see them. Ollama and servers of one's own only
    where an address is set."""
    found = []
    if config.ollama_url:
        found.append(_endpoint("ollama", config.ollama_url, "", is_local=True))
    if config.compatible_url:
        is_local = is_near(config.compatible_url)
        found.append(_endpoint("compatible", config.compatible_url, config.compatible_key, is_local=is_local))
    for provider, url, key in (
        ("openai", config.openai_url, config.openai_key),
        ("anthropic", config.anthropic_url, config.anthropic_key),
        ("gemini", config.gemini_url, config.gemini_key),
    ):
        reason = "" if key else f"Add {'an' if provider != 'gemini' else 'a'} {LABELS[provider]} key on your keys page."
        found.append(_endpoint(provider, url, key, reason=reason))
    return found


def _endpoint(provider: str, url: str, key: str, *, is_local: bool = False, reason: str = "") -> Endpoint:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        reason = f"The address of {LABELS[provider]} is not a web address. Set it to one that begins with https://."
    return Endpoint(
        provider=provider, label=LABELS[provider], url=url.rstrip("/"), key=key, is_local=is_local, reason=reason
    )


def is_near(url: str) -> bool:
    """Whether the address is of this machine or of its own network."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))


def offers(config: LlmConfig, *, only: str = "", fresh: bool = False) -> list[Offer]:
    """What every provider offers (or `only` one of them); asks those that are not remembered, all at once."""
    wanted = [one for one in endpoints(config) if not only or one.provider == only]
    to_ask = [one for one in wanted if not one.reason and (fresh or remembered(one) is None)]
    if to_ask:
        with ThreadPoolExecutor(len(to_ask), thread_name_prefix="models") as pool:
            for endpoint, offer in zip(to_ask, pool.map(lambda one: _ask(one, config), to_ask), strict=True):
                _remember(endpoint, offer)
    return [_as_known(one) for one in wanted]


def remembered_offers(config: LlmConfig) -> list[Offer]:
    """What is remembered of every provider, without asking anybody; nothing of those that were never asked."""
    return [_as_known(one) for one in endpoints(config)]


def remembered(endpoint: Endpoint) -> Offer | None:
    """The provider's last answer while it holds."""
    with _lock:
        known = _known.get(_key(endpoint))
    return known.offer if known and known.until > time.monotonic() else None


def forget() -> None:
    """Forget every answer."""
    with _lock:
        _known.clear()


def _as_known(endpoint: Endpoint) -> Offer:
    if endpoint.reason:
        return Offer(provider=endpoint.provider, label=endpoint.label, reason=endpoint.reason)
    with _lock:
        known = _known.get(_key(endpoint))
    return known.offer if known else Offer(provider=endpoint.provider, label=endpoint.label, reason=NOT_ASKED)


def _remember(endpoint: Endpoint, offer: Offer) -> None:
    until = time.monotonic() + (GOOD_SECONDS if offer.is_ready else BAD_SECONDS)
    with _lock:
        _known[_key(endpoint)] = _Known(offer, until)


def _key(endpoint: Endpoint) -> str:
    """Other keys have other lists; the key itself is not kept."""
    parts = "\n".join((endpoint.provider, endpoint.url, endpoint.key))
    return hashlib.blake2b(parts.encode(), key=_SALT).hexdigest()


def _ask(endpoint: Endpoint, config: LlmConfig) -> Offer:
    # Pages draw what is remembered; only who asks needs the client.
    import httpx

    began = time.monotonic()
    path, headers = _list_request(endpoint)
    reason, names, is_open = "", [], False
    try:
        # The way to one's own machine leads through no proxy, whatever the environment says.
        with httpx.Client(timeout=config.list_seconds, trust_env=not endpoint.is_local) as client:
            answer = client.get(f"{endpoint.url}{path}", headers=headers)
    except httpx.TimeoutException:
        reason = f"{endpoint.subject} did not answer within {config.list_seconds:g} seconds."
    except (httpx.HTTPError, httpx.InvalidURL):
        reason = _away(endpoint)
    else:
        is_open = answer.status_code in (404, 405) and endpoint.provider == "compatible"
        if answer.status_code == HTTPStatus.OK:
            names = _names(endpoint.provider, _json(answer))
            reason = "" if names else _without_models(endpoint)
        elif not is_open:
            reason = _refusal(endpoint, answer)
    models = tuple(Model(provider=endpoint.provider, name=name, is_local=endpoint.runs_here(name)) for name in names)
    ms = round(1000 * (time.monotonic() - began))
    return Offer(provider=endpoint.provider, label=endpoint.label, models=models, reason=reason, ms=ms, is_open=is_open)


def _list_request(endpoint: Endpoint) -> tuple[str, dict[str, str]]:
    match endpoint.provider:
        case "ollama":
            return "/api/tags", {}
        case "anthropic":
            return "/v1/models?limit=1000", {"x-api-key": endpoint.key, "anthropic-version": "2023-06-01"}
        case "gemini":
            return "/v1beta/models?pageSize=1000", {"x-goog-api-key": endpoint.key}
        case _:
            return "/models", {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}


def _names(provider: str, body: Any) -> list[str]:
    rows = body.get("models" if provider in ("ollama", "gemini") else "data") if isinstance(body, dict) else None
    names = [
        str(row.get("id") or row.get("name") or "").removeprefix("models/")
        for row in rows or ()
        if isinstance(row, dict) and _chats(provider, row)
    ]
    return sorted({name for name in names if name and not NO_CHAT.search(name)}, key=_by_name)[:MOST_MODELS]


def _chats(provider: str, row: dict[str, Any]) -> bool:
    """Whether the list itself says that the model does not chat; a list that is silent leaves it to the name."""
    if provider == "gemini":
        return "generateContent" in (row.get("supportedGenerationMethods") or ["generateContent"])
    capabilities = row.get("capabilities")
    if provider == "ollama" and isinstance(capabilities, list):
        return "completion" in capabilities
    return True


def _by_name(name: str) -> list[tuple[int, str]]:
    """Numbers by their size, so that the newest of a family stands last of it."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name.lower())]


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _away(endpoint: Endpoint) -> str:
    if endpoint.provider == "ollama":
        return f"No Ollama answers at {_shown(endpoint.url)}. Start it, or set OLLAMA_URL."
    return f"{endpoint.subject} cannot be reached at {_shown(endpoint.url)}."


def _shown(url: str) -> str:
    """The address without name and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _without_models(endpoint: Endpoint) -> str:
    if endpoint.provider == "ollama":
        return "Ollama has no model yet. Pull one, for example with `ollama pull llama3.2`."
    return f"{endpoint.subject} lists no model that writes."


def _refusal(endpoint: Endpoint, answer: httpx.Response) -> str:
    status, said = answer.status_code, web.readable(web.message_in(_json(answer)), endpoint.key)
    if status == HTTPStatus.UNAUTHORIZED or (status == HTTPStatus.BAD_REQUEST and "api key" in said.lower()):
        return WRONG_KEY.format(endpoint.subject)
    if status == HTTPStatus.FORBIDDEN:
        return f"{endpoint.subject} does not allow this key to list models{f': {said}' if said else '.'}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return f"{endpoint.subject} is asked too often. Try again in a minute."
    return f"{endpoint.subject} answered with status {status}{f': {said}' if said else '.'}"
