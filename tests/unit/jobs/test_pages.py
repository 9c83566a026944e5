"""The pages of jobs, used as plain forms and as scripts use them: who may, what is shown, what a refusal says."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.template import RequestContext, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from accounts.roles import Role
from channels_app import youtube_facts
from channels_app.actions import bin_row
from channels_app.models import Channel
from channels_app.youtube_facts import NewFacts
from jobs import doors, needs, panel, urls
from jobs.context import FINISH
from jobs.models import Job, State
from jobs.spec import Need, NeedMissing, UserError
from tests import factories
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db
LIST = "/c/tidal/jobs/"
SCRIPT = {"accept": "application/json"}
EVIL = "<script>alert('&\"')</script>"
EVERY_STATE: tuple[dict[str, Any], ...] = (
    {"state": State.QUEUED},
    {"state": State.QUEUED, "failures": 2},
    {"state": State.RUNNING, "of": 3, "done": 1, "note": "one of three"},
    {"state": State.COMPLETED},
    {"state": State.COMPLETED, "outcome": "needs_you"},
    {"state": State.FAILED},
    {"state": State.CANCELLED},
)


def make(channel: Channel, **fields: Any) -> Job:
    """A row in any state, without living through it."""
    state, now = fields.setdefault("state", State.QUEUED), timezone.now()
    given: dict[str, Any] = {"kind": "drill", "title": "Drill: ok", "queue": "ai", "inputs": {"order": "ok"}}
    if state == State.QUEUED:
        given["due_at"] = now
    elif state == State.RUNNING:
        given["lease_until"] = now + timedelta(minutes=1)
    else:
        given |= {"ended_at": now, "started_at": now}
    if state == State.COMPLETED:
        given |= {"result": {}, "outcome": "done"}
    if state == State.FAILED:
        given["error"] = "It broke."
    if state == State.CANCELLED:
        given["cancel_requested_at"] = now
    times = {"created_at": now, "updated_at": now}
    return Job.objects.create(channel=channel, **{"user": channel.owner, **given, **times, **fields})


@pytest.fixture
def page(client: Client, ana: User) -> Client:
    """Ana's browser."""
    client.force_login(ana)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def shown(answer: Any) -> list[str]:
    """The ids of the jobs on a list, from top to bottom."""
    return re.findall(r'<article class="job-row" id="job-([^"]+)"', text(answer))


def offered(html: str) -> set[str]:
    """The acts that a page offers and does not hide."""
    return {act for act, more in re.findall(r'data-act="(\w+)"([^>]*)>', html) if " hidden" not in more}


def url(job: Job, act: str = "") -> str:
    return f"{LIST}{job.pk}/{act}"


