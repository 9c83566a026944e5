"""The form of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from channels_app.forms.fields import LongText, TextUpload, UploadedText, WithUpload
from channels_app.models import Script
from channels_app.models.script import BODY_CHARACTERS

# Generic for the type checker alone.
if TYPE_CHECKING:
    _ScriptForm = forms.ModelForm[Script]
else:
    _ScriptForm = forms.ModelForm

SCRIPT_SUFFIXES = (".md", ".txt", ".fountain")


class ScriptForm(WithUpload, _ScriptForm):
    """A script: written, pasted, or uploaded."""

    text_field = "body"
    body = LongText(
        label="Script",
        help_text="Markdown. ### headings begin sections, **Name:** lines are spoken by Name, "
        "*(directions)* are not spoken.",
        widget=forms.Textarea(attrs={"rows": 20, "class": "body", "spellcheck": "true"}),
    )
    file = TextUpload(SCRIPT_SUFFIXES, label="Or upload a file")

    class Meta:
        model = Script
        fields = ("title", "type", "status", "body")
        help_texts = {
            "type": "Short aims at 150 spoken words and loops; long at 1500.",
            "status": "Drafts cannot be voiced.",
        }

    def clean(self) -> dict[str, Any]:
        """A file that is too long is refused as a file; the field's own rule would not name it."""
        cleaned = super().clean()
        upload: UploadedText | None = cleaned.get("file")
        if upload and len(upload.text) > BODY_CHARACTERS:
            self.add_error(
                "file",
                f"File: at most {BODY_CHARACTERS:,} characters (it has {len(upload.text)}). "
                "Split it into several scripts.",
            )
            cleaned.pop("body", None)
        return cleaned
