import logging
import re
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.test import Client
from django.urls import NoReverseMatch, reverse
from rest_framework.authtoken.models import Token

from accounts import invitations, keys, limits
from accounts.models import Invitation, ProviderKey, User
from accounts.roles import Role
from tests import factories
from tests.unit.accounts.test_invitations import JOINING, WEEK
from tests.unit.accounts.test_keys import KEY

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
INVITATIONS = "/admin/accounts/invitation/"
KEYS = "/admin/accounts/providerkey/"
NEW = "an even better battery"


@pytest.fixture
def root(client: Client) -> User:
    user = factories.admin()
    client.force_login(user)
    return user


def every_page(ana: User) -> list[str]:
    made = Invitation(for_user=ana)
    invitations.issue(made, valid_for=WEEK)
    key = keys.save(ana, "openai", KEY)
    return [
        "/admin/",
        "/admin/accounts/",
        USERS,
        f"{USERS}?q=ana&premium_role__exact=1",
        f"{USERS}add/",
        f"{USERS}{ana.pk}/change/",
        f"{USERS}{ana.pk}/password/",
        f"{USERS}{ana.pk}/history/",
        f"{USERS}{ana.pk}/delete/",
        INVITATIONS,
        f"{INVITATIONS}add/",
        f"{INVITATIONS}{made.pk}/change/",
        f"{INVITATIONS}{made.pk}/delete/",
        KEYS,
        f"{KEYS}?q=ana",
        f"{KEYS}{key.pk}/change/",
        f"{KEYS}{key.pk}/delete/",
    ]


def test_every_page_opens_for_an_admin_and_shows_nothing_secret(client: Client, root: User) -> None:
    ana = factories.premium(password=factories.PASSWORD)
    token = Token.objects.create(user=ana).key
    limits.register_meter("active_jobs", lambda user: 3)
    for page in every_page(ana):
        answer = client.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        key = ProviderKey.objects.get()
        made = Invitation.objects.get()
        for secret in (KEY, KEY[:8], key.ciphertext, made.token_hash, token, ana.password):
            assert secret not in text, (page, secret)


@pytest.mark.parametrize("who", [factories.premium, factories.editor, None])
def test_every_page_is_closed_to_others(client: Client, who: Callable[[], User] | None) -> None:
    pages = every_page(factories.user("somebody"))
    if who:
        client.force_login(who())
    for page in pages:
        assert client.get(page).status_code in {302, 403}, page
        assert client.post(page, {"post": "yes"}).status_code in {302, 403}, page
    assert User.objects.filter(username="somebody").exists()


