"""Deleting notes and scripts, and undoing it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from channels_app import actions
from channels_app.access import changeable_channel_for
from channels_app.models import Note, Script
from channels_app.views.shared import one_of, person, refused

UNDO_SECONDS = 600
LAST_DELETED = "deleted"
BINNABLE: dict[str, type[Note] | type[Script]] = {"notes": Note, "scripts": Script}


@login_required
@require_POST
def bin_row(request: HttpRequest, slug: str, noun: str, pk: UUID) -> HttpResponse:
    """Delete a note or script; the list then offers to undo it. 409 while a job is at work on it."""
    channel = changeable_channel_for(person(request), slug)
    row = one_of(cast("QuerySet[Note | Script]", BINNABLE[noun].objects.filter(channel=channel)), pk)
    try:
        actions.bin_row(row)
    except ProtectedError as refusal:
        return refused(request, refusal, reverse(noun, args=[slug]))
    deleted = {"noun": noun, "pk": str(pk), "title": row.title, "at": timezone.now().isoformat()}
    request.session[LAST_DELETED] = deleted
    return redirect(noun, slug)


@login_required
@require_POST
def restore_row(request: HttpRequest, slug: str, noun: str, pk: UUID) -> HttpResponse:
    """Undo a deletion."""
    channel = changeable_channel_for(person(request), slug)
    binned = BINNABLE[noun].with_binned.filter(channel=channel, deleted_at__isnull=False)
    row = one_of(cast("QuerySet[Note | Script]", binned), pk)
    actions.restore_row(row)
    request.session.pop(LAST_DELETED, None)
    messages.success(request, f"“{row.title}” is back.")
    return redirect(noun, slug)


def last_deleted(request: HttpRequest, noun: str) -> dict[str, str] | None:
    """What has just been deleted here, while undoing it is offered."""
    deleted = request.session.get(LAST_DELETED)
    if not deleted or deleted["noun"] != noun:
        return None
    at = parse_datetime(deleted["at"])
    if at is None or (timezone.now() - at).total_seconds() > UNDO_SECONDS:
        return None
    slug = request.resolver_match.kwargs["slug"] if request.resolver_match else ""
    binned = BINNABLE[noun].with_binned.filter(pk=deleted["pk"], channel__slug=slug, deleted_at__isnull=False)
    return cast("dict[str, str]", deleted) if binned.exists() else None
