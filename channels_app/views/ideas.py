"""The page of ideas. It works as plain forms and links; static/js/ideas.js makes the same addresses live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from channels_app import ideas as writes
from channels_app import queries
from channels_app.access import ChannelAccess, changeable_channel_for, channel_for
from channels_app.forms.idea import IdeaFilter, IdeaForm
from channels_app.models import Idea
from channels_app.views.bin import LAST_DELETED, last_deleted, remember_deleted
from channels_app.views.shared import check_may_change, ids_in, one_of, page_of, person, status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ideas(request: HttpRequest, slug: str) -> HttpResponse:
    """The channel's ideas, and the form for one's own.

    `?fragment=idea&id=…` is one card, 204 if the filter hides it or it is gone.
    """
    access = channel_for(person(request), slug)
    wanted = IdeaFilter(request.GET)
    if request.GET.get("fragment") == "idea":
        return card_of(request, access, wanted)
    form = IdeaForm(auto_id="new-%s")
    if request.method == "POST":
        check_may_change(access)
        form = IdeaForm(request.POST, auto_id="new-%s")
        if form.is_valid():
            form.instance.channel = access.channel
            kept = form.save()
            messages.success(request, f"The idea “{kept.title}” is kept.")
            return redirect("ideas", slug)
    page = page_of(request, wanted.apply(access.channel))
    context = {
        "form": form,
        "filter": wanted,
        "cards": cards_of(access, list(page)),
        "page": page,
        "total": page.paginator.count,
        "has_notes": queries.notes_of(access.channel).exists(),
        "channel": access.channel,
        "may_change": access.may_change,
        "undo": last_deleted(request, "ideas"),
    }
    return render(request, "channels_app/ideas.html", context, status=status_of(form))


def card_of(request: HttpRequest, access: ChannelAccess, wanted: IdeaFilter) -> HttpResponse:
    """One card, as it stands in the list."""
    row = wanted.apply(access.channel).filter(pk__in=ids_in([request.GET.get("id", "")])).first()
    return show_card(request, access, row) if row else HttpResponse(status=204)


def cards_of(access: ChannelAccess, rows: Sequence[Idea]) -> list[dict[str, Any]]:
    """Ideas as `_idea.html` shows them: with the script each has become, and the notes that are still there."""
    named = [note.get("id", "") for row in rows for note in row.source_data.get("notes", [])]
    known = set(map(str, queries.notes_of(access.channel).filter(pk__in=named).values_list("pk", flat=True)))
    return [
        {
            "idea": row,
            "script": row.converted_to,
            "notes": [{**note, "is_there": note["id"] in known} for note in row.source_data.get("notes", [])],
            "form": IdeaForm(instance=row, auto_id=f"idea-{row.pk}-%s"),
        }
        for row in rows
    ]


def show_card(request: HttpRequest, access: ChannelAccess, row: Idea, form: IdeaForm | None = None) -> HttpResponse:
    """The card by itself."""
    [card] = cards_of(access, [row])
    context = {
        "card": {**card, "form": form or card["form"]},
        "channel": access.channel,
        "may_change": access.may_change,
    }
    return render(request, "channels_app/_idea.html", context, status=status_of(form) if form else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def idea(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One idea: read and change it. Scripts post with `fragment=idea` and get its card."""
    access = channel_for(person(request), slug)
    row = one_of(queries.ideas_of(access.channel), pk)
    form = IdeaForm(instance=row, auto_id=f"idea-{pk}-%s")
    if request.method == "POST":
        check_may_change(access)
        changed = one_of(queries.ideas_of(access.channel), pk)
        form = IdeaForm(request.POST, instance=changed, auto_id=f"idea-{pk}-%s")
        if form.is_valid():
            row = form.save(commit=False)
            # Only what the form asks for: a script may have been made of the idea since it was read.
            row.save(update_fields=[*form.fields, "updated_at"])
        if request.POST.get("fragment") == "idea":
            return show_card(request, access, row, form if form.errors else None)
        if not form.errors:
            messages.success(request, f"The idea “{row.title}” is saved.")
            return redirect("ideas", slug)
    context = {
        "card": cards_of(access, [row])[0],
        "form": form,
        "idea": row,
        "channel": access.channel,
        "may_change": access.may_change,
    }
    return render(request, "channels_app/idea.html", context, status=status_of(form))


@login_required
@require_POST
def ideas_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete the ideas that `id` names; the list then offers to undo all of it at once."""
    channel = changeable_channel_for(person(request), slug)
    rows = writes.bin_ideas(channel, ids_in(request.POST.getlist("id")[:500]))
    if rows:
        remember_deleted(request, "ideas", rows)
    else:
        messages.error(request, "Ideas: none was selected. Tick those that are to be deleted.")
    return redirect("ideas", slug)


@login_required
@require_POST
def ideas_restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Undo the last deletion of ideas, however many it took."""
    channel = changeable_channel_for(person(request), slug)
    undo = last_deleted(request, "ideas")
    rows = writes.restore_ideas(channel, [UUID(pk) for pk in undo["pks"]]) if undo else []
    if rows:
        request.session.pop(LAST_DELETED, None)
        said = f"“{rows[0].title}” is back." if len(rows) == 1 else f"{len(rows)} ideas are back."
        messages.success(request, said)
    else:
        messages.error(request, "There is nothing to bring back any more.")
    return redirect("ideas", slug)


@login_required
@require_POST
def idea_script(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Make a draft script of an idea, or open the one it has."""
    channel = changeable_channel_for(person(request), slug)
    script, is_new = writes.convert_to_script(one_of(queries.ideas_of(channel), pk), person(request))
    if is_new:
        messages.success(request, f"“{script.title}” is a draft now. Write on from its hook.")
    return redirect("script", slug, script.pk)
