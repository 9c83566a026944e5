"""Which voices may be chosen."""

from __future__ import annotations

import pytest

from channels_app import voices
from channels_app.voices import Voice, VoiceService


@pytest.fixture(autouse=True)
def one_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test registers."""
    monkeypatch.setattr(voices, "_catalogues", [])
    listed = VoiceService(slug="flite", label="flite", voices=(Voice(id="slt", label="Clara"),))
    voices.register_catalogue(lambda: [listed, VoiceService(slug="own", label="Own server")])


def test_the_automatic_voice_is_always_there_and_first() -> None:
    assert [service.slug for service in voices.services()] == ["auto", "flite", "own"]


@pytest.mark.parametrize(
    ("service", "voice_id", "field"),
    [
        ("auto", "", None),
        ("flite", "", None),
        ("flite", "slt", None),
        ("own", "anything", None),
        ("flite", "nobody", "voice_id"),
        ("auto", "slt", "voice_id"),
        ("gone", "", "voice_service"),
        ("", "", "voice_service"),
    ],
)
def test_a_wrong_choice_names_its_field(service: str, voice_id: str, field: str | None) -> None:
    problems = voices.problems(service, voice_id)
    assert list(problems) == ([field] if field else [])


def test_the_error_says_what_there_is() -> None:
    assert "one of slt" in voices.problems("flite", "nobody")["voice_id"]
