"""The clients that speak to providers, by pydantic-ai. Only jobs import this module: it loads a hundred megabytes."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any, TypeVar

import httpx2
from pydantic import BaseModel
from pydantic_ai import NativeOutput, PromptedOutput, ToolOutput, exceptions
from pydantic_ai.models import Model as WireModel
from pydantic_ai.output import OutputSpec
from pydantic_ai.settings import ModelSettings

from jobs.tools import web
from jobs.tools.llm.model import (
    WRONG_KEY,
    Endpoint,
    LlmConfig,
    ModelFailed,
    ModelRefused,
    ModelUnavailable,
    RequestRefused,
)

T = TypeVar("T", bound=BaseModel)

TRIES = 3
RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
FIRST_WAIT_SECONDS = 1.0
_CLIENTS = {
    "anthropic": ("pydantic_ai.models.anthropic", "pydantic_ai.providers.anthropic"),
    "gemini": ("pydantic_ai.models.google", "pydantic_ai.providers.google"),
    # Ollama and every compatible server are spoken to by the same.
    "openai": ("pydantic_ai.models.openai", "pydantic_ai.models.ollama", "pydantic_ai.providers.openai_compatible"),
}


class PatientClient(httpx2.AsyncClient):
    """An HTTP client that asks again when a service is busy or away, as long as its patience (seconds) lasts.

    It retries before anything has been answered, never after: what has begun to come is not asked for twice.
    """

    def __init__(self, config: LlmConfig, endpoint: Endpoint) -> None:
        read = max(config.first_seconds, config.stall_seconds) + 5
        timeout = httpx2.Timeout(read, connect=config.connect_seconds)
        # The way to one's own machine leads through no proxy, whatever the environment says.
        super().__init__(timeout=timeout, trust_env=not endpoint.is_local)
        self._patience = config.patience

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send, up to three times; waits as long as Retry-After says, else one second and then two."""
        patience = self._patience
        for number in range(1, TRIES + 1):
            usual = min(FIRST_WAIT_SECONDS * number, patience)
            try:
                response = await super().send(request, **options)
            except httpx2.ConnectError:
                if number == TRIES:
                    raise
                wait = usual
            else:
                if number == TRIES or response.status_code not in RETRIED or await _is_out_of_credit(response):
                    return response
                asked = web.retry_after(response.headers)
                wait = usual if asked is None else asked
                if wait > patience:
                    return response
                await response.aclose()
            patience -= wait
            await asyncio.sleep(wait)
        raise AssertionError  # the last try either returned or raised


async def _is_out_of_credit(response: httpx2.Response) -> bool:
    """Whether a 429 means an empty account, which no waiting fills."""
    if response.status_code != httpx2.codes.TOO_MANY_REQUESTS:
        return False
    try:
        return b"insufficient_quota" in await response.aread()
    except httpx2.HTTPError:
        return False


def load(provider: str) -> None:
    """Load the clients of a provider ahead of the first call."""
    for module in _CLIENTS.get(provider, _CLIENTS["openai"]):
        import_module(module)


def model_at(endpoint: Endpoint, name: str, client: httpx2.AsyncClient) -> WireModel:
    """The model of that name, spoken to as its provider wants it. Loads the clients of that provider alone."""
    match endpoint.provider:
        case "anthropic":
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            anthropic = AnthropicProvider(api_key=endpoint.key, base_url=endpoint.url, http_client=client)
            return AnthropicModel(name, provider=anthropic)
        case "gemini":
            from pydantic_ai.models.google import GoogleModel
            from pydantic_ai.providers.google import GoogleProvider

            google = GoogleProvider(api_key=endpoint.key, base_url=endpoint.url, http_client=client)
            return GoogleModel(name, provider=google)
        case _:
            return _openai_like(endpoint, name, client)


