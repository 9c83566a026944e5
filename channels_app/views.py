"""The pages of channels and what they own. They work as plain forms; scripts only make them livelier."""

from __future__ import annotations

from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, ProtectedError, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from channels_app import actions, queries
from channels_app.access import READ_ONLY, ChannelAccess, channel_for, changeable_channel_for, channels_for
from channels_app.context_processors import LAST_CHANNEL
from channels_app.forms import ChannelForm, DeleteChannelForm, NewChannelForm, NoteForm, PauseForm, ScriptForm
from channels_app.models import AudioSection, Channel, Note, Script, Take
from channels_app.serving import serve_file

WORDS_PER_MINUTE = 150
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


# --- channels ----------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The channel used last, else the first one, else the invitation to make one."""
    channels = channels_for(person(request))
    last = channels.filter(slug=request.session.get(LAST_CHANNEL, "")).first()
    channel = last or channels.filter(owner=person(request)).first() or channels.first()
    if channel is None:
        return render(request, "channels_app/welcome.html")
    return redirect("scripts", channel.slug)


@login_required
def channel_new(request: HttpRequest) -> HttpResponse:
    """Make a channel."""
    form = NewChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.owner = person(request)
        channel = form.save()
        messages.success(request, f"{channel.name} is ready. Write its first script.")
        return redirect("scripts", channel.slug)
    return render(request, "channels_app/channel_new.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def channel_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about the channel."""
    access = channel_for(person(request), slug)
    if request.method == "POST":
        check_may_change(access)
        form = ChannelForm(request.POST, instance=Channel.objects.get(pk=access.channel.pk))
        if form.is_valid():
            form.save()
            messages.success(request, "Saved.")
            return redirect("channel-settings", slug)
    else:
        form = ChannelForm(instance=access.channel)
    return render(
        request, "channels_app/settings.html", {"form": form, "may_change": access.may_change}, status=status_of(form)
    )


@login_required
def channel_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete the channel and everything in it, confirmed by typing its address."""
    channel = changeable_channel_for(person(request), slug)
    form = DeleteChannelForm(request.POST if request.method == "POST" else None, channel=channel)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                name = channel.name
                actions.delete_channel(channel)
            except ProtectedError as error:
                form.add_error(None, str(error.args[0]))
                status = 409
            else:
                request.session.pop(LAST_CHANNEL, None)
                messages.success(request, f"{name} and everything in it is deleted.")
                return redirect("home")
    return render(request, "channels_app/channel_delete.html", {"form": form, "doomed": channel}, status=status)


def check_may_change(access: ChannelAccess) -> None:
    """Raise PermissionDenied for a reader."""
    if not access.may_change:
        raise PermissionDenied(READ_ONLY)


def status_of(form: ModelForm[Any]) -> int:
    """400 for a form that was refused."""
    return 400 if form.is_bound and form.errors else 200


# --- notes -------------------------------------------------------------------------------------------------------------
@login_required
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """The channel's notes, and the form for a new one."""
    access = channel_for(person(request), slug)
    form = NoteForm()
    if request.method == "POST":
        check_may_change(access)
        form = NoteForm(request.POST, request.FILES)
        if form.is_valid():
            form.instance.channel = access.channel
            form.save()
            messages.success(request, "The note is kept.")
            return redirect("notes", slug)
    context = {
        "form": form,
        "notes": queries.notes_of(access.channel),
        "may_change": access.may_change,
        "undo": undo_of(request, "notes"),
    }
    return render(request, "channels_app/notes.html", context, status=status_of(form))


@login_required
def note(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One note."""
    access = channel_for(person(request), slug)
    row = one_of(queries.notes_of(access.channel), pk)
    form = NoteForm(instance=row)
    if request.method == "POST":
        check_may_change(access)
        form = NoteForm(request.POST, request.FILES, instance=row)
        if form.is_valid():
            form.save()
            messages.success(request, "Saved.")
            return redirect("notes", slug)
    context = {"form": form, "note": row, "may_change": access.may_change}
    return render(request, "channels_app/note.html", context, status=status_of(form))


# --- scripts -----------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def scripts(request: HttpRequest, slug: str) -> HttpResponse:
    """The channel's scripts."""
    access = channel_for(person(request), slug)
    context = {
        "scripts": queries.scripts_of(access.channel),
        "may_change": access.may_change,
        "undo": undo_of(request, "scripts"),
    }
    return render(request, "channels_app/scripts.html", context)


@login_required
def script_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write, paste or upload a script."""
    channel = changeable_channel_for(person(request), slug)
    form = ScriptForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        form.instance.channel = channel
        row = form.save()
        messages.success(request, "The script is kept.")
        return redirect("script", slug, row.pk)
    return render(request, "channels_app/script.html", {"form": form, "may_change": True}, status=status_of(form))


@login_required
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
            messages.success(request, "Saved.")
            return redirect("script", slug, pk)
    words = len(row.body.split())
    context = {
        "form": form,
        "script": row,
        "may_change": access.may_change,
        "words": words,
        "minutes": words / WORDS_PER_MINUTE,
        "target": Script.TARGET_WORDS[Script.Type(row.type)],
    }
    return render(request, "channels_app/script.html", context, status=status_of(form))


@login_required
@require_POST
def script_status(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Move a script along: draft, review, final."""
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


def undo_of(request: HttpRequest, noun: str) -> dict[str, str] | None:
    """What has just been deleted here, offered once for undoing."""
    undo = request.session.get("undo")
    if not undo or undo["noun"] != noun:
        return None
    del request.session["undo"]
    return cast("dict[str, str]", undo)


BINNED: dict[str, tuple[type[Note] | type[Script], str]] = {"notes": (Note, "notes"), "scripts": (Script, "scripts")}


@login_required
@require_POST
def bin_row(request: HttpRequest, slug: str, noun: str, pk: UUID) -> HttpResponse:
    """Delete a note or script; the message offers to undo it."""
    channel = changeable_channel_for(person(request), slug)
    model, page = BINNED[noun]
    row: Any = one_of(model.objects.filter(channel=channel, deleted_at__isnull=True), pk)  # type: ignore[attr-defined]
    try:
        actions.bin_row(row)
    except ProtectedError as error:
        messages.error(request, str(error.args[0]))
        return redirect(page, slug)
    request.session["undo"] = {"noun": noun, "pk": str(pk), "title": row.title}
    return redirect(page, slug)


@login_required
@require_POST
def restore_row(request: HttpRequest, slug: str, noun: str, pk: UUID) -> HttpResponse:
    """Undo a deletion."""
    channel = changeable_channel_for(person(request), slug)
    model, page = BINNED[noun]
    row: Any = one_of(model.objects.filter(channel=channel, deleted_at__isnull=False), pk)  # type: ignore[attr-defined]
    actions.restore_row(row)
    request.session.pop("undo", None)
    messages.success(request, f"“{row.title}” is back.")
    return redirect(page, slug)


# --- audio -------------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def audio_rooms(request: HttpRequest, slug: str) -> HttpResponse:
    """The scripts that have been, or can be, spoken."""
    access = channel_for(person(request), slug)
    rooms = queries.scripts_of(access.channel).select_related("audio")
    return render(request, "channels_app/audio_rooms.html", {"scripts": rooms, "may_change": access.may_change})


@login_required
@require_GET
def audio_room(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The sections of a script with their sound; `?fragment=sections` is just the list."""
    access = channel_for(person(request), slug)
    row = one_of(queries.scripts_of(access.channel).select_related("audio"), pk)
    project = getattr(row, "audio", None)
    context = {
        "script": row,
        "may_change": access.may_change,
        "sections": queries.sections_of(project) if project else [],
    }
    fragment = request.GET.get("fragment") == "sections"
    return render(request, "channels_app/_sections.html" if fragment else "channels_app/audio_room.html", context)


def section_in(channel: Channel, pk: UUID) -> AudioSection:
    """A section of one of the channel's scripts, or Http404."""
    return one_of(AudioSection.objects.filter(project__channel=channel).select_related("project__script"), pk)


@login_required
@require_GET
def audio_section(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One section as the audio room shows it, for refreshing it in place."""
    access = channel_for(person(request), slug)
    section = section_in(access.channel, pk)
    shown = next(one for one in queries.sections_of(section.project) if one.pk == section.pk)
    context = {"section": shown, "script": section.project.script, "may_change": access.may_change}
    return render(request, "channels_app/_section.html", context)


@login_required
@require_POST
def section_pause(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Set the pause after a section."""
    section = section_in(changeable_channel_for(person(request), slug), pk)
    form = PauseForm(request.POST, instance=section)
    if form.is_valid():
        form.save()
        messages.success(request, "The pause is kept. Speak again to hear it in the narration.")
    else:
        messages.error(request, "Pause: give milliseconds from 0 to 30000.")
    return redirect("audio-room", slug, section.project.script_id)


@login_required
@require_POST
def take_choose(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Make a take the one that is heard."""
    channel = changeable_channel_for(person(request), slug)
    take = one_of(Take.objects.filter(section__project__channel=channel).select_related("section__project"), pk)
    actions.choose_take(take)
    messages.success(request, "This take is chosen. Speak again to hear it in the narration.")
    return redirect("audio-room", slug, take.section.project.script_id)


@login_required
@require_GET
def take_sound(request: HttpRequest, slug: str, pk: UUID) -> HttpResponseBase:
    """The sound of a take."""
    access = channel_for(person(request), slug)
    take = one_of(Take.objects.filter(section__project__channel=access.channel), pk)
    return serve_file(request, take.sound, "audio/wav", f"take-{take.pk}.wav")
