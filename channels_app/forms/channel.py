"""Forms of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from channels_app import voices
from channels_app.actions import RESERVED_SLUGS, slug_taken
from channels_app.forms.fields import WordList
from channels_app.models import Channel
from channels_app.models.channel import FASTEST, SLOWEST
from channels_app.niches import USUAL_RPM

# Generic for the type checker alone.
if TYPE_CHECKING:
    _ChannelForm = forms.ModelForm[Channel]
else:
    _ChannelForm = forms.ModelForm


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
