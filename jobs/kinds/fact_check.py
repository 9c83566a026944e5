"""Fact-check: the claims of a script, each in its place, checked against the channel's notes and public sources."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from channels_app.models import Channel, Script
from channels_app.models.script import BODY_CHARACTERS
from jobs.context import JobContext
from jobs.inputs import InputsForm, OwnedChoice
from jobs.spec import Inputs, JobSpec, UserError
from jobs.steps import authors
from jobs.tools.text import prose


class FactCheckForm(InputsForm):
    """Which script, and optionally which model judges."""

    script = OwnedChoice(Script, label="Script")
    model = authors.ModelField()

    def clean_script(self) -> Script:
        """A script in which something is said."""
        script: Script = self.cleaned_data["script"]
        if script.deleted_at:
            raise forms.ValidationError("Script: this script has been deleted. Restore it, or choose another.")
        if len(script.body) > BODY_CHARACTERS:
            raise forms.ValidationError(
                f"Script: it is longer than {BODY_CHARACTERS:,} characters. Split it into several."
            )
        if not prose.paragraphs(script.body):
            raise forms.ValidationError("Script: there is nothing to check in it. Write some sentences first.")
        return script


def script_of(inputs: Inputs, channel: Channel) -> Script:
    """The script asked for. Raises UserError when it has gone since."""
    script = Script.objects.filter(channel=channel, pk=inputs["script"]).first()
    if script is None:
        raise UserError("The script has been deleted. Restore it, then retry.")
    return script


def check(inputs: Inputs, channel: Channel, user: Any) -> None:
    """Refuse a model that this person cannot have before the job is queued."""
    authors.check(inputs, channel, user)


def run(ctx: JobContext) -> dict[str, Any]:
    """Check the script as it is now."""
    from jobs.steps import check_facts

    script = script_of(ctx.inputs, ctx.channel)
    return check_facts.check_script(ctx, script, authors.author_for(ctx.user, ctx.inputs.get("model", "")))


def example(channel: Channel) -> dict[str, Any]:
    """Check the channel's newest script."""
    script = Script.objects.filter(channel=channel).exclude(body="").first()
    return {"script": str(script.pk) if script else ""}


SPEC = JobSpec(
    label="Check the facts",
    icon="fact-check",
    queue="ai",
    form=FactCheckForm,
    run=run,
    title=lambda inputs, channel: f"Check the facts of “{script_of(inputs, channel).title}”",
    subject=lambda inputs: f"script:{inputs['script']}",
    check=check,
    example=example,
    premium=True,
    preload=("jobs.steps.check_facts", "jobs.tools.facts.web"),
    warm_up=authors.warm_up,
    time_limit=timedelta(hours=1),
    silence=timedelta(minutes=5),
)
