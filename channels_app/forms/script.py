"""The forms of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q, QuerySet

from channels_app import queries
from channels_app.forms.fields import LongText, TextUpload, UploadedText, WithUpload
from channels_app.forms.list_filter import ListFilter
from channels_app.models import Channel, Script
from channels_app.models.script import BODY_CHARACTERS

# Generic for the type checker alone.
if TYPE_CHECKING:
    _ScriptForm = forms.ModelForm[Script]
else:
    _ScriptForm = forms.ModelForm

SCRIPT_SUFFIXES = (".md", ".txt", ".fountain")
TYPE_HELP = "Short aims at 150 spoken words and loops; long at 1500."


class ScriptForm(WithUpload, _ScriptForm):
    """A script: written, pasted, or uploaded.

    version: the one that the writer has seen, for a script that is there already.
    """

    text_field = "body"
    body = LongText(
        label="Script",
        help_text="Markdown. ### headings begin sections, **Name:** lines are spoken by Name, "
        "*(directions)* are not spoken.",
        widget=forms.Textarea(attrs={"rows": 20, "class": "body", "spellcheck": "true", "dir": "auto"}),
    )
    file = TextUpload(SCRIPT_SUFFIXES, label="Or upload a file")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Script
        fields = ("title", "type", "status", "body")
        help_texts = {"type": TYPE_HELP, "status": "Drafts cannot be voiced."}
        widgets = {"title": forms.TextInput(attrs={"dir": "auto"})}
        error_messages = {"title": {"required": "Title: give it a name."}}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance._state.adding:
            self.fields["status"].required = False
            del self.fields["version"]
        else:
            # Its page has buttons for it.
            del self.fields["status"]
            self.initial["version"] = self.instance.version

    def clean_status(self) -> str:
        """A script begins as a draft."""
        return self.cleaned_data.get("status") or Script.Status.DRAFT

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


def errors_in_words(form: forms.BaseForm) -> str:
    """Everything that was refused in one line, each with its field."""
    said = []
    for name, errors in form.errors.items():
        label = str(form.fields[name].label) if name in form.fields else ""
        said += [text if not label or text.startswith(label) else f"{label}: {text}" for text in map(str, errors)]
    return " ".join(said)


class ScriptFilter(ListFilter):
    """Which scripts are shown."""

    q = forms.CharField(required=False, max_length=100, label="Search", widget=forms.SearchInput)
    status = forms.ChoiceField(required=False, choices=[("", "Any status"), *Script.Status.choices], label="Status")
    type = forms.ChoiceField(required=False, choices=[("", "Any type"), *Script.Type.choices], label="Type")

    @property
    def in_words(self) -> str:
        """The same as a person would say it."""
        shown = dict([*Script.Status.choices, *Script.Type.choices])
        return ", ".join(f"“{value}”" if name == "q" else shown[value].lower() for name, value in self.wanted.items())

    def apply(self, channel: Channel) -> QuerySet[Script]:
        """The channel's scripts that it lets through, those with the searched words in their title or text."""
        rows = queries.script_rows(channel)
        for name in ("status", "type"):
            if name in self.wanted:
                rows = rows.filter(**{name: self.wanted[name]})
        if "q" in self.wanted:
            rows = rows.filter(Q(title__icontains=self.wanted["q"]) | Q(body__icontains=self.wanted["q"]))
        return rows
