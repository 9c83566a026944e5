"""The content API: shapes, pages, errors."""

from __future__ import annotations

import io
import warnings
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.authtoken.models import Token

from accounts.limits import Limit, LimitReached
from accounts.models import User
from channels_app import actions, api_errors, revisions
from channels_app.api.scripts import ScriptSerializer
from channels_app.models import AudioProject, AudioSection, Channel, Note, Script, Take
from channels_app.models.script import BODY_CHARACTERS
from jobs import actions as jobs
from tests import factories
from tests.unit.channels_app.conftest import World

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def api(page: Client) -> Client:
    """Ana's client."""
    return page


def url(name: str, *arguments: Any) -> str:
    return reverse(f"api-{name}", args=arguments)


def error_of(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "fields"}
    found: dict[str, Any] = body["error"]
    return found


class TestChannels:
    def test_one_is_made_with_a_name_alone(self, api: Client, ana: User) -> None:
        answer = api.post(url("channels"), {"name": "Tidal Pools", "niche": "finance"}, JSON)
        assert answer.status_code == 201
        made = answer.json()
        assert (made["slug"], made["owner"], made["rpm"]) == ("tidal-pools", "ana", "12.00")
        assert Channel.objects.get().owner == ana

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "name"),
            ({"name": "x", "slug": "tidal"}, "slug"),
            ({"name": "x", "slug": "new"}, "slug"),
            ({"name": "x", "slug": "a b"}, "slug"),
            ({"name": "x", "voice_speed": 9}, "voice_speed"),
            ({"name": "x", "rpm": -1}, "rpm"),
            ({"name": "x", "niche": "custom"}, "custom_niche"),
            ({"name": "x", "niche": "cooking"}, "niche"),
            ({"name": "x", "topics": "tides"}, "topics"),
            ({"name": "x", "topics": ["t"] * 31}, "topics"),
            ({"name": "x", "tags": ["t", "x" * 61]}, "tags.1"),
            ({"name": "x", "voice_service": "nobody"}, "voice_service"),
            ({"name": "x", "voice_service": "espeak", "voice_id": "zz"}, "voice_id"),
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused_by_its_field(
        self, api: Client, channel: Channel, body: dict[str, Any], field: str
    ) -> None:
        error = error_of(api.post(url("channels"), body, JSON), 400)
        assert error["code"] == "invalid"
        assert list(error["fields"]) == [field]
        assert error["message"]
        assert Channel.objects.count() == 1

    def test_the_list_is_ones_own_newest_first(self, api: Client, ana: User, channel: Channel) -> None:
        factories.channel(factories.stranger(), "cys")
        factories.channel(ana, "second")
        answer = api.get(url("channels")).json()
        assert [one["slug"] for one in answer["results"]] == ["second", "tidal"]
        assert answer["next"] == ""

    def test_one_is_changed_but_not_its_address(self, api: Client, channel: Channel) -> None:
        answer = api.patch(url("channel", "tidal"), {"name": "New", "topics": ["tides"]}, JSON)
        assert (answer.json()["name"], answer.json()["topics"]) == ("New", ["tides"])
        error = error_of(api.patch(url("channel", "tidal"), {"slug": "other"}, JSON), 400)
        assert list(error["fields"]) == ["slug"]
        assert api.patch(url("channel", "tidal"), {"slug": "tidal"}, JSON).status_code == 200

    def test_its_owner_is_not_given_away(self, api: Client, channel: Channel, ana: User) -> None:
        factories.stranger()
        api.patch(url("channel", "tidal"), {"owner": "cy"}, JSON)
        channel.refresh_from_db()
        assert channel.owner == ana

    def test_one_with_a_job_at_work_stays(self, api: Client, world: World) -> None:
        jobs.submit(world.channel, world.ana, "drill", {"order": "ok"})
        error = error_of(api.delete(url("channel", "tidal")), 409)
        assert error["code"] == "in_use"
        assert "a job is still at work on it" in error["message"]
        assert Channel.objects.exists()


