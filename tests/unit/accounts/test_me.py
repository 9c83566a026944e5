from decimal import Decimal

import pytest
from django.test import Client

from accounts import limits
from accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/me/", "/me/password/", "/me/keys/"])
def test_who_is_not_signed_in_is_sent_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={path}")
    assert client.post(path).status_code in {302, 405}


def test_my_page_tells_who_i_am_and_how_much_i_have_used(client: Client) -> None:
    limits.register_meter("storage", lambda user: 512 * 1024**2)
    limits.register_meter("spend_today", lambda user: Decimal("1.20"))
    limits.register_meter("active_jobs", lambda user: 3)
    client.force_login(
        factories.user("ana", Role.PREMIUM, Role.EDITOR, display_name="<Ana>", storage_limit_bytes=1024**3)
    )
    page = client.get("/me/")
    text = page.content.decode()
    assert "&lt;Ana&gt;" in text
    assert "<dt>Premium</dt>" in text
    assert "<dt>Editor</dt>" in text
    assert "<dt>Admin</dt>" not in text
    assert "512.0 MB of 1.0 GB" in text
    assert 'max="100" value="50"' in text
    assert "$1.20 of $10.00" in text
    assert "3 of 20" in text
    assert "no-store" in page["Cache-Control"]


def test_only_admins_are_shown_the_way_to_administration(client: Client) -> None:
    client.force_login(factories.premium())
    assert "/admin/" not in client.get("/me/").content.decode()
    client.force_login(factories.admin())
    assert "/admin/" in client.get("/me/").content.decode()


@pytest.mark.parametrize("theme", ["dark", "light", "auto"])
def test_the_theme_is_remembered_signed_in_or_not(client: Client, theme: str) -> None:
    answer = client.post("/me/theme/", {"theme": theme, "next": "/sign-in/"})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert client.cookies["theme"].value == theme
    assert client.get("/sign-in/").context["theme"] == theme


def test_a_strange_theme_is_refused_and_never_printed(client: Client) -> None:
    answer = client.post("/me/theme/", {"theme": "<b>"})
    assert answer.status_code == 400
    assert answer.content.decode() == "theme must be one of auto, dark, light."
    client.cookies["theme"] = "<b>"
    assert client.get("/sign-in/").context["theme"] == "auto"


def test_setting_a_theme_is_a_post_and_no_way_out(client: Client) -> None:
    assert client.get("/me/theme/").status_code == 405
    answer = client.post("/me/theme/", {"theme": "dark", "next": "//evil.example/"})
    assert answer["Location"] == "/"
