"""Ana's channel with something of everything, and the cast around it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.models import User
from channels_app.models import AudioProject, AudioSection, Channel, Idea, Note, Script, Take
from tests import factories


@dataclass(frozen=True, slots=True)
class World:
    """What is there."""

    ana: User
    channel: Channel
    note: Note
    script: Script
    project: AudioProject
    section: AudioSection
    take: Take
    idea: Idea


@pytest.fixture
def ana(db: None) -> User:
    """Owns the channel."""
    return factories.premium("ana")


@pytest.fixture
def channel(ana: User) -> Channel:
    """Ana's channel."""
    return factories.channel(ana)


@pytest.fixture
def world(ana: User, channel: Channel) -> World:
    """A note, and a script of two sections of which the first has a take."""
    script = factories.script(channel)
    first, _ = factories.sections(script)
    return World(
        ana,
        channel,
        factories.note(channel),
        script,
        first.project,
        first,
        factories.take(first),
        factories.idea(channel),
    )


@pytest.fixture
def page(client: Client, ana: User) -> Client:
    """Ana's browser."""
    client.force_login(ana)
    return client
