"""What must hold when people come in at the very same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteConnection
from pytest_django.fixtures import Settings

from accounts import invitations, throttle
from accounts.models import Invitation, User
from accounts.throttle import Budget, TooManyTries
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

CROWD = 6


def all_at_once(act: Callable[[int], str]) -> list[str]:
    """Run `act` in threads that set off together; what each of them says.

    On an in-memory SQLite database one after another: connections to it do not wait for each other's locks, as those
    to a file or a server do.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, SqliteConnection) and database.is_in_memory_db():
        return sorted(act(number) for number in range(CROWD))
    start = Barrier(CROWD)

    def one(number: int) -> str:
        start.wait(timeout=10)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as threads:
        return sorted(threads.map(one, range(CROWD)))


def test_a_link_lets_in_one_of_many(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = Invitation(admin_role=True)
    invitations.issue(made, valid_for=timedelta(days=1))

    def join(number: int) -> str:
        try:
            invitations.accept_as_new_user(made, username=f"user{number}", password=factories.PASSWORD)
        except invitations.InvitationSpent:
            return "spent"
        return "joined"

    assert all_at_once(join) == ["joined"] + ["spent"] * (CROWD - 1)
    assert User.objects.count() == 1


def test_a_budget_is_not_overspent_by_tries_at_the_same_moment() -> None:
    budget = Budget("a race", CROWD - 2, timedelta(minutes=10))

    def guess(_: int) -> str:
        try:
            throttle.spend([(budget, "ana")])
        except TooManyTries:
            return "refused"
        return "admitted"

    assert all_at_once(guess) == ["admitted"] * (CROWD - 2) + ["refused"] * 2
