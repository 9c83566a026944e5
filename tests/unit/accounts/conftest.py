"""What every test of accounts starts from: quick hashes, keys of its own, no meters but its own."""

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from accounts import limits
from tests.fakes.hashing import CountingHasher


@pytest.fixture(autouse=True)
def own_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's or another app's."""
    settings.PASSWORD_HASHERS = [f"{CountingHasher.__module__}.{CountingHasher.__qualname__}"]
    settings.KEYS_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    settings.SERVER_KEYS = {}
    monkeypatch.setattr(limits, "_meters", {})
    monkeypatch.setattr(CountingHasher, "hashed", 0)
