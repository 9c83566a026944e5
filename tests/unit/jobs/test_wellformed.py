"""Hostile JSON: refused with the field's name where people send it, mended where programs say it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from channels_app.models import Channel
from jobs import events, rings, sweeper
from jobs.models import Event, Job
from jobs.wellformed import flaw, mended, mended_json
from jobs.worker import AttemptSink, readable
from tests import factories
from tests.unit.jobs.conftest import Engine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

LONE = "\ud83d"
HOSTILE = ['"a\\u0000b"', '"\\ud83d"', "1e400", "1" + "0" * 400, '{"a": ["\\ud83d"]}']


@pytest.fixture
def api(ana: User) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(ana)
    return client


def post(api: APIClient, url: str, body: str) -> Any:
    return api.post(url, body, content_type="application/json")


class TestWords:
    @pytest.mark.parametrize("value", ["ok", "🌊", 0, -1, True, None, 1.5, 2**63 - 1, {"a": ["b", 1]}, ()])
    def test_what_is_well_has_no_flaw(self, value: Any) -> None:
        assert flaw(value) == ""
        assert mended_json(value) == value or value == ()

    @pytest.mark.parametrize("value", ["\x00", LONE, 2**63, float("inf"), float("nan"), {"\x00": 1}, [[{"a": LONE}]]])
    def test_what_is_not_has_one(self, value: Any) -> None:
        assert flaw(value)

    def test_mending_keeps_everything_else_and_joins_halves_that_belong_together(self) -> None:
        assert mended(f"a\x00b{LONE}c") == "a\ufffdb\ufffdc"
        assert mended("\ud83c\udf0a") == "🌊"
        assert mended_json({"a": [LONE, 1]}) == {"a": ["\ufffd", 1]}
        assert readable(f"{LONE} Bearer abcdefghijkl") == "\ufffd Bearer •••"


class TestRefused:
    @pytest.mark.parametrize("value", HOSTILE)
    @pytest.mark.parametrize("field", ["say", "count", "order"])
    def test_inputs(self, api: APIClient, channel: Channel, field: str, value: str) -> None:
        order = "" if field == "order" else '"order": "ok", '
        body = f'{{"kind": "drill", "inputs": {{{order}"{field}": {value}}}}}'
        answer = post(api, f"/api/v1/channels/{channel.slug}/jobs/", body)
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == [field]
        assert not Job.objects.exists()

    @pytest.mark.parametrize("value", ['"a\\u0000b"', '"\\ud83d"'])
    @pytest.mark.parametrize("field", ["kind", "idempotency_key"])
    def test_the_rest_of_the_body(self, api: APIClient, channel: Channel, field: str, value: str) -> None:
        body = {"kind": '"drill"', "inputs": '{"order": "ok"}', field: value}
        text = ", ".join(f'"{name}": {one}' for name, one in body.items())
        answer = post(api, f"/api/v1/channels/{channel.slug}/jobs/", f"{{{text}}}")
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == [field]

    def test_a_slot_of_the_output(self, api: APIClient, engine: Engine) -> None:
        answer = api.get(f"/api/v1/jobs/{engine.submit().pk}/output/", {"slot": "a\x00"})
        assert answer.status_code == 400
        assert "slot" in answer.json()["error"]["fields"]

    @pytest.mark.parametrize("speed", ["1e400", "1" + "0" * 400, '"nan"', '"inf"'])
    def test_a_channel_s_speed(self, api: APIClient, channel: Channel, speed: str) -> None:
        body = f'{{"voice_speed": {speed}}}'
        answer = api.patch(f"/api/v1/channels/{channel.slug}/", body, content_type="application/json")
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == ["voice_speed"]

    def test_a_page_s_address(self, client: Any, channel: Channel) -> None:
        client.force_login(channel.owner)
        assert client.get(f"/c/{channel.slug}/jobs/slot/tts/?script=a%00").status_code == 200


class TestSaid:
    def test_what_a_kind_says_can_be_stored_and_carried(self, engine: Engine) -> None:
        engine.submit()
        claim = engine.claim()
        sink = AttemptSink(claim.job.pk, 1)
        nasty = f"a\x00{LONE}"
        sink.log(nasty)
        sink.progress(1, 2, nasty)
        sink.stage(nasty)
        sink.stream("slot", nasty)
        sink.announce("slot", {"text": nasty})
        sink.keep("text", nasty)
        sink.flush(everything=True)
        for event in Event.objects.filter(job=claim.job):
            json.dumps(events.message(claim.job, event), ensure_ascii=False).encode()
        assert sink.kept("text") == "a\ufffd\ufffd"


class TestSweeping:
    def test_one_job_that_cannot_be_published_does_not_hold_up_the_others(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch, redis_server: str
    ) -> None:
        monkeypatch.setattr(rings, "publish", lambda channel_id, messages: False)
        bad, good = engine.submit(), engine.submit()
        monkeypatch.undo()
        rings.recover()
        Job.objects.filter(pk=bad.pk).update(rev=2, updated_at=timezone.now())
        Event.objects.create(job=bad, rev=2, kind="log", body={"lines": [LONE]} if not on_postgres() else {})
        monkeypatch.setattr(sweeper, "PUBLISH_AFTER", timedelta(0))
        assert sweeper.sweep_unpublished() == 1
        assert engine.fresh(good).published_rev == 1
        assert sweeper.sweep_unpublished() == 0, "the bad one is given up, and said so in the log"


def on_postgres() -> bool:
    """PostgreSQL holds no half characters: there a broken entry stands in."""
    from django.db import connection

    return connection.vendor == "postgresql"


class TestOurFault:
    def test_an_api_error_that_nobody_caught_has_the_api_s_shape(
        self, api: APIClient, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("jobs.panel.page_of", lambda *_, **__: 1 / 0)
        answer = api.get(f"/api/v1/channels/{channel.slug}/jobs/")
        assert answer.status_code == 500
        assert answer.json()["error"]["code"] == "failed"

    def test_a_page_stays_a_page(self, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
        from django.test import Client

        client = Client(raise_request_exception=False)
        client.force_login(factories.admin())
        monkeypatch.setattr("jobs.panel.page_of", lambda *_, **__: 1 / 0)
        answer = client.get(f"/c/{channel.slug}/jobs/")
        assert answer.status_code == 500
        assert b"<h1>" in answer.content
