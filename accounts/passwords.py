"""Changing a password, and what must end with the old one."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.views.decorators.debug import sensitive_variables
from rest_framework.authtoken.models import Token

from accounts.models import Invitation, User


@sensitive_variables("raw")
def change(user: User, raw: str) -> None:
    """Give the user a new password and end every other way in. The caller has validated it.

    Sessions end by themselves: each carries a hash of the password it was begun with.
    """
    password = make_password(raw)  # slow on purpose, so not while the database is locked
    with transaction.atomic():
        put(user, password)


def put(user: User, hashed: str) -> None:
    """Keep a hashed password and end every other way in. Call it in a transaction."""
    user.password, user.has_demo_password = hashed, False
    user.save(update_fields=["password", "has_demo_password"])
    end_access(user)


def end_access(user: User) -> None:
    """Drop the user's API token and the links that could still set a password for them."""
    Token.objects.filter(user=user).delete()
    Invitation.objects.open().filter(for_user=user).delete()
