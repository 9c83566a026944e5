import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import Invitation, User
from accounts.roles import Role
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_a_username_is_unique_in_any_case() -> None:
    factories.user("Ana")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.user("ANA")
    with pytest.raises(ValidationError, match="This username is taken"):
        User(username="aNA", password="x").full_clean()


def test_a_user_is_found_in_any_case_and_keeps_the_case_they_chose() -> None:
    ana = factories.user("Ana")
    assert User.objects.get_by_natural_key("aNa") == ana
    assert str(ana) == "Ana"


CYRILLIC_A = "\u0430"


@pytest.mark.parametrize("name", ["", "-ana", "a b", f"{CYRILLIC_A}na", "ana\n", "x" * 65])
def test_a_username_is_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        User(username=name, password="x").full_clean()


def test_a_user_needs_a_username() -> None:
    with pytest.raises(ValueError, match="needs a username"):
        User.objects.create_user("")


def test_several_roles_may_be_held() -> None:
    user = factories.user("ana", Role.PREMIUM, Role.EDITOR)
    user.refresh_from_db()
    assert user.roles == {Role.STANDARD, Role.PREMIUM, Role.EDITOR}
    assert (user.is_premium, user.is_editor, user.is_admin, user.is_staff) == (True, True, False, False)


def test_an_admin_counts_as_premium_and_may_do_everything_in_the_admin() -> None:
    admin = factories.admin()
    assert (admin.is_premium, admin.is_staff) == (True, True)
    assert admin.has_perm("jobs.change_job")
    assert admin.has_perms(["jobs.change_job", "accounts.delete_user"])
    assert admin.has_module_perms("jobs")
    admin.is_active = False
    assert not admin.has_perm("jobs.change_job")


def test_others_may_do_nothing_in_the_admin() -> None:
    editor = factories.editor()
    assert not editor.has_perm("jobs.view_job")
    assert not editor.has_module_perms("jobs")


def test_createsuperuser_makes_an_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", factories.PASSWORD)
    call_command("createsuperuser", "--noinput", "--username", "boss", verbosity=0)
    boss = User.objects.get(username="boss")
    assert boss.is_admin
    assert boss.check_password(factories.PASSWORD)


def test_a_user_without_a_password_cannot_be_guessed() -> None:
    assert not factories.user().has_usable_password()


def test_the_name_shown_is_the_one_they_gave() -> None:
    assert factories.user("ana", display_name="Ana Lima").name == "Ana Lima"
    assert factories.user("ed").get_short_name() == "ed"


def test_the_database_refuses_roles_in_a_link_for_an_existing_user() -> None:
    ana = factories.user()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(for_user=ana, admin_role=True, expires_at=ana.date_joined)