def test_tokens_groups_and_counters_have_no_page(client: Client, root: User) -> None:
    for name in ("authtoken_tokenproxy", "auth_group", "accounts_trycounter"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{name}_changelist")


# --- signing in there ---------------------------------------------------------------------------------------------


def test_its_sign_in_page_lets_admins_in_and_is_throttled_too(client: Client) -> None:
    factories.admin(password=factories.PASSWORD)
    wrong, right = ({"username": "root", "password": word} for word in ("wrong", factories.PASSWORD))
    for _ in range(4):
        assert "is wrong" in client.post("/admin/login/", wrong).content.decode()
    assert client.post("/admin/login/?next=/admin/", right)["Location"] == "/admin/"
    client.logout()
    for _ in range(5):
        client.post("/admin/login/", wrong)
    assert "Too many tries. Try again in 15 minutes" in client.post("/admin/login/", right).content.decode()
    assert client.post("/sign-in/", right).status_code == 429


def test_its_sign_in_page_keeps_others_out(client: Client) -> None:
    factories.premium(password=factories.PASSWORD)
    answer = client.post("/admin/login/", {"username": "ana", "password": factories.PASSWORD})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


# --- users --------------------------------------------------------------------------------------------------------


def test_a_user_is_added(client: Client, root: User) -> None:
    given = {
        "username": "ana",
        "usable_password": "true",
        "password1": NEW,
        "password2": NEW,
        "display_name": "Ana Lima",
        "premium_role": "on",
    }
    assert client.post(f"{USERS}add/", given).status_code == 302
    ana = User.objects.get(username="ana")
    assert ana.check_password(NEW)
    assert ana.roles == {Role.STANDARD, Role.PREMIUM}
    page = client.post(f"{USERS}add/", {**given, "username": "ANA"})
    assert "This username is taken. Choose another." in page.content.decode()


def test_a_user_is_added_without_a_password(client: Client, root: User) -> None:
    assert client.post(f"{USERS}add/", {"username": "ana", "usable_password": "false"}).status_code == 302
    assert not User.objects.get(username="ana").has_usable_password()


def changed(user: User, **changes: str) -> dict[str, str]:
    given = {
        "username": user.username,
        "display_name": user.display_name,
        "email": user.email,
        "storage_limit_bytes": "1000",
        "daily_spend_limit_usd": "",
        "active_jobs_limit": "3",
        **{f"{role}_role": "on" for role in user.roles if role is not Role.STANDARD},
        **({"is_active": "on"} if user.is_active else {}),
        **changes,
    }
    return {name: value for name, value in given.items() if value != "off"}


def test_roles_and_limits_are_changed_and_the_password_is_kept(client: Client, root: User) -> None:
    limits.register_meter("active_jobs", lambda user: 2)
    ana = factories.user(password=factories.PASSWORD)
    page = f"{USERS}{ana.pk}/change/"
    assert client.post(page, changed(ana, editor_role="on")).status_code == 302
    ana.refresh_from_db()
    assert ana.roles == {Role.STANDARD, Role.EDITOR}
    assert (ana.storage_limit_bytes, ana.daily_spend_limit_usd, ana.active_jobs_limit) == (1000, None, 3)
    assert ana.check_password(factories.PASSWORD)
    assert "Active jobs: 2 of 3" in client.get(page).content.decode()


@pytest.mark.parametrize("change", [{"admin_role": "off"}, {"is_active": "off"}])
def test_an_admin_always_stays(client: Client, root: User, change: dict[str, str]) -> None:
    page = f"{USERS}{root.pk}/change/"
    answer = client.post(page, changed(root, **change))
    assert "This is the only active admin. Make somebody else admin first." in answer.content.decode()
    factories.admin("second")
    assert client.post(page, changed(root, **change)).status_code == 302


def test_nobody_deletes_themselves_and_users_go_one_by_one(client: Client, root: User) -> None:
    ana = factories.user()
    Token.objects.create(user=ana)
    assert client.post(f"{USERS}{root.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(USERS, {"action": "delete_selected", "_selected_action": [str(ana.pk)], "post": "yes"})
    assert User.objects.count() == 2
    assert client.post(f"{USERS}{ana.pk}/delete/", {"post": "yes"}).status_code == 302
    assert User.objects.count() == 1


def test_a_refused_deletion_is_told_and_nothing_is_deleted(client: Client, root: User) -> None:
    ana = factories.user()

    def refuse(instance: User, **kwargs: object) -> None:
        raise ProtectedError("Ana's channel has a running job. Cancel it first.", {instance})

    pre_delete.connect(refuse, sender=User)
    try:
        answer = client.post(f"{USERS}{ana.pk}/delete/", {"post": "yes"}, follow=True)
    finally:
        pre_delete.disconnect(refuse, sender=User)
    assert "s channel has a running job. Cancel it first." in answer.content.decode()
    assert User.objects.filter(pk=ana.pk).exists()


def test_a_password_set_by_an_admin_ends_the_users_other_ways_in(client: Client, root: User) -> None:
    ana = factories.user(password=factories.PASSWORD)
    elsewhere = Client()
    elsewhere.force_login(ana)
    Token.objects.create(user=ana)
    invitations.issue(Invitation(for_user=ana), valid_for=WEEK)
    given = {"usable_password": "true", "password1": NEW, "password2": NEW, "set-password": "1"}
    assert client.post(f"{USERS}{ana.pk}/password/", given).status_code == 302
    ana.refresh_from_db()
    assert ana.check_password(NEW)
    assert elsewhere.get("/me/").status_code == 302
    assert not Token.objects.exists()
    assert not Invitation.objects.exists()
    assert client.get("/admin/").status_code == 200


def test_an_admin_who_sets_their_own_password_there_stays_signed_in(client: Client, root: User) -> None:
    given = {"usable_password": "true", "password1": NEW, "password2": NEW, "set-password": "1"}
    assert client.post(f"{USERS}{root.pk}/password/", given).status_code == 302
    assert client.get("/admin/").status_code == 200


def link_in(text: str) -> str:
    found = re.search(r'value="http://testserver(/invitations/[\w-]{43}/)"', text)
    assert found
    return found[1]


def test_a_link_for_a_lost_password_is_made_from_the_list(client: Client, root: User) -> None:
    ana, ed = factories.user("ana"), factories.user("ed", is_active=False)
    action = {"action": "make_password_link", "_selected_action": [str(ana.pk)]}
    answer = client.post(USERS, action)
    assert "no-store" in answer["Cache-Control"]
    assert "New password" in Client().get(link_in(answer.content.decode())).content.decode()
    assert Invitation.objects.get().created_by == root
    both = client.post(USERS, {**action, "_selected_action": [str(ana.pk), str(ed.pk)]}, follow=True)
    assert "Choose one user" in both.content.decode()
    locked = client.post(USERS, {**action, "_selected_action": [str(ed.pk)]}, follow=True)
    assert "The user ed is not active." in locked.content.decode()
    assert Invitation.objects.count() == 1


# --- invitations --------------------------------------------------------------------------------------------------


def test_an_invitation_is_made_and_its_link_shown_once(
    client: Client, root: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = client.post(f"{INVITATIONS}add/", {"premium_role": "on", "days": "3"})
    path = link_in(answer.content.decode())
    token = path.split("/")[2]
    for page in (INVITATIONS, f"{INVITATIONS}{Invitation.objects.get().pk}/change/", "/admin/"):
        assert token not in client.get(page).content.decode()
    assert token not in str(LogEntry.objects.values_list("object_repr", "change_message"))
    assert token not in str(client.cookies)
    assert token not in caplog.text
    assert Client().post(path, JOINING).status_code == 302
    assert User.objects.get(username="ana").roles == {Role.STANDARD, Role.PREMIUM}
    assert "Invitation (Premium)" in client.get(INVITATIONS).content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "91"}, "less than or equal to 90"),
        ({"days": ""}, "This field is required"),
        ({"days": "7", "admin_role": "on", "for_user": "ana"}, "changes only the password"),
        ({"days": "7", "for_user": "locked"}, "valid choice"),
    ],
)
def test_a_wrong_invitation_is_refused(client: Client, root: User, given: dict[str, str], said: str) -> None:
    people = {"ana": factories.user("ana"), "locked": factories.user("locked", is_active=False)}
    if name := given.get("for_user"):
        given = {**given, "for_user": str(people[name].pk)}
    answer = client.post(f"{INVITATIONS}add/", given)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Invitation.objects.exists()


def test_an_invitation_is_taken_back(client: Client, root: User) -> None:
    made = Invitation()
    invitations.issue(made, valid_for=WEEK)
    assert client.post(f"{INVITATIONS}{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Client().get(made.path).status_code == 404


def test_a_made_invitation_cannot_be_changed(client: Client, root: User) -> None:
    made = Invitation()
    invitations.issue(made, valid_for=WEEK)
    assert client.post(f"{INVITATIONS}{made.pk}/change/", {"admin_role": "on", "days": "9"}).status_code == 403
    made.refresh_from_db()
    assert not made.admin_role


# --- keys ---------------------------------------------------------------------------------------------------------


def test_keys_are_deleted_there_but_not_made_or_changed(client: Client, root: User) -> None:
    key = keys.save(factories.user(), "openai", KEY)
    assert "••••WXYZ" in client.get(KEYS).content.decode()
    assert client.get(f"{KEYS}add/").status_code == 403
    assert client.post(f"{KEYS}{key.pk}/change/", {"provider": "pexels"}).status_code == 403
    assert client.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not ProviderKey.objects.exists()
