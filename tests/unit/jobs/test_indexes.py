"""The questions that every page or every second asks find an index, so that a million rows cost no more than a hundred.

SQLite chooses by rules and can be asked on an empty table; PostgreSQL chooses by what it knows of full ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from channels_app.models import Channel
from jobs import estimates, lifecycle
from jobs.models import Job
from jobs.stream import active_in, ended_lately
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db


def plan(jobs: QuerySet[Any]) -> str:
    """How SQLite answers."""
    with connection.cursor() as cursor:
        sql, parameters = jobs.query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return "\n".join(str(row) for row in cursor.fetchall())


QUESTIONS: dict[str, tuple[Callable[[Channel], QuerySet[Any]], str]] = {
    "active jobs of a person": (
        lambda channel: Job.objects.filter(user=channel.owner, ended_at__isnull=True).order_by(),
        "job_active_of_user",
    ),
    "active jobs of channels": (lambda channel: active_in([channel.pk]), "job_active_in_channel"),
    "jobs that ended lately": (lambda channel: ended_lately([channel.pk]), "job_changed"),
    "how long a kind takes here": (
        lambda channel: Channel.objects.order_by().values(took=estimates.samples_of("tts", channel)),
        "job_usual_here",
    ),
    "how long a kind takes": (
        lambda channel: Channel.objects.order_by().values(took=estimates.samples_of("tts")),
        "job_usual",
    ),
}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table from end to end")
@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_answered_by_its_index(channel: Channel, question: str) -> None:
    ask, index = QUESTIONS[question]
    answered = plan(ask(channel))
    assert index in answered
    assert "TEMP B-TREE" not in answered, "it sorts what the index has in order"


def test_the_stream_reconciles_what_is_active_and_what_ended_lately(engine: Engine) -> None:
    waiting, ended = engine.submit(), engine.submit()
    lifecycle.cancel(ended.pk)
    channels = [engine.channel.pk]
    assert [job.pk for job in active_in(channels)] == [waiting.pk]
    assert [job.pk for job in ended_lately(channels)] == [ended.pk]