class TestRows:
    def test_notes(self, api: Client, channel: Channel) -> None:
        body = {"title": "Tides", "text": " one\r\ntwo ", "source_url": "https://noaa.example/"}
        made = api.post(url("notes", "tidal"), body, JSON).json()
        assert (made["text"], made["origin"]) == (" one\ntwo ", "pasted")
        [row] = api.get(url("notes", "tidal")).json()["results"]
        assert row["excerpt"] == " one\ntwo "
        assert "text" not in row
        assert api.get(url("note", "tidal", made["id"])).json() == made
        assert api.patch(url("note", "tidal", made["id"]), {"title": "T"}, JSON).json()["title"] == "T"
        assert api.delete(url("note", "tidal", made["id"])).status_code == 204
        assert api.get(url("note", "tidal", made["id"])).status_code == 404
        assert Note.with_binned.exists()

    def test_scripts(self, api: Client, channel: Channel) -> None:
        made = api.post(url("scripts", "tidal"), {"title": "Why", "body": "### A\n\none two"}, JSON).json()
        assert (made["words"], made["status"], made["type"]) == (2, "draft", "short")
        [row] = api.get(url("scripts", "tidal")).json()["results"]
        assert "body" not in row
        changed = api.patch(url("script", "tidal", made["id"]), {"body": "one", "status": "final"}, JSON).json()
        assert (changed["words"], changed["status"]) == (1, "final")
        assert api.delete(url("script", "tidal", made["id"])).status_code == 204
        assert api.get(url("scripts", "tidal")).json()["results"] == []

    @pytest.mark.parametrize(
        ("name", "body", "field"),
        [
            ("notes", {"title": "x"}, "text"),
            ("notes", {"title": "x", "text": " "}, "text"),
            ("notes", {"title": "x", "text": "x", "source_url": "javascript:alert(1)"}, "source_url"),
            ("scripts", {"body": "x"}, "title"),
            ("scripts", {"title": "x" * 201}, "title"),
            ("scripts", {"title": "x", "status": "published"}, "status"),
            ("scripts", {"title": "x", "body": "x" * (BODY_CHARACTERS + 1)}, "body"),
            ("scripts", {"title": "x", "body": "a\x00b"}, "body"),
        ],
        ids=lambda value: str(value)[:50],
    )
    def test_what_cannot_be_is_refused_by_its_field(
        self, api: Client, channel: Channel, name: str, body: dict[str, Any], field: str
    ) -> None:
        error = error_of(api.post(url(name, "tidal"), body, JSON), 400)
        assert list(error["fields"]) == [field]

    def test_the_limit_is_named(self, api: Client, channel: Channel) -> None:
        body = {"title": "x", "body": "x" * (BODY_CHARACTERS + 1)}
        assert "200000 characters" in error_of(api.post(url("scripts", "tidal"), body, JSON), 400)["message"]

    def test_pages_follow_each_other_without_gap_or_repeat(self, api: Client, channel: Channel) -> None:
        Note.objects.bulk_create([Note(channel=channel, title=f"n{number}", text="t") for number in range(120)])
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            page = api.get(url("notes", "tidal"), {"cursor": cursor} if cursor else {}).json()
            seen += [row["id"] for row in page["results"]]
            cursor = page["next"]
        assert cursor == ""
        assert len(seen) == len(set(seen)) == 120
        error_of(api.get(url("notes", "tidal"), {"cursor": "nonsense"}), 404)

    def test_a_script_with_a_job_at_work_stays(self, api: Client, world: World) -> None:
        jobs.submit(world.channel, world.ana, "drill", {"order": "ok", "subject": str(world.script.pk)})
        error_of(api.delete(url("script", "tidal", world.script.pk)), 409)
        error_of(api.delete(url("audio-project", "tidal", world.project.pk)), 409)
        assert Take.objects.exists()


