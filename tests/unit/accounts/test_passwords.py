import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from accounts import invitations
from accounts.models import Invitation, User
from tests import factories
from tests.unit.accounts.test_invitations import WEEK

pytestmark = pytest.mark.django_db

PAGE = "/me/password/"
NEW = "an even better battery"


@pytest.fixture
def ana(client: Client) -> User:
    user = factories.user("ana", password=factories.PASSWORD)
    client.force_login(user)
    return user


def change(client: Client, old: str, new: str, again: str | None = None) -> str:
    given = {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    answer = client.post(PAGE, given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_change_ends_other_sessions_and_keeps_this_one(client: Client, ana: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(ana)
    Token.objects.create(user=ana)
    invitations.issue(Invitation(for_user=ana), valid_for=WEEK)
    assert "Your password is changed." in change(client, factories.PASSWORD, NEW)
    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert client.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    assert not Token.objects.exists()
    assert not Invitation.objects.exists()


def test_the_current_password_is_asked(client: Client, ana: User) -> None:
    assert "This is not your current password." in change(client, "a guess", NEW)
    ana.refresh_from_db()
    assert ana.check_password(factories.PASSWORD)


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("short", None, "too short"),
        ("password1234", None, "too common"),
        ("73914628461902", None, "entirely numeric"),
        (NEW, "something else", "match"),
        ("x" * 1025, None, "at most 1024 characters"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(
    client: Client, ana: User, new: str, again: str | None, said: str
) -> None:
    assert said in change(client, factories.PASSWORD, new, again)
    ana.refresh_from_db()
    assert ana.check_password(factories.PASSWORD)


def test_guessing_the_current_password_is_throttled(client: Client, ana: User) -> None:
    for _ in range(5):
        change(client, "a guess", NEW)
    assert "Too many tries. Try again in 15 minutes" in change(client, factories.PASSWORD, NEW)
    ana.refresh_from_db()
    assert ana.check_password(factories.PASSWORD)


def test_no_password_is_echoed(client: Client, ana: User) -> None:
    text = change(client, "guessed-old-one", "new-one-mistyped", "new-one-misspelt")
    for given in ("guessed-old-one", "new-one-mistyped", "new-one-misspelt"):
        assert given not in text
