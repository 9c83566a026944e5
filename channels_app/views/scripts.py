"""The pages of scripts: the list, a new one, and the desk on which one is written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from channels_app import queries, revisions, words
from channels_app.access import ChannelAccess, changeable_channel_for, channel_for
from channels_app.diffs import diff
from channels_app.forms.script import ScriptFilter, ScriptForm, errors_in_words
from channels_app.models import Script
from channels_app.models.script import BODY_CHARACTERS
from channels_app.pacing import pacing
from channels_app.views import script_tabs
from channels_app.views.bin import last_deleted
from channels_app.views.shared import check_may_change, desk_url, one_of, page_of, person, status_of, wants_json


@login_required
@require_safe
def scripts(request: HttpRequest, slug: str) -> HttpResponse:
    """The channel's scripts, filtered by status and type and searched."""
    access = channel_for(person(request), slug)
    wanted = ScriptFilter(request.GET)
    context = {
        "page": page_of(request, wanted.apply(access.channel)),
        "filter": wanted,
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
        row = revisions.begin(form.save(commit=False), user=person(request))
        messages.success(request, f"The script “{row.title}” is kept.")
        return redirect("script", slug, row.pk)
    context = {"form": form, "channel": channel, "may_change": True, "most": BODY_CHARACTERS}
    return render(request, "channels_app/script_new.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def script(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The desk of one script: its text, and the tabs beside it. `?fragment=tab` draws the tab alone."""
    access = channel_for(person(request), slug)
    row = one_of(queries.scripts_of(access.channel), pk)
    if request.GET.get("fragment") == "tab":
        context = {"access": access, "script": row, **script_tabs.context(request, access, row)}
        return render(request, "channels_app/script/_tab.html", context)
    if request.method != "POST":
        return desk(request, access, row, ScriptForm(instance=row))
    check_may_change(access)
    form = ScriptForm(request.POST, instance=one_of(queries.scripts_of(access.channel), pk))
    if not form.is_valid():
        return desk(request, access, row, form)
    try:
        save(request, row, form, autosave=False)
    except revisions.Conflict as conflict:
        return desk(request, access, conflict.current, form, conflict=conflict)
    messages.success(request, "The script is saved.")
    return redirect(desk_url(row, script_tabs.chosen(request, row)))


def desk(
    request: HttpRequest,
    access: ChannelAccess,
    row: Script,
    form: ScriptForm,
    *,
    conflict: revisions.Conflict | None = None,
) -> HttpResponse:
    """The whole page; after a conflict with both texts."""
    context = {
        "form": form,
        "script": row,
        "access": access,
        "channel": access.channel,
        "may_change": access.may_change,
        "most": BODY_CHARACTERS,
        "version": form["version"].value(),
        **script_tabs.context(request, access, row),
    }
    if conflict:
        # Saved once more, the text in the form is meant to stand.
        context["conflict"], context["version"] = conflict_context(row, form), conflict.current.version
    return render(request, "channels_app/script.html", context, status=409 if conflict else status_of(form))


def conflict_context(current: Script, form: ScriptForm) -> dict[str, Any]:
    """Both texts: `theirs` is what stands, the diff leads from it to what was sent."""
    newest = queries.kept_revisions_of(current).first()
    return {
        "theirs": current,
        "by": newest.author if newest else None,
        "diff": diff(current.body, form.cleaned_data["body"]),
        "title": form.cleaned_data["title"],
        "type": Script.Type(form.cleaned_data["type"]),
    }


def save(request: HttpRequest, row: Script, form: ScriptForm, *, autosave: bool, note: str = "") -> None:
    """Write what the form says. Raises revisions.Conflict."""
    given = form.cleaned_data
    revisions.save_body(
        row,
        given["body"],
        user=person(request),
        version=given.get("version"),
        title=given["title"],
        type=given["type"],
        autosave=autosave,
        note=note,
    )


@login_required
@require_POST
def script_save(request: HttpRequest, slug: str, pk: UUID) -> JsonResponse:
    """Autosave. 409 with both texts when somebody else has saved meanwhile; `over=1` then writes over what they wrote,
    which stays in the history. `named=1` is a person's own wish: a revision that is never thinned out."""
    channel = changeable_channel_for(person(request), slug)
    row = one_of(queries.scripts_of(channel), pk)
    form = ScriptForm(request.POST, instance=one_of(queries.scripts_of(channel), pk))
    if not form.is_valid():
        return JsonResponse({"error": errors_in_words(form)}, status=400)
    over = request.POST.get("over") == "1"
    try:
        by_hand = over or request.POST.get("named") == "1"
        save(request, row, form, autosave=not by_hand, note="Kept over another text" if over else "")
    except revisions.Conflict as conflict:
        current = conflict.current
        context = {"conflict": conflict_context(current, form), "script": current, "channel": channel}
        html = render(request, "channels_app/script/_conflict.html", context).content.decode()
        theirs = {name: getattr(current, name) for name in ("version", "title", "body", "type")}
        return JsonResponse({"theirs": theirs, "html": html}, status=409)
    return JsonResponse({"version": row.version, "words": row.words, "time": row.reading_time})


@login_required
@require_POST
def script_aside(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Keep a text in the history only, because the writer takes somebody else's."""
    channel = changeable_channel_for(person(request), slug)
    row = one_of(queries.scripts_of(channel), pk)
    form = ScriptForm(request.POST, instance=one_of(queries.scripts_of(channel), pk))
    if not form.is_valid():
        return JsonResponse({"error": errors_in_words(form)}, status=400)
    given = form.cleaned_data
    kept = revisions.set_aside(
        row, given["body"], user=person(request), title=given["title"], version=given.get("version")
    )
    if wants_json(request):
        return JsonResponse({"revision": kept.number})
    messages.success(request, f"Your text is kept in the history, as revision {kept.number}.")
    return redirect(desk_url(row, "history"))


@login_required
@require_POST
def script_count(request: HttpRequest, slug: str) -> HttpResponse:
    """How many words of the posted `body` are spoken and how long that takes, while somebody writes.

    With `type` the whole Pacing tab is drawn for that text.
    """
    channel_for(person(request), slug)
    body = request.POST.get("body", "")[:BODY_CHARACTERS]
    if request.POST.get("type") in Script.Type.values:
        return render(request, "channels_app/script/_pacing.html", {"pacing": pacing(body, request.POST["type"])})
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
