"""The forms of ideas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from channels_app import queries
from channels_app.forms.fields import WordList
from channels_app.forms.list_filter import ListFilter
from channels_app.models import Channel, Idea, Script
from channels_app.models.channel import check_words

# Generic for the type checker alone.
if TYPE_CHECKING:
    _IdeaForm = forms.ModelForm[Idea]
else:
    _IdeaForm = forms.ModelForm


class IdeaForm(_IdeaForm):
    """An idea, written or changed by a person."""

    tags = WordList(label="Tags", help_text="Separated by commas.")

    class Meta:
        model = Idea
        fields = ("title", "type", "hook", "angle", "tags")
        help_texts = {
            "hook": "The first words of the video.",
            "angle": "What it shows, and what is new about it.",
        }
        error_messages = {
            "title": {"required": "Title: give it a name."},
            "type": {"invalid_choice": "Type: “%(value)s” is none of short, long."},
        }
        widgets = {"hook": forms.Textarea(attrs={"rows": 3}), "angle": forms.Textarea(attrs={"rows": 4})}

    def clean_tags(self) -> list[str]:
        """At most thirty short words."""
        tags: list[str] = self.cleaned_data["tags"]
        try:
            check_words(tags)
        except ValidationError as error:
            raise ValidationError([f"Tags: {text}" for text in error.messages]) from error
        return tags


class IdeaFilter(ListFilter):
    """Which ideas are shown, and in which order."""

    ORDERS = {
        "newest": ("-created_at", "-id"),
        "oldest": ("created_at", "id"),
        "title": ("title", "id"),
    }

    q = forms.CharField(
        required=False, max_length=100, label="Search", widget=forms.SearchInput(attrs={"placeholder": "Words"})
    )
    source = forms.ChoiceField(required=False, label="From", choices=[("", "Anyone"), *Idea.Source.choices])
    type = forms.ChoiceField(required=False, label="Type", choices=[("", "Any type"), *Script.Type.choices])
    script = forms.ChoiceField(
        required=False,
        label="Script",
        choices=[("", "With or without"), ("no", "No script yet"), ("yes", "Has a script")],
    )
    sort = forms.ChoiceField(
        required=False, label="Order", choices=[("", "Newest first"), ("oldest", "Oldest first"), ("title", "By title")]
    )

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return bool(set(self.wanted) - {"sort"})

    def apply(self, channel: Channel) -> QuerySet[Idea]:
        """The channel's ideas that it lets through, in its order."""
        rows = queries.ideas_of(channel).order_by(*self.ORDERS[self.wanted.get("sort", "newest")])
        for name in ("source", "type"):
            if name in self.wanted:
                rows = rows.filter(**{name: self.wanted[name]})
        if self.wanted.get("script") == "yes":
            rows = rows.filter(queries.is_converted())
        elif self.wanted.get("script") == "no":
            rows = rows.exclude(queries.is_converted())
        for word in self.wanted.get("q", "").split():
            rows = rows.filter(Q(title__icontains=word) | Q(hook__icontains=word) | Q(angle__icontains=word))
        return rows
