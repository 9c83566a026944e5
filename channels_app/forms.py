"""Forms of channels, notes, scripts and sections. Every error names the field and the fix."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import filetype
from django import forms
from django.core.exceptions import ValidationError

from channels_app import voices
from channels_app.actions import RESERVED_SLUGS, slug_taken
from channels_app.models import AudioSection, Channel, Note, Script
from channels_app.models.audio import LONGEST_PAUSE_MS
from channels_app.models.channel import FASTEST, SLOWEST
from channels_app.models.script import BODY_CHARACTERS
from channels_app.niches import USUAL_RPM

# These are generic for the type checker alone.
if TYPE_CHECKING:
    _ChannelForm = forms.ModelForm[Channel]
    _NoteForm = forms.ModelForm[Note]
    _ScriptForm = forms.ModelForm[Script]
    _PauseForm = forms.ModelForm[AudioSection]
else:
    _ChannelForm = _NoteForm = _ScriptForm = _PauseForm = forms.ModelForm

TEXT_BYTES = 1024 * 1024
SOUND_BYTES = 50 * 1024 * 1024
PAUSE = f"Pause: give milliseconds from 0 to {LONGEST_PAUSE_MS}."
NOTE_SUFFIXES = (".txt", ".md")
SCRIPT_SUFFIXES = (".md", ".txt", ".fountain")
# By their first bytes. Recorders put sound alone into containers that are called "video".
SOUND_TYPES = frozenset(
    {"audio/aac", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/x-flac", "audio/x-wav", "audio/amr", "audio/x-aiff"}
    | {"video/mp4", "video/webm", "video/x-matroska", "video/quicktime", "video/x-m4v"}
)


class WordList(forms.CharField):
    """Words separated by commas, kept as a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=4000, **options)

    def prepare_value(self, value: Any) -> Any:
        """A list as it is typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The list, without repeats."""
        if isinstance(value, list):
            return value
        typed = super().to_python(value) or ""
        return list(dict.fromkeys(word.strip() for word in typed.split(",") if word.strip()))

    def run_validators(self, value: Any) -> None:
        """The model's own rules come after; here only what stands in the way of keeping it at all."""
        if any("\x00" in word for word in value):
            raise ValidationError(f"{self.label}: remove the null characters.")


