"""The page of proposals. It works as plain forms and links; static/js/proposals.js brings new ones as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from channels_app import plots, queries
from channels_app import proposals as writes
from channels_app.access import ChannelAccess, changeable_channel_for, channel_for
from channels_app.forms.proposal import ProposalFilter, RejectForm
from channels_app.models import Channel, Proposal
from channels_app.views.bin import last_deleted
from channels_app.views.shared import ids_in, is_undo_offered, one_of, page_of, person

# In the session: the last proposal that was answered here, for undoing it.
LAST_ANSWERED = "answered"
ROWS_AT_MOST = 12
FROM = {"channel": "what your channel stands for", "notes": "in your notes", "nowhere": "new to you"}


@login_required
@require_safe
def proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """The channel's proposals. `?fragment=proposal&id=…` is one card, 204 if the filter hides it or it is gone."""
    access = channel_for(person(request), slug)
    wanted = ProposalFilter(request.GET)
    if request.GET.get("fragment") == "proposal":
        return card_of(request, access, wanted)
    page = page_of(request, wanted.apply(access.channel))
    counted = dict(
        queries.proposals_in(access.channel).order_by().values_list("state").annotate(number=Count("pk"))
    )  # fmt: skip
    context = {
        "filter": wanted,
        "cards": [card(row) for row in page],
        "page": page,
        "total": page.paginator.count,
        "answered": sum(counted.values()) - counted.get(Proposal.State.OPEN, 0),
        "channel": access.channel,
        "may_change": access.may_change,
        "deleted": last_deleted(request, "proposals"),
        "undo": last_answered(request, access.channel),
    }
    return render(request, "channels_app/proposals.html", context)


def card_of(request: HttpRequest, access: ChannelAccess, wanted: ProposalFilter) -> HttpResponse:
    """One card, as it stands in the list."""
    row = wanted.apply(access.channel).filter(pk__in=ids_in([request.GET.get("id", "")])).first()
    if row is None:
        return HttpResponse(status=204)
    context = {"card": card(row), "channel": access.channel, "may_change": access.may_change}
    return render(request, "channels_app/_proposal.html", context)


def card(row: Proposal) -> dict[str, Any]:
    """A proposal as `_proposal.html` shows it: every number with its drawing and what it was computed from."""
    videos = {video["id"]: video for video in row.basis.get("videos", [])}
    return {
        "proposal": row,
        "idea": row.made_idea,
        "bar": plots.bar_of(row.parts) if row.parts else "",
        "parts": [shown(part, videos) for part in row.parts],
        "form": RejectForm(auto_id=f"reject-{row.pk}-%s"),
    }


def shown(part: dict[str, Any], videos: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One number: its drawing, its first rows of evidence, and how many more there are."""
    rows = evidence_rows(part, videos)[:ROWS_AT_MOST]
    more = part["evidence"].get("of", 0) - len(rows)
    return {**part, "plot": plots.plot_of(part), "keys": plots.keys_of(part), "rows": rows, "more": max(more, 0)}


def evidence_rows(part: dict[str, Any], videos: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    """What a number was computed from, a row for each video or word: what it is, its address, its figures."""
    evidence = part["evidence"]
    if part["name"] == "alignment":
        return [
            {"what": word["text"], "url": "", "figures": f"{FROM[word['from']]}, in {word['share']:.0%} of the titles"}
            for word in evidence.get("words", [])
        ]
    tell = TOLD.get(part["name"])
    return [
        {
            "what": videos[one["id"]]["title"],
            "url": videos[one["id"]]["url"],
            "figures": tell(one, evidence),
        }
        for one in evidence.get("videos", [])
        if tell and one["id"] in videos
    ]


def _speed(one: dict[str, Any], evidence: dict[str, Any]) -> str:
    return (
        f"{one['views']:,} views ÷ ({one['days']:,.0f} + {evidence['settling_days']:.0f} days) = {one['per_day']:,.0f} a "
        f"day, ahead of {one['percentile']:.0f} % of {one['compared_with']}"
    )


def _demand(one: dict[str, Any], evidence: dict[str, Any]) -> str:
    return f"{one['times']:.1f} × the median of {'its channel' if one['by'] == 'channel' else 'what was found'}"


def _age(one: dict[str, Any], evidence: dict[str, Any]) -> str:
    return f"{one['days']:,.0f} days{'' if one['is_exact'] else ' or more'}, counts {one['freshness']:.0f} of 100"


TOLD: dict[str, Callable[[dict[str, Any], dict[str, Any]], str]] = {
    "momentum": _speed,
    "gap": _demand,
    "timeliness": _age,
}


# --- answers ---
@login_required
@require_POST
def proposal_approve(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Make an idea of it."""

    def approve(row: Proposal) -> str:
        idea, _ = writes.approve(row)
        return f"“{idea.title}” is approved and has become an idea"

    return answer(request, slug, pk, approve)


@login_required
@require_POST
def proposal_reject(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Say no, and why."""
    form = RejectForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["reason"])))
        return redirect("proposals", slug)

    def reject(row: Proposal) -> str:
        writes.reject(row, form.cleaned_data["reason"])
        return f"“{row.title}” is rejected and will not be proposed again"

    return answer(request, slug, pk, reject)


@login_required
@require_POST
def proposal_reopen(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take the answer back."""

    def reopen(row: Proposal) -> str:
        writes.reopen(row)
        messages.success(request, f"“{row.title}” is open again.")
        return ""

    return answer(request, slug, pk, reopen)


def answer(request: HttpRequest, slug: str, pk: UUID, act: Callable[[Proposal], str]) -> HttpResponse:
    """Do it, and offer to undo what it says it did."""
    channel = changeable_channel_for(person(request), slug)
    row = one_of(queries.proposals_in(channel), pk)
    try:
        said = act(row)
    except writes.NotNow as refusal:
        messages.error(request, f"“{row.title}”: {refusal}")
        return redirect("proposals", slug)
    request.session.pop(LAST_ANSWERED, None)
    if said:
        request.session[LAST_ANSWERED] = {"pk": str(pk), "what": said, "at": timezone.now().isoformat()}
    return redirect("proposals", slug)


def last_answered(request: HttpRequest, channel: Channel) -> dict[str, str] | None:
    """What has just been answered here, while undoing it is offered."""
    last = request.session.get(LAST_ANSWERED)
    if not last or not is_undo_offered(last["at"]):
        return None
    row = queries.proposals_in(channel).filter(pk=last["pk"]).exclude(state=Proposal.State.OPEN).first()
    if row is None:
        return None
    return {
        "what": last["what"],
        "action": reverse("proposal-reopen", args=[channel.slug, row.pk]),
        "idea": reverse("idea", args=[channel.slug, row.made_idea.pk]) if row.made_idea else "",
    }
