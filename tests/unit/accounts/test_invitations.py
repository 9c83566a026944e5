import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.authtoken.models import Token

from accounts import invitations
from accounts.models import Invitation, User
from accounts.roles import Role
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

WEEK = timedelta(days=7)
JOINING = {
    "username": "ana",
    "display_name": "Ana Lima",
    "email": "ana@studio.example",
    "password1": factories.PASSWORD,
    "password2": factories.PASSWORD,
}


def invitation(*roles: Role, for_user: User | None = None, valid_for: timedelta = WEEK) -> Invitation:
    made = Invitation(for_user=for_user)
    made.roles = frozenset(roles)
    invitations.issue(made, valid_for=valid_for)
    return made


def token_of(made: Invitation) -> str:
    return made.path.removeprefix("/invitations/").removesuffix("/")


def test_a_new_user_joins_with_the_roles_of_the_link_and_is_signed_in(client: Client) -> None:
    made = invitation(Role.PREMIUM, Role.EDITOR)
    assert "Premium and Editor" in client.get(made.path).content.decode()
    assert client.post(made.path, JOINING).status_code == 302
    ana = User.objects.get()
    assert ana.roles == {Role.STANDARD, Role.PREMIUM, Role.EDITOR}
    assert (ana.username, ana.display_name, ana.email) == ("ana", "Ana Lima", "ana@studio.example")
    assert client.session[SESSION_KEY] == str(ana.pk)
    made.refresh_from_db()
    assert made.used_by == ana
    assert made.state == "used"


def test_roles_cannot_be_asked_for(client: Client) -> None:
    client.post(invitation().path, {**JOINING, "admin_role": "on", "premium_role": "on"})
    assert User.objects.get().roles == {Role.STANDARD}


def test_looking_at_a_link_does_not_use_it_up(client: Client) -> None:
    made = invitation()
    for _ in range(3):
        assert client.get(made.path).status_code == 200
    assert client.post(made.path, JOINING).status_code == 302


def test_a_link_works_once(client: Client) -> None:
    made = invitation(Role.ADMIN)
    client.post(made.path, JOINING)
    second = Client()
    for answer in (second.get(made.path), second.post(made.path, {**JOINING, "username": "cy"})):
        assert answer.status_code == 410
        assert "This link was already used." in answer.content.decode()
    assert not User.objects.filter(username="cy").exists()


def test_of_two_who_come_at_the_same_moment_only_one_gets_in() -> None:
    made = invitation(Role.ADMIN)
    one, other = invitations.find(token_of(made)), invitations.find(token_of(made))
    invitations.accept_as_new_user(one, username="ana", password=factories.PASSWORD)
    with pytest.raises(invitations.InvitationSpent):
        invitations.accept_as_new_user(other, username="cy", password=factories.PASSWORD)
    assert [user.username for user in User.objects.all()] == ["ana"]


def test_of_two_new_passwords_only_the_first_counts() -> None:
    made = invitation(for_user=factories.user())
    one, other = invitations.find(token_of(made)), invitations.find(token_of(made))
    invitations.accept_as_existing_user(one, password="the first password")
    with pytest.raises(invitations.InvitationSpent):
        invitations.accept_as_existing_user(other, password="the second password")
    assert User.objects.get().check_password("the first password")


def test_a_taken_name_leaves_the_link_open(client: Client) -> None:
    factories.user("ANA")
    made = invitation()
    page = client.post(made.path, JOINING)
    assert page.status_code == 200
    assert "This username is taken. Choose another." in page.content.decode()
    assert client.post(made.path, {**JOINING, "username": "ana2"}).status_code == 302


def test_a_name_taken_in_the_last_moment_leaves_the_link_open() -> None:
    made = invitation()
    factories.user("ANA")
    with pytest.raises(invitations.UsernameTaken):
        invitations.accept_as_new_user(made, username="ana", password=factories.PASSWORD)
    made.refresh_from_db()
    assert made.state == "open"


def test_a_link_runs_out(client: Client) -> None:
    made = invitation()
    Invitation.objects.update(expires_at=timezone.now())
    assert client.get(made.path).status_code == 410
    page = client.post(made.path, JOINING)
    assert page.status_code == 410
    assert "This link has run out. Ask an admin for a new one." in page.content.decode()
    assert not User.objects.exists()
    with pytest.raises(invitations.InvitationSpent):
        invitations.accept_as_new_user(made, username="ana", password=factories.PASSWORD)


