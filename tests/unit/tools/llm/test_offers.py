"""Which models there are: each provider's own list, asked together, remembered, and honest about what is missing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from jobs.tools.llm import offers
from jobs.tools.llm.model import LlmConfig
from jobs.tools.llm.offers import Model, Offer
from tests.fakes.llm import ModelServer, Reply
from tests.fakes.llm_gemini import gemini_server
from tests.fakes.llm_ollama import ollama_server
from tests.fakes.llm_openai import openai_server
from tests.servers import free_port
from tests.unit.tools.llm.conftest import KEY, PROVIDERS, Provider


def offer_of(provider: Provider, server: ModelServer, **changes: Any) -> Offer:
    (offer,) = offers.offers(provider.config(server, list_seconds=1.0, **changes), only=provider.slug)
    return offer


def names(offer: Offer) -> list[str]:
    return [model.name for model in offer.models]


def test_models_come_from_the_providers_own_list(provider: Provider) -> None:
    with provider.serve(names=("zeta-10", "zeta-9", "alpha")) as server:
        offer = offer_of(provider, server)
    assert names(offer) == ["alpha", "zeta-9", "zeta-10"]
    assert offer.is_ready
    assert offer.models[0].slug == f"{provider.slug}/alpha"
    assert offer.models[0].is_local == (provider.slug in ("ollama", "compatible"))


def test_what_does_not_chat_is_left_out() -> None:
    listed = [
        "gpt-5-mini", "o3", "chatgpt-4o-latest", "text-embedding-3-small", "whisper-1", "tts-1", "gpt-4o-mini-tts",
        "gpt-4o-transcribe", "omni-moderation-latest", "dall-e-3", "gpt-image-1", "gpt-realtime", "sora-2",
        "gpt-audio", "davinci-002", "babbage-002",
    ]  # fmt: skip
    with openai_server(names=listed) as server:
        assert names(offer_of(PROVIDERS[0], server)) == ["chatgpt-4o-latest", "gpt-5-mini", "o3"]
    with ollama_server(names=["qwen3:8b", "nomic-embed-text:latest", "mistral-nemo"]) as server:
        assert names(offer_of(PROVIDERS[2], server)) == ["mistral-nemo", "qwen3:8b"]
    # By what the list tells, before the name.
    with gemini_server(names=["gemini-2.5-pro", "gemini-embedding-001", "text-bembed"]) as server:
        assert names(offer_of(PROVIDERS[4], server)) == ["gemini-2.5-pro"]


def test_a_cloud_model_of_a_local_ollama_is_not_local() -> None:
    with ollama_server(names=["gpt-oss:120b-cloud", "qwen3:8b"]) as server:
        found = {model.name: model.is_local for model in offer_of(PROVIDERS[2], server).models}
    assert found == {"gpt-oss:120b-cloud": False, "qwen3:8b": True}


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply.error(401, f"Incorrect API key provided: {KEY}"), "did not accept the key"),
        (Reply.error(403, "no"), "does not allow this key"),
        (Reply.error(429, "slow down"), "asked too often"),
        (Reply.error(500, f"oops {KEY}"), "status 500: oops …"),
        (Reply(text="[]"), "no model"),
        (Reply(text='{"data": "x", "models": null}'), "no model"),
    ],
    ids=["401", "403", "429", "500", "a list", "nonsense"],
)
def test_a_list_that_fails_is_a_reason(provider: Provider, reply: Reply, said: str) -> None:
    with provider.serve(list_reply=reply) as server:
        offer = offer_of(provider, server)
    assert said in offer.reason
    assert KEY not in offer.reason
    assert not offer.is_ready


def test_gemini_words_a_wrong_key_as_a_bad_request() -> None:
    with gemini_server(list_reply=Reply.error(400, "API key not valid. Please pass a valid API key.")) as server:
        assert "did not accept the key" in offer_of(PROVIDERS[4], server).reason


def test_a_slow_list_is_not_waited_for(provider: Provider) -> None:
    with provider.serve(list_reply=Reply(first_delay=5.0)) as server:
        began = time.monotonic()
        assert "did not answer within 1 seconds" in offer_of(provider, server).reason
    assert time.monotonic() - began < 4.5


def test_nobody_at_the_address_is_a_reason_with_the_way_out() -> None:
    url = f"http://name:secret@127.0.0.1:{free_port()}"
    (ollama,) = offers.offers(LlmConfig(ollama_url=url), only="ollama")
    assert ollama.reason.startswith("No Ollama answers at http://127.0.0.1:")
    assert "set OLLAMA_URL" in ollama.reason
    assert "secret" not in ollama.reason


def test_an_ollama_without_models_says_how_to_get_one() -> None:
    with ollama_server(names=()) as server:
        assert "ollama pull" in offer_of(PROVIDERS[2], server).reason


def test_a_server_that_lists_nothing_takes_any_name() -> None:
    with openai_server(list_reply=Reply.error(404)) as server:
        offer = offer_of(PROVIDERS[1], server)
    assert (offer.is_ready, offer.is_open, offer.models) == (True, True, ())


def test_a_provider_without_its_key_is_not_asked() -> None:
    found = offers.offers(LlmConfig(openai_url="http://127.0.0.1:9", anthropic_url="http://127.0.0.1:9"))
    assert [offer.reason for offer in found] == [
        "Add an OpenAI key on your keys page.",
        "Add an Anthropic key on your keys page.",
        "Add a Google Gemini key on your keys page.",
    ]


def test_providers_are_asked_together() -> None:
    slow = Reply(first_delay=1.5, text=json.dumps({"data": [{"id": "m"}], "models": [{"name": "m"}]}))
    with ollama_server(list_reply=slow) as ollama, openai_server(list_reply=slow) as other:
        config = LlmConfig(ollama_url=ollama.url, compatible_url=other.url)
        began = time.monotonic()
        found = offers.offers(config)
    assert time.monotonic() - began < 2.9
    assert [offer.is_ready for offer in found[:2]] == [True, True]


def test_lists_are_remembered_per_key_and_good_ones_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    with openai_server(key=KEY) as server:
        good, bad = (LlmConfig(openai_url=server.url, openai_key=key) for key in (KEY, "sk-wrong"))
        for _ in range(2):
            assert offers.offers(good, only="openai")[0].is_ready
            assert not offers.offers(bad, only="openai")[0].is_ready
        assert server.listed == 2
        monkeypatch.setattr(time, "monotonic", lambda: now + offers.BAD_SECONDS + 5)
        offers.offers(good, only="openai")
        offers.offers(bad, only="openai")
        assert server.listed == 3
        monkeypatch.setattr(time, "monotonic", lambda: now + offers.GOOD_SECONDS + 60)
        offers.offers(good, only="openai")
        assert server.listed == 4
        offers.offers(good, only="openai", fresh=True)
        assert server.listed == 5
    assert KEY not in repr(offers._known)


def test_what_is_remembered_is_drawn_without_asking() -> None:
    with ollama_server() as server:
        config = LlmConfig(ollama_url=server.url)
        assert offers.remembered_offers(config)[0].reason == "Not asked yet."
        assert server.listed == 0
        offers.offers(config)
    assert offers.remembered_offers(config)[0].models[0] == Model(
        provider="ollama", name="llama3.2:latest", is_local=True
    )


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1/v1", "http://"])
def test_a_wrong_address_is_a_reason(url: str) -> None:
    (offer,) = offers.offers(LlmConfig(compatible_url=url), only="compatible")
    assert "not a web address" in offer.reason


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:8080/v1", True), ("http://localhost/v1", True), ("http://10.1.2.3/v1", True),
        ("http://llm:8000/v1", True), ("http://gpu.lan/v1", True), ("https://api.groq.com/v1", False),
        ("https://8.8.8.8/v1", False),
    ],
)  # fmt: skip
def test_a_server_of_ones_own_network_is_local(url: str, near: bool) -> None:
    assert offers.is_near(url) is near


def test_keys_are_not_shown() -> None:
    config = LlmConfig(openai_key=KEY, compatible_url="http://127.0.0.1/v1", compatible_key=KEY)
    assert KEY not in repr(config) + repr(offers.endpoints(config))
