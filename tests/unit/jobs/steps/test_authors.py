"""Who may write with what, and what a job learns of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts import keys
from accounts.models import User
from accounts.roles import Role
from channels_app.models import Channel
from jobs import actions, lifecycle, panel, worker
from jobs.actions import InvalidInputs
from jobs.models import Job, State
from jobs.spec import NeedMissing, UserError
from jobs.steps import authors
from jobs.tools.llm import offers
from tests import factories
from tests.fakes.llm import ModelServer
from tests.fakes.llm_anthropic import anthropic_server
from tests.fakes.llm_ollama import ollama_server
from tests.fakes.llm_openai import Reply, openai_server
from tests.servers import wait_until
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db(transaction=True)
MODEL = "compatible/gpt-4o-mini"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    offers.forget()
    yield
    offers.forget()


def use(server: ModelServer, settings: Any) -> None:
    settings.OPENAI_BASE_URL = server.url


def submit(engine: Engine, order: str = "write", **inputs: Any) -> Job:
    return actions.submit(engine.channel, engine.channel.owner, "scribe", {"order": order, **inputs}).job


def lines(job: Job) -> list[str]:
    return [line["text"] for line in panel.output(Job.objects.get(pk=job.pk))["lines"]]


def test_a_text_streams_into_its_slot_and_is_paid_for(engine: Engine, settings: Any) -> None:
    with openai_server(Reply("Twice a day.")) as server:
        use(server, settings)
        job = submit(engine, model=MODEL)
        done = engine.run()
    assert done.state == State.COMPLETED, panel.attempts(job)
    assert done.result == {"author": MODEL, "said": ["Twice a day."], "is_cut": False}
    assert panel.slots(done) == {"scribe": "Twice a day."}
    assert done.tokens == 18
    assert lines(job) == ["gpt-4o-mini (OpenAI-compatible server): 11 tokens in, 7 out, $0.0000"]
    (asked,) = server.asked
    assert [message["content"] for message in asked["messages"]] == ["Be brief.", "How often do tides come?"]


def test_an_answer_in_a_shape_is_repaired(engine: Engine, settings: Any) -> None:
    with openai_server(Reply('{"score": 140}'), Reply('{"score": 14}')) as server:
        use(server, settings)
        submit(engine, "score", model=MODEL)
        done = engine.run()
    assert done.result is not None
    assert done.result["said"] == [14]
    assert len(server.asked) == 2
    assert done.tokens == 36


# --- who writes ---------------------------------------------------------------------------------------------------
def test_on_a_bare_machine_the_offline_author_writes(engine: Engine) -> None:
    submit(engine)
    assert engine.run().result == {"author": "offline"}
    assert authors.author_for(None).is_offline


def test_a_worker_warms_up_for_the_providers_in_use(ana: User, settings: Any) -> None:
    assert authors.providers_in_use() == set()
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "anthropic": "studio-key-0123456789"}
    keys.save(ana, "gemini", "anas-own-key-0123456789")
    keys.save(ana, "pexels", "no-key-for-a-model-0123")
    with ollama_server() as server:
        settings.OLLAMA_URL = server.url
        assert authors.providers_in_use() == {"anthropic", "gemini", "ollama"}


def test_an_ollama_on_its_usual_port_is_noticed_and_taken(ana: User, settings: Any) -> None:
    with ollama_server(names=["qwen3:8b", "llama3.2:latest"]) as server:
        settings.OLLAMA_URL = server.url
        assert authors.author_for(ana).name == "ollama/llama3.2:latest"
        assert authors.author_for(ana, "offline").is_offline
        assert authors.author_for(ana, "ollama/qwen3:8b").label == "qwen3:8b (Ollama)"


def test_the_studios_own_model_is_taken_first_by_everybody(settings: Any, db: None) -> None:
    cy = factories.user("cy")
    with ollama_server() as ollama, openai_server(names=["small", "large"]) as server:
        settings.OLLAMA_URL, settings.OPENAI_BASE_URL, settings.LLM_MODEL = ollama.url, server.url, "compatible/small"
        assert authors.author_for(cy).name == "compatible/small"
        settings.LLM_MODEL = "compatible/gone"
        offers.forget()
        assert authors.author_for(cy).name == "ollama/llama3.2:latest"


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ("nonsense", UserError, "no model “nonsense”"),
        ("compatible/other", UserError, "has no model “other”"),
        ("anthropic/claude-haiku-4-5", NeedMissing, "out of reach"),
        ("ollama/llama3.2", NeedMissing, "out of reach"),
    ],
)
def test_what_cannot_write_is_refused_before_queueing(
    engine: Engine, settings: Any, wanted: str, error: type[Exception], said: str
) -> None:
    with openai_server() as server:
        use(server, settings)
        with pytest.raises(error, match=said) as caught:
            authors.check({"model": wanted}, engine.channel, engine.channel.owner)
    if isinstance(caught.value, NeedMissing):
        assert caught.value.way_out
    assert not Job.objects.exists()


def test_a_server_that_lists_nothing_takes_any_name(ana: User, settings: Any) -> None:
    with openai_server(list_reply=Reply.error(404)) as server:
        use(server, settings)
        assert authors.author_for(ana, "compatible/whatever").name == "compatible/whatever"


HOSTED = "anthropic/claude-haiku-4-5"


@pytest.mark.parametrize(
    ("role", "own_key", "allowed"),
    [
        (Role.STANDARD, False, False), (Role.STANDARD, True, False), (Role.EDITOR, False, False),
        (Role.EDITOR, True, True), (Role.PREMIUM, False, True), (Role.ADMIN, False, True),
    ],
)  # fmt: skip
def test_hosted_models_go_by_role(role: Role, own_key: bool, allowed: bool, settings: Any, db: None) -> None:
    person = factories.user("someone", role)
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "anthropic": "the-servers-own-key"}
    if own_key:
        keys.save(person, "anthropic", "sk-a-key-of-ones-own")
    with anthropic_server() as server:
        settings.ANTHROPIC_BASE_URL = server.url
        if allowed:
            assert authors.author_for(person, HOSTED).name == HOSTED
        else:
            with pytest.raises(UserError, match="premium"):
                authors.author_for(person, HOSTED)
        settings.LLM_MODEL = HOSTED
        assert authors.author_for(person, HOSTED).name == authors.author_for(person).name == HOSTED


def test_the_users_key_is_tried_first_then_the_servers(ana: User, settings: Any) -> None:
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "anthropic": "the-servers-own-key"}
    with anthropic_server() as server:
        settings.ANTHROPIC_BASE_URL = server.url
        authors.offers(ana)
        keys.save(ana, "anthropic", "sk-a-key-of-anas-own")
        authors.offers(ana)
    assert server.keys == ["the-servers-own-key", "sk-a-key-of-anas-own"]


def test_an_openai_key_never_goes_to_another_server(engine: Engine, settings: Any) -> None:
    keys.save(engine.channel.owner, "openai", "sk-anas-key-for-openai")
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "openai": "the-key-of-that-server"}
    with openai_server(Reply("Twice.")) as server:
        use(server, settings)
        submit(engine, model=MODEL)
        assert engine.run().state == State.COMPLETED
    assert set(server.keys) == {"the-key-of-that-server"}


# --- what a job learns --------------------------------------------------------------------------------------------
def test_what_a_person_must_mend_fails_for_good_in_words(engine: Engine, settings: Any) -> None:
    with openai_server(Reply.error(401, "Incorrect API key provided: sk-secret-12345678")) as server:
        use(server, settings)
        submit(engine, model=MODEL)
        failed = engine.run()
    assert failed.state == State.FAILED
    assert failed.error == "The OpenAI-compatible server did not accept the key. Check it on your keys page."


def test_what_passes_is_tried_again_and_what_came_stays(engine: Engine, settings: Any) -> None:
    with openai_server(Reply("Twice a day.", cut_after=2), Reply("Twice a day, every day.")) as server:
        use(server, settings)
        job = submit(engine, model=MODEL)
        waiting = engine.run()
        assert waiting.state == State.QUEUED
        assert waiting.error.startswith("The connection to the OpenAI-compatible server broke off. Retry in a while")
        assert panel.slots(waiting) == {"scribe": "Twice a "}
        done = engine.run()
    assert done.result is not None
    assert done.result["said"] == ["Twice a day, every day."]
    assert panel.slots(engine.fresh(job)) == {"scribe": "Twice a day, every day."}
    # The broken call is paid for as well.
    assert done.tokens > 18


def test_a_text_that_ran_out_of_length_says_so(engine: Engine, settings: Any) -> None:
    with openai_server(Reply("Twice a", finish="length")) as server:
        use(server, settings)
        job = submit(engine, model=MODEL, most_tokens=2000)
        done = engine.run()
    assert done.result is not None
    assert done.result["is_cut"] is True
    assert lines(job)[-1].endswith("stopped at its limit of 2,000 tokens; the text is not complete.")


def test_cancelling_closes_the_connection_and_keeps_text_and_cost(engine: Engine, settings: Any) -> None:
    pieces = [f"word{number} " for number in range(2000)]
    with openai_server(Reply(pieces=pieces, delay=0.01)) as server:
        use(server, settings)
        job = submit(engine, model=MODEL)
        claim = engine.claim()
        running = threading.Thread(target=run_and_close, args=(claim,))
        running.start()
        wait_until(lambda: len(server.sent_at) > 20, 20, "words that stream")
        lifecycle.cancel(job.pk)
        running.join(20)
        assert server.closed.wait(5)
    assert len(server.sent_at) < 1500
    cancelled = engine.fresh(job)
    assert cancelled.state == State.CANCELLED
    text = panel.slots(cancelled)["scribe"]
    assert text.startswith("word0 word1 word2 ")
    assert cancelled.tokens >= len(text) // 4


def run_and_close(claim: lifecycle.Claim) -> None:
    try:
        worker.run(claim, end_process=lambda: None)
    finally:
        connections.close_all()


# --- what it may cost ---------------------------------------------------------------------------------------------
@pytest.fixture
def priced(engine: Engine, settings: Any) -> Iterator[ModelServer]:
    """A hosted model with a price of $1 a million tokens in, and $5 out."""
    keys.save(engine.channel.owner, "anthropic", "sk-a-key-of-anas-own")
    with anthropic_server(Reply("Twice a day.", usage=(1000, 2000))) as server:
        settings.ANTHROPIC_BASE_URL = server.url
        yield server


def cost_of(engine: Engine, **inputs: Any) -> Job:
    submit(engine, model=HOSTED, **inputs)
    return engine.run()


def test_dollars_are_counted_by_our_own_prices(engine: Engine, priced: ModelServer) -> None:
    done = cost_of(engine, times=2)
    assert done.tokens == 6000
    assert done.cost_usd == Decimal("0.022")


@pytest.mark.parametrize(
    ("cap", "most", "said"),
    [
        ("LLM_MAX_CALL_TOKENS", 1000, "what one call may use: up to 8,203 tokens of 1,000"),
        ("LLM_MAX_JOB_TOKENS", 9000, "what one job may use: up to 11,203 tokens of 9,000"),
        ("LLM_MAX_CALL_USD", 0.04, "what one call may use: up to $0.04 of $0.04"),
        ("LLM_MAX_JOB_USD", 0.05, "what one job may use: up to $0.05 of $0.05"),
    ],
)
def test_a_call_that_would_pass_a_cap_is_not_made(
    engine: Engine, priced: ModelServer, settings: Any, cap: str, most: float, said: str
) -> None:
    setattr(settings, cap, most)
    failed = cost_of(engine, times=3)
    assert failed.state == State.FAILED
    assert said in failed.error
    assert f"ask an admin to raise {cap}" in failed.error
    assert len(priced.asked) == (0 if "CALL" in cap else 1)


def test_a_retry_does_not_reset_what_the_job_has_used(engine: Engine, priced: ModelServer, settings: Any) -> None:
    settings.LLM_MAX_JOB_TOKENS = 12_500
    priced.replies[:0] = [Reply("x", usage=(1000, 3000)), Reply("Twice", usage=None, cut_after=0)]
    assert cost_of(engine, times=2).state == State.QUEUED
    failed = engine.run()
    assert "what one job may use" in failed.error


def test_a_day_has_its_limit(engine: Engine, priced: ModelServer) -> None:
    ana = engine.channel.owner
    ana.daily_spend_limit_usd = Decimal("0.05")
    ana.save()
    failed = cost_of(engine, times=3)
    assert failed.state == State.FAILED
    assert "Your daily spend limit is reached" in failed.error
    assert "This call may cost up to $0.04" in failed.error
    assert len(priced.asked) == 1


def test_a_model_without_a_price_is_held_by_the_caps_on_tokens(
    engine: Engine, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "is_near", lambda url: False)
    settings.LLM_MAX_JOB_TOKENS = 9000
    with openai_server(Reply("Twice a day.", usage=(1000, 2000))) as server:
        use(server, settings)
        job = submit(engine, model=MODEL, times=3)
        failed = engine.run()
    assert "what one job may use" in failed.error
    assert lines(job)[-1].endswith("1,000 tokens in, 2,000 out, price unknown")
    assert failed.cost_usd == 0


def test_a_repair_is_asked_about_like_any_other_call(engine: Engine, priced: ModelServer, settings: Any) -> None:
    settings.LLM_MAX_JOB_TOKENS = 10_000
    priced.replies[:] = [Reply('{"score": 140}', usage=(1000, 2000))]
    failed = cost_of(engine, order="score")
    assert "what one job may use" in failed.error
    assert len(priced.asked) == 1


# --- the picker ---------------------------------------------------------------------------------------------------
def test_the_page_is_drawn_from_memory_and_the_door_asks(channel: Channel, client: Client, settings: Any) -> None:
    client.force_login(channel.owner)
    with ollama_server(names=["qwen3:8b", "nomic-embed-text"]) as server:
        settings.OLLAMA_URL = server.url
        page = client.get("/c/tidal/jobs/new/scribe/").content.decode()
        assert server.listed == 0
        assert 'data-models="/c/tidal/models/"' in page
        assert "Ollama: Not asked yet." in page
        options = client.get("/c/tidal/models/?chosen=ollama/qwen3:8b").content.decode()
        assert '<option value="ollama/qwen3:8b" selected>qwen3:8b</option>' in options
        assert "nomic" not in options
        assert 'label="OpenAI: Add an OpenAI key on your keys page." disabled' in options
        assert "ollama/qwen3:8b" in client.get("/c/tidal/jobs/new/scribe/").content.decode()
    assert server.listed == 1


def test_what_is_not_for_a_person_is_shown_disabled(client: Client, settings: Any, db: None) -> None:
    cy = factories.user("cy")
    factories.channel(cy)
    client.force_login(cy)
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "anthropic": "the-servers-own-key"}
    with anthropic_server() as server:
        settings.ANTHROPIC_BASE_URL = server.url
        options = client.get("/c/tidal/models/").content.decode()
    assert f'value="{HOSTED}" disabled>claude-haiku-4-5 (for premium users)' in options


def test_strangers_learn_nothing_of_a_channels_models(channel: Channel, client: Client) -> None:
    assert client.get("/c/tidal/models/").status_code == 302
    client.force_login(factories.stranger("cy"))
    assert client.get("/c/tidal/models/").status_code == 404


def test_what_was_chosen_stays_chosen_and_is_escaped(channel: Channel, client: Client) -> None:
    client.force_login(channel.owner)
    options = client.get("/c/tidal/models/", {"chosen": 'ollama/"><script>'}).content.decode()
    assert '<option value="ollama/&quot;&gt;&lt;script&gt;" selected>' in options


def test_a_model_that_cannot_be_the_name_of_one_is_refused_by_the_form(engine: Engine) -> None:
    with pytest.raises(InvalidInputs, match="“gpt” is none"):
        submit(engine, model="gpt")
