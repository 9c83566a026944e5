"""The one way from a name and a password to a user. Every door that takes a password comes through here."""

import logging

from django.contrib import auth
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts import throttle
from accounts.models import User

logger = logging.getLogger("accounts")

WRONG = "The username or the password is wrong. Check both and try again."


@sensitive_variables("password")
def authenticate(request: HttpRequest, username: str, password: str) -> User | None:
    """The user, or None if name and password do not belong together (or the user is not active).

    Raises TooManyTries. Takes as long for an unknown name as for a wrong password: Django's backend hashes
    either way, and a refused try is refused before anything is looked up.
    """
    address = throttle.address_of(request)
    by_name = (
        throttle.NAME_AND_ADDRESS,
        f"{User.normalize_username(username).strip().casefold()}\n{address}",
    )
    by_address = (throttle.ADDRESS, address)
    try:
        throttle.spend([by_address, by_name])
    except throttle.TooManyTries as refusal:
        # Not the name: people type passwords into the wrong field.
        logger.warning("sign_in=throttled address=%s seconds=%d", address, refusal.seconds)
        raise
    user = auth.authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        logger.info("sign_in=refused address=%s", address)
        return None
    throttle.forget(*by_name)
    # Only this try: somebody with an account must not be able to wipe the count of their guesses at others.
    throttle.give_back([by_address])
    return user
