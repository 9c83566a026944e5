"""Humanize: marks the passages of a script that sound machine-made, says why, and offers how to put them instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from channels_app.models import Channel, Script
from jobs.context import JobContext
from jobs.inputs import InputsForm
from jobs.spec import Inputs, JobSpec
from jobs.steps import authors
from jobs.steps.script_input import ScriptChoice, script_of, script_page
from jobs.tools.text import prose

SUMMARY = "summary"


class HumanizeForm(InputsForm):
    """Which script, and optionally which model rewrites what is marked."""

    script = ScriptChoice()
    model = authors.ModelField(
        help_text="Rewrites what the rules mark. The offline author only makes the swaps that are known to be safe."
    )

    def clean_script(self) -> Script:
        """A script with prose in it."""
        script: Script = self.cleaned_data["script"]
        if not prose.paragraphs(script.body):
            raise forms.ValidationError("Script: there is no prose in it to judge. Write some lines first.")
        return script


def run(ctx: JobContext) -> dict[str, Any]:
    """Find, leave what was found, then have a model put it anew."""
    from jobs.steps import restyle

    script = script_of(ctx.inputs, ctx.channel)
    author = authors.author_of(ctx)
    ctx.stage("Reading")
    found = restyle.deliver(ctx, script)
    if found:
        ctx.keep(SUMMARY, restyle.summary(found, script))
        ctx.log(f"{len(found.flagged)} of {found.passages} passages are marked")
    # A retry whose earlier try ended between the two reads again; the passages stay those that were left.
    told: dict[str, Any] = ctx.kept(SUMMARY) or restyle.summary(restyle.read(ctx, script.body), script)
    ctx.announce(restyle.slot_of(script), passages=True)
    made = restyle.Rewritten() if told["language"] != "en" else restyle.rewrite(ctx, script, author)
    ctx.announce(restyle.slot_of(script), passages=True)
    return {**told, **restyle.told_of(made), "model": author.name}


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    return f"Humanize “{script_of(inputs, channel).title}”"


def example(channel: Channel) -> dict[str, Any]:
    """The channel's newest script, by the rules alone."""
    script = Script.objects.filter(channel=channel).first()
    return {"script": str(script.pk) if script else "", "model": authors.OFFLINE}


SPEC = JobSpec(
    label="Humanize",
    icon="humanize",
    queue="ai",
    form=HumanizeForm,
    run=run,
    title=title,
    subject=lambda inputs: f"script:{inputs['script']}",
    seen_at=script_page,
    check=authors.check,
    example=example,
    premium=True,
    preload=("jobs.steps.restyle",),
    warm_up=authors.warm_up,
    time_limit=timedelta(hours=1),
    silence=timedelta(minutes=5),
    result_words={
        "script": "",
        "rules": "",
        "measures": "",
        "share": "",
        "passages": "Passages read",
        "flagged": "Passages marked",
        "own_scripts": "Your scripts compared with",
        "rewritten": "Passages rewritten",
        "refused": "Rewrites refused",
        "left": "Passages left",
    },
)
