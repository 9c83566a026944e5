"""Choosing a model in a browser, and testing a provider, beside a server that answers as Ollama does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.visiting import RunningStudio, Visitor, running_studio, sign_in
from tests.fakes.llm import ModelServer
from tests.fakes.llm_ollama import Reply, ollama_server

pytestmark = [pytest.mark.chromium, pytest.mark.redis]
WORDS = [f"word{number} " for number in range(120)]


@pytest.fixture(scope="module")
def ollama() -> Iterator[ModelServer]:
    with ollama_server(Reply(pieces=WORDS, delay=0.02), names=["llama3.2:latest", "qwen3:8b"]) as server:
        yield server


@pytest.fixture(scope="module")
def studio(ollama: ModelServer) -> Iterator[RunningStudio]:
    with running_studio(JOB_KIND_PACKAGES="jobs.kinds,tests.kinds", OLLAMA_URL=ollama.url) as studio:
        yield studio


@pytest.fixture
def demo(browser: Browser, studio: RunningStudio) -> Iterator[Visitor]:
    visitor = sign_in(browser, studio)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []


def test_the_picker_learns_the_models_after_the_page_is_drawn(
    demo: Visitor, studio: RunningStudio, ollama: ModelServer
) -> None:
    page = demo.page
    page.goto(f"{studio.base}/c/demo/jobs/new/scribe/?model=ollama/qwen3:8b")
    picker = page.get_by_label("Model")
    expect(picker.locator('optgroup[label="Ollama"] option')).to_have_text(["llama3.2:latest", "qwen3:8b"])
    expect(picker).to_have_value("ollama/qwen3:8b")
    expect(picker.locator('optgroup[label^="OpenAI: Add an OpenAI key"]')).to_be_disabled()
    page.get_by_label("Order").select_option("write")
    page.get_by_role("button", name="Start").click()
    # Its words stream into the job's page as they come; none is lost.
    expect(page.locator("article, main").first).to_contain_text("word5", timeout=20_000)
    expect(page.locator('[data-f="state"], .chip').first).to_contain_text("ompleted", timeout=20_000)
    assert ollama.asked[0]["model"] == "qwen3:8b"


def test_a_provider_is_tested_from_the_page_of_keys(demo: Visitor, studio: RunningStudio) -> None:
    page = demo.page
    page.goto(f"{studio.base}/me/keys/")
    page.get_by_role("button", name="Test Ollama").click()
    expect(page.locator(".messages")).to_contain_text("offers 2 models: llama3.2:latest, qwen3:8b.")
    page.locator("#offer-ollama summary").click()
    expect(page.locator("#offer-ollama li")).to_have_text(["ollama/llama3.2:latest", "ollama/qwen3:8b"])
