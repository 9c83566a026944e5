"""Who may write with what, and what a job learns of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jobs import actions, panel
from jobs.models import Job, State
from jobs.tools.llm import offers
from tests.fakes.llm import ModelServer
from tests.fakes.llm_openai import Reply, openai_server
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
