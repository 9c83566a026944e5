"""The form field that chooses a model, and how it is drawn: from what is remembered, without any network."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from channels_app.models import Channel
from jobs.inputs import PersonalField
from jobs.steps import model_choice

OFFLINE = "offline"
OFFLINE_NAME = "Offline author (no language model)"
AUTOMATIC = "Automatic"


def options_html(user: User | None, chosen: str, *, ask: bool) -> str:
    """The `<option>`s of a picker, by provider. ask: False takes what is remembered."""
    groups = model_choice.groups(user, ask=ask)
    listed = {one.slug for group in groups for one in group.choices}
    context = {
        "groups": groups,
        "chosen": chosen,
        "automatic": AUTOMATIC,
        "offline": OFFLINE,
        "offline_name": OFFLINE_NAME,
        # What was chosen before stays chosen, even when its provider is not remembered just now.
        "other": chosen if chosen not in listed and chosen not in ("", OFFLINE) else "",
    }
    return render_to_string("jobs/_model_options.html", context)


class ModelSelect(forms.Widget):
    """A select whose options a script brings up to date (static/js/model-picker.js)."""

    channel: Channel | None = None
    user: User | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """With the models that are remembered."""
        url = reverse("models", args=[self.channel.slug]) if self.channel else ""
        context = {
            "attrs": self.build_attrs(self.attrs, {**(attrs or {}), "name": name, "data-models": url}),
            "options": mark_safe(options_html(self.user, str(value or ""), ask=False)),  # noqa: S308  (a template's)
        }
        return mark_safe(render_to_string("jobs/_model_select.html", context))  # noqa: S308


class ModelField(PersonalField):
    """Which model writes: empty for the automatic choice, `offline`, or `provider/model`.

    Whether the model is there is asked by `authors.check`, before the job is queued.
    """

    widget = ModelSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "label": "Model", "max_length": 170, **options})

    def bind_to_person(self, channel: Channel, user: Any) -> None:
        """Offer what this person may choose."""
        select = cast("ModelSelect", self.widget)
        select.channel, select.user = channel, user

    def clean(self, value: Any) -> str:
        """Refuse what cannot be the name of a model."""
        cleaned: str = super().clean(value)
        if cleaned and cleaned != OFFLINE and not model_choice.SLUG.fullmatch(cleaned):
            raise forms.ValidationError(
                "Model: “%(value)s” is none. Write provider/model, for example ollama/llama3.2, or offline.",
                code="invalid_choice",
                params={"value": cleaned[:60]},
            )
        return cleaned
