"""The tabs beside a script's text. Each is a partial with a function that says what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from channels_app import queries
from channels_app.access import ChannelAccess
from channels_app.diffs import diff
from channels_app.models import Revision, Script
from channels_app.pacing import pacing
from channels_app.views import credits, facts, humanize
from channels_app.views.shared import number_in

Shown = dict[str, Any]
PROPOSALS_AT_MOST = 5
REVISIONS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: what it is called, its partial, and what that is drawn with."""

    label: str
    template: str
    context: Callable[[HttpRequest, ChannelAccess, Script], Shown]


def revise(request: HttpRequest, access: ChannelAccess, script: Script) -> Shown:
    """Proposals that wait for an answer, the newest with what it would change."""
    proposals = list(queries.proposals_of(script)[:PROPOSALS_AT_MOST])
    return {
        "proposals": proposals,
        "proposed": diff(script.body, proposals[0].body) if proposals else None,
        "is_behind": bool(proposals and script.body and proposals[0].base_version not in (None, script.version)),
    }


def paced(request: HttpRequest, access: ChannelAccess, script: Script) -> Shown:
    """The measures of the text."""
    return {"pacing": pacing(script.body, script.type)}


def history(request: HttpRequest, access: ChannelAccess, script: Script) -> Shown:
    """The revisions; with `?revision=<number>` one of them against the present text, or the one before it."""
    asked = number_in(request.GET.get("revision", ""))
    shown = script.revisions.filter(number=asked or 0).select_related("author").first()
    before = against(shown) if shown else None
    newest = queries.kept_revisions_of(script).first()
    context: Shown = {
        "revisions": queries.revisions_of(script)[:REVISIONS_AT_MOST],
        "newest": newest,
        "shown": shown,
        "before": before,
        # The newest is the text now: against itself it says nothing.
        "is_against_before": request.GET.get("against", "before" if shown and shown == newest else "") == "before",
    }
    if shown:
        context["changes"] = (
            diff(before.body if before else "", shown.body)
            if context["is_against_before"]
            else diff(shown.body, script.body)
        )
    return context


def against(revision: Revision) -> Revision | None:
    """The kept revision before this one."""
    kept = revision.script.revisions.filter(state=Revision.State.KEPT, number__lt=revision.number)
    return kept.order_by("-number").first()


def undo_of(request: HttpRequest, script: Script) -> Revision | None:
    """The revision that `?undo=<number>` offers to bring back."""
    return queries.revisions_of(script).filter(number=number_in(request.GET.get("undo", "")) or 0).first()


TABS = {
    "revise": Tab("Revise", "channels_app/script/_revise.html", revise),
    "facts": Tab("Facts", "channels_app/script/_facts.html", facts.tab_context),
    "humanize": Tab("Humanize", "channels_app/script/_humanize.html", humanize.tab_context),
    "pacing": Tab("Pacing", "channels_app/script/_pacing.html", paced),
    "credits": Tab("Credits", "channels_app/script/_credits.html", credits.tab_context),
    "history": Tab("History", "channels_app/script/_history.html", history),
}
# The first tab is called after what it does for an empty script; links of either name open it.
FIRST = "revise"
ALIASES = {"write": FIRST}


def chosen(request: HttpRequest, script: Script) -> str:
    """The tab that `?tab=` names, else the first."""
    asked = request.GET.get("tab", "")
    asked = ALIASES.get(asked, asked)
    return asked if asked in TABS else FIRST


def context(request: HttpRequest, access: ChannelAccess, script: Script) -> Shown:
    """What the row of tabs and the open tab are drawn with."""
    name = chosen(request, script)
    labels = {slug: tab.label for slug, tab in TABS.items()}
    if not script.body.strip():
        labels[FIRST] = "Write"
    return {
        "channel": access.channel,
        "may_change": access.may_change,
        "tab": name,
        "tabs": labels,
        "tab_label": labels[name],
        "undo_revision": undo_of(request, script),
        "tab_template": TABS[name].template,
        **TABS[name].context(request, access, script),
    }
