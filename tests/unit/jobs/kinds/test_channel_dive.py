"""A closer look at a channel: what is asked, what the page then says and of what, and what a refusal leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from channels_app import youtube_figures
from channels_app.models import Channel, YouTubeChannel
from jobs import actions, panel
from jobs.kinds import channel_dive
from jobs.models import Event, Job, State
from tests.fakes.youtube_seed import MadeChannel
from tests.fakes.youtube_world import KEY, YouTubeWorld, youtube_world
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


def usual(world: YouTubeWorld) -> MadeChannel:
    """A channel with videos and Shorts that hides nothing."""
    return next(
        one
        for one in world.channels
        if one.layout == "new"
        and not one.is_gone
        and not one.hides_subscribers
        and one.of("short")
        and len(one.of("long")) > 15
    )


def look(engine: Engine, youtube_id: str) -> Job:
    actions.submit(engine.channel, engine.channel.owner, "channel-dive", {"youtube_channel": youtube_id})
    return engine.run("research")


def test_every_figure_is_there_and_says_what_it_was_computed_from(
    engine: Engine, world: YouTubeWorld, channel: Channel
) -> None:
    made = usual(world)
    job = look(engine, made.id)
    assert job.state == State.COMPLETED, panel.attempts(job)
    row = YouTubeChannel.objects.get(pk=made.id)
    figures = {one.label: one for one in youtube_figures.figures(row, 5.0, world.now)}
    assert all(one.is_known for one in figures.values()), [one for one in figures.values() if not one.is_known]
    assert all(one.basis for one in figures.values())
    assert row.joined_on == made.joined.date()
    assert len(row.samples) == channel_dive.SAMPLES
    # Its page, its Shorts, its about panel, and two for each video.
    assert (job.result or {})["requests"] == world.count() == 3 + 2 * channel_dive.SAMPLES
    assert Event.objects.filter(job=job, slot=channel_dive.slot_of(made.id)).count() >= 3


def test_what_the_about_panel_says_is_not_asked_again_for_a_week(
    engine: Engine, world: YouTubeWorld, channel: Channel
) -> None:
    made = usual(world)
    look(engine, made.id)
    world.asked.clear()
    look(engine, made.id)
    assert world.count() == 2 + 2 * channel_dive.SAMPLES


def test_a_channel_that_is_gone_is_remembered_as_such(engine: Engine, world: YouTubeWorld) -> None:
    job = look(engine, "UC" + "x" * 22)
    assert job.state == State.FAILED
    assert job.error == f"The channel UC{'x' * 22} is no longer on YouTube."
    assert YouTubeChannel.objects.get().is_gone


def test_a_bot_check_at_a_video_leaves_what_the_page_told(
    engine: Engine, world: YouTubeWorld, channel: Channel
) -> None:
    made = usual(world)
    world.fails("player", "bot", times=None)
    job = look(engine, made.id)
    assert job.state == State.FAILED
    assert job.error.startswith("YouTube wants proof")
    row = YouTubeChannel.objects.get(pk=made.id)
    assert row.subscribers and row.total_views
    assert row.samples == []


@pytest.mark.parametrize("given", ["", "tides", "UC", "UCxx/../..", "https://youtube.com/@tides"])
def test_what_is_no_id_is_refused(channel: Channel, given: str) -> None:
    form = channel_dive.ChannelDiveForm({"youtube_channel": given}, channel=channel)
    assert not form.is_valid()
    assert "give its id" in str(form.errors["youtube_channel"])


def test_with_a_key_two_units_tell_the_rest(
    engine: Engine, world: YouTubeWorld, channel: Channel, settings: Any
) -> None:
    settings.YOUTUBE_API_KEY, settings.YOUTUBE_API_URL = KEY, world.api_url
    made = usual(world)
    look(engine, made.id)
    assert (world.count("api"), world.count("browse"), world.count("player")) == (2, 2, 0)
    row = YouTubeChannel.objects.get(pk=made.id)
    assert row.joined_on == made.joined.date()
    assert len(row.samples) > channel_dive.SAMPLES


def test_a_refused_key_falls_back_to_what_everybody_may_ask(
    engine: Engine, world: YouTubeWorld, channel: Channel, settings: Any
) -> None:
    settings.YOUTUBE_API_KEY, settings.YOUTUBE_API_URL = "wrong", world.api_url
    job = look(engine, usual(world).id)
    assert job.state == State.COMPLETED
    assert len(YouTubeChannel.objects.get().samples) == channel_dive.SAMPLES
