"""The pages of scripts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from channels_app import queries, words
from channels_app.access import changeable_channel_for, channel_for
from channels_app.forms.script import ScriptForm
from channels_app.models import Script
from channels_app.models.script import BODY_CHARACTERS
from channels_app.views.bin import last_deleted
from channels_app.views.shared import check_may_change, one_of, page_of, person, status_of


@login_required
@require_safe
def scripts(request: HttpRequest, slug: str) -> HttpResponse:
    """The channel's scripts."""
    access = channel_for(person(request), slug)
    context = {
        "page": page_of(request, queries.script_rows(access.channel)),
        "channel": access.channel,
        "may_change": access.may_change,
        "undo": last_deleted(request, "scripts"),
    }
    return render(request, "channels_app/scripts.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def script_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write, paste or upload a script."""
    channel = changeable_channel_for(person(request), slug)
    form = ScriptForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        form.instance.channel = channel
        row = form.save()
        messages.success(request, f"The script “{row.title}” is kept.")
        return redirect("script", slug, row.pk)
    context = {"form": form, "channel": channel, "may_change": True, "most": BODY_CHARACTERS}
    return render(request, "channels_app/script.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def script(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One script: read and change it."""
    access = channel_for(person(request), slug)
    row = one_of(queries.scripts_of(access.channel), pk)
    form = ScriptForm(instance=row)
    if request.method == "POST":
        check_may_change(access)
        form = ScriptForm(request.POST, instance=one_of(queries.scripts_of(access.channel), pk))
        if form.is_valid():
            form.save()
            messages.success(request, "The script is saved.")
            return redirect("script", slug, pk)
    context = {
        "form": form,
        "script": row,
        "channel": access.channel,
        "may_change": access.may_change,
        "most": BODY_CHARACTERS,
    }
    return render(request, "channels_app/script.html", context, status=status_of(form))


@login_required
@require_POST
def script_count(request: HttpRequest, slug: str) -> HttpResponse:
    """How many words of the posted `body` are spoken and how long that takes, while somebody writes."""
    channel_for(person(request), slug)
    body = request.POST.get("body", "")[:BODY_CHARACTERS]
    count = words.spoken_words(body)
    return JsonResponse({"words": count, "time": words.minutes_in_words(words.reading_seconds(count))})


@login_required
@require_POST
def script_status(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Move a script along: draft, review, final. `then=audio` goes on to its audio room."""
    channel = changeable_channel_for(person(request), slug)
    row = one_of(queries.scripts_of(channel), pk)
    status = request.POST.get("status", "")
    if status in Script.Status.values:
        row.status = status
        row.save(update_fields=["status", "updated_at"])
        messages.success(request, f"“{row.title}” is now: {row.get_status_display().lower()}.")
    else:
        messages.error(request, f"Status: choose one of {', '.join(Script.Status.values)}.")
    return redirect("audio-room" if request.POST.get("then") == "audio" else "script", slug, pk)
