import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from accounts.checks import encryption_keys


@pytest.mark.parametrize(
    ("keys", "ids"),
    [
        ([Fernet.generate_key().decode()], []),
        ([], ["accounts.E001"]),
        ([Fernet.generate_key().decode(), "not-a-key", "AAAA"], ["accounts.E002", "accounts.E002"]),
    ],
)
def test_encryption_keys_are_checked_and_never_repeated(settings: Settings, keys: list[str], ids: list[str]) -> None:
    settings.KEYS_ENCRYPTION_KEYS = keys
    found = encryption_keys(None)
    assert [message.id for message in found] == ids
    assert all(key not in str(message) for message in found for key in keys)
