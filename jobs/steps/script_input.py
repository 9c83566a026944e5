"""The script that a job works on: the field that chooses it, its row when the job runs, and its page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse

from channels_app import queries
from channels_app.models import Channel, Script
from channels_app.models.script import BODY_CHARACTERS
from jobs.inputs import OwnedChoice
from jobs.spec import Inputs, Place, UserError


class ScriptChoice(OwnedChoice):
    """One script of the channel. One that is longer than any page takes is refused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Script, **{"label": "Script", **options})

    def clean(self, value: Any) -> Script | None:
        """The script, or None where none has to be chosen."""
        script: Script | None = super().clean(value)
        if script and len(script.body) > BODY_CHARACTERS:
            raise forms.ValidationError(
                f"Script: it is longer than {BODY_CHARACTERS:,} characters. Split it into several."
            )
        return script


def script_page(inputs: Inputs, channel: Channel, job_id: UUID) -> Place | None:
    """The page of the script, as `JobSpec.seen_at` wants it; a job that was given none makes one under its own name."""
    pk = inputs.get("script") or job_id
    if not queries.scripts_of(channel).filter(pk=pk).exists():
        return None
    return Place(reverse("script", args=[channel.slug, pk]), "Open the script")


def script_of(inputs: Inputs, channel: Channel) -> Script:
    """The script asked for. Raises UserError when it has gone since."""
    script = Script.objects.filter(channel=channel, pk=inputs["script"]).first()
    if script is None:
        raise UserError("The script has been deleted. Restore it, then retry.")
    return script
