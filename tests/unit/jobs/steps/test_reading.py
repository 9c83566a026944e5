"""Whose key goes to which speech service."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import keys
from accounts.models import User
from jobs.steps.reading import speech_config
from jobs.tools.web import OPENAI_URL
from tests import factories

pytestmark = pytest.mark.django_db
OWN, SERVERS = "sk-anas-own-key-1234", "sk-the-servers-key-5678"


@pytest.fixture
def ana(settings: Any) -> User:
    """Ana has a key of her own, and so has the server."""
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "openai": SERVERS}
    user = factories.user("ana")
    keys.save(user, "openai", OWN)
    return user


@pytest.mark.parametrize(
    ("base_url", "sent"),
    [
        ("", OWN),
        (OPENAI_URL, OWN),
        (f"{OPENAI_URL}/", OWN),
        ("http://speech.example:8880/v1", SERVERS),
        ("https://api.openai.com.example/v1", SERVERS),
    ],
)
def test_a_person_s_key_goes_to_openai_alone(ana: User, settings: Any, base_url: str, sent: str) -> None:
    settings.TTS_BASE_URL = base_url
    assert speech_config(ana).openai_key == sent


def test_a_server_of_one_s_own_without_a_key_gets_none(ana: User, settings: Any) -> None:
    settings.TTS_BASE_URL, settings.SERVER_KEYS = "http://speech.example:8880/v1", {}
    assert speech_config(ana).openai_key == ""
