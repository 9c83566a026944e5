"""The gallery: the pictures that the studio has made for a channel. static/js/gallery.js makes it live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from channels_app import queries
from channels_app import resources as writes
from channels_app.access import changeable_channel_for, channel_for
from channels_app.models import Channel, Resource
from channels_app.views.bin import LAST_DELETED, remember_deleted
from channels_app.views.shared import ids_in, is_undo_offered, one_of, page_of, person, refused


def noun_of(channel: Channel) -> str:
    """What pictures of this channel are called among what was deleted: they come back where they were taken away."""
    return f"images:{channel.pk}"


@login_required
@require_safe
def gallery(request: HttpRequest, slug: str) -> HttpResponse:
    """The channel's pictures. `?background=<id>` chooses one for the form; `?fragment=picture&id=…` is one card,
    204 if it is not in the gallery (any more)."""
    access = channel_for(person(request), slug)
    rows = queries.gallery_of(access.channel)
    context: dict[str, Any] = {"channel": access.channel, "may_change": access.may_change}
    if request.GET.get("fragment") == "picture":
        row = rows.filter(pk__in=ids_in([request.GET.get("id", "")])).first()
        if row is None:
            return HttpResponse(status=204)
        return render(request, "channels_app/_picture.html", {**context, "picture": row})
    page = page_of(request, rows)
    chosen = queries.pictures_in(access.channel).filter(pk__in=ids_in([request.GET.get("background", "")])).first()
    context |= {
        "page": page,
        "total": page.paginator.count,
        "background": chosen,
        "undo": last_deleted(request, access.channel),
    }
    return render(request, "channels_app/gallery.html", context)


@login_required
@require_POST
def picture_delete(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Delete a picture of the gallery; 409 with the reason while another channel uses it."""
    channel = changeable_channel_for(person(request), slug)
    picture = one_of(queries.gallery_of(channel), pk)
    try:
        writes.bin_picture(picture, channel)
    except ProtectedError as refusal:
        return refused(request, refusal, reverse("gallery", args=[slug]))
    remember_deleted(request, noun_of(channel), [picture])
    return redirect("gallery", slug)


@login_required
@require_POST
def picture_restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Undo the last deletion in the gallery."""
    channel = changeable_channel_for(person(request), slug)
    undo = last_deleted(request, channel)
    if undo is None:
        messages.error(request, "There is nothing to bring back any more.")
        return redirect("gallery", slug)
    picture = Resource.with_binned.get(pk=undo["pk"])
    writes.restore_picture(picture, channel)
    request.session.pop(LAST_DELETED, None)
    messages.success(request, f"“{picture.title}” is back.")
    return redirect("gallery", slug)


def last_deleted(request: HttpRequest, channel: Channel) -> dict[str, Any] | None:
    """What has just been deleted here, while undoing it is offered."""
    deleted: dict[str, Any] | None = request.session.get(LAST_DELETED)
    if not deleted or deleted["noun"] != noun_of(channel) or not is_undo_offered(deleted["at"]):
        return None
    binned = Resource.with_binned.filter(pk=deleted["pk"], owner_id=channel.owner_id, deleted_at__isnull=False)
    return deleted if binned.exists() else None
