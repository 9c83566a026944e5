"""The pages of channels and what they own. They work as plain forms; scripts only make them livelier."""

from __future__ import annotations

from typing import TypeVar, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Model, ProtectedError, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import User
from channels_app import actions, queries, words
from channels_app.access import READ_ONLY, ChannelAccess, changeable_channel_for, channel_for, channels_for
from channels_app.context_processors import LAST_CHANNEL
from channels_app.forms import ChannelForm, DeleteChannelForm, NewChannelForm, NoteForm, PauseForm, ScriptForm
from channels_app.models import AudioSection, Note, Script
from channels_app.models.script import BODY_CHARACTERS
from channels_app.serving import serve_file

ROWS_PER_PAGE = 50
UNDO_SECONDS = 600
LAST_DELETED = "deleted"
M = TypeVar("M", bound=Model)


def person(request: HttpRequest) -> User:
    """Who asks; every view here requires sign-in."""
    return cast("User", request.user)


def one_of(rows: QuerySet[M], pk: UUID) -> M:
    """The row, or Http404."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404("There is nothing here.")
    return row


def check_may_change(access: ChannelAccess) -> None:
    """Raise PermissionDenied for a reader."""
    if not access.may_change:
        raise PermissionDenied(READ_ONLY)


def status_of(form: BaseForm) -> int:
    """400 for a form that was refused."""
    return 400 if form.is_bound and form.errors else 200


def page_of(request: HttpRequest, rows: QuerySet[M]) -> Page[M]:
    """The page that `?page=` names; the nearest one there is for anything else."""
    return Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))


def refused(request: HttpRequest, refusal: ProtectedError, back: str) -> HttpResponse:
    """The page that says why something cannot be deleted now."""
    context = {"reason": str(refusal.args[0]), "back": back}
    return render(request, "channels_app/refused.html", context, status=409)


# --- channels ---


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The channel used last, else the first one, else the invitation to make one."""
    channels = channels_for(person(request))
    last = channels.filter(slug=request.session.get(LAST_CHANNEL, "")).first()
    channel = last or channels.filter(owner=person(request)).first() or channels.first()
    if channel is None:
        return render(request, "channels_app/welcome.html")
    return redirect("scripts", channel.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channel_new(request: HttpRequest) -> HttpResponse:
    """Make a channel."""
    form = NewChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            channel = actions.create_channel(person(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{channel.name} is ready. Write its first script.")
            return redirect("scripts", channel.slug)
    return render(request, "channels_app/channel_new.html", {"form": form}, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channel_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about the channel."""
    access = channel_for(person(request), slug)
    form = ChannelForm(instance=access.channel)
    if request.method == "POST":
        check_may_change(access)
        # Another instance: a refused form leaves its values in it, and the page shows the channel as it is.
        form = ChannelForm(request.POST, instance=channel_for(person(request), slug).channel)
        if form.is_valid():
            form.save()
            messages.success(request, "The settings are saved.")
            return redirect("channel-settings", slug)
    context = {"form": form, "channel": access.channel, "may_change": access.may_change}
    return render(request, "channels_app/settings.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channel_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete the channel and everything in it, confirmed by typing its address."""
    channel = changeable_channel_for(person(request), slug)
    form = DeleteChannelForm(request.POST if request.method == "POST" else None, channel=channel)
    if request.method == "POST" and form.is_valid():
        name = channel.name
        try:
            actions.delete_channel(channel)
        except ProtectedError as refusal:
            return refused(request, refusal, reverse("channel-settings", args=[slug]))
        request.session.pop(LAST_CHANNEL, None)
        messages.success(request, f"{name} and everything in it is deleted.")
        return redirect("home")
    context = {"form": form, "doomed": channel}
    return render(request, "channels_app/channel_delete.html", context, status=status_of(form))


# --- notes ---


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


# --- scripts ---


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


# --- the bin ---

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


# --- audio ---


@login_required
@require_safe
def audio_rooms(request: HttpRequest, slug: str) -> HttpResponse:
    """The scripts that have been, or can be, spoken."""
    access = channel_for(person(request), slug)
    context = {
        "page": page_of(request, queries.script_rows(access.channel)),
        "channel": access.channel,
        "may_change": access.may_change,
    }
    return render(request, "channels_app/audio_rooms.html", context)


@login_required
@require_safe
def audio_room(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The sections of a script with their sound; `?fragment=sections` is just the list."""
    access = channel_for(person(request), slug)
    row = one_of(queries.scripts_of(access.channel).select_related("audio"), pk)
    project = getattr(row, "audio", None)
    sections = queries.sections_of(project) if project else []
    context = {
        "script": row,
        "channel": access.channel,
        "may_change": access.may_change,
        "sections": sections,
        "ready": sum(section.state == AudioSection.State.READY for section in sections),
        "is_outdated": bool(sections) and project is not None and not project.is_up_to_date,
    }
    fragment = request.GET.get("fragment") == "sections"
    return render(request, "channels_app/_sections.html" if fragment else "channels_app/audio_room.html", context)


@login_required
@require_GET
def audio_section(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One section as the audio room shows it, for refreshing it in place."""
    access = channel_for(person(request), slug)
    return section_fragment(request, access, one_of(queries.sections_in(access.channel), pk))


def section_fragment(
    request: HttpRequest, access: ChannelAccess, section: AudioSection, form: PauseForm | None = None
) -> HttpResponse:
    """The section's part of the audio room; with a refused pause its error and 400."""
    context = {"section": section, "channel": access.channel, "may_change": access.may_change, "pause_form": form}
    return render(request, "channels_app/_section.html", context, status=status_of(form) if form else 200)


@login_required
@require_POST
def section_pause(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Set the pause after a section; `?fragment=1` answers with the section."""
    access = channel_for(person(request), slug)
    check_may_change(access)
    section = one_of(queries.sections_in(access.channel), pk)
    form = PauseForm(request.POST, instance=section)
    if form.is_valid():
        actions.set_pause(section, form.cleaned_data["pause_ms"])
    if request.GET.get("fragment"):
        return section_fragment(request, access, section, form)
    if form.errors:
        messages.error(request, str(form.errors["pause_ms"][0]))
    else:
        messages.success(request, "The pause is kept. Speak again to hear it in the narration.")
    return to_section(slug, section)


@login_required
@require_POST
def take_choose(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Make a take the one that is heard; `?fragment=1` answers with its section."""
    access = channel_for(person(request), slug)
    check_may_change(access)
    take = one_of(queries.takes_in(access.channel), pk)
    actions.choose_take(take)
    if request.GET.get("fragment"):
        return section_fragment(request, access, one_of(queries.sections_in(access.channel), take.section_id))
    messages.success(request, "This take is chosen. Speak again to hear it in the narration.")
    return to_section(slug, take.section)


def to_section(slug: str, section: AudioSection) -> HttpResponse:
    """Back to the section in its audio room."""
    room = reverse("audio-room", args=[slug, section.project.script_id])
    return redirect(f"{room}#section-{section.pk}")


@login_required
@require_safe
def take_sound(request: HttpRequest, slug: str, pk: UUID) -> HttpResponseBase:
    """The sound of a take."""
    access = channel_for(person(request), slug)
    take = one_of(queries.takes_in(access.channel), pk)
    name = f"section-{take.section.number}-{take.source}.wav"
    return serve_file(request, take.sound, "audio/wav", name, inline="download" not in request.GET)
