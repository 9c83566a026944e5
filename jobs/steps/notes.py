"""The channel's notes as what the offline author writes with, and the refusal when they are too few."""

from __future__ import annotations

from django.urls import reverse

from channels_app import queries
from channels_app.models import Channel
from jobs.spec import NeedMissing
from jobs.tools.author.sources import THIN_BELOW, Source, TooThin, check_thick_enough

# More text than this is not read: the newest notes come first.
NOTES_AT_MOST = 300
CHARACTERS_AT_MOST = 3_000_000


def author_sources(channel: Channel) -> list[Source]:
    """The channel's notes that say something, the newest first."""
    found: list[Source] = []
    room = CHARACTERS_AT_MOST
    for note in queries.notes_of(channel)[:NOTES_AT_MOST].iterator():
        if not note.text.strip():
            continue
        room -= len(note.text)
        if room < 0:
            break
        found.append(Source(str(note.pk), note.title, note.text, note.source_url))
    return found


def check_notes(channel: Channel) -> list[Source]:
    """The notes, when the offline author can work with them. Raises NeedMissing with the way to the notes otherwise."""
    sources = author_sources(channel)
    try:
        check_thick_enough(sources)
    except TooThin as thin:
        raise NeedMissing(*too_thin(thin.found), url=notes_url(channel), link="Add notes") from thin
    return sources


def too_thin(found: int) -> tuple[str, str]:
    """What is told to somebody whose notes are too few, and the way out."""
    if found:
        told = f"Your notes hold only {found} usable sourced sentence{'s' if found > 1 else ''} of the {THIN_BELOW}"
    else:
        told = f"Your notes hold none of the {THIN_BELOW} usable sourced sentences"
    return (
        f"{told} that the offline author needs: it arranges what your notes say and never invents.",
        "Add notes with whole sentences and their sources, or choose a language model.",
    )


def notes_url(channel: Channel) -> str:
    """Where notes are added."""
    return reverse("notes", args=[channel.slug]) + "#new-note"
