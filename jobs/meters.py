"""How much of their limits people use, as far as jobs are concerned."""

from django.db.models import Sum

from accounts import limits
from accounts.models import User
from channels_app import quota
from jobs import spending
from jobs.models import Artifact, Job


def active_jobs(user: User) -> int:
    """Jobs of theirs that wait or run."""
    # Active is what has not ended, as the database makes sure; these are the words of the index `job_active_of_user`.
    return Job.objects.filter(user=user, ended_at__isnull=True).count()


def artifact_bytes(user: User) -> int:
    """Bytes of what jobs have left in the channels of this person."""
    return Artifact.objects.filter(job__channel__owner=user).aggregate(sum=Sum("size"))["sum"] or 0


quota.register_measure(artifact_bytes)
limits.register_meter(limits.Limit.ACTIVE_JOBS, active_jobs)
limits.register_meter(limits.Limit.SPEND_TODAY, spending.spent_today)
