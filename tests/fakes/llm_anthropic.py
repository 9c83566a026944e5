"""A loopback server that speaks Anthropic's Messages protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.fakes.llm import Event, ModelServer, Reply, model_server

__all__ = ["Reply", "anthropic_server"]

MODEL = "claude-haiku-4-5"
FINISH = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"}
ERRORS = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    429: "rate_limit_error", 529: "overloaded_error",
}  # fmt: skip


class Anthropic:
    """The words of `POST /v1/messages` and `GET /v1/models`."""

    BASE = ""
    END = ""

    def models(self, names: Sequence[str]) -> dict[str, Any]:
        """As `/v1/models` lists them."""
        rows = [
            {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"} for name in names
        ]
        return {"data": rows, "has_more": False, "first_id": names[0], "last_id": names[-1]}

    def is_list(self, path: str) -> bool:
        """Whether a GET asks for the models."""
        return path == "/v1/models"

    def is_stream(self, path: str, body: dict[str, Any]) -> bool:
        """As the body says."""
        return bool(body.get("stream"))

    def wants_schema(self, body: dict[str, Any]) -> bool:
        """Whether the answer has to fit a schema."""
        return bool((body.get("output_config") or {}).get("format") or body.get("output_format"))

    def output_tool(self, body: dict[str, Any]) -> str:
        """The first tool's name."""
        tools = body.get("tools") or []
        return str(tools[0]["name"]) if tools else ""

    def opening(self, reply: Reply, tool: str) -> list[Event]:
        """The message, and the block that will hold the text or the tool's arguments."""
        used = {"input_tokens": reply.usage[0], "output_tokens": 1} if reply.usage else {}
        message = {**_message([], used), "stop_reason": None}
        block = {"type": "tool_use", "id": "toolu_1", "name": tool, "input": {}} if tool else _text("")
        return [
            ("message_start", {"type": "message_start", "message": message}),
            ("content_block_start", {"type": "content_block_start", "index": 0, "content_block": block}),
            ("ping", {"type": "ping"}),
        ]

    def piece(self, text: str, tool: str) -> list[Event]:
        """A delta of the text, or of the tool's arguments."""
        delta = {"type": "input_json_delta", "partial_json": text} if tool else {"type": "text_delta", "text": text}
        return [("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta})]

    def closing(self, reply: Reply, tool: str) -> list[Event]:
        """The end of the block, the reason with the usage, the end of the message."""
        delta = {"stop_reason": _reason(reply, tool), "stop_sequence": None, **_refused(reply)}
        used = {"output_tokens": reply.usage[1]} if reply.usage else {}
        return [
            ("content_block_stop", {"type": "content_block_stop", "index": 0}),
            ("message_delta", {"type": "message_delta", "delta": delta, "usage": used}),
            ("message_stop", {"type": "message_stop"}),
        ]

    def trouble(self, message: str) -> list[Event]:
        """An error among the events."""
        return [("error", {"type": "error", "error": {"type": "overloaded_error", "message": message}})]

    def whole(self, reply: Reply, tool: str) -> dict[str, Any]:
        """A message."""
        block: dict[str, Any] = _text(reply.text)
        if tool:
            block = {"type": "tool_use", "id": "toolu_1", "name": tool, "input": json.loads(reply.text)}
        used = {"input_tokens": reply.usage[0], "output_tokens": reply.usage[1]} if reply.usage else {}
        return {**_message([block], used), "stop_reason": _reason(reply, tool), **_refused(reply)}

    def error(self, reply: Reply) -> dict[str, Any]:
        """As Anthropic words it."""
        kind = "billing_error" if reply.code == "insufficient_quota" else ERRORS.get(reply.status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": reply.message}, "request_id": "req_1"}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _message(content: list[dict[str, Any]], used: dict[str, int]) -> dict[str, Any]:
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": content,
        "stop_reason": "end_turn", "stop_sequence": None, "usage": used,
    }  # fmt: skip


def _reason(reply: Reply, tool: str) -> str:
    if reply.refusal:
        return "refusal"
    return "tool_use" if tool and reply.finish == "stop" else FINISH[reply.finish]


def _refused(reply: Reply) -> dict[str, Any]:
    if not reply.refusal:
        return {}
    return {"stop_details": {"type": "refusal", "category": None, "explanation": reply.refusal}}


@contextmanager
def anthropic_server(*replies: Reply, names: Sequence[str] = (MODEL,), **settings: Any) -> Iterator[ModelServer]:
    """Run it on a free port of this machine."""
    with model_server(Anthropic(), *(replies or (Reply("Ready."),)), names=names, **settings) as server:
        yield server
