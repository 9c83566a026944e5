"""What jobs cost, day by day: the ledger behind the daily spend limit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import User
from jobs.models import Job, Spend


def today() -> date:
    """The day that money is counted for (UTC)."""
    return timezone.now().astimezone(UTC).date()


def record(job: Job, tokens: int, usd: Decimal) -> None:
    """Add to what the job has cost today. The caller holds the job's row, in the transaction of the same change."""
    if job.user_id is None:
        return  # a former user has no limit to count against
    spend, _ = Spend.objects.get_or_create(job=job, day=today(), defaults={"user_id": job.user_id})
    Spend.objects.filter(pk=spend.pk).update(tokens=F("tokens") + tokens, cost_usd=F("cost_usd") + usd)


def spent_today(user: User) -> Decimal:
    """Dollars that their jobs have cost today (UTC), whenever those were asked for."""
    spent = Spend.objects.filter(user=user, day=today()).aggregate(sum=Sum("cost_usd"))["sum"]
    return spent or Decimal(0)


def forget_before(moment: datetime) -> int:
    """Delete the days before a moment; returns how many entries."""
    return Spend.objects.filter(day__lt=moment.astimezone(UTC).date()).delete()[0]
