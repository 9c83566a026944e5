"""What every page knows of channels: the one it is about, and the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from channels_app.access import channel_for, channels_for

LAST_CHANNEL = "channel"
MENU_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Rail:
    """A stage of the rail: its page, and the other pages that belong to it."""

    label: str
    page: str
    related: frozenset[str]


RAIL = (
    Rail("Discover", "discover", frozenset({"found-video", "youtube-channel"})),
    Rail("Ideas", "ideas", frozenset({"idea"})),
    Rail("Scripts", "scripts", frozenset({"script", "script-new"})),
    Rail("Audio", "audio-rooms", frozenset({"audio-room"})),
    Rail("Notes", "notes", frozenset({"note"})),
    Rail("Resources", "resources", frozenset({"resource", "resource-search", "gallery"})),
    Rail("Settings", "channel-settings", frozenset({"channel-delete"})),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`channel`, `channel_may_change`, `my_channels` and the `stages` of the rail; nothing for anonymous readers.

    The channel is the one in the address, else the one looked at last.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    match = request.resolver_match
    slug = match.kwargs.get("slug", "") if match else ""
    slug = slug or request.session.get(LAST_CHANNEL, "")
    context: dict[str, Any] = {"my_channels": channels_for(user).only("id", "slug", "name")[:MENU_AT_MOST]}
    try:
        access = channel_for(user, slug)
    except Http404:
        return context
    if request.session.get(LAST_CHANNEL) != slug:
        request.session[LAST_CHANNEL] = slug
    here = match.view_name if match else ""
    context["channel"] = access.channel
    context["channel_may_change"] = access.may_change
    context["stages"] = [
        {
            "label": stage.label,
            "url": reverse(stage.page, args=[slug]),
            "current": here == stage.page or here in stage.related,
        }
        for stage in RAIL
    ]
    return context
