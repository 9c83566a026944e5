"""Testing a provider from the page of keys: what answered, how fast, which models it offers, or the exact cause."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts import keys
from accounts.models import User
from jobs.models import Spend
from jobs.tools.llm import offers
from tests import factories
from tests.fakes.llm_anthropic import anthropic_server
from tests.fakes.llm_ollama import ollama_server
from tests.fakes.llm_openai import Reply, openai_server

pytestmark = pytest.mark.django_db
KEY = "sk-a-key-of-anas-own"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    offers.forget()
    yield
    offers.forget()


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def told(client: Client, provider: str) -> str:
    """What the page says after the button was pressed."""
    answer = client.post(f"/me/keys/{provider}/test/", follow=True)
    assert answer.redirect_chain == [("/me/keys/", 302)]
    return unescape(answer.content.decode())


def test_it_says_what_answered_and_which_models_it_offers(signed_in: Client, ana: User, settings: Any) -> None:
    keys.save(ana, "anthropic", KEY)
    names = ["claude-opus-4-5", "claude-haiku-4-5", "claude-sonnet-4-5"]
    with anthropic_server(Reply("ready", usage=(20, 4)), names=names, key=KEY) as server:
        settings.ANTHROPIC_BASE_URL = server.url
        page = told(signed_in, "anthropic")
    assert "Anthropic answered in " in page
    assert "offers 3 models: claude-haiku-4-5, claude-opus-4-5, claude-sonnet-4-5." in page
    # The cheapest of them was asked for a word.
    assert "claude-haiku-4-5 wrote “ready” in " in page
    assert "20 tokens in, 4 out, $0.0000" in page
    assert [asked["model"] for asked in server.asked] == ["claude-haiku-4-5"]
    assert "<code>anthropic/claude-opus-4-5</code>" in page
    assert KEY not in page
    # It counts for the day like the calls of jobs: 20 tokens at $1 and 4 at $5 a million.
    spend = Spend.objects.get(user=ana)
    assert (spend.job, spend.tokens, spend.cost_usd) == (None, 24, Decimal("0.00004"))


def test_whose_day_is_spent_gets_the_list_and_no_word(signed_in: Client, ana: User, settings: Any) -> None:
    keys.save(ana, "anthropic", KEY)
    User.objects.filter(pk=ana.pk).update(daily_spend_limit_usd=0)
    with anthropic_server() as server:
        settings.ANTHROPIC_BASE_URL = server.url
        page = told(signed_in, "anthropic")
    assert "offers 1 model: claude-haiku-4-5. No model was tried. Your daily spend limit is reached" in page
    assert server.asked == []


def test_a_key_that_is_not_accepted_is_the_cause(signed_in: Client, ana: User, settings: Any) -> None:
    keys.save(ana, "anthropic", KEY)
    with anthropic_server(key="another-key") as server:
        settings.ANTHROPIC_BASE_URL = server.url
        page = told(signed_in, "anthropic")
    assert "Anthropic did not accept the key." in page
    assert KEY not in page


def test_a_key_that_lists_but_may_not_write_is_the_cause(signed_in: Client, ana: User, settings: Any) -> None:
    keys.save(ana, "anthropic", KEY)
    with anthropic_server(Reply.error(402, "credit balance is too low")) as server:
        settings.ANTHROPIC_BASE_URL = server.url
        page = told(signed_in, "anthropic")
    assert "offers 1 model: claude-haiku-4-5. The account behind the key has no credit left at Anthropic." in page


def test_models_of_ones_own_machine_are_only_listed(signed_in: Client, settings: Any) -> None:
    names = [f"model{number}" for number in range(12)]
    with ollama_server(names=names) as server:
        settings.OLLAMA_URL = server.url
        page = told(signed_in, "ollama")
    assert "offers 12 models: model0, model1, model2, model3, model4, model5, model6, model7 and 4 more." in page
    assert server.asked == []


def test_a_model_that_is_not_for_this_person_is_not_asked(client: Client, settings: Any) -> None:
    client.force_login(factories.user("cy"))
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "anthropic": "the-servers-own-key"}
    with anthropic_server() as server:
        settings.ANTHROPIC_BASE_URL = server.url
        assert "offers 1 model" in told(client, "anthropic")
    assert server.asked == []


def test_what_is_not_set_up_says_so(signed_in: Client) -> None:
    assert "is not set up" in told(signed_in, "compatible")
    assert "Add an OpenAI key on your keys page." in told(signed_in, "openai")


def test_the_page_itself_asks_nobody(signed_in: Client, ana: User, settings: Any) -> None:
    keys.save(ana, "anthropic", KEY)
    with ollama_server() as ollama, openai_server() as server:
        settings.OLLAMA_URL, settings.OPENAI_BASE_URL = ollama.url, server.url
        page = signed_in.get("/me/keys/").content.decode()
    assert (ollama.listed, server.listed) == (0, 0)
    # Without a key there is nothing to ask: OpenAI and Gemini have no button.
    assert page.count('aria-label="Test ') == 3
    assert "Not asked since the studio was started." in page


def test_it_is_throttled(signed_in: Client) -> None:
    for _ in range(10):
        told(signed_in, "openai")
    assert "Too many tries" in told(signed_in, "openai")


def test_only_those_signed_in_may_ask_and_only_by_a_form(client: Client, ana: User) -> None:
    assert client.post("/me/keys/openai/test/").status_code == 302
    client.force_login(ana)
    assert client.get("/me/keys/openai/test/").status_code == 405
    assert client.post("/me/keys/pexels/test/").status_code == 404


def test_what_the_process_aside_cannot_read_is_no_answer() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "jobs.tools.llm.probing"], input="nonsense", capture_output=True, text=True
    )
    assert answer.returncode != 0
    assert answer.stdout == ""
