import json

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db

TOKEN = "/api/v1/auth/token/"


@pytest.fixture
def ana() -> User:
    return factories.user("ana", password=factories.PASSWORD)


def ask(client: Client, username: str, password: str) -> tuple[int, str]:
    given = {"username": username, "password": password}
    answer = client.post(TOKEN, given, content_type="application/json")
    return answer.status_code, answer.content.decode()


def test_the_right_password_gives_the_token(client: Client, ana: User) -> None:
    status, body = ask(client, "Ana", factories.PASSWORD)
    assert status == 200
    assert json.loads(body) == {"token": Token.objects.get(user=ana).key}
    assert ask(client, "ana", factories.PASSWORD) == (status, body)


@pytest.mark.parametrize("username", ["ana", "nobody", "locked"])
def test_a_wrong_one_does_not(client: Client, ana: User, username: str) -> None:
    factories.user("locked", password=factories.PASSWORD, is_active=False)
    status, body = ask(client, username, factories.PASSWORD if username == "locked" else "wrong")
    assert status == 400
    assert "The username or the password is wrong." in body
    assert not Token.objects.exists()


@pytest.mark.parametrize("given", [{}, {"username": "ana"}, {"password": "x"}, {"username": ["ana"], "password": {}}])
def test_missing_fields_are_named(client: Client, given: dict[str, object]) -> None:
    answer = client.post(TOKEN, given, content_type="application/json")
    assert answer.status_code == 400
    for name in {"username", "password"} - {name for name, value in given.items() if isinstance(value, str)}:
        assert name in answer.content.decode()


def test_tries_here_and_on_the_page_are_counted_together(client: Client, ana: User) -> None:
    for _ in range(3):
        assert ask(client, "ana", "wrong")[0] == 400
        client.post("/sign-in/", {"username": "ana", "password": "wrong"})
    answer = client.post(TOKEN, {"username": "ana", "password": factories.PASSWORD}, content_type="application/json")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 900
    assert "Too many tries. Try again in 15 minutes" in answer.content.decode()


def test_a_password_is_taken_as_it_is(client: Client) -> None:
    factories.user("ed", password="  spaces count  ")
    assert ask(client, "ed", "  spaces count  ")[0] == 200
    assert ask(client, "ed", "spaces count")[0] == 400


def test_only_post(client: Client) -> None:
    assert client.get(TOKEN).status_code == 405
