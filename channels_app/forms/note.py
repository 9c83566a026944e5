"""The form of a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from channels_app.forms.fields import LongText, TextUpload, WithUpload
from channels_app.models import Note

# Generic for the type checker alone.
if TYPE_CHECKING:
    _NoteForm = forms.ModelForm[Note]
else:
    _NoteForm = forms.ModelForm

NOTE_SUFFIXES = (".txt", ".md")


class NoteForm(WithUpload, _NoteForm):
    """A note: pasted, or uploaded as a text file."""

    text_field = "text"
    text = LongText(label="Text", widget=forms.Textarea(attrs={"rows": 12}))
    file = TextUpload(NOTE_SUFFIXES, label="Or upload a text file")

    class Meta:
        model = Note
        fields = ("title", "source_url", "text")
        labels = {"source_url": "Where it is from (URL)"}
        widgets = {"source_url": forms.URLInput()}

    def clean(self) -> dict[str, Any]:
        """A note says something, and where it came from is kept."""
        cleaned = super().clean()
        if cleaned.get("file"):
            self.instance.origin = Note.Origin.UPLOADED
        if not (cleaned.get("text") or "").strip() and not {"text", "file"} & set(self.errors):
            self.add_error("text", "Text: write or paste the note, or upload a file.")
        return cleaned
