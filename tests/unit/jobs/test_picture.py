"""What people see of a row: pure folds of its fields, the same for the page and for the live stream."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from channels_app.models import Channel
from jobs import actions, events, panel
from jobs.models import Event, Job, State
from jobs.picture import OUTCOMES, QUEUE_LABELS, live_picture
from jobs.spec import QUEUES
from jobs.templatetags.jobs import duration
from tests import factories
from tests.unit.jobs.conftest import Engine

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=60)
WAITS: dict[str, Any] = {"state": State.QUEUED, "due_at": NOW}
WORKS: dict[str, Any] = {"state": State.RUNNING, "lease_until": LATER, "started_at": NOW}
BETWEEN: dict[str, Any] = {"state": State.RUNNING, "kind": "relay", "stage": "middle", "queue": "ai", "due_at": NOW}
DONE: dict[str, Any] = {"state": State.COMPLETED, "outcome": "done", "result": {}, "started_at": NOW, "ended_at": LATER}
FAILED: dict[str, Any] = {"state": State.FAILED, "error": "It broke.", "ended_at": LATER}
CANCELLED: dict[str, Any] = {"state": State.CANCELLED, "cancel_requested_at": NOW, "ended_at": LATER}
ASKED: dict[str, Any] = {"cancel_requested_at": NOW}

# A name, the row's fields, and its chip, words and small print.
PICTURES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("waits", WAITS, "queued", "Queued", "waiting for a worker"),
    ("is due again", {**WAITS, "failures": 2}, "retrying", "Retrying", "retry 2 of 3"),
    ("lost its worker", {**WAITS, "losses": 1}, "queued", "Queued", "waiting for a worker"),
    ("cancelling while it waits", {**WAITS, **ASKED}, "cancelling", "Cancelling", "waiting for a worker"),
    ("works silently", WORKS, "running", "Running", ""),
    (
        "works",
        {**WORKS, "done": 1, "of": 3, "phase": "Speaking", "note": "one of three"},
        "running",
        "Running",
        "33 % · Speaking · one of three",
    ),
    ("works again", {**WORKS, "failures": 1, "of": 4}, "running", "Running", "0 % · retry 1 of 3"),
    ("costs", {**WORKS, "cost_usd": Decimal("0.114")}, "running", "Running", "$0.11"),
    ("costs hardly", {**DONE, "cost_usd": Decimal("0.0004")}, "completed", "Completed", "<$0.01"),
    ("is to stop", {**WORKS, **ASKED}, "cancelling", "Cancelling", ""),
    (
        "is between two stages",
        BETWEEN,
        "waiting",
        "Waiting",
        "waiting for a writing slot · Middle runner 2/3",
    ),
    (
        "is in a stage",
        {**WORKS, "kind": "relay", "stage": "last", "queue": "render"},
        "running",
        "Running",
        "Last runner 3/3",
    ),
    ("is in a stage of old", {**WORKS, "kind": "relay", "stage": "sprint"}, "running", "Running", "sprint"),
    ("is done", {**DONE, "note": "of old", "done": 2, "of": 2}, "completed", "Completed", ""),
    ("needs you", {**DONE, "outcome": "needs_you"}, "needs-you", "Needs you", ""),
    ("has an outcome of old", {**DONE, "outcome": "was_great"}, "was-great", "was_great", ""),
    ("failed", {**FAILED, "failures": 3}, "failed", "Failed", ""),
    ("was cancelled", {**CANCELLED, "failures": 1}, "cancelled", "Cancelled", ""),
    ("is of a kind of old", {**WAITS, "kind": "teleport", "failures": 2}, "retrying", "Retrying", "retry 2 of 2"),
]
rows = pytest.mark.parametrize(
    ("fields", "chip", "label", "meta"), [one[1:] for one in PICTURES], ids=[one[0] for one in PICTURES]
)


def job_of(**fields: Any) -> Job:
    """A row that no database has seen."""
    given = {"kind": "drill", "queue": "ai", "title": "Drill: ok", "created_at": NOW, "updated_at": NOW, "rev": 7}
    return Job(channel=Channel(slug="tidal"), **{**given, **fields})


@rows
def test_its_chip_and_small_print_say_what_is_going_on(
    fields: dict[str, Any], chip: str, label: str, meta: str
) -> None:
    picture = live_picture(job_of(**fields))
    assert (picture["chip"], picture["chip_label"], picture["meta"]) == (chip, label, meta)


@rows
def test_a_row_that_is_followed_live_equals_one_that_is_loaded(
    fields: dict[str, Any], chip: str, label: str, meta: str
) -> None:
    """The message holds what the page's row holds, as JSON; and the page prints just that where it is patched."""
    job = job_of(**fields, attempt=2)
    told = json.loads(json.dumps(events.message(job, Event(kind="job", rev=job.rev))))["row"]
    shown = panel.row(job)
    assert told == {name: shown[name] for name in told}
    page = render_to_string("jobs/_row.html", {"row": shown, "may_change": True})
    printed = {name: unescape(text) for name, text in re.findall(r'data-f="(\w+)"[^>]*>([^<]*)<', page)}
    assert {name: printed[name] for name in ("chip_label", "meta", "error")} == {
        name: told[name] for name in ("chip_label", "meta", "error")
    }
    for name, attributes in re.findall(r'data-show="(\w+)"([^>]*)>', page):
        assert (" hidden" in attributes) is not bool(told[name]), name
    for name in ("state", "chip", "rev", "attempt"):
        assert f'data-{name}="{told[name]}"' in page


