"""What tests of the engine share."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from channels_app.models import Channel
from jobs import actions, lifecycle, worker
from jobs.models import Job, light
from tests import factories


@pytest.fixture
def ana(db: None) -> User:
    """Owns the channel, and is premium."""
    return factories.user("ana", Role.PREMIUM)


@pytest.fixture
def channel(ana: User) -> Channel:
    """Ana's channel."""
    return Channel.objects.create(owner=ana, slug="tidal", name="Tidal")


class Engine:
    """Submits drills and runs attempts in this process, as a worker would."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.ended_processes = 0

    def submit(self, order: str = "ok", **inputs: Any) -> Job:
        """A queued drill."""
        return actions.submit(self.channel, self.channel.owner, "drill", {"order": order, **inputs}).job

    def relay(self, middle: str = "pass") -> Job:
        """A queued pipeline."""
        return actions.submit(self.channel, self.channel.owner, "relay", {"middle": middle}).job

    def claim(self, queue: str = "ai") -> lifecycle.Claim:
        """The next attempt, which must be there."""
        claim = lifecycle.claim(queue, "test")
        assert claim is not None, f"nothing is due on {queue}"
        return claim

    def run(self, queue: str = "ai") -> Job:
        """Claim and run one attempt; the job as it is afterwards."""
        claim = self.claim(queue)
        worker.run(claim, end_process=self._count_end)
        return self.fresh(claim.job)

    def fresh(self, job: Job) -> Job:
        """The row as it is now."""
        return light().get(pk=job.pk)

    def _count_end(self) -> None:
        self.ended_processes += 1


@pytest.fixture
def engine(channel: Channel, settings: Any) -> Engine:
    """An engine whose retries are due at once."""
    settings.JOB_BACKOFF = (0.0,)
    return Engine(channel)
