"""What every kind of job must do, found by walking the registry: a new kind is tried without being named here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from channels_app.models import Channel, Script
from jobs import actions, lifecycle, registry, worker
from jobs.context import Cancelled
from jobs.inputs import OwnedChoice, json_schema
from jobs.models import State, light
from tests import factories
from tests.fakes.source_world import source_world
from tests.fakes.youtube_world import YouTubeWorld, youtube_world
from tests.youtube import leads_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ffmpeg]
KINDS = sorted(registry.kinds())
KINDS_WITH_ROWS = [
    slug
    for slug in KINDS
    if any(isinstance(field, OwnedChoice) for field in registry.spec(slug).form.base_fields.values())
]
SCRIPT = "### One\n\nThe sea rises twice a day.\n\n### Two\n\nNobody has ever seen it hurry."


@pytest.fixture(autouse=True)
def _a_source(settings: Any) -> Iterator[None]:
    """What examples fetch is on this machine."""
    with source_world() as world:
        settings.SOURCE_URLS = {**settings.SOURCE_URLS, "wikimedia-commons": world.urls["wikimedia-commons"]}
        settings.DOWNLOAD_ALLOW_HOSTS = world.allowed
        yield


@pytest.fixture(scope="module")
def made_up_youtube() -> Iterator[YouTubeWorld]:
    """The YouTube that kinds of research ask."""
    with youtube_world(channels=30) as world:
        yield world


@pytest.fixture(autouse=True)
def _youtube(made_up_youtube: YouTubeWorld, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with leads_to(made_up_youtube, settings, monkeypatch):
        yield


@pytest.fixture
def channel(made_up_youtube: YouTubeWorld) -> Channel:
    made = Channel.objects.create(owner=factories.premium("ana"), slug="tidal", name="Tidal")
    Script.objects.create(channel=made, title="Tides", body=SCRIPT, status=Script.Status.REVIEW)
    factories.note_set(made)
    shown = next(
        video
        for video in made_up_youtube.by_video.values()
        if video.status == "public"
        and video.kind == "long"
        and video.has_captions
        and video.channel.layout == "new"
        and not video.channel.is_gone
    )
    factories.found_video(made, shown.id, youtube_channel_id=shown.channel.id)
    factories.resource(made)
    factories.found_set(made)
    return made


def form_of(slug: str, channel: Channel, data: dict[str, Any]) -> Any:
    return registry.spec(slug).form(data, channel=channel, user=channel.owner)


@pytest.mark.parametrize("slug", KINDS)
def test_its_example_is_accepted_and_its_inputs_are_json(slug: str, channel: Channel) -> None:
    form = form_of(slug, channel, registry.spec(slug).example(channel))
    assert form.is_valid(), form.errors
    json.dumps(form.inputs())
    json.dumps(json_schema(form))


@pytest.mark.parametrize("slug", KINDS_WITH_ROWS)
def test_another_channels_rows_are_refused(slug: str, channel: Channel) -> None:
    other = Channel.objects.create(owner=factories.stranger("cy"), slug="reef", name="Reef")
    example = registry.spec(slug).example(channel)
    form = form_of(slug, other, example)
    owned = [name for name, field in form.fields.items() if isinstance(field, OwnedChoice)]
    assert not form.is_valid()
    assert set(form.errors) >= {name for name in owned if example.get(name)}


@pytest.mark.parametrize("slug", KINDS)
def test_an_empty_form_is_refused_with_the_fields_names(slug: str, channel: Channel) -> None:
    form = form_of(slug, channel, {})
    required = {name for name, field in form.fields.items() if field.required}
    # What is wrong with several fields together belongs to none of them.
    assert set(form.errors) - {"__all__"} == required


@pytest.mark.parametrize("slug", KINDS)
def test_its_example_runs_to_the_end(slug: str, channel: Channel) -> None:
    job = actions.submit(channel, channel.owner, slug, registry.spec(slug).example(channel)).job
    while light().get(pk=job.pk).is_active:
        claim = lifecycle.claim(light().get(pk=job.pk).queue, "test")
        assert claim is not None
        worker.run(claim, end_process=lambda: None)
        attempt = job.attempts.order_by("-number")[0]
        assert attempt.outcome in ("ok", "yielded"), attempt.traceback or attempt.error
    done = light().get(pk=job.pk)
    assert done.state == State.COMPLETED
    json.dumps(done.result)
    assert not list(Path(settings.WORK_DIR).rglob("*.wav"))


@pytest.mark.parametrize("slug", KINDS)
def test_it_stops_when_asked_and_leaves_nothing_half_made(
    slug: str, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = registry.spec(slug)
    job = actions.submit(channel, channel.owner, slug, spec.example(channel)).job
    claim = lifecycle.claim(job.queue, "test")
    assert claim is not None
    lifecycle.cancel(job.pk)
    monkeypatch.setattr(worker.AttemptSink, "check", _cancelled)
    worker.run(claim, end_process=lambda: None)
    assert light().get(pk=job.pk).state == State.CANCELLED
    assert not job.artifacts.exists()


def _cancelled(sink: worker.AttemptSink) -> None:
    raise Cancelled


@pytest.mark.parametrize("slug", KINDS)
def test_its_form_is_drawn_on_the_new_job_page(slug: str, channel: Channel, client: Client) -> None:
    client.force_login(channel.owner)
    answer = client.get(f"/c/tidal/jobs/new/{slug}/")
    assert answer.status_code == 200
    for name in registry.spec(slug).form.base_fields:
        assert f'name="{name}"' in answer.content.decode()


@pytest.mark.parametrize("slug", [kind.slug for kind in registry.kinds().values() if kind.module.startswith("jobs.")])
def test_it_has_a_test_of_its_own(slug: str) -> None:
    name = f"test_{slug.replace('-', '_')}.py"
    assert (Path(settings.BASE_DIR) / "tests" / "unit" / "jobs" / "kinds" / name).exists()
