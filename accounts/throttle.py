"""Slows down guessing. The counters live in the database, so every process and host sees the same ones."""

import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import TryCounter


@dataclass(frozen=True, slots=True)
class Budget:
    """So many tries of one thing within a window."""

    scope: str
    tries: int
    window: timedelta


NAME_AND_ADDRESS = Budget("sign-in by name and address", 5, timedelta(minutes=15))
ADDRESS = Budget("sign-in by address", 30, timedelta(minutes=15))
CURRENT_PASSWORD = Budget("current password", 5, timedelta(minutes=15))

Purse = tuple[Budget, str]  # a budget, and whose it is


class TooManyTries(Exception):
    """The budget is spent. The text says when to try again."""

    def __init__(self, resets_at: datetime) -> None:
        self.resets_at = resets_at
        # Never nought: a client that waits exactly this long must be let in.
        self.seconds = max(1, math.ceil((resets_at - timezone.now()).total_seconds()))
        minutes = math.ceil(self.seconds / 60)
        wait = f"{self.seconds} seconds" if self.seconds < 60 else f"{minutes} minute{'s'[: minutes != 1]}"
        super().__init__(f"Too many tries. Try again in {wait} (at {resets_at:%H:%M} UTC).")


def address_of(request: HttpRequest) -> str:
    """Where the request came from; of IPv6 only the network, since one host owns all addresses in it."""
    text = str(request.META.get("REMOTE_ADDR") or "unknown")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def spend(purses: Sequence[Purse]) -> None:
    """Count one try in every purse, *before* it is made, so that simultaneous tries cannot slip through.

    Raises TooManyTries, having counted nothing, when one of them is empty.
    """
    prune()
    spent: list[Purse] = []
    for budget, whose in purses:
        if not _spend_one(budget, whose):
            give_back(spent)
            resets_at = TryCounter.objects.filter(key=_key(budget, whose)).values_list("resets_at", flat=True).first()
            raise TooManyTries(resets_at or timezone.now())
        spent.append((budget, whose))


def give_back(purses: Sequence[Purse]) -> None:
    """Undo one try in each: it was not a wrong guess."""
    for budget, whose in purses:
        TryCounter.objects.filter(key=_key(budget, whose), tries__gt=0).update(tries=F("tries") - 1)


def forget(budget: Budget, whose: str) -> None:
    """Forget every try: whoever it was has shown that they know the secret."""
    TryCounter.objects.filter(key=_key(budget, whose)).delete()


def prune() -> None:
    """Drop the counters whose window is over."""
    TryCounter.objects.filter(resets_at__lte=timezone.now()).delete()


def _spend_one(budget: Budget, whose: str) -> bool:
    key = _key(budget, whose)
    fresh = TryCounter(key=key, tries=0, resets_at=timezone.now() + budget.window)
    TryCounter.objects.bulk_create([fresh], ignore_conflicts=True)
    # One statement compares and counts, so the budget holds whatever runs beside it.
    return TryCounter.objects.filter(key=key, tries__lt=budget.tries).update(tries=F("tries") + 1) == 1


def _key(budget: Budget, whose: str) -> str:
    return salted_hmac("accounts.throttle", f"{budget.scope}\n{whose}", algorithm="sha256").hexdigest()
