import logging
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts import throttle
from accounts.models import User
from tests import factories
from tests.fakes.hashing import CountingHasher

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"


@pytest.fixture
def ana() -> User:
    return factories.user("ana", password=factories.PASSWORD)


def tries(client: Client, times: int, username: str = "ana", **extra: str) -> list[int]:
    wrong = {"username": username, "password": "wrong"}
    return [client.post(SIGN_IN, wrong, **extra).status_code for _ in range(times)]  # type: ignore[arg-type]


def signed_in_as(client: Client) -> str | None:
    user_id: str | None = client.session.get("_auth_user_id")
    return user_id


def test_the_page_shows_a_form(client: Client) -> None:
    page = client.get(SIGN_IN)
    assert page.status_code == 200
    assert 'autocomplete="current-password"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("username", ["ana", "ANA", " ana "])
def test_the_right_password_signs_in(client: Client, ana: User, username: str) -> None:
    answer = client.post(SIGN_IN, {"username": username, "password": factories.PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert signed_in_as(client) == str(ana.pk)


def test_signing_in_takes_a_new_session(client: Client, ana: User) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.post(SIGN_IN, {"username": "ana", "password": factories.PASSWORD})
    assert client.session.session_key != before


@pytest.mark.parametrize("username", ["ana", "nobody", "locked", "invited"])
def test_every_refusal_looks_the_same_and_costs_one_hash(client: Client, ana: User, username: str) -> None:
    factories.user("locked", password=factories.PASSWORD, is_active=False)
    factories.user("invited")
    given = factories.PASSWORD if username == "locked" else "guessed-password"
    CountingHasher.hashed = 0
    answer = client.post(SIGN_IN, {"username": username, "password": given})
    assert CountingHasher.hashed == 1
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "The username or the password is wrong. Check both and try again." in text
    assert given not in text
    assert signed_in_as(client) is None


def test_too_many_wrong_tries_of_a_name_are_refused_even_with_the_right_password(client: Client, ana: User) -> None:
    assert tries(client, 6) == [200] * 5 + [429]
    answer = client.post(SIGN_IN, {"username": "ANA", "password": factories.PASSWORD})
    assert answer.status_code == 429
    assert 800 < int(answer["Retry-After"]) <= 900
    assert "Too many tries. Try again in 15 minutes (at " in answer.content.decode()
    assert signed_in_as(client) is None


def test_a_throttled_try_computes_no_hash(client: Client, ana: User) -> None:
    tries(client, 5)
    CountingHasher.hashed = 0
    assert tries(client, 3) == [429] * 3
    assert CountingHasher.hashed == 0


def test_another_address_is_not_kept_out(client: Client, ana: User) -> None:
    tries(client, 6, REMOTE_ADDR="203.0.113.1")
    answer = client.post(SIGN_IN, {"username": "ana", "password": factories.PASSWORD}, REMOTE_ADDR="203.0.113.2")
    assert answer.status_code == 302


def test_an_address_that_tries_many_names_is_refused(client: Client) -> None:
    allowed = throttle.ADDRESS.tries
    statuses = [tries(client, 1, username=f"user{number}")[0] for number in range(allowed + 1)]
    assert statuses == [200] * allowed + [429]


def test_signing_in_forgets_the_wrong_tries_of_that_name(client: Client, ana: User) -> None:
    right = {"username": "ana", "password": factories.PASSWORD}
    tries(client, 4)
    assert client.post(SIGN_IN, right).status_code == 302
    client.logout()
    assert tries(client, 5) == [200] * 5


def test_an_account_of_ones_own_does_not_wipe_the_count_of_the_address(client: Client, ana: User) -> None:
    right = {"username": "ana", "password": factories.PASSWORD}
    for number in range(throttle.ADDRESS.tries):
        tries(client, 1, username=f"user{number}")
        if number < throttle.ADDRESS.tries - 1:
            assert client.post(SIGN_IN, right).status_code == 302
            client.logout()
    assert tries(client, 1, username="one-more") == [429]


@pytest.mark.parametrize("target", ["/me/", "/me/keys/?x=1#y"])
def test_next_is_followed_within_the_site(client: Client, ana: User, target: str) -> None:
    given = {"username": "ana", "password": factories.PASSWORD, "next": target}
    assert client.post(SIGN_IN, given)["Location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_next_never_leaves_the_site(client: Client, ana: User, target: str) -> None:
    page = client.get(f"{SIGN_IN}?next={quote(target)}").content.decode()
    assert "evil.example" not in page
    assert "javascript:" not in page
    given = {"username": "ana", "password": factories.PASSWORD, "next": target}
    assert client.post(SIGN_IN, given)["Location"] == reverse("home")
    assert client.get(f"{SIGN_IN}?next={quote(target)}")["Location"] == reverse("home")


def test_the_page_carries_next_over_to_the_post(client: Client) -> None:
    assert (
        '<input type="hidden" name="next" value="/me/keys/">'
        in client.get(f"{SIGN_IN}?next=/me/keys/").content.decode()
    )


def test_signing_in_needs_the_csrf_token(ana: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(SIGN_IN, {"username": "ana", "password": factories.PASSWORD}).status_code == 403


def test_sign_out_is_a_post(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert client.get("/sign-out/").status_code == 405
    assert signed_in_as(client)
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert signed_in_as(client) is None


def test_neither_name_nor_password_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tries(client, 7, username="my-secret-typed-into-the-wrong-field")
    assert "sign_in=refused" in caplog.text
    assert "sign_in=throttled" in caplog.text
    assert "my-secret" not in caplog.text
    assert "wrong" not in caplog.text.replace("WARNING", "").replace("sign_in", "")
