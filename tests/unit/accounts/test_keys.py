import logging
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import keys, providers
from accounts.models import ProviderKey, User
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/me/keys/"
KEY = "sk-proj-0123456789abcdefWXYZ"


@pytest.fixture
def ana(client: Client) -> User:
    user = factories.user()
    client.force_login(user)
    return user


def post(client: Client, **given: str) -> str:
    answer = client.post(PAGE, given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_provider_is_told_apart() -> None:
    assert len(providers.BY_SLUG) == len(providers.PROVIDERS) == 11
    assert len({provider.environment for provider in providers.PROVIDERS}) == 11


def test_the_users_key_comes_first_then_the_servers(ana: User, settings: Settings) -> None:
    assert keys.key_for(ana, "openai") is None
    settings.SERVER_KEYS = {"openai": "the-servers-own", "gemini": ""}
    assert keys.key_for(ana, "openai") == "the-servers-own"
    assert keys.key_for(None, "openai") == "the-servers-own"
    assert keys.key_for(ana, "gemini") is None
    keys.save(ana, "openai", f"  {KEY}\n")
    assert keys.key_for(ana, "openai") == KEY
    assert keys.key_for(factories.stranger(), "openai") == "the-servers-own"


def test_the_settings_collect_the_servers_keys() -> None:
    from craftstudio import settings as studio_settings

    assert set(studio_settings.SERVER_KEYS) == set(providers.BY_SLUG)


def test_an_unknown_provider_is_an_error(ana: User) -> None:
    with pytest.raises(KeyError):
        keys.key_for(ana, "openia")
    with pytest.raises(KeyError):
        keys.save(ana, "openia", KEY)


def test_the_database_holds_no_key(ana: User) -> None:
    keys.save(ana, "openai", KEY)
    row = ProviderKey.objects.values().get()
    assert KEY not in str(row)
    assert KEY[:8] not in str(row)
    assert row["hint"] == "WXYZ"


def test_a_short_key_gives_no_hint(ana: User) -> None:
    assert keys.save(ana, "openai", "short-key-15-xx").masked == "••••"


def test_a_key_is_saved_replaced_and_deleted_and_shown_only_by_its_end(client: Client, ana: User) -> None:
    text = post(client, action="save", provider="openai", key=KEY)
    assert "Your OpenAI key is saved (••••WXYZ)." in text
    assert KEY[:-4] not in text
    text = post(client, action="save", provider="openai", key="another-key-that-ends-in-QRST")
    assert "••••QRST" in text
    assert "WXYZ" not in text
    assert ProviderKey.objects.count() == 1
    text = post(client, action="delete", provider="openai")
    assert "Your OpenAI key is deleted." in text
    assert not ProviderKey.objects.exists()
    assert "There was no OpenAI key of yours to delete." in post(client, action="delete", provider="openai")


def test_the_page_tells_when_the_servers_key_is_used_but_not_the_key(
    client: Client, ana: User, settings: Settings
) -> None:
    settings.SERVER_KEYS = {"pexels": "the-servers-own-key"}
    text = client.get(PAGE).content.decode()
    assert text.count("The studio&#x27;s own key is used.") + text.count("The studio's own key is used.") == 1
    assert "the-servers" not in text


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ("", "Enter the key."),
        ("   ", "Enter the key."),
        ("tiny", "has 8 to 512 characters"),
        ("k" * 513, "has 8 to 512 characters"),
        ("k" * 5000, "too long"),
        ("two words in it", "has no spaces"),
        ("ключ-от-квартиры", "has no spaces or special letters"),
        ("with\x00nought", "is too long"),
    ],
)
def test_what_cannot_be_a_key_is_refused_and_not_echoed(client: Client, ana: User, entered: str, said: str) -> None:
    text = post(client, action="save", provider="openai", key=entered)
    assert said in text
    assert not entered.strip() or entered not in text
    assert not ProviderKey.objects.exists()


def test_an_unknown_provider_is_a_bad_request(client: Client, ana: User) -> None:
    answer = client.post(PAGE, {"action": "save", "provider": "<b>", "key": KEY})
    assert answer.status_code == 400
    assert "<b>" not in answer.content.decode()


def test_nobody_sees_or_deletes_anothers_key(client: Client, ana: User) -> None:
    keys.save(ana, "openai", KEY)
    client.force_login(factories.stranger())
    assert "WXYZ" not in client.get(PAGE).content.decode()
    post(client, action="delete", provider="openai")
    assert keys.key_for(ana, "openai") == KEY


def test_no_key_is_ever_logged(client: Client, ana: User, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings.SERVER_KEYS = {"openai": "the-servers-own-key"}
    post(client, action="save", provider="openai", key=KEY)
    post(client, action="save", provider="openai", key=KEY + " with a space")
    settings.KEYS_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    keys.key_for(ana, "openai")
    post(client, action="delete", provider="openai")
    assert "provider_key=saved" in caplog.text
    assert "provider_key=unreadable" in caplog.text
    assert KEY[:8] not in caplog.text
    assert "servers-own" not in caplog.text


# --- rotation -----------------------------------------------------------------------------------------------------


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_rotation_lets_the_old_encryption_key_go(ana: User, settings: Settings) -> None:
    old, new = settings.KEYS_ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    keys.save(ana, "openai", KEY)
    keys.save(ana, "pexels", "another-key-of-ana")
    settings.KEYS_ENCRYPTION_KEYS = [new, old]
    assert keys.key_for(ana, "openai") == KEY
    assert "2 keys are encrypted with the first encryption key." in rotate()
    settings.KEYS_ENCRYPTION_KEYS = [new]
    assert keys.key_for(ana, "openai") == KEY
    assert keys.key_for(ana, "pexels") == "another-key-of-ana"
    settings.KEYS_ENCRYPTION_KEYS = [old]
    assert keys.key_for(ana, "openai") is None


def test_a_key_that_cannot_be_read_is_told_and_the_servers_is_used(
    client: Client, ana: User, settings: Settings
) -> None:
    keys.save(ana, "openai", KEY)
    settings.KEYS_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    settings.SERVER_KEYS = {"openai": "the-servers-own-key"}
    assert keys.key_for(ana, "openai") == "the-servers-own-key"
    assert "cannot be read any more" in client.get(PAGE).content.decode()
    with pytest.raises(CommandError, match="1 could not be read"):
        rotate()


def test_rotation_does_not_bring_back_a_key_that_is_replaced_meanwhile(
    ana: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.fernet import MultiFernet

    keys.save(ana, "openai", KEY)
    encrypt_anew = MultiFernet.rotate

    def replaced_meanwhile(box: MultiFernet, ciphertext: bytes) -> bytes:
        keys.save(ana, "openai", "the-replacement-of-the-key")
        return encrypt_anew(box, ciphertext)

    monkeypatch.setattr(MultiFernet, "rotate", replaced_meanwhile)
    rotate()
    assert keys.key_for(ana, "openai") == "the-replacement-of-the-key"