class LongText(forms.CharField):
    """A text of many lines: kept as it is typed, with one kind of line end whatever the browser sends."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, required=False, **options)

    def to_python(self, value: Any) -> str:
        """The text with `\\n` at the ends of lines."""
        return one_line_end(super().to_python(value) or "")


def one_line_end(text: str) -> str:
    """The text with `\\n` at the ends of lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class TextUpload(forms.FileField):
    """A text file. Its cleaned value is the text, or None without a file."""

    def __init__(self, suffixes: tuple[str, ...], **options: Any) -> None:
        self.suffixes = suffixes
        accepted = ", ".join(suffixes)
        options.setdefault("help_text", f"{accepted}; UTF-8, at most 1 MB.")
        super().__init__(
            required=False, widget=forms.ClearableFileInput(attrs={"accept": ",".join(suffixes)}), **options
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Read it. Raises ValidationError that says what is wrong with the file."""
        upload = super().clean(data, initial)
        if not upload:
            return None
        if PurePath(upload.name).suffix.lower() not in self.suffixes:
            raise ValidationError(f"File: “{upload.name}” is no {' or '.join(self.suffixes)} file. Choose another.")
        if upload.size > TEXT_BYTES:
            raise ValidationError("File: it is larger than 1 MB. Upload a shorter one.")
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError("File: this is no UTF-8 text. Save it as plain text in UTF-8.") from None
        if "\x00" in text:
            raise ValidationError("File: this is no text. Save it as plain text in UTF-8.")
        return UploadedText(PurePath(upload.name).stem.replace("_", " ").strip(), one_line_end(text))


class UploadedText:
    """What stands in an uploaded text file, and the title that its name suggests."""

    def __init__(self, title: str, text: str) -> None:
        self.title, self.text = title[:200], text


class WithUpload(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose text is written, pasted, or uploaded as a file; a file's name stands in for a missing title."""

    text_field = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance._state.adding:
            self.fields["title"].required = False
        else:
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        """Text and title from one of the two. Adds errors to the fields they belong to."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload: UploadedText | None = cleaned.get("file")
        written = cleaned.get(self.text_field) or ""
        if upload and written.strip():
            self.add_error("file", "File: there is text in the field as well. Empty the field, or upload no file.")
        elif upload:
            cleaned[self.text_field] = upload.text
            cleaned["title"] = cleaned.get("title") or upload.title
        if not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", "Title: give it a name.")
        return cleaned


# --- channels ---


class NewChannelForm(_ChannelForm):
    """A new channel: its name, its address, what it is about. `actions.create_channel` makes it."""

    class Meta:
        model = Channel
        fields = ("name", "slug", "niche", "custom_niche", "character_name", "character_description")
        labels = {"slug": "Address"}
        help_texts = {
            "slug": "Small letters, digits and dashes. Left empty, the name makes it. It cannot be changed later.",
            "custom_niche": "Its name, when the niche is Custom.",
            "character_name": "Who speaks on the channel.",
            "character_description": "How they speak, what they care about.",
        }
        widgets = {"character_description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slug"].required = False

    def clean_slug(self) -> str:
        """Small letters, and nobody else's. Raises ValidationError otherwise."""
        slug = str(self.cleaned_data["slug"]).lower()
        if slug in RESERVED_SLUGS or Channel.objects.filter(slug=slug).exists():
            raise ValidationError(slug_taken(slug))
        return slug


class ChannelForm(_ChannelForm):
    """Everything about a channel that its owner may change."""

    topics = WordList(label="Topics", help_text="Separated by commas.")
    tags = WordList(label="Tags", help_text="Separated by commas.")

    class Meta:
        model = Channel
        fields = (
            "name",
            "niche",
            "custom_niche",
            "rpm",
            "topics",
            "tags",
            "character_name",
            "character_description",
            "style_rules",
            "voice_service",
            "voice_id",
            "voice_speed",
            "context_source",
            "raw_context",
        )
        labels = {
            "rpm": "RPM (US dollars per 1000 views)",
            "character_name": "Name",
            "character_description": "Description",
            "voice_id": "Voice",
            "voice_speed": "Speed",
            "context_source": "AI context",
            "raw_context": "My own text",
        }
        help_texts = {
            "custom_niche": "Its name, when the niche is Custom.",
            "rpm": "For earnings estimates. Left empty, the niche's usual one is taken.",
            "character_name": "Who speaks on the channel.",
            "character_description": "How they speak, what they care about.",
            "style_rules": "What every script keeps to; one rule a line.",
            "voice_id": "Left empty, the service's first voice speaks.",
            "voice_speed": f"1.0 is the voice's own pace; {SLOWEST} to {FASTEST}.",
            "context_source": "What a model is told about the channel.",
            "raw_context": "Used when the AI context is your own text.",
        }
        widgets = {
            "character_description": forms.Textarea(attrs={"rows": 4}),
            "style_rules": forms.Textarea(attrs={"rows": 4}),
            "raw_context": forms.Textarea(attrs={"rows": 6}),
            "rpm": forms.NumberInput(attrs={"min": "0", "step": "0.01"}),
            "voice_speed": forms.NumberInput(attrs={"min": str(SLOWEST), "max": str(FASTEST), "step": "0.05"}),
        }

    groups = (
        ("The channel", ("name", "niche", "custom_niche", "rpm", "topics", "tags")),
        ("Character", ("character_name", "character_description", "style_rules")),
        ("Voice", ("voice_service", "voice_id", "voice_speed")),
        ("AI context", ("context_source", "raw_context")),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rpm"].required = False
        services = voices.services()
        choices = [(service.slug, service.label) for service in services]
        current = self.instance.voice_service
        if current not in dict(choices):
            choices.append((current, f"{current} (not available here)"))
        field = self.fields["voice_service"] = forms.ChoiceField(label="Voice service", choices=choices)
        field.error_messages["invalid_choice"] = "Voice service: “%(value)s” is none of ours. Choose one of the list."
        self.voice_ids = [voice for service in services for voice in service.voices]
        if self.voice_ids:
            self.fields["voice_id"].widget.attrs["list"] = "voice-ids"

    def fieldsets(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in the groups that the page shows."""
        return [(title, [self[name] for name in names]) for title, names in self.groups]

    def clean(self) -> dict[str, Any]:
        """The usual RPM for none; a voice that was chosen now has to exist."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("rpm") is None and "rpm" not in self.errors:
            cleaned["rpm"] = USUAL_RPM[cleaned.get("niche") or self.instance.niche]
        chosen = (cleaned.get("voice_service", ""), cleaned.get("voice_id", ""))
        if chosen[0] and {"voice_service", "voice_id"} & set(self.changed_data):
            for name, problem in voices.problems(*chosen).items():
                self.add_error(name, problem)
        return cleaned


class DeleteChannelForm(forms.Form):
    """Deleting a channel is confirmed by typing its address."""

    confirmation = forms.CharField(
        label="Type the channel's address to delete it",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, channel: Channel) -> None:
        super().__init__(data)
        self.channel = channel

    def clean_confirmation(self) -> str:
        """The slug, typed exactly."""
        typed = str(self.cleaned_data["confirmation"]).strip()
        if typed != self.channel.slug:
            raise ValidationError(f"Type “{self.channel.slug}” exactly, then delete.")
        return typed


# --- notes and scripts ---


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


# --- audio ---


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
