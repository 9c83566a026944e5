"""The Facts tab of a script."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from channels_app.access import ChannelAccess
from channels_app.models import Script


def tab_context(request: HttpRequest, access: ChannelAccess, script: Script) -> dict[str, Any]:
    """What the tab is drawn with."""
    return {}
