"""What stands in the way of a new job: limits of the person who asks, and of the channel's owner."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts import limits
from accounts.limits import LimitReached
from accounts.models import User
from accounts.roles import Role
from channels_app import quota
from channels_app.models import Channel
from jobs import actions, lifecycle, meters, spending
from jobs.context import Fenced
from jobs.models import Job, Spend, State
from jobs.worker import AttemptSink
from tests import factories
from tests.unit.jobs.conftest import Engine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _the_studio_s_own_meters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process may have registered theirs."""
    limits.register_meter(limits.Limit.ACTIVE_JOBS, meters.active_jobs)
    limits.register_meter(limits.Limit.SPEND_TODAY, spending.spent_today)
    limits.register_meter(limits.Limit.STORAGE, quota.used)


def spend(engine: Engine, usd: str) -> Job:
    """A running drill that has spent so much."""
    engine.submit()
    claim = engine.claim()
    sink = AttemptSink(claim.job.pk, claim.attempt.number)
    sink.spend(10, Decimal(usd))
    sink.flush(everything=True)
    return claim.job


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def limit(user: User, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()


class TestSpend:
    def test_a_spent_budget_refuses_the_next_job(self, engine: Engine, ana: User) -> None:
        spend(engine, "6")
        engine.submit()
        spend(engine, "4")
        with pytest.raises(LimitReached, match=r"^Your daily spend limit is reached: \$10\.00 of \$10\.00"):
            engine.submit()

    def test_it_counts_on_the_day_it_is_spent(self, engine: Engine, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
        noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
        at(monkeypatch, noon)
        job = spend(engine, "3")
        at(monkeypatch, noon + timedelta(hours=13))
        assert spending.spent_today(ana) == 0
        sink = AttemptSink(job.pk, 1)
        for _ in range(2):
            sink.spend(10, Decimal("2"))
            sink.flush(everything=True)
        assert spending.spent_today(ana) == 4
        at(monkeypatch, noon)
        assert spending.spent_today(ana) == 3
        assert engine.fresh(job).cost_usd == 7
        assert list(Spend.objects.values_list("tokens", flat=True).order_by("day")) == [10, 20]

    def test_a_fenced_out_attempt_spends_nothing_twice(self, engine: Engine, ana: User) -> None:
        job = spend(engine, "1")
        lifecycle.lose(job.pk, 1)
        late = AttemptSink(job.pk, 1)
        with pytest.raises(Fenced):
            late.spend(1, Decimal("5"))
        assert spending.spent_today(ana) == 1

    def test_calls_of_jobs_that_run_at_once_do_not_pass_the_limit_together(self, engine: Engine, ana: User) -> None:
        sinks = [self.running(engine) for _ in range(2)]
        ready, refused = threading.Barrier(2), list[str]()

        def call(sink: AttemptSink) -> None:
            ready.wait(10)
            try:
                sink.reserve(Decimal("6"))
            except LimitReached as error:
                refused.append(str(error))
            finally:
                connection.close()

        threads = [threading.Thread(target=call, args=[sink]) for sink in sinks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert refused == ["Your daily spend limit is reached: $6.00 of $10.00 used. Wait until tomorrow (UTC), or ask an "
                           "admin for a higher limit."]  # fmt: skip

    def test_what_a_call_did_not_cost_is_free_again(self, engine: Engine, ana: User) -> None:
        first, second = self.running(engine), self.running(engine)
        first.reserve(Decimal("6"))
        assert spending.spent_today(ana) == 6
        first.spend(10, Decimal("1"))
        assert spending.spent_today(ana) == 1
        second.reserve(Decimal("8"))
        with pytest.raises(LimitReached):
            first.reserve(Decimal("2"))

    def test_a_call_that_never_ended_holds_nothing_for_ever(self, engine: Engine, ana: User) -> None:
        sink = self.running(engine)
        for _ in range(3):
            sink.reserve(Decimal("6"))
        assert spending.spent_today(ana) == 6
        lifecycle.cancel(sink.job_id, force=True)
        assert spending.spent_today(ana) == 0

    @staticmethod
    def running(engine: Engine) -> AttemptSink:
        """The sink of a drill that runs."""
        engine.submit()
        claim = engine.claim()
        return AttemptSink(claim.job.pk, claim.attempt.number)

    def test_deleting_the_channel_does_not_give_the_money_back(self, engine: Engine, ana: User) -> None:
        job = spend(engine, "1")
        lifecycle.cancel(job.pk, force=True)
        engine.channel.delete()
        assert spending.spent_today(ana) == 1

    def test_it_counts_for_who_asked_not_for_the_owner(self, engine: Engine, ana: User) -> None:
        limit(ana, daily_spend_limit_usd=Decimal("1"))
        spend(engine, "1")
        root = factories.user("root", Role.ADMIN)
        assert actions.submit(engine.channel, root, "drill", {"order": "ok"}).created


class TestStorage:
    def test_an_owner_without_room_gets_no_more_jobs(self, engine: Engine, ana: User) -> None:
        limit(ana, storage_limit_bytes=0)
        with pytest.raises(LimitReached, match=r"^Your storage limit is reached"):
            engine.submit()

    def test_somebody_else_is_told_whose_it_is(self, engine: Engine, ana: User) -> None:
        limit(ana, storage_limit_bytes=0)
        channel = Channel.objects.get(pk=engine.channel.pk)
        with pytest.raises(LimitReached, match=r"^ana's storage limit is reached"):
            actions.submit(channel, factories.user("root", Role.ADMIN), "drill", {"order": "ok"})


class TestRetry:
    @pytest.mark.parametrize(
        "fields",
        [{"active_jobs_limit": 0}, {"daily_spend_limit_usd": Decimal("0")}, {"storage_limit_bytes": 0}],
        ids=["jobs", "spend", "storage"],
    )
    def test_a_retry_obeys_the_limits(self, engine: Engine, ana: User, fields: dict[str, Any]) -> None:
        engine.submit("user_error")
        job = engine.run()
        limit(ana, **fields)
        with pytest.raises(LimitReached):
            actions.retry(engine.fresh(job), ana)
        assert engine.fresh(job).state == State.FAILED

    def test_a_job_that_cannot_be_retried_says_so_whatever_the_limits(self, engine: Engine, ana: User) -> None:
        engine.submit()
        job = engine.run()
        limit(ana, active_jobs_limit=0)
        with pytest.raises(lifecycle.StateMismatch):
            actions.retry(engine.fresh(job), ana)
