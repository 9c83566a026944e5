"""What a person does with a script's revisions: accept, discard, restore."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from channels_app import queries, revisions
from channels_app.access import changeable_channel_for
from channels_app.models import Revision, Script
from channels_app.views.shared import one_of, person

MOVED_ON = (
    "The script has been changed while you looked at this. Nothing is lost: what you see now is the difference to the "
    "text as it is. Look again, then answer."
)


def found(request: HttpRequest, slug: str, pk: UUID, number: int) -> Revision:
    """The revision, for changing its script. Raises Http404 and PermissionDenied."""
    channel = changeable_channel_for(person(request), slug)
    script = one_of(queries.scripts_of(channel), pk)
    rows = Revision.objects.filter(script=script, number=number).select_related("script__channel")
    return one_of(rows, getattr(rows.first(), "pk", pk))


def seen_version(request: HttpRequest) -> int | None:
    """The version of the script that the person has seen."""
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 9 else None


def back(script: Script, tab: str, **query: int) -> HttpResponse:
    """To the desk, with a tab open."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return redirect(f"{reverse('script', args=[script.channel.slug, script.pk])}?tab={tab}{more}")


def number_of_present(script: Script) -> int:
    """The revision that says what the script says now, or 0."""
    newest = queries.revisions_of(script).filter(state=Revision.State.KEPT).first()
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
        return back(script, "revise")
    except revisions.NotProposed as refusal:
        messages.error(request, str(refusal))
        return back(script, "history", revision=number)
    messages.success(request, "Accepted: it is the script's text now. What was before is in the history.")
    before = before or number_of_first(script, proposed)
    return back(script, "history", undo=before) if before else back(script, "history")


def number_of_first(script: Script, accepted: Revision) -> int:
    """The revision that accepting has made of the text before it, or 0 when that was empty."""
    kept = queries.revisions_of(script).filter(state=Revision.State.KEPT, number__lt=accepted.number).first()
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
    return back(proposed.script, "revise")


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
        return back(script, "history", revision=number)
    messages.success(request, f"Revision {number} is the script's text again.")
    kept = queries.revisions_of(script).filter(state=Revision.State.KEPT)[1:2]
    return back(script, "history", undo=kept[0].number) if kept else back(script, "history")