def _openai_like(endpoint: Endpoint, name: str, client: httpx2.AsyncClient) -> WireModel:
    from pydantic_ai.models.ollama import OllamaModel
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.ollama import OllamaProvider
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    if endpoint.provider == "openai":
        openai = OpenAIProvider(api_key=endpoint.key, base_url=endpoint.url, http_client=client)
        return OpenAIChatModel(name, provider=openai)
    # Servers that are not OpenAI's know the limit on tokens by its older name.
    older = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False)
    if endpoint.provider == "ollama":
        ollama = OllamaProvider(base_url=f"{endpoint.url}/v1", http_client=client)
        return OllamaModel(name, provider=ollama, profile=older)
    key = endpoint.key or None
    other = OpenAICompatibleProvider("compatible", base_url=endpoint.url, api_key=key, http_client=client)
    return OpenAIChatModel(name, provider=other, profile=older)


def explained(error: BaseException, endpoint: Endpoint, name: str, partial: str = "") -> ModelFailed | None:
    """What an error of the clients means for a person; None for an error that is not theirs."""
    at, noun = endpoint.subject, endpoint.noun
    said = _said(error, endpoint)
    match error:
        case ModelFailed():
            return error
        case exceptions.ModelQuotaExceededError():
            return ModelRefused(f"The account behind the key has no credit left at {noun}.", partial=partial)
        case exceptions.ModelRateLimitError():
            return ModelUnavailable(f"{at} is asked too often.", partial=partial, retry_after=error.retry_after)
        case exceptions.ModelNotFoundError():
            return ModelRefused(f"{at} does not know the model “{name}”. Choose one of its list.", partial=partial)
        case exceptions.ModelAuthenticationError():
            return ModelRefused(_refused_key(error, endpoint), partial=partial)
        case exceptions.ModelContextWindowExceededError():
            return ModelRefused(f"This is too long for “{name}”. Shorten it, or choose another model.", partial=partial)
        case exceptions.ModelRequestRejectedError() if "api key not valid" in said.lower():
            return ModelRefused(WRONG_KEY.format(at), partial=partial)  # Google's words, with status 400
        case exceptions.ModelRequestRejectedError():
            return RequestRefused(f"{at} refused the request{said and ': '}{said or '.'}", partial=partial)
        case exceptions.ModelTimeoutError():
            return ModelUnavailable(f"{at} did not answer in time.", partial=partial)
        case exceptions.ModelConnectionError() if error.phase in ("connect", "pool"):
            return ModelUnavailable(f"{at} cannot be reached.", partial=partial)
        case exceptions.ModelConnectionError():
            return ModelUnavailable(f"The connection to {noun} broke off.", partial=partial)
        case exceptions.ModelAPIError():
            return ModelUnavailable(f"{at} has a problem of its own{said and ': '}{said or '.'}", partial=partial)
        case exceptions.ContentFilterError():
            return ModelRefused(f"“{name}” refused to write this. Word it otherwise, or choose another model.")
        case exceptions.UnexpectedModelBehavior():
            return ModelUnavailable(f"“{name}” gave no answer of the shape that was asked for.", partial=partial)
        case httpx2.TimeoutException():
            return ModelUnavailable(f"{at} did not answer in time.", partial=partial)
        case httpx2.ConnectError():
            return ModelUnavailable(f"{at} cannot be reached.", partial=partial)
        case httpx2.HTTPError():
            return ModelUnavailable(f"The connection to {noun} broke off.", partial=partial)
    return None


def _refused_key(error: exceptions.ModelAuthenticationError, endpoint: Endpoint) -> str:
    if getattr(error, "status_code", 401) == httpx2.codes.FORBIDDEN:
        return f"{endpoint.subject} does not allow this model with your key."
    return WRONG_KEY.format(endpoint.subject)


def _said(error: BaseException, endpoint: Endpoint) -> str:
    body = getattr(error, "body", None)
    return web.readable(web.message_in(body) or (body if isinstance(body, str) else ""), endpoint.key)


def settings(most_tokens: int) -> ModelSettings:
    """What every request is sent with. We retry ourselves (PatientClient), so that waiting can be cancelled."""
    return ModelSettings(max_tokens=most_tokens, max_retries=0)


def output_of(shape: type[T], model: WireModel, *, in_words: bool) -> OutputSpec[T]:
    """How an answer in a shape is asked for: by JSON schema where the model knows them, else by a tool, or in words."""
    if in_words:
        return PromptedOutput(shape)
    return NativeOutput(shape) if model.profile.get("supports_json_schema_output") else ToolOutput(shape)
