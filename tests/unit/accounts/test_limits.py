from decimal import Decimal

import pytest

from accounts import limits
from accounts.limits import Amount, Limit, LimitReached
from tests import factories


@pytest.mark.parametrize(
    ("used", "allowed", "adding", "is_exceeded"),
    [
        (0, 1, None, False),
        (1, 1, None, True),
        (0, 0, None, True),
        (5, None, None, False),
        (5, None, 10**12, False),
        (0, 10, 10, False),
        (1, 10, 10, True),
        (Decimal("9.99"), Decimal("10"), None, False),
        (Decimal("10"), Decimal("10"), None, True),
    ],
)
def test_what_no_longer_fits(used: Amount, allowed: Amount | None, adding: Amount | None, is_exceeded: bool) -> None:
    assert limits.exceeded(used, allowed, adding) is is_exceeded


@pytest.mark.django_db
def test_a_reached_limit_is_a_sentence_with_the_way_out() -> None:
    limits.register_meter("active_jobs", lambda user: 2)
    limits.register_meter("spend_today", lambda user: Decimal("5.004"))
    limits.register_meter("storage", lambda user: 3 * 1024**3)
    ana = factories.user(active_jobs_limit=2, daily_spend_limit_usd=Decimal("5"), storage_limit_bytes=3 * 1024**3 + 10)
    with pytest.raises(LimitReached) as jobs:
        limits.check(ana, "active_jobs")
    assert str(jobs.value) == (
        "Your active jobs limit is reached: 2 of 2 used. Wait for one to end or cancel one, or ask an admin for a "
        "higher limit."
    )
    assert (jobs.value.limit, jobs.value.used, jobs.value.allowed) == (Limit.ACTIVE_JOBS, 2, 2)
    with pytest.raises(LimitReached, match=r"daily spend limit is reached: \$5\.00 of \$5\.00 used"):
        limits.check(ana, "spend_today")
    limits.check(ana, "storage")
    limits.check(ana, "storage", adding=10)
    with pytest.raises(LimitReached, match=r"storage limit is reached: 3\.0 GB of 3\.0 GB used"):
        limits.check(ana, "storage", adding=11)


@pytest.mark.django_db
def test_without_a_limit_nothing_is_measured_or_refused() -> None:
    ana = factories.user(active_jobs_limit=None)
    limits.check(ana, "active_jobs")
    limits.register_meter("active_jobs", lambda user: 10**6)
    limits.check(ana, "active_jobs")
    assert [use.text for use in limits.uses(ana)] == ["1000000, no limit"]


@pytest.mark.django_db
def test_a_meter_measures_the_user_it_is_asked_about() -> None:
    ana, ed = factories.user("ana", active_jobs_limit=4), factories.user("ed", active_jobs_limit=4)
    limits.register_meter("active_jobs", {ana: 1, ed: 9}.__getitem__)
    limits.check(ana, "active_jobs")
    with pytest.raises(LimitReached):
        limits.check(ed, "active_jobs")
    assert [(use.text, use.percent) for use in limits.uses(ana)] == [("1 of 4", 25)]
    assert [use.percent for use in limits.uses(ed)] == [100]


@pytest.mark.django_db
def test_wrong_names_and_missing_meters_are_errors() -> None:
    ana = factories.user()
    with pytest.raises(ValueError, match="bandwidth"):
        limits.register_meter("bandwidth", lambda user: 0)
    with pytest.raises(ValueError, match="bandwidth"):
        limits.check(ana, "bandwidth")
    with pytest.raises(LookupError, match="storage"):
        limits.check(ana, "storage")
