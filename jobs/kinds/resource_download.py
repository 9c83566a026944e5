"""Fetch resources: files that the sources offer come into the library one by one, each with its licence and credit."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse

from channels_app import queries
from channels_app.models import Channel
from jobs.context import JobContext
from jobs.inputs import InputsForm
from jobs.spec import Inputs, JobSpec, Place
from jobs.steps.script_input import ScriptChoice

ITEMS_AT_MOST = 50
ID_CHARACTERS = 300
ITEMS = "Items: give a list of at most 50 [{“source”, “source_id”}], as the search shows them."


class ItemsField(forms.JSONField):
    """What is to be fetched: a list of {source, source_id}; a page's boxes `item=source:id` say the same."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """The list, each item once. Raises ValidationError that names the item that is wrong."""
        given = super().to_python(value)
        if given is None:
            return None
        if not isinstance(given, list) or not 0 < len(given) <= ITEMS_AT_MOST:
            raise ValidationError(ITEMS)
        return list({(one["source"], one["source_id"]): one for one in map(checked, given)}.values())


def checked(item: Any) -> dict[str, str]:
    """The item as it is kept. Raises ValidationError."""
    # The registry of sources is plain data; what asks them is loaded when a worker does.
    from jobs.steps import sources

    if not isinstance(item, dict) or set(item) != {"source", "source_id"}:
        raise ValidationError(ITEMS)
    source, source_id = item["source"], item["source_id"]
    if not isinstance(source, str) or source not in sources.labels():
        raise ValidationError(f"Items: there is no source “{str(source)[:40]}”. One of {', '.join(sources.labels())}.")
    if isinstance(source_id, int) and not isinstance(source_id, bool):
        source_id = str(source_id)
    if not isinstance(source_id, str) or not 0 < len(source_id) <= ID_CHARACTERS or not source_id.isprintable():
        raise ValidationError(f"Items: a source_id of {source} is a text of 1 to {ID_CHARACTERS} characters.")
    return {"source": source, "source_id": source_id}


class ResourceDownloadForm(InputsForm):
    """What to fetch."""

    starts_in_slot = False
    verb = "Download"
    items = ItemsField(
        label="Items",
        help_text='A list such as [{"source": "nasa", "source_id": "PIA00342"}]; the search of resources makes it for you.',
        error_messages={"required": "Items: choose something to download.", "invalid": ITEMS},
    )

    script = ScriptChoice(
        required=False,
        label="For the script",
        help_text="What comes is used in it, and its credit is among the script’s.",
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        if isinstance(data, QueryDict) and "item" in data:
            pairs = [one.partition(":") for one in data.getlist("item")]
            chosen = [{"source": source, "source_id": source_id} for source, _, source_id in pairs]
            data = data.copy()
            data["items"] = json.dumps(chosen)
        super().__init__(data, **options)


def run(ctx: JobContext) -> dict[str, Any]:
    """Fetch what earlier attempts have not."""
    from jobs.steps import fetch_resource

    return fetch_resource.fetch_all(ctx, list(ctx.inputs["items"]))


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    items = inputs["items"]
    return f"Download from {items[0]['source']}" if len(items) == 1 else f"Download {len(items)} resources"


def example(channel: Channel) -> dict[str, Any]:
    """A picture, for the channel's newest script if it has one."""
    newest = queries.scripts_of(channel).first()
    script = {"script": str(newest.pk)} if newest else {}
    return {"items": [{"source": "wikimedia-commons", "source_id": "File:harbour.png"}], **script}


def seen_at(inputs: Inputs, channel: Channel, job_id: UUID) -> Place:
    """The library."""
    return Place(reverse("resources", args=[channel.slug]), "Open the library")


SPEC = JobSpec(
    label="Download resources",
    icon="resource-download",
    queue="download",
    premium=False,
    form=ResourceDownloadForm,
    run=run,
    title=title,
    seen_at=seen_at,
    example=example,
    preload=("jobs.steps.fetch_resource",),
    time_limit=timedelta(hours=2),
    silence=timedelta(minutes=5),
    submit_label="Download",
    result_words={"told": "Summary", "resources": "", "failed": ""},
)