class TestAudioProjects:
    def test_one_is_made_for_a_script_once(self, api: Client, channel: Channel) -> None:
        script = factories.script(channel)
        made = api.post(url("audio-projects", "tidal"), {"script": str(script.pk)}, JSON)
        assert made.status_code == 201
        assert (made.json()["script"], made.json()["sections"]) == (str(script.pk), [])
        again = api.post(url("audio-projects", "tidal"), {"script": str(script.pk)}, JSON)
        assert list(error_of(again, 400)["fields"]) == ["script"]

    def test_a_script_of_another_channel_is_refused_like_one_that_is_not_there(
        self, api: Client, channel: Channel
    ) -> None:
        foreign = factories.script(factories.channel(factories.stranger(), "cys"))
        binned = factories.script(channel)
        actions.bin_row(binned)
        said = {
            error_of(api.post(url("audio-projects", "tidal"), {"script": str(pk)}, JSON), 400)["message"].replace(
                str(pk), "…"
            )
            for pk in (foreign.pk, binned.pk, uuid4())
        }
        assert len(said) == 1

    def test_it_shows_sections_and_takes(self, api: Client, world: World) -> None:
        shown = api.get(url("audio-project", "tidal", world.project.pk)).json()
        assert shown["up_to_date"] is True
        first, second = shown["sections"]
        assert (first["state"], second["state"]) == ("ready", "unspoken")
        [take] = first["takes"]
        assert (take["chosen"], take["fits"], take["seconds"]) == (True, True, 0.01)
        assert take["url"] == reverse("api-take-sound", args=[world.take.pk])
        [row] = api.get(url("audio-projects", "tidal")).json()["results"]
        assert row["sections"] == 2

    def test_a_project_of_a_binned_script_is_out_of_sight(self, api: Client, world: World) -> None:
        actions.bin_row(world.script)
        assert api.get(url("audio-projects", "tidal")).json()["results"] == []
        error_of(api.get(url("audio-project", "tidal", world.project.pk)), 404)
        error_of(api.get(url("take-sound", world.take.pk)), 404)

    def test_its_voice_is_changed(self, api: Client, world: World) -> None:
        address = url("audio-project", "tidal", world.project.pk)
        assert api.patch(address, {"voice_service": "espeak", "voice_id": "en-us"}, JSON).status_code == 200
        assert AudioProject.objects.get().voice_id == "en-us"
        assert list(error_of(api.patch(address, {"voice_service": "x"}, JSON), 400)["fields"]) == ["voice_service"]
        assert list(error_of(api.patch(address, {"voice_speed": 3}, JSON), 400)["fields"]) == ["voice_speed"]
        other = factories.script(world.channel, "other")
        assert list(error_of(api.patch(address, {"script": str(other.pk)}, JSON), 400)["fields"]) == ["script"]

    def test_a_section_is_changed(self, api: Client, world: World) -> None:
        other = factories.take(world.section, content=factories.wav(level=2))
        address = url("audio-section", "tidal", world.project.pk, world.section.pk)
        shown = api.patch(address, {"pause_ms": 250, "chosen_take": str(world.take.pk)}, JSON).json()
        assert shown["pause_ms"] == 250
        assert {take["id"]: take["chosen"] for take in shown["takes"]} == {
            str(world.take.pk): True,
            str(other.pk): False,
        }
        for body in ({"pause_ms": -1}, {"pause_ms": 30_001}, {"chosen_take": str(uuid4())}, {"pause_ms": "x"}):
            assert list(error_of(api.patch(address, body, JSON), 400)["fields"]) == list(body)
        assert AudioSection.objects.get(pk=world.section.pk).pause_ms == 250

    def test_a_sound_is_given_to_whoever_asks_for_sound(self, api: Client, world: World) -> None:
        answer = api.get(url("take-sound", world.take.pk), headers={"accept": "audio/*", "range": "bytes=0-3"})
        assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"RIFF")  # type: ignore[arg-type]
        assert answer.headers["Content-Type"] == "audio/wav"

    def test_deleting_one_leaves_the_script(self, api: Client, world: World) -> None:
        assert api.delete(url("audio-project", "tidal", world.project.pk)).status_code == 204
        assert not Take.objects.exists()
        assert Script.objects.exists()


