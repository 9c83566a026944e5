"""Transcript: captions of people before those of machines, and each reason why there is none as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from channels_app.models import Channel, FoundVideo, Transcript
from jobs import actions, panel
from jobs.kinds import transcript
from jobs.models import Event, Job, State
from jobs.tools.youtube.records import Captions, Video, VideoDetails
from tests import factories
from tests.fakes.youtube_seed import MadeVideo, sentences
from tests.fakes.youtube_world import YouTubeWorld, youtube_world
from tests.unit.jobs.conftest import Engine
from tests.youtube import leads_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def made_up() -> Iterator[YouTubeWorld]:
    with youtube_world(channels=30) as world:
        yield world


@pytest.fixture
def world(made_up: YouTubeWorld, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTubeWorld]:
    with leads_to(made_up, settings, monkeypatch) as world:
        yield world


def video_of(world: YouTubeWorld, status: str = "public", *, captions: bool = True) -> MadeVideo:
    """One video of that kind."""
    return next(
        one
        for one in world.by_video.values()
        if one.status == status and one.has_captions == captions and one.kind == "long"
    )


def fetch(engine: Engine, row: FoundVideo) -> Job:
    actions.submit(engine.channel, engine.channel.owner, "transcript", {"video": str(row.pk)})
    return engine.run("research")


def test_what_is_said_is_kept_with_its_times_and_the_date_becomes_exact(
    engine: Engine, world: YouTubeWorld, channel: Channel
) -> None:
    made = video_of(world)
    row = factories.found_video(channel, made.id, title=made.title)
    job = fetch(engine, row)
    assert job.state == State.COMPLETED, panel.attempts(job)
    kept = Transcript.objects.get(video=row)
    assert kept.text == " ".join(sentences(made))
    assert [line["seconds"] for line in kept.lines] == sorted(line["seconds"] for line in kept.lines)
    row.refresh_from_db()
    assert row.is_date_exact
    assert row.published_at and row.published_at.date() == made.published.date()
    assert Event.objects.filter(job=job, slot=transcript.slot_of(row)).exists()


def test_a_video_without_captions_says_so(engine: Engine, world: YouTubeWorld, channel: Channel) -> None:
    job = fetch(engine, factories.found_video(channel, video_of(world, captions=False).id))
    assert (job.state, job.error) == (State.FAILED, transcript.NO_CAPTIONS)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("private", "This video is private."),
        ("removed", "This video is no longer on YouTube."),
        ("members", "This video is for members of its channel only."),
        ("region", "YouTube does not show it in the country where this studio runs."),
    ],
)
def test_a_video_that_may_not_be_seen_says_why_at_once(
    engine: Engine, world: YouTubeWorld, channel: Channel, status: str, sentence: str
) -> None:
    job = fetch(engine, factories.found_video(channel, video_of(world, status).id))
    assert (job.state, job.error) == (State.FAILED, sentence)


def test_a_video_of_another_channel_is_refused(engine: Engine, channel: Channel) -> None:
    other = factories.channel(factories.stranger(), "reef")
    with pytest.raises(actions.InvalidInputs, match="no such found video in this channel"):
        fetch(engine, factories.found_video(other))


@pytest.mark.parametrize(
    ("tracks", "language"),
    [
        ([("de", False), ("en", True)], ("de", False)),
        ([("de", False), ("en-GB", False)], ("en-GB", False)),
        ([("fr", True), ("en", True)], ("en", True)),
        ([], ("", False)),
    ],
)
def test_what_people_wrote_comes_before_what_a_machine_heard(
    tracks: list[tuple[str, bool]], language: tuple[str, bool]
) -> None:
    captions = tuple(Captions(language=code, is_made=is_made) for code, is_made in tracks)
    details = VideoDetails(video=Video(id="x", title="X", url=""), captions=captions)
    assert transcript.chosen(details) == language
