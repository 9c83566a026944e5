"""A loopback server that speaks OpenAI's Chat Completions protocol, as most other servers of language models do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.fakes.llm import Event, ModelServer, Reply, model_server

__all__ = ["Reply", "openai_server"]

MODEL = "gpt-4o-mini"
FINISH = {"stop": "stop", "length": "length", "filter": "content_filter"}


class OpenAI:
    """The words of `POST /chat/completions` and `GET /models`."""

    BASE = "/v1"
    END = "[DONE]"

    def models(self, names: Sequence[str]) -> dict[str, Any]:
        """As `/models` lists them."""
        return {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "someone"} for name in names]}

    def is_list(self, path: str) -> bool:
        """Whether a GET asks for the models."""
        return path == "/v1/models"

    def is_stream(self, path: str, body: dict[str, Any]) -> bool:
        """As the body says."""
        return bool(body.get("stream"))

    def wants_schema(self, body: dict[str, Any]) -> bool:
        """Whether the answer has to fit a schema."""
        return (body.get("response_format") or {}).get("type") == "json_schema"

    def output_tool(self, body: dict[str, Any]) -> str:
        """The first tool's name."""
        tools = body.get("tools") or []
        return str(tools[0]["function"]["name"]) if tools else ""

    def opening(self, reply: Reply, tool: str) -> list[Event]:
        """The role, and the tool's name."""
        delta: dict[str, Any] = {"role": "assistant", "content": None if tool else ""}
        if tool:
            call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": tool, "arguments": ""}}
            delta["tool_calls"] = [call]
        events = [_chunk(delta)]
        if reply.refusal:
            events.append(_chunk({"refusal": reply.refusal}))
        return events

    def piece(self, text: str, tool: str) -> list[Event]:
        """A delta of the text, or of the tool's arguments."""
        if tool:
            return [_chunk({"tool_calls": [{"index": 0, "function": {"arguments": text}}]})]
        return [_chunk({"content": text})]

    def closing(self, reply: Reply, tool: str) -> list[Event]:
        """The reason, then the usage in a chunk of its own."""
        reason = "tool_calls" if tool and reply.finish == "stop" else FINISH[reply.finish]
        events = [_chunk({}, reason)]
        if reply.usage:
            events.append(("", {**_chunk({})[1], "choices": [], "usage": _usage(reply.usage)}))
        return events

    def trouble(self, message: str) -> list[Event]:
        """An error among the chunks."""
        return [("", {"error": {"message": message, "type": "server_error", "code": "server_error"}})]

    def whole(self, reply: Reply, tool: str) -> dict[str, Any]:
        """A completion."""
        message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": reply.refusal or None}
        if tool:
            call = {"id": "call_1", "type": "function", "function": {"name": tool, "arguments": reply.text}}
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        reason = "tool_calls" if tool and reply.finish == "stop" else FINISH[reply.finish]
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            **({"usage": _usage(reply.usage)} if reply.usage else {}),
        }

    def error(self, reply: Reply) -> dict[str, Any]:
        """As OpenAI words it."""
        return {"error": {"message": reply.message, "type": "error", "param": None, "code": reply.code or None}}


def _usage(tokens: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}


def _chunk(delta: dict[str, Any], reason: str | None = None) -> Event:
    return "", {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": MODEL,
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    }


@contextmanager
def openai_server(*replies: Reply, names: Sequence[str] = (MODEL,), **settings: Any) -> Iterator[ModelServer]:
    """Run it on a free port of this machine."""
    with model_server(OpenAI(), *(replies or (Reply("Ready."),)), names=names, **settings) as server:
        yield server