class TestErrors:
    def test_a_token_opens_the_door_and_a_wrong_one_does_not(self, client: Client, channel: Channel, ana: User) -> None:
        token = Token.objects.create(user=ana)
        assert client.get(url("channels"), headers={"authorization": f"Token {token.key}"}).status_code == 200
        wrong = client.get(url("channels"), headers={"authorization": "Token wrong"})
        assert error_of(wrong, 401)["code"] == "authentication_failed"
        nobody = client.get(url("channels"))
        assert error_of(nobody, 401)["code"] == "not_authenticated"
        assert nobody.headers["WWW-Authenticate"] == "Token"

    def test_a_session_needs_its_token(self, world: World) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(world.ana)
        error = error_of(strict.patch(url("channel", "tidal"), {"name": "x"}, JSON), 403)
        assert error["code"] == "permission_denied" or error["code"] == "forbidden"

    def test_a_reader_is_told_that_they_may_only_read(self, client: Client, world: World) -> None:
        client.force_login(factories.editor())
        error = error_of(client.patch(url("channel", "tidal"), {"name": "x"}, JSON), 403)
        assert error == {
            "code": "forbidden",
            "message": "You may read this channel but not change it. Ask its owner.",
            "fields": {},
        }

    def test_a_stranger_learns_nothing(self, client: Client, world: World) -> None:
        client.force_login(factories.stranger())
        foreign = error_of(client.get(url("channel", "tidal")), 404)
        assert foreign == error_of(client.get(url("channel", "nowhere")), 404)
        assert foreign["code"] == "not_found"

    def test_what_is_no_json_and_what_is_not_done(self, api: Client, channel: Channel) -> None:
        assert error_of(api.post(url("channels"), "{", JSON), 400)["code"] == "parse_error"
        assert error_of(api.put(url("channel", "tidal"), {}, JSON), 405)["code"] == "method_not_allowed"
        assert error_of(api.post(url("channels"), "x", "text/csv"), 415)["code"] == "unsupported_media_type"
        assert error_of(api.post(url("channels"), [1], JSON), 400)["code"] == "invalid"

    @pytest.mark.parametrize("method", ["get", "post", "delete"])
    def test_an_address_it_does_not_have_is_answered_in_its_own_shape(self, client: Client, method: str) -> None:
        error = error_of(getattr(client, method)("/api/v1/jobs/"), 404)
        assert error["code"] == "not_found"
        assert "/api/v1/jobs/" in error["message"]

    def test_throttling_keeps_its_header(self) -> None:
        answer = api_errors.handle(exceptions.Throttled(wait=30), {})
        assert answer is not None
        assert (answer.status_code, answer.data["error"]["code"]) == (429, "throttled")
        assert answer.headers["Retry-After"] == "30"

    @pytest.mark.parametrize(
        ("error", "status", "code", "fields"),
        [
            (ProtectedError("In use.", set()), 409, "in_use", {}),
            (LimitReached(Limit.STORAGE, 2, 1), 409, "limit_reached", {}),
            (ValidationError({"a": ["No."]}), 400, "invalid", {"a": ["No."]}),
            (ValidationError("No."), 400, "invalid", {}),
            (exceptions.ValidationError("No."), 400, "invalid", {}),
            (exceptions.ValidationError({"a": [{}, {"b": ["No."]}]}), 400, "invalid", {"a.1.b": ["No."]}),
            (exceptions.ValidationError({"a": {"0": ["No."]}}), 400, "invalid", {"a.0": ["No."]}),
        ],
        ids=str,
    )
    def test_every_error_has_one_shape(self, error: Exception, status: int, code: str, fields: Any) -> None:
        answer = api_errors.handle(error, {})
        assert answer is not None
        assert answer.status_code == status
        assert answer.data["error"]["code"] == code
        assert answer.data["error"]["fields"] == fields
        assert answer.data["error"]["message"]

    def test_our_own_faults_are_not_dressed_up(self) -> None:
        assert api_errors.handle(ZeroDivisionError(), {}) is None


def test_the_schema_is_drawn_without_warnings() -> None:
    out = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_command("spectacular", "--fail-on-warn", "--validate", stdout=out)
    for shown in ("/channels/{slug}/audio-projects/", "/takes/{id}/sound/", "Problem:"):
        assert shown in out.getvalue()


