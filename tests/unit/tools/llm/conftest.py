"""Every provider with its fake, so that one test asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from jobs.tools.llm import calling, offers
from jobs.tools.llm.hearing import Call
from jobs.tools.llm.model import LlmConfig
from tests.fakes import llm_anthropic, llm_gemini, llm_ollama, llm_openai
from tests.fakes.llm import ModelServer

KEY = "sk-test-0123456789abcdef"


@dataclass(frozen=True)
class Provider:
    """A provider, its fake, and the model that the fake has."""

    slug: str
    serve: Callable[..., AbstractContextManager[ModelServer]]
    model: str

    def config(self, server: ModelServer, **changes: Any) -> LlmConfig:
        """The provider at the fake's address, with a key where it takes one."""
        quick = {"patience": 1.0, "first_seconds": 5.0, "stall_seconds": 5.0, "call_seconds": 20.0, **changes}
        addresses = {f"{self.slug}_url": server.url}
        secrets = {} if self.slug == "ollama" else {f"{self.slug}_key": KEY}
        return LlmConfig(**addresses, **secrets, **quick)

    def call(self, server: ModelServer, **changes: Any) -> tuple[Call, LlmConfig]:
        """A question to the fake's model."""
        most = changes.pop("most_tokens", 500)
        config = self.config(server, **changes)
        endpoint = next(one for one in offers.endpoints(config) if one.provider == self.slug)
        return Call(
            endpoint=endpoint, name=self.model, system="Be brief.", user="How often do tides come?", most_tokens=most
        ), config


PROVIDERS = [
    Provider("openai", llm_openai.openai_server, llm_openai.MODEL),
    Provider("compatible", llm_openai.openai_server, llm_openai.MODEL),
    Provider("ollama", llm_ollama.ollama_server, llm_ollama.MODEL),
    Provider("anthropic", llm_anthropic.anthropic_server, llm_anthropic.MODEL),
    Provider("gemini", llm_gemini.gemini_server, llm_gemini.MODEL),
]


@pytest.fixture(params=PROVIDERS, ids=lambda provider: provider.slug)
def provider(request: pytest.FixtureRequest) -> Provider:
    """Each of them in turn."""
    return request.param


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Neither lists nor what servers cannot do."""
    offers.forget()
    calling.forget()
    yield
    offers.forget()
    calling.forget()
