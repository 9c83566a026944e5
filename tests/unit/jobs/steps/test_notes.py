"""The channel's notes as sources, and the refusal that says where to add some."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from channels_app import actions
from channels_app.models import Channel
from jobs.spec import NeedMissing
from jobs.steps import notes
from tests import factories
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db
ADD = "/c/tidal/notes/#new-note"


def test_notes_become_sources_newest_first_without_empty_and_binned_ones(channel: Channel) -> None:
    factories.note(channel, "Empty", text="  \n ")
    actions.bin_row(factories.note(channel, "Gone"))
    first = factories.note(channel, "First", source_url="https://example.org/")
    second = factories.note(channel, "Second")
    factories.note(factories.channel(factories.stranger(), "cys"), "Foreign")
    found = notes.author_sources(channel)
    assert [one.title for one in found] == ["Second", "First"]
    assert (found[0].id, found[1].id, found[1].url) == (str(second.pk), str(first.pk), "https://example.org/")


def test_more_than_can_be_read_is_left_out(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "CHARACTERS_AT_MOST", 100)
    for at in range(4):
        factories.note(channel, f"Note {at}", text="x" * 40)
    assert len(notes.author_sources(channel)) == 2


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "hold none of the 6"),
        (1, "only 1 usable sourced sentence of the 6"),
        (5, "only 5 usable sourced sentences of"),
    ],
)
def test_thin_notes_are_refused_with_their_number_and_the_way_out(channel: Channel, number: int, told: str) -> None:
    factories.note(
        channel, text=" ".join(f"Harbour {at} sees the water rise {at} metres." for at in range(number)) or " "
    )
    with pytest.raises(NeedMissing, match=told) as caught:
        notes.check_notes(channel)
    assert (caught.value.url, caught.value.link) == (ADD, "Add notes")
    assert "or choose a language model" in caught.value.way_out


def test_thick_notes_pass(channel: Channel) -> None:
    factories.note_set(channel)
    assert len(notes.check_notes(channel)) == 2


class TestDoors:
    """The same refusal through every door gives the link to the notes."""

    def test_the_api(self, client: Client, channel: Channel) -> None:
        client.force_login(channel.owner)
        answer: Any = client.post("/api/v1/channels/tidal/jobs/", {"kind": "idea"}, content_type="application/json")
        assert answer.status_code == 422
        assert answer.json()["error"]["url"] == ADD

    def test_the_new_job_page(self, client: Client, channel: Channel) -> None:
        client.force_login(channel.owner)
        answer = client.post("/c/tidal/jobs/new/idea/", {})
        assert answer.status_code == 422
        assert f'<a href="{ADD}">Add notes</a>' in answer.content.decode()

    def test_the_slot_with_and_without_scripts(self, client: Client, channel: Channel) -> None:
        client.force_login(channel.owner)
        submit, ideas = reverse("job-submit", args=["tidal", "idea"]), reverse("ideas", args=["tidal"])
        error = client.post(submit, {}, headers={"accept": "application/json"}).json()["error"]
        assert (error["url"], error["link"]) == (ADD, "Add notes")
        shown = client.post(submit, {"next": ideas}, follow=True).content.decode()
        assert f'<a href="{ADD}">Add notes</a>' in shown

    def test_what_a_run_tells_stands_in_its_slot_and_on_its_page(
        self, client: Client, engine: Engine, channel: Channel
    ) -> None:
        from jobs import actions as jobs

        factories.note_set(channel)
        factories.idea(channel, "Why the lunar day lasts 24 hours 50 minutes")
        jobs.submit(channel, channel.owner, "idea", {})
        job = engine.run()
        client.force_login(channel.owner)
        left_out = "Left out as too much like what the channel has: Why a lunar day lasts 24 hours and 50 minutes."
        assert left_out in client.get("/c/tidal/ideas/").content.decode()
        result = client.get(reverse("job", args=["tidal", job.pk])).content.decode()
        assert "<li>Why a lunar day lasts 24 hours and 50 minutes (like “Why the lunar day" in result
