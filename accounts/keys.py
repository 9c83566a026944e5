"""Keys for outside services: the user's own first, then the server's. Only this module decrypts."""

import logging
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from accounts import providers
from accounts.models import ProviderKey, User
from accounts.providers import Provider

logger = logging.getLogger("accounts")

SHORTEST, LONGEST = 8, 512
# The last four characters of a shorter key would tell too much of it.
SHORTEST_WITH_HINT = 16


class BadKey(Exception):
    """What was entered cannot be a key. The text says why and never repeats it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a user has for a provider, as it may be shown."""

    provider: Provider
    own: ProviderKey | None
    readable: bool  # False: the studio's encryption key was changed since
    servers: bool  # the server has a key of its own


@sensitive_variables("key")
def key_for(user: User | None, provider: str) -> str | None:
    """The key to use: the user's, else the server's, else None. Raises KeyError for an unknown provider."""
    known = providers.BY_SLUG[provider]
    return own_key(user, provider) or settings.SERVER_KEYS.get(known.slug) or None


@sensitive_variables("key")
def own_key(user: User | None, provider: str) -> str | None:
    """The user's own key, if there is one that can be read. Raises KeyError for an unknown provider."""
    known = providers.BY_SLUG[provider]
    own = ProviderKey.objects.filter(user=user, provider=known.slug).first() if user else None
    return _decrypted(own) if own else None


def holdings(user: User) -> list[Holding]:
    """Every provider with what this user has for it, in the order of `providers.PROVIDERS`."""
    own = {key.provider: key for key in ProviderKey.objects.filter(user=user)}
    return [
        Holding(
            provider=provider,
            own=own.get(provider.slug),
            readable=provider.slug not in own or _decrypted(own[provider.slug]) is not None,
            servers=bool(settings.SERVER_KEYS.get(provider.slug)),
        )
        for provider in providers.PROVIDERS
    ]


@sensitive_variables("key", "entered")
def save(user: User, provider: str, entered: str) -> ProviderKey:
    """Keep the user's key, encrypted, in place of an earlier one.

    Raises BadKey, or KeyError for an unknown provider.
    """
    known = providers.BY_SLUG[provider]
    key = entered.strip()
    if not SHORTEST <= len(key) <= LONGEST:
        raise BadKey(f"A {known.label} key has {SHORTEST} to {LONGEST} characters. Paste the whole key.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BadKey(f"A {known.label} key has no spaces or special letters. Paste the key alone.")
    saved, _ = ProviderKey.objects.update_or_create(
        user=user,
        provider=known.slug,
        defaults={
            "ciphertext": _box().encrypt(key.encode()).decode(),
            "hint": key[-4:] if len(key) >= SHORTEST_WITH_HINT else "",
        },
    )
    logger.info("provider_key=saved user=%s provider=%s", user.pk, known.slug)
    return saved


def delete(user: User, provider: str) -> bool:
    """Forget the user's key. False if there was none. Raises KeyError for an unknown provider."""
    known = providers.BY_SLUG[provider]
    count, _ = ProviderKey.objects.filter(user=user, provider=known.slug).delete()
    if count:
        logger.info("provider_key=deleted user=%s provider=%s", user.pk, known.slug)
    return bool(count)


def rotate() -> tuple[int, int]:
    """Encrypt every key anew with the first encryption key. Returns how many were, and how many cannot be."""
    box = _box()
    done = unreadable = 0
    for row in ProviderKey.objects.only("pk", "ciphertext").iterator():
        try:
            fresh = box.rotate(row.ciphertext.encode()).decode()
        except InvalidToken:
            unreadable += 1
            continue
        # Compare and set: a key that its owner replaces at this moment stays replaced.
        done += ProviderKey.objects.filter(pk=row.pk, ciphertext=row.ciphertext).update(ciphertext=fresh)
    return done, unreadable


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.KEYS_ENCRYPTION_KEYS])


def _decrypted(row: ProviderKey) -> str | None:
    try:
        return _box().decrypt(row.ciphertext.encode()).decode()
    except InvalidToken:
        logger.error("provider_key=unreadable user=%s provider=%s", row.user_id, row.provider)
        return None
