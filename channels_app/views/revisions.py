"""What a person does with a script's revisions: accept, discard, restore."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from channels_app import queries, revisions
from channels_app.access import changeable_channel_for
from channels_app.models import Revision, Script
from channels_app.views.shared import MOVED_ON, desk_url, one_of, person, seen_version


def found(request: HttpRequest, slug: str, pk: UUID, number: int) -> Revision:
    """The revision, for changing its script. Raises Http404 and PermissionDenied."""
    channel = changeable_channel_for(person(request), slug)
    script = one_of(queries.scripts_of(channel), pk)
    rows = Revision.objects.filter(script=script, number=number).select_related("script__channel")
    return one_of(rows, getattr(rows.first(), "pk", pk))


def number_of_present(script: Script) -> int:
    """The revision that says what the script says now, or 0."""
    newest = queries.kept_revisions_of(script).first()
    return newest.number if newest else 0


@login_required
@require_POST
def revision_accept(request: HttpRequest, slug: str, pk: UUID, number: int) -> HttpResponse:
    """Make a proposal the script's text. When that has moved on meanwhile it is told, and the difference shown."""
    proposed = found(request, slug, pk, number)
    script = proposed.script
    before = number_of_present(script)
    try:
        revisions.accept(proposed, user=person(request), version=seen_version(request))
    except revisions.Conflict:
        messages.warning(request, MOVED_ON)
        return redirect(desk_url(script, "revise"))
    except revisions.NotProposed as refusal:
        messages.error(request, str(refusal))
        return redirect(desk_url(script, "history", revision=number))
    messages.success(request, "Accepted: it is the script's text now. What was before is in the history.")
    before = before or number_of_first(script, proposed)
    return redirect(desk_url(script, "history", undo=before)) if before else redirect(desk_url(script, "history"))


def number_of_first(script: Script, accepted: Revision) -> int:
    """The revision that accepting has made of the text before it, or 0 when that was empty."""
    kept = queries.kept_revisions_of(script).filter(number__lt=accepted.number).first()
    return kept.number if kept else 0


@login_required
@require_POST
def revision_discard(request: HttpRequest, slug: str, pk: UUID, number: int) -> HttpResponse:
    """Refuse a proposal; the history keeps it for a while."""
    proposed = found(request, slug, pk, number)
    try:
        revisions.discard(proposed)
    except revisions.NotProposed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Discarded. The history keeps it as revision {number}.")
    return redirect(desk_url(proposed.script, "revise"))


@login_required
@require_POST
def revision_restore(request: HttpRequest, slug: str, pk: UUID, number: int) -> HttpResponse:
    """Make an earlier text the script's again."""
    earlier = found(request, slug, pk, number)
    script = earlier.script
    try:
        revisions.restore(earlier, user=person(request), version=seen_version(request))
    except revisions.Conflict:
        messages.warning(request, MOVED_ON)
        return redirect(desk_url(script, "history", revision=number))
    messages.success(request, f"Revision {number} is the script's text again.")
    kept = queries.kept_revisions_of(script)[1:2]
    return redirect(desk_url(script, "history", undo=kept[0].number)) if kept else redirect(desk_url(script, "history"))