class TestRevisions:
    """The history of a script, and changes that name the version they were made from."""

    @pytest.fixture
    def script(self, channel: Channel) -> Script:
        return factories.script(channel, body="One.")

    def change(self, api: Client, script: Script, **body: Any) -> Any:
        return api.patch(url("script", "tidal", script.pk), body, JSON)

    def test_a_change_of_an_old_version_is_answered_with_the_text_as_it_is(self, api: Client, script: Script) -> None:
        assert self.change(api, script, body="Two.", version=1).json()["version"] == 2
        answer = self.change(api, script, body="Three.", version=1)
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "conflict"
        assert answer.json()["current"] == {"version": 2, "title": script.title, "body": "Two."}
        assert self.change(api, script, body="Three.", status="final").json()["version"] == 3
        script.refresh_from_db()
        assert (script.body, script.status) == ("Three.", "final")

    @pytest.mark.parametrize("sent", [{"status": "review"}, {"title": "Tides"}])
    def test_a_change_of_something_else_leaves_what_was_typed_since(
        self, script: Script, ana: User, sent: dict[str, Any]
    ) -> None:
        asked = SimpleNamespace(user=ana)
        change = ScriptSerializer(Script.objects.get(), data=sent, partial=True, context={"request": asked})
        assert change.is_valid()
        revisions.save_body(script, "Two.", user=ana, version=1)
        changed = change.save()
        row = Script.objects.get()
        assert (row.body, changed.body, changed.version) == ("Two.", "Two.", row.version)
        assert {name: getattr(row, name) for name in sent} == sent

    def test_a_status_is_written_without_the_text_that_is_saved_in_the_same_moment(
        self, script: Script, ana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save = Script.save

        def late(row: Script, *args: Any, **options: Any) -> None:
            revisions.save_body(Script.objects.get(), "Three.", user=ana)
            save(row, *args, **options)

        sent = {"status": "review", "body": "Two."}
        change = ScriptSerializer(
            Script.objects.get(), data=sent, partial=True, context={"request": SimpleNamespace(user=ana)}
        )
        assert change.is_valid()
        monkeypatch.setattr(Script, "save", late)
        change.save()
        row = Script.objects.get()
        assert (row.body, row.version, row.status) == ("Three.", 3, "review")

    @pytest.mark.parametrize("version", [0, -1, "soon", 1.5, None])
    def test_a_version_that_cannot_be_is_refused(self, api: Client, script: Script, version: Any) -> None:
        assert "version" in error_of(self.change(api, script, body="Two.", version=version), 400)["fields"]

    def test_the_history_is_listed_and_read(self, api: Client, script: Script) -> None:
        self.change(api, script, body="Two.")
        rows = api.get(url("script-revisions", "tidal", script.pk)).json()["results"]
        assert [(row["number"], row["author"], row["words"]) for row in rows] == [(2, "ana", 1), (1, None, 1)]
        assert "body" not in rows[0]
        one = api.get(url("script-revision", "tidal", script.pk, rows[1]["id"])).json()
        assert one["body"] == "One."

    def test_they_are_restored_accepted_and_discarded(self, api: Client, script: Script) -> None:
        self.change(api, script, body="Two.")
        first = script.revisions.get(number=1)
        restored = api.post(url("script-revision-restore", "tidal", script.pk, first.pk), {"version": 2}, JSON)
        assert (restored.json()["body"], restored.json()["version"]) == ("One.", 3)
        proposed = revisions.propose(script, "Three.", user=None, origin="model")
        accept = url("script-revision-accept", "tidal", script.pk, proposed.pk)
        assert api.post(accept, {"version": 1}, JSON).json()["error"]["code"] == "conflict"
        assert api.post(accept, {"version": 3}, JSON).json()["body"] == "Three."
        assert error_of(api.post(accept, {}, JSON), 409)["code"] == "wrong_state"
        other = revisions.propose(script, "Four.", user=None, origin="model")
        discard = url("script-revision-discard", "tidal", script.pk, other.pk)
        assert api.post(discard).json()["body"] == "Three."
        assert error_of(api.post(discard), 409)["code"] == "wrong_state"

    def test_those_of_other_scripts_and_channels_are_not_there(self, api: Client, script: Script, ana: User) -> None:
        other = factories.script(factories.channel(ana, "reef"))
        proposed = revisions.propose(other, "x", user=None, origin="model")
        for slug, pk in (("tidal", other.pk), ("tidal", script.pk), ("reef", script.pk)):
            assert error_of(api.get(url("script-revision", slug, pk, proposed.pk)), 404)
        assert error_of(api.get(url("script-revisions", "tidal", other.pk)), 404)
