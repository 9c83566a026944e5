"""The pages of notes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from channels_app import queries
from channels_app.access import channel_for
from channels_app.forms.note import NoteForm
from channels_app.views.bin import last_deleted
from channels_app.views.shared import check_may_change, one_of, page_of, person, status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """The channel's notes, and the form for a new one."""
    access = channel_for(person(request), slug)
    form = NoteForm()
    if request.method == "POST":
        check_may_change(access)
        form = NoteForm(request.POST, request.FILES)
        if form.is_valid():
            form.instance.channel = access.channel
            kept = form.save()
            messages.success(request, f"The note “{kept.title}” is kept.")
            return redirect("notes", slug)
    context = {
        "form": form,
        "page": page_of(request, queries.note_rows(access.channel)),
        "channel": access.channel,
        "may_change": access.may_change,
        "undo": last_deleted(request, "notes"),
    }
    return render(request, "channels_app/notes.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One note."""
    access = channel_for(person(request), slug)
    row = one_of(queries.notes_of(access.channel), pk)
    form = NoteForm(instance=row)
    if request.method == "POST":
        check_may_change(access)
        form = NoteForm(request.POST, instance=one_of(queries.notes_of(access.channel), pk))
        if form.is_valid():
            form.save()
            messages.success(request, f"The note “{form.instance.title}” is saved.")
            return redirect("notes", slug)
    context = {"form": form, "note": row, "channel": access.channel, "may_change": access.may_change}
    return render(request, "channels_app/note.html", context, status=status_of(form))
