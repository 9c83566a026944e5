"""A loopback server that answers as Ollama does: its own list of models, and OpenAI's protocol for the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.fakes.llm import ModelServer, Reply, model_server
from tests.fakes.llm_openai import OpenAI

__all__ = ["Reply", "ollama_server"]

MODEL = "llama3.2:latest"


class Ollama(OpenAI):
    """The words of `GET /api/tags` and `POST /v1/chat/completions`."""

    BASE = ""

    def models(self, names: Sequence[str]) -> dict[str, Any]:
        """As `/api/tags` lists them."""
        details = {"format": "gguf", "family": "llama", "parameter_size": "3B", "quantization_level": "Q4_K_M"}
        return {
            "models": [
                {"name": name, "model": name, "size": 2_000_000_000, "digest": "a80c", "details": details}
                for name in names
            ]
        }

    def is_list(self, path: str) -> bool:
        """Whether a GET asks for the models."""
        return path == "/api/tags"


@contextmanager
def ollama_server(*replies: Reply, names: Sequence[str] = (MODEL,), **settings: Any) -> Iterator[ModelServer]:
    """Run it on a free port of this machine."""
    with model_server(Ollama(), *(replies or (Reply("Ready."),)), names=names, **settings) as server:
        yield server
