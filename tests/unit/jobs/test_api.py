"""The jobs part of the HTTP API: every status of the contract, and what strangers learn (nothing)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import Role
from channels_app.models import Channel
from jobs import needs, panel, registry
from jobs.models import Job, State
from jobs.spec import Need
from tests import factories
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db(transaction=True)


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


@pytest.fixture
def ana_api(ana: User) -> APIClient:
    return client_of(ana)


def jobs_url(channel: Channel) -> str:
    return f"/api/v1/channels/{channel.slug}/jobs/"


def submit(api: APIClient, channel: Channel, order: str = "ok", **body: Any) -> Response:
    answer: Response = api.post(jobs_url(channel), {"kind": "drill", "inputs": {"order": order}, **body}, format="json")
    return answer


def error_of(answer: Response) -> dict[str, Any]:
    assert set(answer.data["error"]) >= {"code", "message", "fields"}
    error: dict[str, Any] = answer.data["error"]
    return error


class TestKinds:
    def test_every_kind_tells_its_inputs_as_json_schema(self, ana_api: APIClient) -> None:
        kinds = {kind["kind"]: kind for kind in ana_api.get("/api/v1/kinds/").data}
        assert set(kinds) == set(registry.kinds())
        assert set(kinds["tts"]["inputs"]["properties"]) == {"script", "voice", "speed"}
        assert kinds["tts"]["inputs"]["required"] == ["script"]
        assert kinds["drill"]["queue"] == "ai"

    def test_it_does_not_show_anyone_s_rows(self, ana_api: APIClient, channel: Channel) -> None:
        secret = factories.script(channel, "A secret title")
        assert str(secret.pk) not in str(ana_api.get("/api/v1/kinds/").data)


class TestSubmit:
    def test_a_job_is_queued_with_its_cleaned_inputs(self, ana_api: APIClient, channel: Channel) -> None:
        answer = submit(ana_api, channel)
        assert answer.status_code == 201
        assert answer.data["state"] == "queued"
        assert answer.data["inputs"]["order"] == "ok"
        assert answer.data["queue"]["position"] == 1
        assert Job.objects.get(pk=answer.data["id"]).user == channel.owner

    def test_the_same_key_again_is_the_same_job(self, ana_api: APIClient, channel: Channel) -> None:
        first = submit(ana_api, channel, idempotency_key="once")
        again = submit(ana_api, channel, idempotency_key="once")
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.data["id"] == again.data["id"]
        assert Job.objects.count() == 1

    def test_the_same_key_of_another_person_is_another_job(self, ana_api: APIClient, channel: Channel) -> None:
        first = submit(ana_api, channel, idempotency_key="once")
        other = submit(client_of(factories.admin()), channel, idempotency_key="once")
        assert other.status_code == 201
        assert other.data["id"] != first.data["id"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"inputs": {"order": "dance"}}, "order"),
            ({"inputs": {}}, "order"),
            ({"inputs": {"order": "ok", "count": -1}}, "count"),
            ({"inputs": {"order": "ok", "cuont": 3}}, "cuont"),
            ({"inputs": {"order": "ok", "csrfmiddlewaretoken": "x"}}, "csrfmiddlewaretoken"),
            ({"inputs": ["ok"]}, "inputs"),
            ({"kind": ""}, "kind"),
            ({"kind": 7}, "kind"),
            ({"idempotency_key": "x" * 201}, "idempotency_key"),
        ],
    )
    def test_bad_input_names_the_field(
        self, ana_api: APIClient, channel: Channel, body: dict[str, Any], field: str
    ) -> None:
        answer = submit(ana_api, channel, **body)
        assert answer.status_code == 400
        error = error_of(answer)
        assert field in error["fields"]
        assert error["fields"][field][0]
        assert not Job.objects.exists()

    def test_a_kind_that_does_not_exist_is_404(self, ana_api: APIClient, channel: Channel) -> None:
        answer = submit(ana_api, channel, kind="teleport")
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "unknown_kind"

    def test_a_standard_user_needs_premium(self, db: None) -> None:
        own = factories.channel(factories.user("sam"), slug="sams")
        answer = submit(client_of(own.owner), own)
        assert answer.status_code == 402
        assert "premium" in error_of(answer)["message"]

    def test_an_editor_may_look_but_not_submit(self, channel: Channel) -> None:
        editor = client_of(factories.user("ed", Role.EDITOR, Role.PREMIUM))
        assert editor.get(jobs_url(channel)).status_code == 200
        assert submit(editor, channel).status_code == 403

    def test_the_same_subject_is_done_once_at_a_time(self, ana_api: APIClient, channel: Channel) -> None:
        inputs = {"inputs": {"order": "ok", "subject": "cover"}}
        first = submit(ana_api, channel, **inputs)
        answer = submit(ana_api, channel, **inputs)
        assert answer.status_code == 409
        error = error_of(answer)
        assert error["code"] == "already_active"
        assert error["url"] == first.data["url"]

    def test_what_the_studio_lacks_is_said_before_queueing(
        self, ana_api: APIClient, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(needs, "met_here", lambda need: need is not Need.FFMPEG)
        script = factories.script(channel)
        answer = submit(ana_api, channel, kind="tts", inputs={"script": str(script.pk)})
        assert answer.status_code == 422
        assert "ffmpeg" in error_of(answer)["message"]
        assert not Job.objects.exists()

    def test_a_limit_of_active_jobs_holds(self, channel: Channel) -> None:
        channel.owner.active_jobs_limit = 1
        channel.owner.save()
        api = client_of(channel.owner)
        assert submit(api, channel).status_code == 201
        answer = submit(api, channel)
        assert answer.status_code == 409
        assert error_of(answer)["code"] == "limit_reached"

    def test_another_channel_s_script_is_as_if_it_did_not_exist(self, ana_api: APIClient, channel: Channel) -> None:
        theirs = factories.script(factories.channel(factories.stranger(), slug="cys"))
        answer = submit(ana_api, channel, kind="tts", inputs={"script": str(theirs.pk)})
        assert answer.status_code == 400
        assert theirs.title not in str(answer.data)


class TestStrangers:
    @pytest.mark.parametrize("act", ["", "output/", "artifacts/drill.txt/"])
    def test_reading_a_job_is_404(self, engine: Engine, act: str) -> None:
        job = engine.submit()
        assert client_of(factories.stranger()).get(f"/api/v1/jobs/{job.pk}/{act}").status_code == 404

    @pytest.mark.parametrize("act", ["cancel", "retry", "rerun"])
    def test_acting_on_a_job_is_404(self, engine: Engine, act: str) -> None:
        job = engine.submit()
        assert client_of(factories.stranger()).post(f"/api/v1/jobs/{job.pk}/{act}/").status_code == 404
        assert engine.fresh(job).state == State.QUEUED

    def test_the_list_is_404(self, channel: Channel) -> None:
        assert client_of(factories.stranger()).get(jobs_url(channel)).status_code == 404

    def test_nobody_is_anyone_without_signing_in(self, engine: Engine) -> None:
        job = engine.submit()
        assert client_of(None).get(f"/api/v1/jobs/{job.pk}/").status_code == 401

    @pytest.mark.parametrize("act", ["cancel", "retry", "rerun"])
    def test_an_editor_does_not_act(self, engine: Engine, act: str) -> None:
        job = engine.submit()
        assert client_of(factories.editor()).post(f"/api/v1/jobs/{job.pk}/{act}/").status_code == 403


class TestActs:
    def test_cancelling_twice_is_harmless_and_an_ended_job_is_409(self, engine: Engine, ana_api: APIClient) -> None:
        waiting, done = engine.submit(), engine.submit()
        url = f"/api/v1/jobs/{waiting.pk}/cancel/"
        assert ana_api.post(url).data["state"] == "cancelled"
        assert ana_api.post(url).status_code == 200
        engine.run()
        answer = ana_api.post(f"/api/v1/jobs/{done.pk}/cancel/")
        assert answer.status_code == 409
        assert "completed" in error_of(answer)["message"]

    def test_force_ends_a_running_job_at_once(self, engine: Engine, ana_api: APIClient) -> None:
        job = engine.submit()
        engine.claim()
        asked = ana_api.post(f"/api/v1/jobs/{job.pk}/cancel/")
        assert (asked.data["state"], bool(asked.data["cancel_requested_at"])) == ("running", True)
        assert (
            ana_api.post(f"/api/v1/jobs/{job.pk}/cancel/", {"force": True}, format="json").data["state"] == "cancelled"
        )

    def test_retry_is_for_failed_and_cancelled_jobs(self, engine: Engine, ana_api: APIClient) -> None:
        job = engine.submit("user_error")
        assert ana_api.post(f"/api/v1/jobs/{job.pk}/retry/").status_code == 409
        assert engine.run().state == State.FAILED
        answer = ana_api.post(f"/api/v1/jobs/{job.pk}/retry/")
        assert (answer.status_code, answer.data["state"], answer.data["error"]) == (200, "queued", "")
        assert [attempt["outcome"] for attempt in answer.data["attempts"]] == ["failed"]

    def test_rerun_makes_a_linked_job_with_the_changes(self, engine: Engine, ana_api: APIClient) -> None:
        job = engine.submit("user_error", count=3)
        answer = ana_api.post(f"/api/v1/jobs/{job.pk}/rerun/", {"inputs": {"order": "ok"}}, format="json")
        assert answer.status_code == 201
        assert answer.data["rerun_of"] == str(job.pk)
        assert (answer.data["inputs"]["order"], answer.data["inputs"]["count"]) == ("ok", 3)

    def test_rerun_names_an_input_that_does_not_exist_and_forgets_those_that_do_no_more(
        self, engine: Engine, ana_api: APIClient
    ) -> None:
        job = engine.submit("user_error")
        Job.objects.filter(pk=job.pk).update(inputs={"order": "ok", "tempo": 3})
        url = f"/api/v1/jobs/{job.pk}/rerun/"
        refused = ana_api.post(url, {"inputs": {"oder": "ok"}}, format="json")
        assert (refused.status_code, list(error_of(refused)["fields"])) == (400, ["oder"])
        assert ana_api.post(url, {"inputs": {}}, format="json").data["inputs"] == {"order": "ok"}

    def test_rerun_with_something_that_is_no_object_is_400(self, engine: Engine, ana_api: APIClient) -> None:
        job = engine.submit()
        answer = ana_api.post(f"/api/v1/jobs/{job.pk}/rerun/", {"inputs": "ok"}, format="json")
        assert answer.status_code == 400
        assert "inputs" in error_of(answer)["fields"]


class TestReading:
    def test_a_job_has_everything_the_contract_names(self, engine: Engine, ana_api: APIClient) -> None:
        engine.submit("artifact")
        job = engine.run()
        data = ana_api.get(f"/api/v1/jobs/{job.pk}/").data
        promised = (
            "id channel kind title state outcome stage waiting_for progress queue eta cost_usd retries retry_at "
            "cancel_requested_at inputs result error attempts stages artifacts rerun_of created_at started_at ended_at"
        )
        assert set(promised.split()) <= set(data)
        assert set(data["attempts"][0]) >= set(
            ["number", "stage", "try", "outcome", "worker", "started_at", "ended_at", "error"]
        )
        assert [set(artifact) >= {"name", "media_type", "size", "sha256", "url"} for artifact in data["artifacts"]]
        assert data["stages"][0]["name"] == "Packing"

    def test_the_list_is_newest_first_and_pages_without_repeats(
        self, engine: Engine, ana_api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = [str(engine.submit().pk) for _ in range(5)]
        monkeypatch.setattr("jobs.api.API_PAGE", 2)
        seen, cursor = [], ""
        for _ in range(3):
            page = ana_api.get(jobs_url(engine.channel), {"cursor": cursor}).data
            seen += [job["id"] for job in page["results"]]
            cursor = page["next"]
        assert seen == made[::-1]
        assert cursor == ""

    def test_filters(self, engine: Engine, ana_api: APIClient) -> None:
        engine.submit("user_error")
        engine.run()
        engine.submit()
        found = {
            query: [job["state"] for job in ana_api.get(f"{jobs_url(engine.channel)}?{query}").data["results"]]
            for query in ("state=failed", "kind=relay", "q=told+to+refuse", "state=")
        }
        assert found == {
            "state=failed": ["failed"],
            "kind=relay": [],
            "q=told+to+refuse": ["failed"],
            "state=": ["queued", "failed"],
        }

    @pytest.mark.parametrize("name", ["state", "kind"])
    def test_an_unknown_filter_is_refused(self, ana_api: APIClient, channel: Channel, name: str) -> None:
        answer = ana_api.get(jobs_url(channel), {name: "nonsense"})
        assert answer.status_code == 400
        assert list(error_of(answer)["fields"]) == [name]

    def test_rows_carry_the_contract_s_small_fields(self, engine: Engine, ana_api: APIClient) -> None:
        job = engine.submit("user_error")
        engine.run()
        again = ana_api.post(f"/api/v1/jobs/{job.pk}/rerun/").data
        (row,) = [one for one in ana_api.get(jobs_url(engine.channel)).data["results"] if one["id"] == again["id"]]
        large = {"inputs", "result", "attempts", "stages", "artifacts"}
        assert {name: row[name] for name in set(again) - large} == {name: again[name] for name in set(again) - large}
        assert (row["rerun_of"], row["queue"]["name"], row["queue"]["position"]) == (str(job.pk), "ai", 1)
        assert large.isdisjoint(row)

    def test_the_schema_says_what_is_answered(self, engine: Engine, ana_api: APIClient) -> None:
        job = engine.submit()
        schema = ana_api.get("/api/v1/schema/", {"format": "json"}).json()["components"]["schemas"]
        answered = {
            "Job": ana_api.get(f"/api/v1/jobs/{job.pk}/").data,
            "JobRow": ana_api.get(jobs_url(engine.channel)).data["results"][0],
        }
        assert {name: set(schema[name]["properties"]) for name in answered} == {
            name: set(answer) for name, answer in answered.items()
        }

    def test_since_tells_what_has_changed(self, engine: Engine, ana_api: APIClient) -> None:
        engine.submit()
        job = engine.run()
        before = panel.instant(job.created_at)
        rows = ana_api.get(jobs_url(engine.channel), {"since": before}).data["results"]
        assert [(row["id"], row["rev"]) for row in rows] == [(str(job.pk), job.rev)]
        assert ana_api.get(jobs_url(engine.channel), {"since": job.updated_at.isoformat()}).data["results"] == []

    def test_since_pages_on_until_everything_has_been_told(
        self, engine: Engine, ana_api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("jobs.api.POLL_AT_MOST", 2)
        made = [engine.submit() for _ in range(5)]
        since = panel.instant(made[0].created_at - timedelta(seconds=1))
        # Two that changed in the same moment stand on both sides of a page's end.
        Job.objects.filter(pk__in=[made[1].pk, made[2].pk]).update(updated_at=made[1].updated_at)
        seen, cursor = [], ""
        while True:
            page = ana_api.get(jobs_url(engine.channel), {"since": since, "cursor": cursor}).data
            seen += [row["id"] for row in page["results"]]
            cursor = page["next"]
            if not cursor:
                break
            assert len(seen) < 10, "it never ends"
        assert sorted(seen) == sorted(str(job.pk) for job in made)

    @pytest.mark.parametrize("since", ["yesterday", "2026-11-23T12:00:00", "9" * 50])
    def test_since_is_a_moment_with_its_zone(self, ana_api: APIClient, channel: Channel, since: str) -> None:
        answer = ana_api.get(jobs_url(channel), {"since": since})
        assert answer.status_code == 400
        assert "since" in error_of(answer)["fields"]

    def test_output_is_numbered_and_goes_on_from_next(self, engine: Engine, ana_api: APIClient) -> None:
        engine.submit("lines", count=5)
        job = engine.run()
        url = f"/api/v1/jobs/{job.pk}/output/"
        whole = ana_api.get(url).data
        assert [line["text"] for line in whole["lines"]] == ["order: lines", *(f"line {n}" for n in range(5))]
        assert [line["n"] for line in whole["lines"]] == [1, 2, 3, 4, 5, 6]
        rest = ana_api.get(url, {"from": 5}).data
        assert [line["n"] for line in rest["lines"]] == [5, 6]
        assert ana_api.get(url, {"from": rest["next"]}).data["lines"] == []

    @pytest.mark.parametrize("query", [{"from": "-1"}, {"attempt": "one"}, {"from": "9" * 12}])
    def test_output_wants_whole_numbers(self, engine: Engine, ana_api: APIClient, query: dict[str, str]) -> None:
        job = engine.submit()
        assert ana_api.get(f"/api/v1/jobs/{job.pk}/output/", query).status_code == 400

    def test_an_artifact_is_served_with_ranges_and_as_it_was_made(self, engine: Engine, ana_api: APIClient) -> None:
        engine.submit("artifact")
        job = engine.run()
        described = ana_api.get(f"/api/v1/jobs/{job.pk}/").data["artifacts"][0]
        whole = ana_api.get(described["url"])
        content = b"".join(whole.streaming_content) if whole.streaming else whole.content
        assert hashlib.sha256(content).hexdigest() == described["sha256"]
        assert len(content) == described["size"]
        assert whole["X-Content-Type-Options"] == "nosniff"
        part = ana_api.get(described["url"], headers={"Range": "bytes=0-3"})
        assert part.status_code == 206
        assert ana_api.get(f"/api/v1/jobs/{job.pk}/artifacts/other.txt/").status_code == 404

    def test_a_job_that_never_was_is_404(self, ana_api: APIClient) -> None:
        answer = ana_api.get(f"/api/v1/jobs/{uuid.uuid4()}/")
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "not_found"
