"""Fact-check: the claims of a script, each in its place, checked against the channel's notes and public sources."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from channels_app.models import Channel, Script
from jobs.context import JobContext
from jobs.inputs import InputsForm
from jobs.spec import JobSpec
from jobs.steps import authors
from jobs.steps.script_input import ScriptChoice, script_of, script_page
from jobs.tools.text import prose


class FactCheckForm(InputsForm):
    """Which script, and optionally which model judges."""

    script = ScriptChoice()
    model = authors.ModelField()

    def clean_script(self) -> Script:
        """A script in which something is said."""
        script: Script = self.cleaned_data["script"]
        if not prose.paragraphs(script.body):
            raise forms.ValidationError("Script: there is nothing to check in it. Write some sentences first.")
        return script


def run(ctx: JobContext) -> dict[str, Any]:
    """Check the script as it is now."""
    from jobs.steps import check_facts

    script = script_of(ctx.inputs, ctx.channel)
    return check_facts.check_script(ctx, script, authors.author_of(ctx))


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
    seen_at=script_page,
    check=authors.check,
    example=example,
    premium=True,
    preload=("jobs.steps.check_facts", "jobs.tools.facts.visitor"),
    warm_up=authors.warm_up,
    time_limit=timedelta(hours=1),
    silence=timedelta(minutes=5),
    result_words={"script": "", "body_sha256": "", "verdicts": "", "reasons": "", "told": "Summary"},
)
