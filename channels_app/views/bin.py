"""Deleting notes, scripts, ideas and proposals, and undoing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from channels_app import actions
from channels_app.access import changeable_channel_for
from channels_app.models import Idea, Note, Proposal, Resource, Script
from channels_app.views.shared import is_undo_offered, one_of, person, refused

LAST_DELETED = "deleted"
Row = Note | Script | Idea | Proposal
BINNABLE: dict[str, type[Note] | type[Script] | type[Idea] | type[Proposal]] = {
    "notes": Note,
    "scripts": Script,
    "ideas": Idea,
    "proposals": Proposal,
}


@login_required
@require_POST
def bin_row(request: HttpRequest, slug: str, noun: str, pk: UUID) -> HttpResponse:
    """Delete a note, script, idea or proposal; the list then offers to undo it. 409 while a job is at work on it."""
    channel = changeable_channel_for(person(request), slug)
    row = one_of(cast("QuerySet[Row]", BINNABLE[noun].objects.filter(channel=channel)), pk)
    try:
        actions.bin_row(row)
    except ProtectedError as refusal:
        return refused(request, refusal, reverse(noun, args=[slug]))
    remember_deleted(request, noun, [row])
    return redirect(noun, slug)


def remember_deleted(request: HttpRequest, noun: str, rows: Sequence[Row | Resource]) -> None:
    """Offer to undo the deletion of these rows, all at once."""
    what = f"“{rows[0].title}” is deleted" if len(rows) == 1 else f"{len(rows)} {noun} are deleted"
    request.session[LAST_DELETED] = {
        "noun": noun,
        "pk": str(rows[0].pk),
        "pks": [str(row.pk) for row in rows],
        "what": what,
        "at": timezone.now().isoformat(),
    }


@login_required
@require_POST
def restore_row(request: HttpRequest, slug: str, noun: str, pk: UUID) -> HttpResponse:
    """Undo a deletion."""
    channel = changeable_channel_for(person(request), slug)
    binned = BINNABLE[noun].with_binned.filter(channel=channel, deleted_at__isnull=False)
    row = one_of(cast("QuerySet[Row]", binned), pk)
    actions.restore_row(row)
    request.session.pop(LAST_DELETED, None)
    messages.success(request, f"“{row.title}” is back.")
    return redirect(noun, slug)


def last_deleted(request: HttpRequest, noun: str) -> dict[str, Any] | None:
    """What has just been deleted here, while undoing it is offered."""
    deleted = request.session.get(LAST_DELETED)
    if not deleted or deleted["noun"] != noun or not is_undo_offered(deleted["at"]):
        return None
    slug = request.resolver_match.kwargs["slug"] if request.resolver_match else ""
    binned = BINNABLE[noun].with_binned.filter(pk=deleted["pk"], channel__slug=slug, deleted_at__isnull=False)
    return cast("dict[str, Any]", deleted) if binned.exists() else None