@pytest.mark.parametrize(
    ("done", "of", "percent"),
    [
        (0, 0, None),
        (5, 0, None),
        (5, -1, None),
        (0, 7, 0),
        (1, 3, 33),
        (999, 1000, 99),
        (math.nextafter(2674.4, 0), 2674.4, 99),
        (7, 7, 100),
        (2674.4359305235007, 2674.4359305235007, 100),
        (9, 7, 100),
        (-1, 7, 0),
    ],
)
def test_only_what_is_done_is_at_100_percent(done: float, of: float, percent: int | None) -> None:
    assert live_picture(job_of(**WORKS, done=done, of=of))["percent"] == percent


@pytest.mark.parametrize(
    ("fields", "acts"),
    [
        (WAITS, {"cancel"}),
        (WORKS, {"cancel"}),
        (BETWEEN, {"cancel"}),
        ({**WORKS, **ASKED}, {"force"}),
        ({**WAITS, **ASKED}, set()),
        (DONE, {"rerun"}),
        (FAILED, {"retry", "rerun"}),
        (CANCELLED, {"retry", "rerun"}),
        ({**FAILED, "kind": "teleport"}, set()),
    ],
)
def test_what_may_be_done_with_it_follows_from_its_state(fields: dict[str, Any], acts: set[str]) -> None:
    picture = live_picture(job_of(**fields), now=NOW + timedelta(hours=1))
    assert {act for act in ("cancel", "force", "retry", "rerun") if picture[f"can_{act}"]} == acts


def test_force_is_offered_a_minute_after_cancelling_and_not_before() -> None:
    job = job_of(**WORKS, **ASKED)
    since = NOW + timedelta(seconds=settings.JOB_FORCE_SECONDS)
    assert live_picture(job)["force_from"] == "2026-11-23T12:01:00.000Z"
    assert not live_picture(job, now=since - timedelta(milliseconds=1))["can_force"]
    assert live_picture(job, now=since)["can_force"]


def test_a_retry_is_announced_for_its_time_and_nothing_else_is() -> None:
    assert live_picture(job_of(**WAITS, failures=1))["retry_at"] == "2026-11-23T12:00:00.000Z"
    assert [live_picture(job_of(**fields))["retry_at"] for fields in (WAITS, BETWEEN, FAILED)] == [None] * 3


@pytest.mark.parametrize(("length", "shown"), [(200, "x" * 200), (201, "x" * 199 + "…")])
def test_a_long_error_is_cut_in_the_row(length: int, shown: str) -> None:
    assert live_picture(job_of(**{**FAILED, "error": "x" * length}))["error"] == shown


