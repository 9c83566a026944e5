"""The door by which a person's own recording becomes a section's sound."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import limits
from channels_app import actions, queries
from channels_app.access import changeable_channel_for
from channels_app.forms.audio import TakeUploadForm
from channels_app.models import AudioSection
from channels_app.views.shared import person
from jobs.tools.audio.ffmpeg import BadSound


@login_required
@require_POST
def take_upload(request: HttpRequest, slug: str, section_id: UUID) -> HttpResponse:
    """Replace a section's sound by an uploaded file, which is tried by decoding it."""
    channel = changeable_channel_for(person(request), slug)
    section = queries.sections_in(channel).filter(pk=section_id).first()
    if section is None:
        raise Http404("There is no such section.")
    room = redirect("audio-room", slug, section.project.script_id)
    form = TakeUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
        return room
    upload = form.cleaned_data["sound"]
    try:
        keep_upload(section, upload)
    except (BadSound, limits.LimitReached) as error:
        messages.error(request, f"Recording: {error}")
    except AudioSection.DoesNotExist as error:
        # The script was changed while the recording was read.
        raise Http404("There is no such section any more.") from error
    else:
        messages.success(request, "Your recording is chosen for this section. Speak again to hear it in the narration.")
    return room


def keep_upload(section: AudioSection, upload: UploadedFile[Any]) -> None:
    """Decode an upload and make it the section's take. Raises BadSound with the reason when it cannot be, LimitReached
    when its sound does not fit into the owner's storage."""
    # Loaded with the first upload: no other page needs the libraries of sound.
    from jobs.steps import speak

    aside = Path(settings.WORK_DIR) / "aside"
    aside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=aside) as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as file:
            file.writelines(upload.chunks())
        owner = section.project.script.channel.owner
        room = partial(limits.check, owner, limits.Limit.STORAGE)
        actions.add_take(section, speak.take_from_upload(path, Path(folder), section.text, room))
