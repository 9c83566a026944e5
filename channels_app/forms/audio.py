"""Forms of sections and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import filetype
from django import forms
from django.core.exceptions import ValidationError

from channels_app.models import AudioSection
from channels_app.models.audio import LONGEST_PAUSE_MS

# Generic for the type checker alone.
if TYPE_CHECKING:
    _PauseForm = forms.ModelForm[AudioSection]
else:
    _PauseForm = forms.ModelForm

SOUND_BYTES = 50 * 1024 * 1024
PAUSE = f"Pause: give milliseconds from 0 to {LONGEST_PAUSE_MS}."
# By their first bytes. Recorders put sound alone into containers that are called "video".
SOUND_TYPES = frozenset(
    {"audio/aac", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/x-flac", "audio/x-wav", "audio/amr", "audio/x-aiff"}
    | {"video/mp4", "video/webm", "video/x-matroska", "video/quicktime", "video/x-m4v"}
)


class PauseForm(_PauseForm):
    """The pause after a section."""

    pause_ms = forms.IntegerField(
        label="Pause after it (ms)",
        min_value=0,
        max_value=LONGEST_PAUSE_MS,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), PAUSE),
    )

    class Meta:
        model = AudioSection
        fields = ("pause_ms",)


class TakeUploadForm(forms.Form):
    """A recording that replaces a section's sound. Whether it can be decoded shows only when it is."""

    sound = forms.FileField(label="Recording", help_text="WAV, MP3, M4A, OGG, FLAC or WebM; at most 50 MB.")

    def clean_sound(self) -> Any:
        """A sound by its first bytes, whatever its name says. Raises ValidationError otherwise."""
        upload = self.cleaned_data["sound"]
        if upload.size > SOUND_BYTES:
            raise ValidationError("Recording: it is larger than 50 MB. Upload a shorter or compressed one.")
        kind = filetype.guess(upload.read(8192))
        upload.seek(0)
        if kind is None or kind.mime not in SOUND_TYPES:
            raise ValidationError("Recording: this is no sound file. Upload WAV, MP3, M4A, OGG, FLAC or WebM.")
        return upload
