"""What the doctor says of language models and of YouTube."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from craftstudio.management.commands import doctor
from jobs import politeness
from jobs.tools.llm import offers
from tests.fakes.images_openai import image_server
from tests.fakes.llm_anthropic import anthropic_server
from tests.fakes.llm_ollama import ollama_server
from tests.fakes.llm_openai import Reply
from tests.fakes.source_world import source_world
from tests.fakes.youtube_world import youtube_world
from tests.youtube import leads_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Voices have tests of their own, and take their time.
    monkeypatch.setattr(doctor, "live_voices", list)
    offers.forget()
    yield
    offers.forget()


def findings(*options: str) -> dict[str, dict[str, Any]]:
    out = StringIO()
    call_command("doctor", "--json", *options, stdout=out)
    return {one["name"]: one for one in map(json.loads, out.getvalue().splitlines())}


def test_every_provider_has_a_line_with_the_reason_when_it_is_not_ready(settings: Any) -> None:
    with ollama_server(names=["qwen3:8b"]) as server:
        settings.OLLAMA_URL = server.url
        found = findings()
    assert found["models ollama"]["is_well"]
    assert found["models ollama"]["found"].startswith("offers 1 model: qwen3:8b (")
    assert not found["models anthropic"]["is_well"]
    assert found["models anthropic"]["way_out"] == "Add an Anthropic key to the environment (docs/models.md)."
    assert not [name for name in found if name.startswith("live ")]


def test_live_has_a_model_of_every_ready_provider_say_a_word(settings: Any) -> None:
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "anthropic": "the-servers-own-key"}
    with (
        ollama_server(Reply("ready"), names=["qwen3:8b"]) as ollama,
        anthropic_server(Reply.error(403, "no")) as anthropic,
    ):
        settings.OLLAMA_URL, settings.ANTHROPIC_BASE_URL = ollama.url, anthropic.url
        found = findings("--live")
    assert found["live ollama"]["is_well"]
    assert "qwen3:8b wrote “ready” in " in found["live ollama"]["found"]
    assert found["live ollama"]["found"].endswith("(11 tokens in, 7 out, $0.0000).")
    assert not found["live anthropic"]["is_well"]
    assert found["live anthropic"]["found"] == "Anthropic does not allow this model with your key."


def test_every_source_has_a_line_and_live_asks_each_one_question(settings: Any) -> None:
    politeness.forget()
    with source_world(apart=True) as world:
        settings.SOURCE_URLS = {**settings.SOURCE_URLS, **world.urls, "met": ""}
        settings.SERVER_KEYS = {**settings.SERVER_KEYS, "pexels": "the-servers-own-key"}
        world.break_("/nasa/", "500")
        world.break_("/pexels/", "403")
        found = findings("--live")
    lines = {name: line for name, line in found.items() if name.startswith("source ")}
    assert len(lines) == 14
    assert lines["source nasa"]["is_well"]
    assert lines["source pixabay"]["way_out"] == "Set PIXABAY_API_KEY to a key; it is free (docs/resources.md)."
    assert lines["source met"]["way_out"] == "This studio's operator has switched it off."
    assert found["live wikipedia"]["is_well"]
    assert re.fullmatch(r"1 found in \d+ ms", found["live wikipedia"]["found"])
    assert (found["live nasa"]["is_well"], found["live nasa"]["found"]) == (False, "NASA answers with error 500.")
    assert "does not accept the API key" in found["live pexels"]["found"]
    assert not {"live met", "live pixabay"} & set(found)


def test_it_names_the_yt_dlp_and_live_asks_youtube_one_question(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "live_models", list)
    found = findings("--live")
    assert found["youtube"]["found"].startswith("yt-dlp 20")
    assert not found["live youtube"]["is_well"]
    assert found["live youtube"]["found"].startswith("YouTube cannot be reached from this machine.")
    with youtube_world(channels=10) as world, leads_to(world, settings, monkeypatch):
        found = findings("--live")
        assert world.count() == 1
    assert found["live youtube"]["is_well"]


def test_the_image_service_has_a_line_and_is_asked_for_its_models_alone(settings: Any) -> None:
    found = findings()["images"]
    assert not found["is_well"]
    assert found["found"] == "no image model; pictures are composed here"
    with image_server() as server:
        settings.IMAGE_BASE_URL, settings.IMAGE_MODEL = server.url, "painter-xl"
        assert findings()["images"]["found"] == f"painter-xl at {server.host}"
        assert server.fetched == []
        live = findings("--live")["live images"]
        assert (live["is_well"], live["found"]) == (True, "answers, and has “painter-xl”")
        server.models = []
        assert findings("--live")["live images"]["found"].endswith("no “painter-xl”. Check IMAGE_MODEL.")
        assert server.asked == []
    assert findings("--live")["live images"]["found"] == "The image service cannot be reached."