@pytest.mark.parametrize("token", ["nonsense", "x" * 43])
def test_a_made_up_link_is_not_found(client: Client, token: str) -> None:
    invitation()
    assert client.get(f"/invitations/{token}/").status_code == 404


def test_the_hash_of_a_link_is_no_link(client: Client) -> None:
    made = invitation()
    assert client.get(f"/invitations/{made.token_hash}/").status_code == 404
    stored = Invitation.objects.values().get()
    assert token_of(made) not in str(stored)


def test_a_weak_password_is_refused_beside_its_field(client: Client) -> None:
    page = client.post(invitation().path, {**JOINING, "password1": "ana", "password2": "ana"})
    assert page.status_code == 200
    assert "too short" in page.content.decode()
    assert not User.objects.exists()


def test_a_lost_password_is_replaced_and_everything_else_ends(client: Client) -> None:
    ana = factories.premium(password=factories.PASSWORD)
    elsewhere = Client()
    elsewhere.force_login(ana)
    Token.objects.create(user=ana)
    made = invitation(for_user=ana)
    assert "Choose a new password for <strong>ana</strong>" in client.get(made.path).content.decode()
    new = {"new_password1": "found a new battery", "new_password2": "found a new battery"}
    assert client.post(made.path, new).status_code == 302
    ana.refresh_from_db()
    assert ana.check_password("found a new battery")
    assert ana.roles == {Role.STANDARD, Role.PREMIUM}
    assert client.session[SESSION_KEY] == str(ana.pk)
    assert elsewhere.get("/me/").status_code == 302
    assert not Token.objects.exists()
    made.refresh_from_db()
    assert made.used_by == ana


def test_a_newer_link_for_the_same_user_replaces_the_older(client: Client) -> None:
    ana = factories.user()
    older, newer = invitation(for_user=ana), invitation(for_user=ana)
    assert client.get(older.path).status_code == 404
    assert client.get(newer.path).status_code == 200


def test_somebody_locked_out_gets_no_link_and_cannot_use_an_older_one(client: Client) -> None:
    ana = factories.user()
    made = invitation(for_user=ana)
    ana.is_active = False
    ana.save()
    assert client.get(made.path).status_code == 410
    with pytest.raises(ValueError, match="not active"):
        invitation(for_user=ana)


def test_a_link_for_an_existing_user_gives_no_roles() -> None:
    with pytest.raises(ValueError, match="only the password"):
        invitation(Role.ADMIN, for_user=factories.user())


# --- manage.py invite ---------------------------------------------------------------------------------------------


def run_invite(*arguments: str) -> str:
    out = StringIO()
    call_command("invite", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_command_prints_a_link_that_works(client: Client, settings: Settings) -> None:
    settings.PORT, settings.SECURE = 8123, False
    link = run_invite("--role", "premium", "--role", "editor", "--days", "2")
    assert re.fullmatch(r"http://127\.0\.0\.1:8123/invitations/[\w-]{43}/", link)
    client.post(link.removeprefix("http://127.0.0.1:8123"), JOINING)
    assert User.objects.get().roles == {Role.STANDARD, Role.PREMIUM, Role.EDITOR}
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=1, hours=23) < left <= timedelta(days=2)


def test_the_command_names_the_public_address(settings: Settings) -> None:
    settings.SECURE, settings.ALLOWED_HOSTS = True, ["*", ".studio.example"]
    assert run_invite().startswith("https://studio.example/invitations/")
    assert run_invite("--site", "https://other.example/").startswith("https://other.example/invitations/")


def test_the_command_serves_a_lost_password(client: Client) -> None:
    ana = factories.user("Ana")
    link = run_invite("--for", "ana", "--site", "http://testserver")
    assert "New password" in client.get(link).content.decode()
    assert Invitation.objects.get().for_user == ana


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--for", "nobody"], "there is no user named nobody"),
        (["--for", "ana", "--role", "admin"], "changes only the password"),
        (["--for", "locked"], "locked is not active"),
        (["--days", "0"], "--days must be between 1 and 90"),
        (["--days", "91"], "--days must be between 1 and 90"),
        (["--role", "owner"], "invalid choice"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: list[str], said: str) -> None:
    factories.user("ana")
    factories.user("locked", is_active=False)
    with pytest.raises(CommandError, match=said):
        run_invite(*arguments)
    assert not Invitation.objects.exists()
