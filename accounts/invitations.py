"""Links that work once: they bring in a new user, or give one who lost it a new password."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts import passwords
from accounts.models import Invitation, User
from accounts.roles import Role

USUAL_DAYS, LONGEST_DAYS = 7, 90


class InvitationSpent(Exception):
    """The link was used, taken back or ran out. The text says what to do."""


class UsernameTaken(Exception):
    """Somebody else took the name in the meantime; the link still works."""


@sensitive_variables("token")
def issue(invitation: Invitation, *, valid_for: timedelta, made_by: User | None = None) -> None:
    """Save a new invitation and put the path of its link into `invitation.path`: it can never be had again.

    An open link for the same user stops working. Raises ValueError for roles together with `for_user`, or a
    user who is not active.
    """
    for_user = invitation.for_user
    if for_user and invitation.roles - {Role.STANDARD}:
        raise ValueError("A link for an existing user changes only the password, not the roles.")
    if for_user and not for_user.is_active:
        raise ValueError(f"{for_user} is not active. Activate the user first, then make a link.")
    token = secrets.token_urlsafe(32)
    invitation.token_hash = _hash(token)
    invitation.created_by = made_by
    invitation.expires_at = timezone.now() + valid_for
    with transaction.atomic():
        if for_user:
            Invitation.objects.open().filter(for_user=for_user).delete()
        invitation.save(force_insert=True)
    invitation.path = reverse("accept-invitation", args=[token])


@sensitive_variables("token")
def find(token: str) -> Invitation:
    """The open invitation of this link. Raises Invitation.DoesNotExist, or InvitationSpent."""
    found = Invitation.objects.select_related("for_user").get(token_hash=_hash(token))
    if found.state == "used":
        raise InvitationSpent("This link was already used. Sign in, or ask an admin for a new link.")
    if found.state == "expired" or (found.for_user and not found.for_user.is_active):
        raise InvitationSpent("This link has run out. Ask an admin for a new one.")
    return found


@sensitive_variables("password", "hashed")
def accept_as_new_user(
    invitation: Invitation, *, username: str, password: str, display_name: str = "", email: str = ""
) -> User:
    """Make the invited user. The password has been validated.

    Raises InvitationSpent when somebody was faster with the link, UsernameTaken when it was with the name.
    """
    hashed = make_password(password)  # slow on purpose, so not while the database is locked
    user = User(username=username, display_name=display_name, email=email, password=hashed)
    user.roles = invitation.roles
    try:
        with transaction.atomic():
            _use_up(invitation)
            user.save(force_insert=True)
            Invitation.objects.filter(pk=invitation.pk).update(used_by=user)
    except IntegrityError as error:
        raise UsernameTaken("This username is taken. Choose another.") from error
    return user


@sensitive_variables("password")
def accept_as_existing_user(invitation: Invitation, *, password: str) -> User:
    """Give the invitation's user this (validated) password and end their other sessions.

    Raises InvitationSpent when somebody was faster with the link.
    """
    user = invitation.for_user
    if user is None:
        raise ValueError("This invitation is for a new user.")
    hashed = make_password(password)
    with transaction.atomic():
        _use_up(invitation)
        Invitation.objects.filter(pk=invitation.pk).update(used_by=user)
        passwords.put(user, hashed)
    return user


def _use_up(invitation: Invitation) -> None:
    # Compare and set: of two who come at the same moment, the second changes no row.
    if Invitation.objects.open().filter(pk=invitation.pk).update(used_at=timezone.now()) != 1:
        raise InvitationSpent("This link was used a moment ago or has run out. Ask an admin for a new one.")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
