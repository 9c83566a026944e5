"""The whole walk of a job through real Redis, RQ, forked horses and the sweeper."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import time
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from channels_app.models import Channel
from jobs import actions, lifecycle, panel, rings
from jobs.models import Job, State, light
from tests import factories
from tests.servers import wait_until
from tests.studio import Studio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis]


@pytest.fixture
def channel(transactional_db: None) -> Channel:
    return Channel.objects.create(owner=factories.premium("ana"), slug="tidal", name="Tidal")


def submit(channel: Channel, order: str, **inputs: object) -> Job:
    return actions.submit(channel, channel.owner, "drill", {"order": order, **inputs}).job


def fresh(job: Job) -> Job:
    return light().get(pk=job.pk)


def ended(job: Job, seconds: float = 20) -> Job:
    wait_until(lambda: not fresh(job).is_active, seconds, f"the end of {job}")
    return fresh(job)


def horse_of(job: Job) -> int:
    """The process that worked on the job's only attempt."""
    return int(job.attempts.get().worker.split(":")[1])


def test_jobs_run_in_horses_that_stand_by(studio: Studio, channel: Channel) -> None:
    worker = studio.worker()
    horses = set()
    for _ in range(3):
        horse = horse_of(ended(submit(channel, "ok")))
        wait_until(partial(is_gone, horse), what="the end of a horse whose streak is over")
        horses.add(horse)
    assert len(horses) == 3
    assert worker.pid not in horses


def test_short_jobs_in_a_row_are_done_by_one_horse(studio: Studio, channel: Channel) -> None:
    jobs = [submit(channel, "nothing") for _ in range(5)]
    studio.worker()
    done = [ended(job) for job in jobs]
    assert [job.state for job in done] == [State.COMPLETED] * 5
    assert len({horse_of(job) for job in done}) < 5
    assert rings.rings_waiting("ai") == 0


def test_a_horse_killed_in_the_middle_is_lost_and_the_job_goes_on(studio: Studio, channel: Channel) -> None:
    studio.worker()
    studio.sweeper()
    job = ended(submit(channel, "kill_once"))
    assert job.state == State.COMPLETED
    assert list(job.attempts.values_list("outcome", flat=True)) == ["lost", "ok"]


def test_a_killed_worker_takes_its_horse_along_and_another_takes_over(studio: Studio, channel: Channel) -> None:
    first = studio.worker()
    studio.sweeper()
    job = submit(channel, "wait")
    wait_until(lambda: fresh(job).state == State.RUNNING, what="a running job")
    horse = horse_of(job)
    studio.kill(first)
    wait_until(lambda: not alive(horse), what="the end of the orphaned horse")
    studio.worker()
    wait_until(lambda: fresh(job).attempt == 2, what="the second attempt")
    assert job.attempts.get(number=1).outcome == "lost"
    lifecycle.cancel(job.pk)
    assert ended(job).state == State.CANCELLED


def test_a_paused_horse_wakes_up_fenced_and_dies(studio: Studio, channel: Channel) -> None:
    studio.worker()
    studio.sweeper()
    job = submit(channel, "wait")
    # One that wakes up before it has begun to work fails instead, and may take the next attempt itself.
    wait_until(lambda: panel.last_line(fresh(job), 1), what="the first output")
    horse = horse_of(job)
    wait_until(partial(pause_between_writes, horse), what="a horse that is paused without the database in its hands")
    wait_until(lambda: job.attempts.get(number=1).outcome == "lost", what="the loss of the paused attempt")
    os.kill(horse, signal.SIGCONT)
    wait_until(lambda: not alive(horse), what="the end of the zombie")
    wait_until(lambda: fresh(job).attempt == 2, what="the second attempt")
    lifecycle.cancel(job.pk)
    assert ended(job).state == State.CANCELLED


def test_a_job_submitted_while_redis_is_away_runs_when_the_sweeper_rings(
    studio: Studio, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.worker()
    monkeypatch.setattr(rings, "ring", lambda queue, times=1: False)
    job = submit(channel, "ok")
    studio.sweeper()
    assert ended(job).state == State.COMPLETED


def test_a_cancelled_job_stops_within_seconds(studio: Studio, channel: Channel) -> None:
    studio.worker()
    job = submit(channel, "wait")
    wait_until(lambda: fresh(job).state == State.RUNNING, what="a running job")
    asked = time.monotonic()
    lifecycle.cancel(job.pk)
    assert ended(job).state == State.CANCELLED
    assert time.monotonic() - asked < 5


def test_a_kind_that_ignores_cancelling_is_ended_after_its_grace(studio: Studio, channel: Channel) -> None:
    studio.worker()
    job = submit(channel, "ignore_cancel")
    wait_until(lambda: panel.last_line(fresh(job), 1), what="the first output")
    lifecycle.cancel(job.pk)
    assert ended(job).state == State.CANCELLED
    following = submit(channel, "ok")
    assert ended(following).state == State.COMPLETED


def test_force_stop_frees_the_worker_for_the_next_job(studio: Studio, channel: Channel) -> None:
    studio.worker(JOB_GRACE_SECONDS="600")
    studio.sweeper()
    job = submit(channel, "hang")
    wait_until(lambda: panel.last_line(fresh(job), 1), what="the first output")
    lifecycle.cancel(job.pk)
    assert lifecycle.cancel(job.pk, force=True).state == State.CANCELLED
    assert ended(submit(channel, "ok")).state == State.COMPLETED


def test_a_stopped_worker_hands_its_job_back_uncounted(studio: Studio, channel: Channel) -> None:
    worker = studio.worker()
    job = submit(channel, "wait")
    wait_until(lambda: fresh(job).state == State.RUNNING, what="a running job")
    worker.terminate()
    worker.wait(15)
    back = fresh(job)
    assert (back.state, back.losses, back.failures) == (State.QUEUED, 0, 0)
    assert job.attempts.get().outcome == "yielded"


def test_a_pipeline_walks_over_its_queues(studio: Studio, channel: Channel) -> None:
    for queue in ("pipeline", "ai", "render"):
        studio.worker(queue)
    job = actions.submit(channel, channel.owner, "relay", {"middle": "pass"}).job
    done = ended(job)
    assert (done.state, done.result) == (State.COMPLETED, {"baton": ["first", "middle", "last"]})


def pause_between_writes(pid: int) -> bool:
    """Stop a process; one that holds SQLite's only write lock just now goes on, since nobody could write any more."""
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: state_of(pid) == "T", what="a stopped process")
    if connection.vendor != "sqlite":
        return True
    try:
        with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.rollback()
    except sqlite3.OperationalError:
        os.kill(pid, signal.SIGCONT)
        return False
    return True


def is_gone(pid: int) -> bool:
    return not alive(pid)


def alive(pid: int) -> bool:
    return state_of(pid) not in ("", "Z")


def state_of(pid: int) -> str:
    """The letter that Linux gives the state of a process; nothing for one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""