def test_every_queue_and_outcome_has_its_words() -> None:
    assert set(QUEUE_LABELS) == set(QUEUES) == set(settings.JOB_QUEUES)
    assert {live_picture(job_of(**DONE | {"outcome": one}))["chip_label"] for one in OUTCOMES} == set(OUTCOMES.values())


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (None, None, ""),
        ("2026-11-23T12:00:00.000Z", None, ""),
        (None, "2026-11-23T12:00:00.000Z", ""),
        ("soon", "2026-11-23T12:00:00.000Z", ""),
        ("2026-11-23T12:00:00.000Z", "2026-11-23T12:00:00.999Z", "0:00"),
        ("2026-11-23T12:00:00.000Z", "2026-11-23T12:01:05.000Z", "1:05"),
        ("2026-11-23T23:59:00.000Z", "2026-11-24T01:00:01.000Z", "1:01:01"),
        ("2026-11-23T12:00:05.000Z", "2026-11-23T12:00:00.000Z", "0:00"),
    ],
)
def test_a_duration_is_shown_once_both_ends_are_known(start: str | None, end: str | None, shown: str) -> None:
    assert duration(start, end) == shown


@pytest.mark.django_db
class TestExpectation:
    """What is said about when it starts and ends."""

    @pytest.fixture(autouse=True)
    def _usual(self, engine: Engine) -> None:
        """Five drills of a minute each, of which one took an hour."""
        times = {"created_at": NOW, "updated_at": NOW, "started_at": NOW}
        for seconds in (60, 60, 60, 60, 3600):
            ended = {**DONE, **times, "ended_at": NOW + timedelta(seconds=seconds)}
            Job.objects.create(channel=engine.channel, kind="drill", queue="ai", title="x", **ended)

    def test_a_list_and_a_page_agree_on_the_place_in_line(self, engine: Engine) -> None:
        jobs = [engine.submit() for _ in range(3)]
        engine.relay()
        waits_to_retry = engine.submit()
        Job.objects.filter(pk=waits_to_retry.pk).update(due_at=timezone.now() + timedelta(minutes=5), failures=1)
        page = panel.page_of(engine.channel, panel.Filter(state=State.QUEUED))
        listed = {row["id"]: row["queue_position"] for row in panel.list_rows(engine.channel, page.jobs)}
        assert [listed[str(job.pk)] for job in jobs] == [1, 2, 3]
        assert listed[str(waits_to_retry.pk)] is None
        for job in page.jobs:
            assert panel.expectation(job)["queue_position"] == listed[str(job.pk)]

    def test_a_wait_is_told_by_the_median_and_the_slots(self, engine: Engine) -> None:
        for _ in range(5):
            last = engine.submit()
        assert panel.expectation(last)["starts_in"] == "starts in about 2 min–3 min"

    def test_an_end_is_told_while_it_works(self, engine: Engine) -> None:
        engine.submit()
        job = engine.claim().job
        assert job.started_at is not None
        assert panel.expectation(job)["eta"] == panel.instant(job.started_at + timedelta(seconds=60))

    def test_a_list_estimates_as_a_page_does_and_asks_once_for_all_kinds(
        self, engine: Engine, django_assert_num_queries: Any
    ) -> None:
        engine.submit()
        engine.claim()
        for _ in range(3):
            engine.submit()
            engine.relay()
        jobs = panel.page_of(engine.channel, panel.Filter()).jobs
        with django_assert_num_queries(1):
            rows = {row["id"]: row for row in panel.list_rows(engine.channel, jobs)}
        for job in jobs:
            assert panel.expectation(job).items() <= rows[str(job.pk)].items()
        assert {bool(row["starts_in"]) for row in rows.values() if row["state"] == "queued"} == {True, False}
        assert [bool(row["eta"]) for row in rows.values() if row["state"] == "running"] == [True]

    def test_a_new_channel_is_judged_by_the_whole_studio(self, engine: Engine) -> None:
        reef = factories.channel(engine.channel.owner, "reef")
        job = actions.submit(reef, reef.owner, "drill", {"order": "ok"}).job
        assert panel.expectation(job)["starts_in"] == "starts in about 1 s–60 s"

    def test_nothing_is_told_with_too_little_to_go_by(self, engine: Engine) -> None:
        Job.objects.filter(state=State.COMPLETED).first().delete()  # type: ignore[union-attr]
        expected = panel.expectation(engine.submit())
        assert (expected["queue_position"], expected["starts_in"], expected["eta"]) == (1, "", None)
