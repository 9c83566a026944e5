"""The live stream over real daphne and Redis: who may follow, what arrives, and what a drop costs (nothing)."""

from __future__ import annotations

from functools import partial

import httpx
import pytest
import redis
from django.conf import settings
from django.test import Client

from accounts.models import User
from channels_app.models import Channel
from jobs import actions, lifecycle, sweeper
from jobs.models import Job
from tests import factories
from tests.live_client import LiveClient
from tests.servers import wait_until
from tests.studio import Studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis]


@pytest.fixture
def ana(transactional_db: None) -> User:
    return factories.premium("ana")


@pytest.fixture
def channel(ana: User) -> Channel:
    return Channel.objects.create(owner=ana, slug="tidal", name="Tidal")


def cookies(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def submit(channel: Channel, order: str = "ok", **inputs: object) -> Job:
    return actions.submit(channel, channel.owner, "drill", {"order": order, **inputs}).job


def ended(live: LiveClient, job: Job) -> bool:
    return any(one["row"]["state"] in ("completed", "failed", "cancelled") for one in live.of(job.pk, "job"))


def news_of(live: LiveClient, job: Job) -> bool:
    return bool(live.of(job.pk, "log")) or ended(live, job)


def has_gap(live: LiveClient) -> bool:
    return {"k": "gap"} in live.messages


def log_lines(live: LiveClient, job: Job) -> list[int]:
    """The line numbers that came, in order of arrival."""
    return [one["from"] + index for one in live.of(job.pk, "log") for index in range(len(one["lines"]))]


def test_a_job_streams_from_its_queueing_to_its_end(studio: Studio, channel: Channel, ana: User) -> None:
    studio.worker()
    base = studio.web()
    with LiveClient(base, cookies(ana), ["tidal"]) as live:
        job = submit(channel, "lines", count=300)
        wait_until(lambda: ended(live, job), 20, "the end on the stream")
        states = [one["row"]["state"] for one in live.of(job.pk, "job")]
        assert (states[0], states[-1]) == ("queued", "completed")
        assert "running" in states
        assert log_lines(live, job) == list(range(1, 302))
        revs = [one["rev"] for one in live.of(job.pk) if "rev" in one and one["k"] != "job"]
        assert revs == sorted(set(revs))


def test_a_dropped_connection_resumes_without_loss_or_repeats(studio: Studio, channel: Channel, ana: User) -> None:
    studio.worker()
    base = studio.web()
    who = cookies(ana)
    seen: list[int] = []
    cursor = ""
    job = None
    for _ in range(20):
        with LiveClient(base, who, ["tidal"], after=cursor) as live:
            if job is None:
                job = submit(channel, "lines", count=3000)
            found = job
            wait_until(partial(news_of, live, found), 20, "something new")
        seen += log_lines(live, job)
        cursor = live.cursor
        if ended(live, job):
            break
    assert job is not None
    with LiveClient(base, who, ["tidal"], after=cursor) as live:
        last = job
        wait_until(lambda: not Job.objects.get(pk=last.pk).is_active, 20, "the end of the job")
        wait_until(lambda: len(seen) + len(log_lines(live, last)) >= 3001, 10, "the last lines")
        seen += log_lines(live, job)
    assert seen == list(range(1, 3002))


def test_only_those_who_see_the_channel_may_follow(studio: Studio, channel: Channel, ana: User) -> None:
    base = studio.web()
    cast = {
        "ana": (cookies(ana), 200),
        "ed": (cookies(factories.editor("ed")), 200),
        "root": (cookies(factories.admin("root")), 200),
        "cy": (cookies(factories.stranger("cy")), 404),
        "nobody": ({}, 401),
    }
    for name, (who, status) in cast.items():
        with LiveClient(base, who, ["tidal"]) as live:
            assert live.status == status, name
    with LiveClient(base, cookies(ana), []) as live:
        assert live.status == 400


def test_another_channels_events_do_not_arrive(studio: Studio, channel: Channel, ana: User) -> None:
    other = Channel.objects.create(owner=ana, slug="reef", name="Reef")
    base = studio.web()
    with LiveClient(base, cookies(ana), ["tidal"]) as live:
        theirs, ours = submit(other), submit(channel)
        wait_until(lambda: live.of(ours.pk), what="our job")
        assert not live.of(theirs.pk)


def test_a_wiped_redis_becomes_a_gap_and_the_stream_goes_on(
    studio: Studio, channel: Channel, ana: User, redis_server: str
) -> None:
    base = studio.web()
    with LiveClient(base, cookies(ana), ["tidal"]) as live:
        first = submit(channel)
        wait_until(lambda: live.of(first.pk), what="the first job")
        with redis.Redis.from_url(redis_server) as client:
            client.flushall()
        second = submit(channel)
        wait_until(partial(has_gap, live), what="the gap")
        third = submit(channel)
        wait_until(lambda: live.of(third.pk), what="a job after the gap")
        assert second.pk != third.pk


def test_a_cursor_that_is_too_old_or_foreign_becomes_a_gap(studio: Studio, channel: Channel, ana: User) -> None:
    base = studio.web()
    who = cookies(ana)
    with LiveClient(base, who, ["tidal"]) as live:
        job = submit(channel)
        wait_until(lambda: live.of(job.pk), what="the job")
    for cursor in ("gibberish", "otherepoch-1-0"):
        with LiveClient(base, who, ["tidal"], after=cursor) as live:
            wait_until(partial(has_gap, live), what=f"a gap after {cursor}")


def test_what_could_not_be_published_is_published_later(
    studio: Studio, channel: Channel, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from jobs import rings

    base = studio.web()
    monkeypatch.setattr(sweeper, "PUBLISH_AFTER", timedelta(0))
    with LiveClient(base, cookies(ana), ["tidal"]) as live:
        with monkeypatch.context() as outage:
            outage.setattr(rings, "publish", lambda channel_id, messages: False)
            job = submit(channel)
            lifecycle.cancel(job.pk)
        assert sweeper.sweep_unpublished() == 1
        wait_until(lambda: ended(live, job), what="the cancelled job")
        assert sweeper.sweep_unpublished() == 0


def test_a_refusal_says_why_as_json(studio: Studio, channel: Channel) -> None:
    base = studio.web()
    answer = httpx.get(f"{base}/live/?channel=tidal")
    assert answer.json()["error"]["code"] == "not_authenticated"


def test_a_body_that_is_too_large_is_refused_with_a_sentence(studio: Studio) -> None:
    base = studio.web()
    answer = httpx.post(f"{base}/api/v1/auth/token/", content=b"x" * (7 * 1024 * 1024), timeout=30)
    assert answer.status_code == 413
    assert "larger than the 6 MB" in answer.json()["error"]["message"]
