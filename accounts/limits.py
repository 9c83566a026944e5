"""Limits per user. What is used is measured by the apps above, which register a meter for each limit."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.template.defaultfilters import filesizeformat

from accounts.models import User

Amount = int | Decimal
Meter = Callable[[User], Amount]


class Limit(StrEnum):
    """What is limited. The value is the meter's name."""

    STORAGE = "storage"  # bytes
    SPEND_TODAY = "spend_today"  # US dollars
    ACTIVE_JOBS = "active_jobs"  # jobs that are queued or running


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    label: str
    field: str
    noun: str
    way_out: str


_FACTS: dict[Limit, _Facts] = {
    Limit.STORAGE: _Facts(
        label="Storage",
        field="storage_limit_bytes",
        noun="storage",
        way_out="Delete files you no longer need",
    ),
    Limit.SPEND_TODAY: _Facts(
        label="Spent today",
        field="daily_spend_limit_usd",
        noun="daily spend",
        way_out="Wait until tomorrow (UTC)",
    ),
    Limit.ACTIVE_JOBS: _Facts(
        label="Active jobs",
        field="active_jobs_limit",
        noun="active jobs",
        way_out="Wait for one to end or cancel one",
    ),
}
_meters: dict[Limit, Meter] = {}


class LimitReached(Exception):
    """The user's limit stands in the way. The text says which, how much is used, and the way out."""

    def __init__(self, limit: Limit, used: Amount, allowed: Amount, whose: str = "Your") -> None:
        self.limit, self.used, self.allowed = limit, used, allowed
        facts = _FACTS[limit]
        super().__init__(
            f"{whose} {facts.noun} limit is reached: "
            f"{in_words(limit, used)} of {in_words(limit, allowed)} used. "
            f"{facts.way_out}, or ask an admin for a higher limit."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One limit and how much of it is used, as it is shown."""

    limit: Limit
    label: str
    used: Amount
    allowed: Amount | None  # None: no limit

    @property
    def percent(self) -> int:
        """How much of the limit is used, 0 to 100."""
        if self.allowed is None:
            return 0
        return 100 if self.used >= self.allowed else int(100 * self.used / self.allowed)

    @property
    def text(self) -> str:
        """E.g. `3 of 20`."""
        allowed = "no limit" if self.allowed is None else in_words(self.limit, self.allowed)
        return (
            f"{in_words(self.limit, self.used)} of {allowed}"
            if self.allowed is not None
            else (f"{in_words(self.limit, self.used)}, {allowed}")
        )


def register_meter(name: str, meter: Meter) -> None:
    """Say how the use of a limit is measured; called once, when the app that knows starts.

    Raises ValueError for a name that is no Limit.
    """
    _meters[Limit(name)] = meter


def exceeded(used: Amount, allowed: Amount | None, adding: Amount | None = None) -> bool:
    """Whether `adding` no longer fits; without an amount, whether nothing at all is left."""
    if allowed is None:
        return False
    return used >= allowed if adding is None else used + adding > allowed


def check(user: User, name: str, adding: Amount | None = None, *, whose: str = "Your") -> None:
    """Raise LimitReached if the user may not use (that much) more.

    Units: bytes, US dollars, jobs. whose: begins the sentence, for when somebody else is told. Raises ValueError for a
    name that is no Limit, LookupError if nothing measures it.
    """
    limit = Limit(name)
    allowed = _allowed(user, limit)
    if allowed is None:
        return
    used = _used(user, limit)
    if exceeded(used, allowed, adding):
        raise LimitReached(limit, used, allowed, whose)


def uses(user: User) -> list[Use]:
    """Every limit that is measured, with its use."""
    return [
        Use(limit=limit, label=_FACTS[limit].label, used=_used(user, limit), allowed=_allowed(user, limit))
        for limit in Limit
        if limit in _meters
    ]


def in_words(limit: Limit, amount: Amount) -> str:
    """The amount with its unit, e.g. `1.5 GB`, `$0.11`, `3`."""
    match limit:
        case Limit.STORAGE:
            return str(filesizeformat(int(amount))).replace("\xa0", " ")
        case Limit.SPEND_TODAY:
            return f"${Decimal(amount):.2f}"
        case Limit.ACTIVE_JOBS:
            return str(amount)


def _allowed(user: User, limit: Limit) -> Amount | None:
    allowed: Amount | None = getattr(user, _FACTS[limit].field)
    return allowed


def _used(user: User, limit: Limit) -> Amount:
    if limit not in _meters:
        raise LookupError(f"Nothing measures the limit {limit}: register a meter for it.")
    return _meters[limit](user)
