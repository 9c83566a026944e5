"""Forms of channels, notes, scripts and sections. Every error names the field and the fix."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from channels_app.models import AudioSection, Channel, Note, Script
from channels_app.models.script import BODY_CHARACTERS
from channels_app.niches import USUAL_RPM

TEXT_UPLOAD_BYTES = 1024 * 1024
LABELS_AT_MOST = 30
RESERVED_SLUGS = frozenset({"new"})


class WordList(forms.CharField):
    """Words separated by commas, kept as a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=2000, **options)

    def prepare_value(self, value: Any) -> Any:
        """A list as it is typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """The list, without repeats. Raises ValidationError for more than 30 words."""
        words = list(dict.fromkeys(word.strip() for word in super().clean(value).split(",") if word.strip()))
        if len(words) > LABELS_AT_MOST:
            raise forms.ValidationError(f"{self.label}: {len(words)} are too many. Give at most {LABELS_AT_MOST}.")
        return words


class NewChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new channel: its name, its address, what it is about."""

    class Meta:
        model = Channel
        fields = ("name", "slug", "niche", "character_name", "character_description")
        help_texts = {
            "slug": "The channel's address in the studio: small letters, digits and dashes. It stays as it is.",
            "character_name": "Who speaks on the channel.",
            "character_description": "How they speak, what they care about.",
        }
        widgets = {"character_description": forms.Textarea(attrs={"rows": 4})}

    def clean_slug(self) -> str:
        """An address nobody has. Raises ValidationError otherwise."""
        slug = str(self.cleaned_data["slug"]).lower()
        if slug in RESERVED_SLUGS or Channel.objects.filter(slug=slug).exists():
            raise forms.ValidationError(f"Slug: “{slug}” is taken. Choose another.")
        return slug

    def save(self, commit: bool = True) -> Channel:
        """The channel, with its niche's usual earnings."""
        channel: Channel = super().save(commit=False)
        channel.rpm = USUAL_RPM[channel.niche]
        if commit:
            channel.save()
        return channel


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything about a channel that its owner may change."""

    topics = WordList(label="Topics", help_text="Separated by commas.")
    tags = WordList(label="Tags", help_text="Separated by commas.")

    class Meta:
        model = Channel
        fields = (
            "name",
            "character_name",
            "character_description",
            "style_rules",
            "topics",
            "tags",
            "niche",
            "custom_niche",
            "rpm",
            "voice_service",
            "voice_id",
            "voice_speed",
            "context_source",
            "raw_context",
        )
        labels = {
            "rpm": "RPM (US dollars per 1000 views)",
            "raw_context": "My own text",
            "context_source": "AI context",
        }
        help_texts = {
            "custom_niche": "Its name, when the niche is Custom.",
            "voice_service": "auto, flite, espeak, edge or openai. “auto” takes the best voice on this machine.",
            "voice_id": "Leave it empty for the service's first voice.",
            "voice_speed": "1.0 is the voice's own pace; 0.5 to 2.0.",
        }
        widgets = {
            "character_description": forms.Textarea(attrs={"rows": 4}),
            "style_rules": forms.Textarea(attrs={"rows": 4}),
            "raw_context": forms.Textarea(attrs={"rows": 6}),
            "voice_speed": forms.NumberInput(attrs={"min": "0.5", "max": "2", "step": "0.05"}),
        }


class DeleteChannelForm(forms.Form):
    """Deleting a channel is confirmed by typing its address."""

    confirmation = forms.CharField(label="Type the channel's address to delete it", required=False)

    def __init__(self, data: Any = None, *, channel: Channel) -> None:
        super().__init__(data)
        self.channel = channel

    def clean_confirmation(self) -> str:
        """The slug, typed exactly."""
        typed = str(self.cleaned_data["confirmation"]).strip()
        if typed != self.channel.slug:
            raise forms.ValidationError(f"Type “{self.channel.slug}” exactly, then delete.")
        return typed


def uploaded_text(upload: UploadedFile[Any], label: str) -> str:
    """The text of an uploaded file. Raises ValidationError when it is too large or no UTF-8 text."""
    if (upload.size or 0) > TEXT_UPLOAD_BYTES:
        raise forms.ValidationError(f"{label}: the file is larger than 1 MB. Upload a shorter one.")
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise forms.ValidationError(f"{label}: this is no UTF-8 text. Save it as plain text (.txt or .md).") from error
    if "\x00" in text:
        raise forms.ValidationError(f"{label}: this is no text file. Save it as plain text (.txt or .md).")
    return text


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    """A note: pasted, or uploaded as a text file."""

    file = forms.FileField(required=False, label="Or upload a text file", help_text=".txt or .md, at most 1 MB, UTF-8.")

    class Meta:
        model = Note
        fields = ("title", "source_url", "text")
        labels = {"source_url": "Where it is from (URL)"}
        widgets = {"text": forms.Textarea(attrs={"rows": 12})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].required = False

    def clean(self) -> dict[str, Any]:
        """Text from one of the two."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if upload := cleaned.get("file"):
            cleaned["text"] = uploaded_text(upload, "File")
            self.instance.origin = Note.Origin.UPLOADED
        if not (cleaned.get("text") or "").strip():
            self.add_error("text", "Text: write or paste the note, or upload a file.")
        return cleaned


class ScriptForm(forms.ModelForm):  # type: ignore[type-arg]
    """A script: written, pasted, or uploaded."""

    file = forms.FileField(
        required=False, label="Or upload a file", help_text=".md, .txt or .fountain, at most 1 MB, UTF-8."
    )

    class Meta:
        model = Script
        fields = ("title", "type", "status", "body")
        labels = {"body": "Script"}
        help_texts = {
            "body": "Markdown. ### headings begin sections, **Name:** lines are spoken by Name, *(directions)* are not spoken."
        }
        widgets = {"body": forms.Textarea(attrs={"rows": 20, "class": "script-body"})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["body"].error_messages["max_length"] = (
            f"Script: it is longer than {BODY_CHARACTERS:,} characters (%(show_value)d). Split it into several."
        )
        if not self.instance._state.adding:
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        """The body from one of the two."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if upload := cleaned.get("file"):
            cleaned["body"] = uploaded_text(upload, "File")
            if len(cleaned["body"]) > BODY_CHARACTERS:
                self.add_error(
                    "file", f"File: it is longer than {BODY_CHARACTERS:,} characters. Split it into several."
                )
        return cleaned


class PauseForm(forms.ModelForm):  # type: ignore[type-arg]
    """The pause after a section."""

    class Meta:
        model = AudioSection
        fields = ("pause_ms",)
        labels = {"pause_ms": "Pause after it (ms)"}
        widgets = {"pause_ms": forms.NumberInput(attrs={"min": 0, "max": 30000, "step": 50})}
