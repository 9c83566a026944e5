"""A loopback server that speaks the protocol of the Gemini API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.fakes.llm import Event, ModelServer, Reply, model_server

__all__ = ["Reply", "gemini_server"]

MODEL = "gemini-2.5-flash"
FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"}
ERRORS = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
}  # fmt: skip


class Gemini:
    """The words of `models/<name>:generateContent`, its streaming sister, and `GET /v1beta/models`."""

    BASE = ""
    END = ""

    def models(self, names: Sequence[str]) -> dict[str, Any]:
        """As `/v1beta/models` lists them; what embeds cannot generate."""
        return {
            "models": [
                {
                    "name": f"models/{name}",
                    "displayName": name,
                    "supportedGenerationMethods": ["embedContent"] if "embed" in name else ["generateContent"],
                }
                for name in names
            ]
        }

    def is_list(self, path: str) -> bool:
        """Whether a GET asks for the models."""
        return path == "/v1beta/models"

    def is_stream(self, path: str, body: dict[str, Any]) -> bool:
        """As the address says."""
        return ":streamGenerateContent" in path

    def wants_schema(self, body: dict[str, Any]) -> bool:
        """Whether the answer has to fit a schema."""
        config = body.get("generationConfig") or {}
        return any(name.lower() in ("responseschema", "responsejsonschema") for name in config)

    def output_tool(self, body: dict[str, Any]) -> str:
        """The first function's name."""
        tools = body.get("tools") or []
        return str(tools[0]["functionDeclarations"][0]["name"]) if tools else ""

    def opening(self, reply: Reply, tool: str) -> list[Event]:
        """Nothing; a prompt that is blocked is told at once."""
        if not reply.refusal:
            return []
        return [("", {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": reply.refusal}})]

    def piece(self, text: str, tool: str) -> list[Event]:
        """A part of the text; a function's call comes whole, so its pieces are held back."""
        return [] if tool else [("", _answer([{"text": text}]))]

    def closing(self, reply: Reply, tool: str) -> list[Event]:
        """The reason and the usage."""
        if reply.refusal:
            return []
        parts = [_call(reply, tool)] if tool else [{"text": ""}]
        return [("", {**_answer(parts, FINISH[reply.finish]), **_usage(reply)})]

    def trouble(self, message: str) -> list[Event]:
        """An error among the chunks."""
        return [("", {"error": {"code": 503, "message": message, "status": "UNAVAILABLE"}})]

    def whole(self, reply: Reply, tool: str) -> dict[str, Any]:
        """An answer."""
        if reply.refusal:
            return {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": reply.refusal}}
        parts = [_call(reply, tool)] if tool else [{"text": reply.text}]
        return {**_answer(parts, FINISH[reply.finish]), **_usage(reply)}

    def error(self, reply: Reply) -> dict[str, Any]:
        """As Google words it: a wrong key is a bad request to it."""
        status = ERRORS.get(reply.status, "UNKNOWN")
        return {"error": {"code": reply.status, "message": reply.message, "status": status}}


def _answer(parts: list[dict[str, Any]], reason: str = "") -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    return {"candidates": [candidate], "modelVersion": MODEL, "responseId": "r1"}


def _call(reply: Reply, tool: str) -> dict[str, Any]:
    return {"functionCall": {"name": tool, "args": json.loads("".join(reply.streamed))}}


def _usage(reply: Reply) -> dict[str, Any]:
    if not reply.usage:
        return {}
    tokens = reply.usage
    return {
        "usageMetadata": {
            "promptTokenCount": tokens[0], "candidatesTokenCount": tokens[1], "totalTokenCount": sum(tokens)
        }
    }  # fmt: skip


@contextmanager
def gemini_server(*replies: Reply, names: Sequence[str] = (MODEL,), **settings: Any) -> Iterator[ModelServer]:
    """Run it on a free port of this machine."""
    with model_server(Gemini(), *(replies or (Reply("Ready."),)), names=names, **settings) as server:
        yield server
