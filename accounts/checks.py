"""What must be right in the settings before anybody comes in."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def encryption_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """KEYS_ENCRYPTION_KEYS holds at least one key, and each of them is one. Never repeats a value."""
    command = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
    hint = f"Make one with: {command}"
    keys: list[str] = settings.KEYS_ENCRYPTION_KEYS
    if not keys:
        return [Error("KEYS_ENCRYPTION_KEY is empty.", hint=hint, id="accounts.E001")]
    return [
        Error(f"Key {number} in KEYS_ENCRYPTION_KEY is no Fernet key.", hint=hint, id="accounts.E002")
        for number, key in enumerate(keys, start=1)
        if not _is_fernet_key(key)
    ]


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