class TestAccess:
    """Everybody at every address: nobody, a stranger, a standard owner, an editor, a premium editor, Ana, an admin."""

    WHO: tuple[Callable[[], User | None], ...] = (
        lambda: None,
        factories.stranger,
        lambda: factories.user("sam"),
        factories.editor,
        lambda: factories.user("eve", Role.EDITOR, Role.PREMIUM),
        lambda: User.objects.get(username="ana"),
        factories.admin,
    )
    PAGE = (302, 404, 403, 403, 200, 200, 200)
    CHANGE = (302, 404, 402, 403, 403, 200, 200)
    # Name, method, what follows the channel, and the answers.
    TABLE: tuple[tuple[str, str, str, tuple[int, ...]], ...] = (
        ("jobs", "get", "", PAGE),
        ("jobs", "get", "?fragment=rows", PAGE),
        ("jobs", "get", "?fragment=counts", PAGE),
        ("job", "get", "{failed}/", PAGE),
        ("job", "get", "{failed}/?fragment=row", PAGE),
        ("job", "get", "{failed}/?fragment=detail", PAGE),
        ("job-raw", "get", "{failed}/raw/", PAGE),
        ("job-new", "get", "new/drill/", PAGE),
        ("job-slot", "get", "slot/drill/?order=ok", (302, 404, 200, 200, 200, 200, 200)),
        ("job-rerun", "get", "{failed}/rerun/", (302, 404, 403, 403, 403, 200, 200)),
        ("job-new", "post", "new/drill/", (302, 404, 403, 403, 403, 200, 200)),
        ("job-submit", "post", "submit/drill/", CHANGE),
        ("job-retry", "post", "{failed}/retry/", CHANGE),
        ("job-rerun", "post", "{failed}/rerun/", CHANGE),
        # A standard owner may end what runs in their name, whatever it is.
        ("job-cancel", "post", "{waiting}/cancel/", (302, 404, 200, 403, 403, 200, 200)),
    )

    def test_the_table_names_every_address(self) -> None:
        named = {pattern.name for pattern in urls.urlpatterns}
        elsewhere = {
            "job-finish", "take-upload", "script-write", "draft-keep", "models", "provider-test", "resource-search",
        }  # fmt: skip
        assert named - elsewhere == {name for name, _, _, _ in self.TABLE}

    @pytest.mark.parametrize(("name", "method", "path", "expected"), TABLE, ids=[f"{m} {p}" for _, m, p, _ in TABLE])
    def test_everybody_gets_what_their_role_allows(
        self, name: str, method: str, path: str, expected: tuple[int, ...], channel: Channel
    ) -> None:
        failed, waiting = make(channel, state=State.FAILED), make(channel)
        address = LIST + path.format(failed=failed.pk, waiting=waiting.pk)
        answers, changed = [], []
        for who in self.WHO:
            with transaction.atomic():
                client, user = Client(), who()
                if user:
                    client.force_login(user)
                    if user.username == "sam":
                        Channel.objects.update(owner=user)
                accept = SCRIPT if method == "post" else {}
                answer = getattr(client, method)(address, {"order": "ok"}, headers=accept)
                answers.append(answer.status_code)
                if not user:
                    assert answer.headers["Location"].startswith(reverse("sign-in"))
                states = list(Job.objects.order_by("created_at").values_list("state", flat=True))
                changed.append(states != ["failed", "queued"])
                transaction.set_rollback(True)
        assert tuple(answers) == expected
        assert changed == [method == "post" and status == 200 for status in expected]

    @pytest.mark.parametrize("act", ["cancel", "retry", "submit/drill"])
    def test_acts_are_no_pages_and_pages_take_no_posts(self, page: Client, channel: Channel, act: str) -> None:
        address = f"{LIST}{act}/" if "/" in act else url(make(channel), f"{act}/")
        assert page.get(address).status_code == 405
        assert page.post(LIST).status_code == 405

    def test_acts_from_other_sites_are_refused(self, ana: User, channel: Channel) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ana)
        job = make(channel)
        for address in (url(job, "cancel/"), f"{LIST}submit/drill/"):
            assert client.post(address, {"order": "ok"}).status_code == 403
        assert list(Job.objects.values_list("state", flat=True)) == [State.QUEUED]

    @pytest.mark.parametrize("path", ["", "raw/", "rerun/"])
    def test_a_job_is_reached_through_its_own_channel_only(self, client: Client, channel: Channel, path: str) -> None:
        """For an admin too, who sees both: an address must not tell two stories."""
        factories.channel(channel.owner, "reef")
        client.force_login(factories.admin())
        job = make(channel, state=State.FAILED)
        assert client.get(url(job, path)).status_code == 200
        assert client.get(f"/c/reef/jobs/{job.pk}/{path}").status_code == 404
        assert client.get(f"{LIST}{uuid4()}/{path}").status_code == 404

    def test_a_reader_is_offered_nothing_to_change(self, client: Client, channel: Channel) -> None:
        client.force_login(factories.user("eve", Role.EDITOR, Role.PREMIUM))
        jobs = [make(channel, **fields) for fields in EVERY_STATE]
        listed = text(client.get(LIST))
        assert offered(listed) == set()
        assert "new-job-menu" not in listed
        assert "Run again with changes" not in text(client.get(f"{url(jobs[3])}?tab=input"))
        assert re.search(r'type="submit" disabled', text(client.get(f"{LIST}new/drill/")))


