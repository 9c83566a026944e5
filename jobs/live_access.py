"""Who may follow the live stream, asked when it opens and again while it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404
from django.utils.crypto import constant_time_compare
from rest_framework.authtoken.models import Token

from accounts.models import User
from channels_app.access import channel_for


@dataclass(frozen=True, slots=True)
class Caller:
    """Who follows, and by what they were let in: it is asked for again while the stream is open."""

    user_id: UUID
    session_key: str = ""
    token: str = ""

    def user(self) -> User | None:
        """The user, or None when they have been locked out, have signed out or have another password or token."""
        user = User.objects.filter(pk=self.user_id, is_active=True).first()
        if user is None:
            return None
        if self.token:
            return user if cast("Any", Token).objects.filter(key=self.token, user=user).exists() else None
        if self.session_key:
            # A session carries a hash of the password that it was begun with.
            begun_with = SessionStore(self.session_key).get(HASH_SESSION_KEY, "")
            return user if constant_time_compare(begun_with, user.get_session_auth_hash()) else None
        return user


@database_sync_to_async
def visible(caller: Caller, slugs: list[str]) -> list[str] | None:
    """The ids of the channels, or None if this person may not see one of them (any more), or has signed out."""
    user = caller.user()
    try:
        return [str(channel_for(user, slug).channel.pk) for slug in slugs] if user else None
    except Http404:
        return None


@database_sync_to_async
def user_of_token(key: str) -> UUID | None:
    """The active user of an API token."""
    found = cast("Any", Token).objects.filter(key=key, user__is_active=True).values_list("user", flat=True).first()
    return cast("UUID | None", found)
