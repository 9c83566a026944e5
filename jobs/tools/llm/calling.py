"""Calling a model: a text as it is written, or an answer in a shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from jobs.tools import web
from jobs.tools.llm.driving import Outside
from jobs.tools.llm.hearing import Call, Enough, Request, Talk, Watcher
from jobs.tools.llm.model import LlmConfig, ModelRefused, ModelUnavailable, RequestRefused

if TYPE_CHECKING:
    from pydantic import BaseModel

T = TypeVar("T", bound="BaseModel")

REPAIRS = 2

# Servers that refused a schema are asked in words from then on (per process).
_schemaless: set[tuple[str, str]] = set()


@dataclass(frozen=True, slots=True)
class Text:
    """What a model wrote. is_cut: it stopped because it ran out of length, not because it had ended."""

    text: str
    is_cut: bool = False


def write(call: Call, config: LlmConfig, watcher: Watcher) -> Text:
    """Have the model write a text. Raises ModelRefused, ModelUnavailable, and whatever the watcher raises."""
    talk = Talk(call, config, watcher)

    async def work(outside: Outside) -> Text:
        from pydantic_ai.direct import model_request_stream
        from pydantic_ai.messages import ModelRequest, SystemPromptPart, UserPromptPart

        from jobs.tools.llm import wire

        messages = [ModelRequest(parts=[SystemPromptPart(call.system), UserPromptPart(call.user)])]
        async with wire.PatientClient(config, call.endpoint) as client:
            model = wire.model_at(call.endpoint, call.name, client)
            request = await outside(partial(talk.begin, call.system, call.user))
            async with model_request_stream(model, messages, model_settings=wire.settings(call.most_tokens)) as stream:
                await talk.listen(request, stream, outside)
                request.response = stream.get()
        return _text_of(request, call)

    try:
        return talk.run(work)
    except Enough as enough:
        return Text(enough.text, is_cut=True)


def _text_of(request: Request, call: Call) -> Text:
    if request.finish == "content_filter":
        details = (request.response and request.response.provider_details) or {}
        said = web.readable(str(details.get("refusal") or ""), call.endpoint.key)
        why = f": {said}" if said else "."
        told = f"“{call.name}” refused to write this{why} Word it otherwise, or choose another model."
        raise ModelRefused(told, partial=request.text)
    is_cut = request.finish == "length"
    if not request.text.strip():
        if is_cut:
            raise ModelRefused(f"“{call.name}” used all of its {call.most_tokens:,} tokens before it wrote a word.")
        raise ModelUnavailable(f"“{call.name}” answered nothing.")
    return Text(request.text, is_cut)


def ask(call: Call, shape: type[T], config: LlmConfig, watcher: Watcher) -> T:
    """Have the model answer in a shape; an answer that does not fit goes back to it, twice. Raises as `write` does."""
    key = (call.endpoint.url, call.name)
    if key not in _schemaless:
        try:
            return _asked(call, shape, config, watcher, in_words=False)
        except RequestRefused:
            # Servers that know no schemas refuse the request; asked in words they may well answer.
            answer = _asked(call, shape, config, watcher, in_words=True)
            _schemaless.add(key)
            return answer
    return _asked(call, shape, config, watcher, in_words=True)


def forget() -> None:
    """Forget which servers know no schemas."""
    _schemaless.clear()


def _asked(call: Call, shape: type[T], config: LlmConfig, watcher: Watcher, *, in_words: bool) -> T:
    talk = Talk(call, config, watcher)

    async def work(outside: Outside) -> T:
        from pydantic_ai import Agent

        from jobs.tools.llm import wire

        said: list[str] = [call.system, call.user, json.dumps(shape.model_json_schema())]
        async with wire.PatientClient(config, call.endpoint) as client:
            model = wire.model_at(call.endpoint, call.name, client)
            agent = Agent(
                model,
                output_type=wire.output_of(shape, model, in_words=in_words),
                system_prompt=call.system,
                retries=REPAIRS,
                model_settings=wire.settings(call.most_tokens),
            )
            async with agent.iter(call.user) as run:
                async for node in run:
                    if not Agent.is_model_request_node(node):
                        continue
                    request = await outside(partial(talk.begin, *said))
                    async with node.stream(run.ctx) as stream:
                        await talk.listen(request, stream, outside)
                    request.response = stream.response
                    said.append(request.text)
                    if request.finish == "length":
                        raise _too_long(call, request.text)
        if run.result is None:
            raise ModelUnavailable(f"“{call.name}” answered nothing.")
        return run.result.output

    try:
        return talk.run(work)
    except Enough as enough:
        raise _too_long(call, enough.text) from None


def _too_long(call: Call, text: str) -> ModelRefused:
    told = f"The answer of “{call.name}” did not fit into {call.most_tokens:,} tokens. Ask for less at a time."
    return ModelRefused(told, partial=text)
