"""Discover: what is kept, in which order it is asked, what a retry repeats, and how each trouble is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from channels_app import found_videos
from channels_app.models import Channel, FoundVideo, SearchHit, YouTubeChannel
from jobs import actions, lifecycle, panel, worker
from jobs.inputs import json_schema
from jobs.kinds import discover
from jobs.models import Event, Job, State
from tests.fakes.youtube_world import YouTubeWorld, youtube_world
from tests.unit.jobs.conftest import Engine
from tests.youtube import leads_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def made_up() -> Iterator[YouTubeWorld]:
    with youtube_world(channels=60) as world:
        yield world


@pytest.fixture
def world(made_up: YouTubeWorld, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubeWorld]:
    with leads_to(made_up, settings, monkeypatch) as world:
        yield world


def search(engine: Engine, query: str = "sourdough", **inputs: Any) -> Job:
    actions.submit(engine.channel, engine.channel.owner, "discover", {"query": query, **inputs})
    return engine.run("research")


def result_of(job: Job) -> dict[str, Any]:
    assert job.result is not None, panel.attempts(job)
    return job.result


def said(job: Job) -> str:
    return "\n".join(line["text"] for line in panel.output(job)["lines"])


class TestWhatIsKept:
    def test_videos_are_kept_one_by_one_in_the_order_they_were_found(
        self, engine: Engine, world: YouTubeWorld, channel: Channel
    ) -> None:
        job = search(engine, wanted=5)
        assert job.state == State.COMPLETED, panel.attempts(job)
        rows = list(FoundVideo.objects.filter(channel=channel))
        assert [row.position for row in rows] == [0, 1, 2, 3, 4]
        assert list(SearchHit.objects.order_by("job_position").values_list("video", flat=True)) == [row.pk for row in rows]
        announced = [
            event.body["data"]["video"] if "data" in event.body else event.body["video"]
            for event in Event.objects.filter(job=job, slot=discover.slot_of(channel)).order_by("rev")
        ]
        assert announced == [str(row.pk) for row in rows]
        told = result_of(job)
        assert (told["kept"], told["ended"]) == (5, "wanted")
        assert told["requests"] == world.count()
        print(told, said(job))
        for row in rows:
            made = world.by_video[row.video_id]
            assert row.title == made.title
            assert row.youtube_channel_id == made.channel.id
