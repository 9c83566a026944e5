"""The audio room."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from channels_app import actions, queries
from channels_app.access import ChannelAccess, channel_for
from channels_app.forms.audio import PauseForm
from channels_app.models import AudioSection
from channels_app.serving import serve_file
from channels_app.views.shared import check_may_change, one_of, page_of, person, status_of


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
