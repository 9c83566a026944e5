"""The only door from a person to the rows of a channel. A stranger gets 404, as if there were nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from channels_app.models import Channel

NOTHING_HERE = "There is no such channel."
READ_ONLY = "You may read this channel but not change it. Ask its owner."


@dataclass(frozen=True, slots=True)
class ChannelAccess:
    """A channel that this person sees, and whether they may change it."""

    channel: Channel
    may_change: bool


def channels_for(user: Any) -> QuerySet[Channel]:
    """Every channel this person sees: their own; all of them for editors and admins."""
    if not user.is_authenticated:
        return Channel.objects.none()
    if user.is_admin or user.is_editor:
        return Channel.objects.all()
    return Channel.objects.filter(owner=user)


def channel_for(user: Any, slug: str) -> ChannelAccess:
    """The channel of that slug. Raises Http404 for everybody who may not see it."""
    channel = channels_for(user).filter(slug=slug).first()
    if channel is None:
        raise Http404(NOTHING_HERE)
    return ChannelAccess(channel, may_change=user.is_admin or channel.owner_id == user.pk)


def changeable_channel_for(user: Any, slug: str) -> Channel:
    """The channel, for changing it. Raises Http404 for a stranger, PermissionDenied for a reader."""
    access = channel_for(user, slug)
    if not access.may_change:
        raise PermissionDenied(READ_ONLY)
    return access.channel
