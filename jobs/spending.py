"""What jobs cost, day by day: the ledger behind the daily spend limit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from accounts import limits
from accounts.models import User
from jobs.models import Job, Spend, State


def today() -> date:
    """The day that money is counted for (UTC)."""
    return timezone.now().astimezone(UTC).date()


def reserve(job: Job, usd: Decimal) -> None:
    """Hold what a call may cost, until `record` says what it did. The caller holds the job's row.

    Jobs of one person that reserve at once wait for each other, so that together they never pass the day's limit.
    Raises LimitReached when so much does not fit any more.
    """
    if job.user_id is None:
        return  # a former user has no limit to count against
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=job.user_id)
        # A job makes one call after another: what an earlier one held, which never came to an end, is free again.
        Spend.objects.filter(job=job).update(held_usd=0)
        limits.check(user, limits.Limit.SPEND_TODAY, usd)
        Spend.objects.update_or_create(job=job, day=today(), defaults={"user": user, "held_usd": usd})


def record(job: Job, tokens: int, usd: Decimal) -> None:
    """Add to what the job has cost today; nothing is held for it any more.

    The caller holds the job's row, in the transaction of the same change.
    """
    if job.user_id is None:
        return
    Spend.objects.filter(job=job).update(held_usd=0)
    spend, _ = Spend.objects.get_or_create(job=job, day=today(), defaults={"user_id": job.user_id})
    Spend.objects.filter(pk=spend.pk).update(tokens=F("tokens") + tokens, cost_usd=F("cost_usd") + usd)


def record_trial(user: User, tokens: int, usd: Decimal) -> None:
    """Add what trying a key has cost, which no job did."""
    if tokens:
        Spend.objects.create(user=user, day=today(), tokens=tokens, cost_usd=usd)


def spent_today(user: User) -> Decimal:
    """Dollars of today (UTC): what their jobs and trials have cost, and what is held for calls that are under way."""
    found = Spend.objects.filter(user=user, day=today()).aggregate(
        spent=Sum("cost_usd"), held=Sum("held_usd", filter=Q(job__state=State.RUNNING))
    )
    return (found["spent"] or Decimal(0)) + (found["held"] or Decimal(0))


def forget_before(moment: datetime) -> int:
    """Delete the days before a moment; returns how many entries."""
    return Spend.objects.filter(day__lt=moment.astimezone(UTC).date()).delete()[0]
