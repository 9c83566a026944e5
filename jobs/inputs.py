"""The form of a kind: what a job is asked with. One form serves the page, the API and the command line."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from channels_app.models import Channel
from jobs.wellformed import flaw, mended


class OwnedChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row of the form's channel. An id of another channel is refused like one that does not exist."""

    def __init__(self, model: type[Model], **options: Any) -> None:
        self.model = model
        # Empty until a form binds it to its channel: a forgotten binding shows nothing instead of everything.
        noun = str(model._meta.verbose_name)
        super().__init__(model._default_manager.none(), empty_label=f"Choose a {noun}", **options)
        self.error_messages["invalid_choice"] = (
            f"{noun.capitalize()}: no such {noun} in this channel. Choose one of its own."
        )

    def to_python(self, value: Any) -> Any:
        """The row. What cannot be an id is refused like one that does not exist."""
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None

    def bind_to(self, channel: Channel) -> None:
        """Offer the channel's own rows only."""
        self.queryset = self.model._default_manager.filter(channel=channel)


class PersonalField(forms.CharField):
    """A field whose answers depend on who asks."""

    def bind_to_person(self, channel: Channel, user: Any) -> None:
        """Offer what this person may choose in this channel."""
        raise NotImplementedError


class Parts(forms.Widget):
    """Several small fields side by side. A page posts each by its own name, JSON gives all of them as one object."""

    is_parts = True
    use_fieldset = True

    def __init__(self, parts: type[forms.Form], label: str, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.parts, self.label = parts, label

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The object as it was sent, or made of what the page's fields hold."""
        if name in data:
            return data[name]
        found = {part: data.get(f"{name}-{part}") for part in self.parts.base_fields}
        return {part: value for part, value in found.items() if value}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether nothing of it was sent."""
        return not self.value_from_datadict(data, files, name)

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """It has a legend of its own."""
        return ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """A fieldset with the small fields."""
        form = self.parts(initial=value if isinstance(value, dict) else None, prefix=name)
        return render_to_string("jobs/_parts.html", {"form": form, "name": name, "label": self.label})


class PartsField(forms.Field):
    """Several optional answers as one JSON object; each is cleaned by its own field, and empty ones are left out."""

    def __init__(self, parts: type[forms.Form], *, label: str, **options: Any) -> None:
        self.parts = parts
        super().__init__(label=label, required=False, widget=Parts(parts, label), **options)

    def clean(self, value: Any) -> dict[str, Any] | None:
        """The answers, or None without any. Raises ValidationError with a sentence that names the answer."""
        if value in (None, ""):
            return None
        if not isinstance(value, dict):
            raise ValidationError(f"{self.label}: give an object with the fields {', '.join(self.parts.base_fields)}.")
        unknown = [name for name in value if name not in self.parts.base_fields]
        form = self.parts(value)
        told = [f"{self.label}: there is no “{mended(name)}”; there are {', '.join(form.fields)}." for name in unknown]
        told += [str(sentence) for errors in form.errors.values() for sentence in errors]
        if told:
            raise ValidationError(told)
        return {
            name: answer for name, answer in form.cleaned_data.items() if answer not in (None, "", [], False)
        } or None

    def in_words(self, value: Any) -> str:
        """The answers as a person reads them."""
        if not isinstance(value, dict):
            return ""
        form = self.parts(value)
        form.is_valid()
        return ", ".join(f"{form.fields[name].label}: {_said(form.fields[name], value[name])}" for name in value)


def _said(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(cast("list[tuple[Any, Any]]", field.choices)).get(value, value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class InputsForm(forms.Form):
    """A kind's form, always bound to the channel the job belongs to and the person who asks.

    verb: what its button says; the kind's label when empty. remembers: whether a page's form begins with what the newest
    job was asked with. starts_in_slot: whether the region of a page that shows the newest job has the form that starts
    another; False where the page has one of its own.
    """

    verb = ""
    remembers = False
    starts_in_slot = True

    def __init__(self, data: Any = None, *, channel: Channel, user: Any = None, **options: Any) -> None:
        self.flaws: dict[str, str] = {}
        self.unknown: list[str] = []
        # A posted page is a QueryDict: text already decoded, beside fields of the page's own. Anything else was JSON.
        is_json = data is not None and not isinstance(data, QueryDict)
        if is_json:
            self.flaws = {name: sentence for name, value in data.items() if (sentence := flaw(value))}
        super().__init__(
            {name: value for name, value in data.items() if name not in self.flaws} if self.flaws else data, **options
        )
        if is_json:
            self.unknown = [name for name in data if name not in self.fields]
        self.channel, self.user = channel, user
        for field in self.fields.values():
            if isinstance(field, OwnedChoice):
                field.bind_to(channel)
            elif isinstance(field, PersonalField):
                field.bind_to_person(channel, user)

    def full_clean(self) -> None:
        """As every form does; then what was wrong with the JSON itself stands in place of what follows from it."""
        super().full_clean()
        known = ", ".join(self.fields) or "none"
        told = self.flaws | dict.fromkeys(self.unknown, f"There is no such input. The inputs are: {known}.")
        for name, sentence in told.items():
            self.errors[mended(name)] = self.error_class([f"{mended(name)}: {sentence}"])

    def inputs(self) -> dict[str, Any]:
        """The cleaned inputs as plain JSON: rows by their id, empty optional answers left out."""
        return {
            name: str(value.pk) if isinstance(value, Model) else value
            for name, value in self.cleaned_data.items()
            if value is not None and value != ""
        }


JSON_TYPES: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (forms.BooleanField, {"type": "boolean"}),
    (forms.FloatField, {"type": "number"}),
    (forms.IntegerField, {"type": "integer"}),
    (forms.URLField, {"type": "string", "format": "uri"}),
    (forms.JSONField, {"type": "object"}),
    (forms.CharField, {"type": "string"}),
)


def json_schema(form: forms.Form) -> dict[str, Any]:
    """The form as JSON schema (draft 2020-12), for the API's list of kinds."""
    properties: dict[str, Any] = {}
    for name, field in form.fields.items():
        shape: dict[str, Any] = {"type": "string"}
        if isinstance(field, PartsField):
            shape = json_schema(field.parts())
            del shape["required"]
        elif isinstance(field, OwnedChoice):
            shape = {"type": "string", "format": "uuid"}
        elif isinstance(field, forms.ChoiceField):
            choices = cast("list[tuple[str, Any]]", field.choices)
            shape = {"type": "string", "enum": list(flat_choices(choices))}
        else:
            shape = dict(next((shape for kind, shape in JSON_TYPES if isinstance(field, kind)), shape))
        for bound, keyword in (("min_value", "minimum"), ("max_value", "maximum"), ("max_length", "maxLength")):
            limit = getattr(field, bound, None)
            if limit is not None:
                shape[keyword] = limit
        shape["title"] = str(field.label or name.replace("_", " ").capitalize())
        if field.help_text:
            shape["description"] = str(field.help_text)
        properties[name] = shape
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, field in form.fields.items() if field.required],
        "additionalProperties": False,
    }


def flat_choices(choices: list[tuple[str, Any]]) -> list[str]:
    """The values of a choice field, with groups opened and the empty answer left out."""
    flat: list[str] = []
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            flat += [str(inner) for inner, _ in label]
        elif value != "":
            flat.append(str(value))
    return flat