@pytest.mark.postgres
class TestList:
    def test_a_full_page_takes_eight_queries(
        self, page: Client, channel: Channel, django_assert_max_num_queries: Any
    ) -> None:
        kinds = ("drill", "relay", "tts", "teleport")
        for number in range(32):
            make(channel, kind=kinds[number % 4], **EVERY_STATE[number % 7])
        page.get(LIST)
        with django_assert_max_num_queries(8):
            assert len(shown(page.get(LIST))) == 30
        with django_assert_max_num_queries(6):
            page.get(LIST, {"fragment": "rows"})
        with django_assert_max_num_queries(4):
            page.get(LIST, {"fragment": "counts"})

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["drill failed", "relay failed", "relay queued", "drill queued"]),
            ({"state": "failed"}, ["drill failed", "relay failed"]),
            ({"kind": "relay"}, ["relay failed", "relay queued"]),
            ({"kind": "relay", "state": "failed"}, ["relay failed"]),
            ({"q": " BROKE "}, ["drill failed", "relay failed"]),
            ({"q": "title of drill q"}, ["drill queued"]),
            ({"q": "100%"}, []),
            ({"q": "\x00broke"}, ["drill failed", "relay failed"]),
            ({"state": "running"}, []),
            (
                {"state": "nonsense", "kind": "teleport"},
                ["drill failed", "relay failed", "relay queued", "drill queued"],
            ),
        ],
    )
    def test_it_shows_what_is_asked_for_newest_first(
        self, page: Client, channel: Channel, query: dict[str, str], found: list[str]
    ) -> None:
        make(factories.channel(channel.owner, "reef"), state=State.FAILED)
        made = {}
        for name in ("drill queued", "relay queued", "relay failed", "drill failed"):
            kind, state = name.split()
            made[str(make(channel, kind=kind, state=state, title=f"Title of {name}").pk)] = name
        assert [made[job] for job in shown(page.get(LIST, query))] == found
        assert [made[job] for job in shown(page.get(LIST, {**query, "fragment": "rows"}))] == found

    def test_older_jobs_follow_without_repeats_and_keep_the_filter(self, page: Client, channel: Channel) -> None:
        """Also when many were made in the same instant."""
        now = timezone.now()
        made = [make(channel, state=State.FAILED, created_at=now - timedelta(seconds=n // 20)) for n in range(60)]
        for _ in range(3):
            make(channel)
        seen: list[str] = []
        address = f"{LIST}?state=failed&fragment="
        sizes = []
        while address:
            answer = page.get(address)
            sizes.append(len(shown(answer)))
            seen += shown(answer)
            link = re.search(r'href="(\?[^"]*)" rel="next"', text(answer))
            address = LIST + link[1].replace("&amp;", "&") if link else ""
        assert sizes == [30, 30]
        assert seen == [str(job.pk) for job in sorted(made, key=lambda job: (job.created_at, job.pk), reverse=True)]

    @pytest.mark.parametrize(
        "place",
        [
            "é",
            "zz",
            b"\xff\xfe",
            b'["2026-01-01T00:00:00+00:00", 5]',
            b"[" * 2000,
            b"2026-01-01T00:00:00+00:00 5",
            b"0001-01-01T00:00:00+14:00 00000000-0000-0000-0000-000000000000",
        ],
        ids=lambda place: str(place)[:40],
    )
    def test_a_cursor_that_is_none_of_ours_shows_the_newest(
        self, page: Client, channel: Channel, place: str | bytes
    ) -> None:
        job = make(channel)
        cursor = place if isinstance(place, str) else base64.urlsafe_b64encode(place).decode()
        assert shown(page.get(LIST, {"after": cursor})) == [str(job.pk)]

    def test_counts_are_capped_and_of_this_channel(
        self, page: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make(factories.channel(channel.owner, "reef"))
        for state in ("failed", "failed", "failed", "queued", "queued", "completed"):
            make(channel, state=state)
        none = {"running": "0", "cancelled": "0"}
        counts = page.get(LIST, {"fragment": "counts"}).json()["counts"]
        assert counts == {"": "6", "queued": "2", "completed": "1", "failed": "3", **none}
        monkeypatch.setattr(panel, "COUNT_CAP", 2)
        counts = page.get(LIST, {"fragment": "counts"}).json()["counts"]
        assert counts == {"": "2+", "queued": "2", "completed": "1", "failed": "2+", **none}

    def test_what_is_empty_says_why_and_what_to_do(self, page: Client, channel: Channel) -> None:
        assert "Nothing has run here yet" in text(page.get(LIST))
        job = make(channel)
        assert "No older jobs" in text(page.get(LIST, {"after": panel.write_cursor(job.created_at, job.pk)}))
        nothing = text(page.get(LIST, {"state": "failed", "kind": "relay", "q": EVIL}))
        assert "Nothing matches" in nothing
        assert f"<strong>{escape(EVIL)}</strong>" in nothing
        ways_out = re.findall(r'<a class="button" href="(\?[^"]*)">(Any state|Any kind|Without)', nothing)
        assert [words for _, words in ways_out] == ["Any state", "Any kind", "Without"]
        for link, words in ways_out:
            dropped = {"Any state": "state", "Any kind": "kind", "Without": "q"}[words]
            kept = {"state", "kind", "q"} - {dropped}
            assert {part.split("=")[0] for part in link[1:].replace("&amp;", "&").split("&")} == kept


class TestDetail:
    @pytest.mark.parametrize(
        ("fields", "tab"),
        [({"state": "queued"}, "output"), ({"state": "completed"}, "result"), ({"state": "failed"}, "attempts")],
    )
    def test_it_opens_where_its_state_tells_most(
        self, page: Client, channel: Channel, fields: dict[str, Any], tab: str
    ) -> None:
        job = make(channel, **fields)
        for query, expected in (("", tab), ("?tab=nonsense", tab), ("?tab=input", "input")):
            assert f'data-tab="{expected}"' in text(page.get(url(job, query)))

    def test_the_result_leads_to_where_the_work_is_seen(self, page: Client, channel: Channel) -> None:
        script, video = factories.script(channel), factories.found_video(channel)
        youtube_facts.remember(NewFacts(youtube_id="UC" + "a" * 22, looked_up_at=timezone.now(), name="Seaside"))
        of_script, desk = {"script": str(script.pk)}, f"/c/tidal/scripts/{script.pk}/"
        places = [
            *((kind, of_script, desk) for kind in ("script", "fact-check", "humanize", "tts")),
            ("idea", {}, "/c/tidal/ideas/"),
            ("proposals", {}, "/c/tidal/proposals/"),
            ("image", {"prompt": "Tides"}, "/c/tidal/resources/gallery/"),
            ("resource-download", {"items": []}, "/c/tidal/resources/"),
            ("transcript", {"video": str(video.pk)}, f"/c/tidal/discover/{video.pk}/"),
            ("channel-dive", {"youtube_channel": "UC" + "a" * 22}, f"/c/tidal/discover/channels/UC{'a' * 22}/"),
        ]
        for kind, inputs, address in places:
            job = make(channel, state=State.COMPLETED, kind=kind, inputs=inputs)
            assert f'<a class="button small" href="{address}">Open the ' in text(page.get(url(job))), kind
            assert page.get(address).status_code == 200
        search = make(channel, state=State.COMPLETED, kind="discover", inputs={"query": "tides"})
        assert f'href="/c/tidal/discover/?search={search.pk}">Open the videos' in text(page.get(url(search)))
        # A job that was given no script makes one under its own name.
        written = make(channel, state=State.COMPLETED, kind="script", inputs={"topic": "Tides"}, pk=script.pk)
        assert desk in text(page.get(url(written)))

    def test_what_is_gone_is_not_led_to(self, page: Client, channel: Channel) -> None:
        script = factories.script(channel)
        elsewhere = factories.found_video(factories.channel(factories.stranger(), "reef"))
        jobs = [
            make(channel, state=State.COMPLETED, kind="script", inputs={"script": str(script.pk)}),
            make(channel, state=State.COMPLETED, kind="transcript", inputs={"video": str(elsewhere.pk)}),
            make(channel, state=State.COMPLETED, kind="channel-dive", inputs={"youtube_channel": "UC" + "b" * 22}),
            make(channel, state=State.COMPLETED, kind="a-kind-that-is-no-more", subject="ideas"),
        ]
        bin_row(script)
        for job in jobs:
            assert "detail-about" not in text(page.get(url(job)))

    def test_a_result_says_no_and_nought(self, page: Client, channel: Channel) -> None:
        shown = text(page.get(url(make(channel, state=State.COMPLETED, result={"is_cut": False, "count": 0}))))
        assert "<dd>no</dd>" in shown
        assert "<dd>0</dd>" in shown

    def test_what_a_key_mends_leads_to_the_page_of_keys(self, page: Client, channel: Channel) -> None:
        link = '<p class="job-help" data-show="wants_key"><a href="/me/keys/">API keys</a></p>'
        told = "OpenAI did not accept the key. Check it on your keys page."
        assert link in text(page.get(url(make(channel, state=State.FAILED, error=told))))
        assert link not in text(page.get(url(make(channel, state=State.FAILED, error="The sea is too wide."))))

    def test_a_refusal_that_a_key_mends_leads_to_the_page_of_keys(self) -> None:
        for error in (
            UserError("Check it on your keys page."),
            NeedMissing("Out of reach.", "Add one on your keys page."),
        ):
            refusal = doors.refusal_of(error)
            assert refusal and (refusal.url, refusal.link) == ("/me/keys/", "API keys")
        other = doors.refusal_of(NeedMissing("Too few.", "Add notes.", url="/c/tidal/notes/", link="Add notes"))
        assert other and other.url == "/c/tidal/notes/"

    def test_the_result_is_told_in_words(self, page: Client, channel: Channel) -> None:
        told = {
            "script": "6f1c",
            "body_sha256": "ab12",
            "judged_by": "offline",
            "claims": 1300,
            "verdicts": {"opinion": 1},
            "sources": [],
        }
        shown = text(page.get(url(make(channel, kind="fact-check", state=State.COMPLETED, result=told))))
        assert "<dt>Judged by</dt><dd>offline</dd>" in shown
        assert "<dt>Claims</dt><dd>1,300</dd>" in shown
        assert not any(raw in shown for raw in ("6f1c", "ab12", "body_sha256", "judged_by", "{&#x27;opinion"))
        assert "Sources" not in shown
        gone = make(channel, kind="of-old", state=State.COMPLETED, result={"left_over": True})
        assert "<dt>Left over</dt><dd>yes</dd>" in text(page.get(url(gone)))

    @pytest.mark.parametrize("attempt", ["0", "1", "99999", "-1", "1e3", "9" * 5000, "٢"])
    def test_any_attempt_may_be_asked_for(self, page: Client, engine: Engine, attempt: str) -> None:
        engine.submit("lines", count=2)
        job = engine.run()
        assert page.get(url(job), {"tab": "output", "attempt": attempt}).status_code == 200
        assert page.get(url(job, "raw/"), {"attempt": attempt}).status_code == 200

    def test_the_raw_output_is_whole_and_plain(
        self, page: Client, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(panel, "OUTPUT_LINES", 2)
        job = engine.submit("lines", count=5, say=EVIL)
        engine.run()
        answer = page.get(url(job, "raw/"))
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        lines = [line.split(" ", 1)[1] for line in text(answer).splitlines()]
        assert lines == ["order: lines", EVIL, *(f"line {number}" for number in range(5))]

    def test_nothing_of_a_job_becomes_markup(self, page: Client, engine: Engine) -> None:
        job = engine.submit("user_error", say=EVIL)
        engine.run()
        Job.objects.filter(pk=job.pk).update(title=EVIL, error=EVIL, result={EVIL: EVIL}, note=EVIL)
        job.attempts.update(error=EVIL, traceback=EVIL, worker=EVIL)
        addresses = [LIST, url(job, "?fragment=row"), url(job, "rerun/"), f"{LIST}slot/drill/"]
        addresses += [url(job, f"?tab={tab}") for tab in ("result", "output", "attempts", "input")]
        for address in addresses:
            shown_there = text(page.get(address))
            assert escape(EVIL) in shown_there, address
            assert "<script>" not in shown_there, address

    @pytest.mark.parametrize("fields", EVERY_STATE, ids=lambda fields: "-".join(map(str, fields.values())))
    def test_a_job_of_a_kind_that_is_no_more_can_be_looked_at_and_ended(
        self, page: Client, channel: Channel, fields: dict[str, Any]
    ) -> None:
        job = make(channel, kind="teleport", user=None, **fields)
        for address in (
            LIST,
            *(url(job, f"?tab={tab}") for tab in ("result", "output", "stages", "attempts", "input")),
        ):
            answer = page.get(address)
            assert answer.status_code == 200
            assert "teleport" in text(answer)
            assert "a former user" in text(answer)
            assert offered(text(answer)) == ({"cancel"} if job.is_active else set())
        assert page.get(url(job, "rerun/")).status_code == 404
        assert page.post(url(job, "retry/"), headers=SCRIPT).json()["error"]["code"] == "unknown_kind"
        over = fields["state"] in (State.COMPLETED, State.FAILED)
        assert page.post(url(job, "cancel/"), headers=SCRIPT).status_code == (409 if over else 200)

    def test_an_input_that_is_gone_is_shown_as_it_was_given(self, page: Client, channel: Channel) -> None:
        script = factories.script(channel)
        job = make(channel, state=State.FAILED, kind="tts", inputs={"script": str(script.pk), "of_old": "x"})
        assert script.title in text(page.get(url(job, "?tab=input")))
        pk = str(script.pk)
        script.delete()
        assert pk in text(page.get(url(job, "?tab=input")))


class TestSubmit:
    def test_a_form_leads_to_the_job_or_to_the_page_it_names_and_a_script_gets_the_row(
        self, page: Client, channel: Channel
    ) -> None:
        answer = page.post(f"{LIST}new/drill/", {"order": "ok"})
        assert answer.headers["Location"] == url(Job.objects.get())
        assert told(answer) == "Drill is queued."
        answer = page.post(f"{LIST}submit/drill/", {"order": "ok", "next": "/c/tidal/scripts/?x=1"})
        assert answer.headers["Location"] == "/c/tidal/scripts/?x=1"
        answer = page.post(f"{LIST}submit/drill/", {"order": "ok"}, headers=SCRIPT).json()
        assert (answer["row"]["state"], answer["message"]) == ("queued", "Drill is queued.")

    @pytest.mark.parametrize(
        "following", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
    )
    def test_it_leads_nowhere_else(self, page: Client, channel: Channel, following: str) -> None:
        answer = page.post(f"{LIST}submit/drill/", {"order": "ok", "next": following})
        assert answer.headers["Location"] == url(Job.objects.get())

    def test_bad_inputs_come_back_in_the_form_with_the_reason(self, page: Client, channel: Channel) -> None:
        bad = {"order": "ok", "count": "-1", "say": EVIL}
        answer = page.post(f"{LIST}new/drill/", bad)
        assert answer.status_code == 400
        assert 'class="field-error"' in text(answer)
        assert f'value="{escape(EVIL)}"' in text(answer)
        error = page.post(f"{LIST}submit/drill/", bad, headers=SCRIPT).json()["error"]
        assert (error["code"], list(error["fields"])) == ("invalid_inputs", ["count"])
        answer = page.post(f"{LIST}submit/drill/", {**bad, "next": LIST})
        assert (answer.headers["Location"], told(answer)) == (LIST, error["message"])
        assert not Job.objects.exists()

    def test_what_is_under_way_is_linked_instead_of_started_twice(self, page: Client, engine: Engine) -> None:
        job = engine.submit(subject="cover")
        again = {"order": "ok", "subject": "cover"}
        answer = page.post(f"{LIST}new/drill/", again)
        assert answer.status_code == 409
        assert f'<a href="{url(job)}">Open that job</a>' in text(answer)
        assert page.post(f"{LIST}submit/drill/", again, headers=SCRIPT).json()["error"]["url"] == url(job)

    @pytest.mark.parametrize(
        ("limit", "who", "status", "words"),
        [(0, "ana", 409, "limit is reached"), (None, "sam", 402, "for premium users")],
    )
    def test_a_refusal_says_what_stands_in_the_way(
        self, client: Client, channel: Channel, limit: int | None, who: str, status: int, words: str
    ) -> None:
        owner = channel.owner if who == "ana" else factories.user(who)
        owner.active_jobs_limit = limit
        owner.save()
        Channel.objects.update(owner=owner)
        client.force_login(owner)
        answer = client.post(f"{LIST}submit/drill/", {"order": "ok"})
        assert answer.status_code == status
        assert words in text(answer)
        assert not Job.objects.exists()

    def test_the_form_is_filled_from_the_address(self, page: Client, channel: Channel) -> None:
        assert 'value="cover"' in text(page.get(f"{LIST}new/drill/", {"subject": "cover", "unknown": "x"}))
        for path in ("new/teleport/", "slot/teleport/"):
            assert page.get(LIST + path).status_code == 404
        assert page.post(f"{LIST}submit/teleport/").status_code == 404


class TestFinish:
    """Ending a running job early, as completed with what it has."""

    def searching(self, channel: Channel) -> Job:
        return make(channel, state=State.RUNNING, kind="discover", subject="discover", inputs={"query": "tides"})

    def test_word_is_left_for_the_run_and_nothing_else_changes(self, page: Client, channel: Channel) -> None:
        job = self.searching(channel)
        Job.objects.update(kept={"mine": 1})
        assert "finish" in offered(text(page.get(f"{LIST}slot/discover/")))
        answer = page.post(url(job, "finish/"), {"next": "/c/tidal/discover/"})
        assert (answer.headers["Location"], told(answer)) == (
            "/c/tidal/discover/",
            "It ends here: what there is stays.",
        )
        job.refresh_from_db()
        assert (job.state, job.kept) == (State.RUNNING, {"mine": 1, FINISH: True})

    def test_only_who_may_change_the_channel_may_say_it(self, channel: Channel) -> None:
        job = self.searching(channel)
        for who, status in ((factories.stranger(), 404), (factories.editor(), 403), (factories.admin(), 200)):
            client = Client()
            client.force_login(who)
            assert client.post(url(job, "finish/"), headers=SCRIPT).status_code == status

    @pytest.mark.parametrize("fields", [{"kind": "drill", "state": "running"}, {"kind": "discover", "state": "queued"}])
    def test_what_cannot_end_early_says_so_and_is_not_offered_it(
        self, page: Client, channel: Channel, fields: dict[str, Any]
    ) -> None:
        job = make(channel, subject="discover", **fields)
        assert "finish" not in offered(text(page.get(LIST)))
        answer = page.post(url(job, "finish/"), headers=SCRIPT)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wrong_state")


class TestActs:
    def test_cancelling_says_whether_it_has_stopped_or_will(self, page: Client, engine: Engine) -> None:
        waits = engine.submit()
        answer = page.post(url(waits, "cancel/"), {"next": LIST})
        assert (answer.headers["Location"], told(answer)) == (LIST, "Cancelled.")
        works = engine.submit()
        engine.claim()
        assert "as soon as its work allows" in told(page.post(url(works, "cancel/")))
        assert page.post(url(works, "cancel/"), {"force": "1"}, headers=SCRIPT).json()["row"]["state"] == "cancelled"

    @pytest.mark.parametrize(("state", "act"), [("completed", "cancel"), ("queued", "retry"), ("completed", "retry")])
    def test_what_its_state_forbids_is_refused_with_the_state(
        self, page: Client, channel: Channel, state: str, act: str
    ) -> None:
        job = make(channel, state=state)
        answer = page.post(url(job, f"{act}/"), headers=SCRIPT)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wrong_state")
        answer = page.post(url(job, f"{act}/"))
        assert answer.headers["Location"] == url(job)
        assert state in told(answer)

    def test_running_again_starts_from_the_old_inputs_and_links_the_two(self, page: Client, engine: Engine) -> None:
        old = engine.submit("user_error", say="as before")
        engine.run()
        assert 'value="as before"' in text(page.get(url(old, "rerun/")))
        assert page.post(url(old, "rerun/"), {"order": "dance"}).status_code == 400
        assert page.post(url(old, "rerun/"), {"order": "dance"}, headers=SCRIPT).json()["error"]["fields"].keys() == {
            "order"
        }
        answer = page.post(url(old, "rerun/"), {"order": "ok"})
        new = Job.objects.get(rerun_of=old)
        assert answer.headers["Location"] == url(new)
        assert new.inputs == {"order": "ok"}
        assert url(old) in text(page.get(url(new, "?tab=input")))

    def test_a_standard_owner_is_not_led_to_a_page_that_is_closed_to_them(
        self, client: Client, channel: Channel
    ) -> None:
        sam = factories.user("sam")
        Channel.objects.update(owner=sam)
        client.force_login(sam)
        answer = client.post(url(make(channel), "cancel/"), follow=True)
        assert answer.status_code == 200
        assert "Cancelled." in text(answer)


class TestSlot:
    """The region by which any page starts a kind about a subject and follows it."""

    SLOT = f"{LIST}slot/drill/?subject=cover"

    def test_a_page_draws_what_its_refresh_draws(self, page: Client, engine: Engine, rf: RequestFactory) -> None:
        for state in (State.FAILED, State.RUNNING):
            make(engine.channel, state=state, subject="cover", note=EVIL)
            request = rf.get(self.SLOT)
            request.user, request.session = engine.channel.owner, SessionStore()
            drawn = Template("{% load jobs %}{% job_slot 'drill' channel subject='cover' %}").render(
                RequestContext(request, {"channel": engine.channel, "csrf_token": "token"})
            )
            token = r'(name="csrfmiddlewaretoken" value=)"[^"]*"'
            assert re.sub(token, r"\1", drawn) == re.sub(token, r"\1", text(page.get(self.SLOT)))
            assert f'data-slot-url="{self.SLOT}"' in drawn

    def test_a_new_one_asks_for_what_the_page_does_not_give(self, page: Client, channel: Channel) -> None:
        slot = text(page.get(self.SLOT))
        assert '<input type="hidden" name="subject" value="cover">' in slot
        assert slot.count('name="subject"') == 1
        assert 'name="order"' in slot
        assert "data-job=" not in slot

    @pytest.mark.parametrize(
        ("fields", "acts", "form"),
        [
            ({"state": "queued"}, {"cancel"}, False),
            ({"state": "running"}, {"cancel"}, False),
            ({"state": "failed", "error": EVIL}, {"retry"}, True),
            ({"state": "cancelled"}, {"retry"}, True),
            ({"state": "completed"}, set(), True),
        ],
    )
    def test_it_offers_what_fits_the_state_of_its_job(
        self, page: Client, channel: Channel, fields: dict[str, Any], acts: set[str], form: bool
    ) -> None:
        make(channel, subject="cover", state=State.COMPLETED)
        job = make(channel, subject="cover", **fields)
        make(channel, subject="another")
        slot = text(page.get(self.SLOT))
        assert f'data-job="{job.pk}"' in slot
        assert offered(slot) == acts
        assert ("data-slot-form" in slot) is form
        assert "<script>" not in slot

    def test_another_channel_s_job_about_the_same_is_not_shown(self, page: Client, channel: Channel) -> None:
        make(factories.channel(channel.owner, "reef"), subject="cover")
        assert "data-job=" not in text(page.get(self.SLOT))

    def test_what_an_earlier_run_made_stays_in_reach(self, page: Client, engine: Engine) -> None:
        engine.submit("artifact", subject="cover")
        engine.run()
        assert "From an earlier run" not in text(page.get(self.SLOT))
        engine.submit("user_error", subject="cover")
        for state in ("queued", "failed"):
            slot = text(page.get(self.SLOT))
            assert f'data-state="{state}"' in slot
            assert "From an earlier run" in slot
            assert "drill.txt" in slot
            if state == "queued":
                engine.run()

    def test_an_earlier_run_that_left_no_file_is_not_announced(self, page: Client, engine: Engine) -> None:
        engine.submit("ok", subject="cover")
        engine.run()
        engine.submit("ok", subject="cover")
        assert "From an earlier run" not in text(page.get(self.SLOT))

    @pytest.mark.parametrize(
        ("who", "words"),
        [
            ("eve", "You may read this channel but not change it"),
            ("sam", "“Drill” is for premium members. An admin of this studio can give you the premium role."),
        ],
    )
    def test_who_cannot_start_it_is_told_why(self, client: Client, channel: Channel, who: str, words: str) -> None:
        user = factories.editor("eve") if who == "eve" else factories.user("sam")
        if who == "sam":
            Channel.objects.update(owner=user)
        client.force_login(user)
        slot = text(client.get(self.SLOT))
        assert words in slot
        assert "<form" not in slot

    def test_what_the_studio_lacks_is_said_in_place_of_the_form(
        self, page: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(needs, "met_here", lambda need: need is not Need.VOICE)
        script = factories.script(channel)
        slot = text(page.get(f"{LIST}slot/tts/", {"script": str(script.pk)}))
        assert needs.PROVISIONS[Need.VOICE].missing in slot
        assert "data-slot-form" not in slot

    @pytest.mark.parametrize(("query", "status"), [("", 404), ("?script=", 200), ("?script=nonsense&voice=%00", 200)])
    def test_an_address_that_says_too_little_or_nonsense_is_no_fault(
        self, page: Client, channel: Channel, query: str, status: int
    ) -> None:
        assert page.get(f"{LIST}slot/tts/{query}").status_code == status


class TestFigures:
    """What a job shows of its work while it runs, and a form that begins with what was asked last."""

    def test_they_are_drawn_where_they_are_patched(self, page: Client, channel: Channel) -> None:
        kept = {"figures": {"kept": EVIL}}
        make(channel, state=State.RUNNING, kind="discover", subject="discover", inputs={"query": "tides"}, kept=kept)
        slot = text(page.get(f"{LIST}slot/discover/"))
        assert f'<dd data-figure="kept">{escape(EVIL)}</dd>' in slot

    def test_a_form_that_remembers_begins_with_the_newest_or_with_the_one_that_is_named(
        self, page: Client, channel: Channel
    ) -> None:
        ended = {"state": State.COMPLETED, "kind": "discover", "subject": "discover"}
        filters = {"duration": "4_to_20", "include": ["sea"]}
        old = make(channel, **ended, inputs={"query": "tides", "filters": filters})
        make(channel, **ended, inputs={"query": "lamps"})
        assert 'value="lamps"' in text(page.get("/c/tidal/discover/"))
        again = text(page.get("/c/tidal/discover/", {"again": str(old.pk)}))
        assert 'value="tides"' in again
        assert '<option value="4_to_20" selected>' in again
        assert 'name="filters-include" value="sea"' in again
        # Of another channel nothing is remembered.
        reef = factories.channel(channel.owner, "reef")
        elsewhere = text(page.get(f"/c/{reef.slug}/discover/", {"again": str(old.pk)}))
        assert 'value="tides"' not in elsewhere

    def test_earlier_searches_say_what_was_asked_and_what_came_of_it(self, page: Client, channel: Channel) -> None:
        told = {"told": "3 videos kept."}
        make(channel, state=State.COMPLETED, kind="discover", inputs={"query": "tides"}, result=told)
        make(channel, state=State.FAILED, kind="discover", inputs={"query": EVIL}, error="YouTube wants proof.")
        shown = text(page.get("/c/tidal/discover/"))
        assert "3 videos kept." in shown
        assert "YouTube wants proof." in shown
        assert EVIL not in shown


class TestTheOtherJob:
    """A job whose subject is under way elsewhere: a link to that job, for those who may open it."""

    @pytest.fixture(autouse=True)
    def _ready(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(needs, "met_here", lambda need: True)

    def two(self, owner: User) -> tuple[Job, Job]:
        """A failed job, and an active one of the same subject."""
        channel = factories.channel(owner, "reef")
        inputs = {"script": str(factories.script(channel).pk)}
        same = {"kind": "tts", "queue": "media", "subject": f"script:{inputs['script']}", "inputs": inputs}
        return make(channel, state=State.FAILED, **same), make(channel, **same)

    @pytest.mark.parametrize("role", [Role.PREMIUM, None])
    def test_the_link_is_for_those_who_may_open_it(self, client: Client, role: Role | None) -> None:
        owner = factories.user("mo", *([role] if role else []))
        failed, active = self.two(owner)
        client.force_login(owner)
        there = reverse("job", args=["reef", active.pk])
        retry = f"/c/reef/jobs/{failed.pk}/retry/"
        by_script = client.post(retry, headers=SCRIPT)
        assert by_script.status_code == 409
        error = by_script.json()["error"]
        by_page = told(client.post(retry))
        submitted = told(client.post("/c/reef/jobs/submit/tts/", {**failed.inputs, "next": "/c/reef/scripts/"}))
        if role:
            assert (error["url"], error["link"]) == (there, "Open that job")
            assert f'<a href="{there}">Open that job</a>' in by_page
            assert f'<a href="{there}">Open that job</a>' in submitted
        else:
            assert (error["url"], error.get("link")) == ("", None)
            assert "href" not in by_page + submitted
            assert "another job" in by_page
