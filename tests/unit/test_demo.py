"""The demo: what it holds is enough for the offline author, is cited, and comes once."""

from __future__ import annotations

from typing import Any

import pytest

from channels_app.models import Channel, Note, Script
from craftstudio import demo
from jobs.tools.author import ideas, script
from jobs.tools.author.sources import THIN_BELOW, Source, usable

SETS = ("tides", "lighthouse", "longitude")


def sources(name: str = "") -> list[Source]:
    paths = sorted(demo.NOTES.glob(f"*{name}-*.md"))
    read = [demo._read(path) for path in paths]
    return [Source(path.stem, note.title, note.text, note.url) for path, note in zip(paths, read, strict=True)]


@pytest.mark.parametrize("name", SETS)
def test_each_set_is_thick_and_cited(name: str) -> None:
    notes = sources(name)
    assert 3 <= len(notes) <= 4
    assert len(usable(notes)) >= 2 * THIN_BELOW
    assert all(note.url.startswith("https://") and len(note.title) > 10 for note in notes)
    # Notes are written for the author: no sentence of theirs goes to waste.
    assert all(len(usable([note])) >= 4 for note in notes)


@pytest.mark.parametrize("name", SETS)
def test_five_ideas_come_from_each_set(name: str) -> None:
    found = ideas.have_ideas(sources(name), topics=["tides", "the sea", "navigation"])
    assert len({draft.title for draft in found.drafts}) == 5


@pytest.mark.parametrize("topic", ["Why there are two high tides", "Fresnel lens", "longitude and clocks"])
def test_a_short_about_each_subject_fills_its_words(topic: str) -> None:
    made = "".join(script.assemble(topic, sources(), words=150, loops=True))
    assert "Add notes" not in made


@pytest.mark.django_db
def test_it_is_safe_to_repeat(settings: Any) -> None:
    settings.LOOPBACK = True
    demo.make()
    channel = Channel.objects.get(slug="demo")
    assert Note.objects.filter(channel=channel).count() == len(list(demo.NOTES.glob("*.md")))
    # The set that the demo's script is about is seen first.
    assert Note.objects.filter(channel=channel)[0].title == "Why there are two high tides"
    Note.objects.filter(channel=channel).delete()
    demo.make()
    assert not Note.objects.filter(channel=channel).exists()
    assert Script.objects.filter(channel=channel).count() == 1
