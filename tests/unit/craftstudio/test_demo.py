"""The demo's printed passwords are good on loopback only."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import invitations, passwords
from accounts.models import Invitation, User
from craftstudio import demo
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def beyond(settings: Any) -> Any:
    """Make the demo, then let the studio listen beyond loopback."""
    settings.DEMO_PASSWORD = factories.PASSWORD
    demo.make()
    settings.LOOPBACK, settings.BIND = False, "0.0.0.0"  # noqa: S104  (nothing listens)
    return settings


def by_command(user: User) -> None:
    user.set_password("quite another one")
    user.save()


def by_page(user: User) -> None:
    passwords.change(user, "quite another one")


def by_link(user: User) -> None:
    invitation = Invitation(for_user=user)
    invitations.issue(invitation, valid_for=timedelta(hours=1))
    invitations.accept_as_existing_user(invitation, password="quite another one")


def by_locking_out(user: User) -> None:
    user.is_active = False
    user.save()


def test_it_is_refused_beyond_loopback_with_the_way_out(beyond: Any) -> None:
    with pytest.raises(demo.DemoRefused, match=r"admin and demo and standard .* 0\.0\.0\.0\. .*changepassword admin"):
        demo.check_nobody_keeps_the_passwords()


def test_signing_in_does_not_make_a_demo_password_another_one(beyond: Any) -> None:
    # Django hashes anew on sign-in when its hasher has changed.
    beyond.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *beyond.PASSWORD_HASHERS]
    user = User.objects.get(username="admin")
    before = user.password
    assert user.check_password(factories.PASSWORD)
    assert User.objects.get(username="admin").password != before
    assert User.objects.get(username="admin").has_demo_password


@pytest.mark.parametrize("change", [by_command, by_page, by_link, by_locking_out])
def test_a_changed_password_lets_it_start(beyond: Any, change: Callable[[User], None]) -> None:
    for user in User.objects.filter(username__in=demo.PEOPLE):
        change(user)
    demo.check_nobody_keeps_the_passwords()


def test_on_loopback_nothing_is_asked(beyond: Any) -> None:
    beyond.LOOPBACK = True
    demo.check_nobody_keeps_the_passwords()


def test_the_studio_does_not_start(beyond: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", beyond.REDIS_URL)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    beyond.BIND, beyond.PORT = "127.0.0.1", 0
    with pytest.raises(CommandError, match="changepassword"):
        call_command("studio")
