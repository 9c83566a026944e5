from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts import throttle
from accounts.models import TryCounter
from accounts.throttle import Budget, TooManyTries

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

THREE = Budget("a test", 3, timedelta(minutes=10))
FIVE = Budget("another test", 5, timedelta(minutes=10))


def spend_all(budget: Budget, whose: str = "ana") -> None:
    for _ in range(budget.tries):
        throttle.spend([(budget, whose)])


def test_the_budget_is_spent_then_refused_with_the_time_to_come_back() -> None:
    spend_all(THREE)
    with pytest.raises(
        TooManyTries, match=r"^Too many tries\. Try again in 10 minutes \(at \d\d:\d\d UTC\)\.$"
    ) as info:
        throttle.spend([(THREE, "ana")])
    assert 590 < info.value.seconds <= 600


def test_the_last_minute_is_told_in_seconds() -> None:
    assert "in 30 seconds" in str(TooManyTries(timezone.now() + timedelta(seconds=30)))
    assert "in 1 minute (" in str(TooManyTries(timezone.now() + timedelta(seconds=60, milliseconds=-1)))
    assert TooManyTries(timezone.now() - timedelta(seconds=5)).seconds == 1


def test_everybody_has_a_budget_of_their_own() -> None:
    spend_all(THREE)
    throttle.spend([(THREE, "ed")])
    throttle.spend([(FIVE, "ana")])


def test_a_refused_try_counts_nowhere() -> None:
    spend_all(THREE)
    for _ in range(10):
        with pytest.raises(TooManyTries):
            throttle.spend([(FIVE, "ana"), (THREE, "ana")])
    spend_all(FIVE)


def test_after_the_window_the_budget_is_whole_again() -> None:
    spend_all(THREE)
    TryCounter.objects.update(resets_at=timezone.now())
    spend_all(THREE)


def test_a_refusal_does_not_lengthen_the_window() -> None:
    spend_all(THREE)
    before = TryCounter.objects.get().resets_at
    with pytest.raises(TooManyTries):
        throttle.spend([(THREE, "ana")])
    assert TryCounter.objects.get().resets_at == before


def test_forgetting_and_giving_back() -> None:
    spend_all(THREE)
    throttle.give_back([(THREE, "ana")])
    throttle.spend([(THREE, "ana")])
    throttle.forget(THREE, "ana")
    spend_all(THREE)
    throttle.give_back([(FIVE, "nobody")])
    assert not TryCounter.objects.filter(tries__lt=0).exists()


def test_counters_are_pruned_and_hold_no_names() -> None:
    throttle.spend([(THREE, "secretive-ana")])
    assert "ana" not in TryCounter.objects.get().key
    TryCounter.objects.update(resets_at=timezone.now())
    throttle.prune()
    assert not TryCounter.objects.exists()


@pytest.mark.parametrize(
    ("remote", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("a socket", "a socket"),
    ],
)
def test_an_address_is_counted_as_its_owner(rf: RequestFactory, remote: str, counted_as: str) -> None:
    assert throttle.address_of(rf.get("/", REMOTE_ADDR=remote)) == counted_as
