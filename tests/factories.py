"""The cast of the tests, and the things they own. Every app adds its functions below; nobody changes another's.

A factory is a plain function: it saves what it makes, takes what matters as arguments, and gives the rest a sane
value. Two calls without arguments must not collide where a test may need two. The cast: Ana owns, Ed edits, Cy is a
stranger, Root is admin.
"""

from typing import Any

from accounts.models import User
from accounts.roles import Role

PASSWORD = "correct horse battery"


# --- accounts -----------------------------------------------------------------------------------------------------


def user(username: str = "ana", *roles: Role, password: str | None = None, **fields: Any) -> User:
    """A user with these roles. Without a password, sign in by `client.force_login(user)`: hashing one is slow."""
    return User.objects.create_user(username, password, roles=frozenset(roles), **fields)


def premium(username: str = "ana", **fields: Any) -> User:
    """A premium user: Ana, unless said otherwise."""
    return user(username, Role.PREMIUM, **fields)


def editor(username: str = "ed", **fields: Any) -> User:
    """Ed, who reads every channel."""
    return user(username, Role.EDITOR, **fields)


def stranger(username: str = "cy", **fields: Any) -> User:
    """Cy, who has nothing to do with the others' channels; premium, so that only ownership can stop them."""
    return user(username, Role.PREMIUM, **fields)


def admin(username: str = "root", **fields: Any) -> User:
    """Root, who may do everything."""
    return user(username, Role.ADMIN, **fields)
