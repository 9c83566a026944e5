"""The forms of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import URLValidator
from django.db.models import Q, QuerySet

from channels_app import licences, queries, resources
from channels_app.forms.list_filter import ListFilter
from channels_app.models import Channel, Resource
from channels_app.resources import BadFile

# Generic for the type checker alone.
if TYPE_CHECKING:
    _ResourceForm = forms.ModelForm[Resource]
else:
    _ResourceForm = forms.ModelForm

ACCEPTED = ",".join((*resources.SUFFIXES, *resources.TEXT_NAMES))
FAMILIES = {
    "image": ("Pictures", Q(media_type__startswith="image/")),
    "video": ("Films", Q(media_type__startswith="video/")),
    "audio": ("Sounds", Q(media_type__startswith="audio/")),
    "text": ("Texts", Q(media_type__in=("application/pdf", "text/plain"))),
}


class ResourceForm(_ResourceForm):
    """What a person may set right about a resource. The file and where it came from stay."""

    landing_url = forms.CharField(
        required=False,
        max_length=2000,
        label="Page about it (URL)",
        widget=forms.URLInput(),
        validators=[URLValidator(["http", "https"])],
    )

    class Meta:
        model = Resource
        fields = ("title", "creator", "licence_code", "landing_url", "is_ai_made")
        labels = {"licence_code": "Licence", "is_ai_made": "Made by AI"}
        error_messages = {"title": {"required": "Title: give it a name."}}

    def save(self, commit: bool = True) -> Resource:
        """The credit is written anew when what it says has changed."""
        resources.forget_outdated(self.instance, self.changed_data)
        return super().save(commit)


class KnownForm(forms.Form):
    """What a person knows about a file from their own disk."""

    title = forms.CharField(
        required=False, max_length=resources.TITLE_CHARACTERS, label="Title", help_text="Left empty, the file's name."
    )
    creator = forms.CharField(required=False, max_length=resources.CREATOR_CHARACTERS, label="Made by")
    licence_code = forms.ChoiceField(
        required=False, choices=licences.choices, initial="own", label="Licence",
        error_messages={"invalid_choice": "Licence: “%(value)s” is none that is known here."},
    )  # fmt: skip
    is_ai_made = forms.BooleanField(required=False, label="Made by AI")

    @property
    def known(self) -> dict[str, Any]:
        """The same as fields of NewResource."""
        known = {name: self.cleaned_data[name] for name in KnownForm.base_fields}
        return {**known, "licence_code": known["licence_code"] or licences.UNKNOWN}


class UploadForm(KnownForm):
    """A file from the person's own disk, and what they know about it."""

    field_order = ("file",)
    file = forms.FileField(
        label="File",
        help_text="Pictures, films, sounds, PDFs and texts, up to 500 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        allow_empty_file=True,  # `keep_upload` says what is wrong with it
        error_messages={"required": "File: choose one."},
    )

    def keep(self, channel: Channel) -> tuple[Resource, bool] | None:
        """Keep the file; None, with the reason among the errors, for one that cannot be. Raises LimitReached."""
        try:
            return resources.keep_upload(channel, self.cleaned_data["file"], **self.known)
        except BadFile as error:
            self.add_error("file", f"File: {error}.")
        return None


class ResourceFilter(ListFilter):
    """Which resources of the library are shown."""

    q = forms.CharField(
        required=False, max_length=100, label="Search", widget=forms.SearchInput(attrs={"placeholder": "Words"})
    )
    type = forms.ChoiceField(
        required=False, label="Type", choices=[("", "Any type"), *((key, one[0]) for key, one in FAMILIES.items())]
    )
    licence = forms.ChoiceField(
        required=False, label="Licence", choices=[("", "Any licence"), *licences.LEVELS.items()]
    )
    source = forms.CharField(required=False, max_length=40, label="From")
    use = forms.ChoiceField(
        required=False,
        label="Used",
        choices=[("", "Anywhere or not"), ("here", "In this channel"), ("not", "Not in this channel")],
    )

    def __init__(self, data: Any, sources: dict[str, str] | None = None) -> None:
        super().__init__(data)
        choices = [("", "Anywhere"), *(sources or {}).items()]
        self.fields["source"].widget = forms.Select(choices=choices)

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.wanted)

    def apply(self, channel: Channel) -> QuerySet[Resource]:
        """The library of the channel's owner, as far as it is wanted."""
        rows: Any = queries.resources_of(channel)
        if "type" in self.wanted:
            rows = rows.filter(FAMILIES[self.wanted["type"]][1])
        if "licence" in self.wanted:
            rows = rows.filter(licence_code__in=licences.codes(self.wanted["licence"]))
        if "source" in self.wanted:
            rows = rows.filter(source=self.wanted["source"])
        if "use" in self.wanted:
            rows = rows.filter(is_here=self.wanted["use"] == "here")
        for word in self.wanted.get("q", "").split():
            rows = rows.filter(Q(title__icontains=word) | Q(creator__icontains=word))
        found: QuerySet[Resource] = rows
        return found
