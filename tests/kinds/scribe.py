"""A kind that only has its author write or answer: what kinds do with language models, made small. Only tests know it."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from pydantic import BaseModel, Field

from jobs.context import JobContext
from jobs.inputs import InputsForm
from jobs.spec import JobSpec, Returned
from jobs.steps import authors
from jobs.tools.text.prompts import Prompt

PROMPT = Prompt(name="tides", version=2, system="Be brief.", user="How often do tides come?")


class Score(BaseModel):
    """An answer in a shape."""

    score: int = Field(ge=0, le=100)


class ScribeForm(InputsForm):
    """Write a text or give a score, how often, and by whom."""

    order = forms.ChoiceField(choices=[("write", "write"), ("score", "score")])
    times = forms.IntegerField(required=False, min_value=1, max_value=10)
    most_tokens = forms.IntegerField(required=False, min_value=1)
    model = authors.ModelField()


def run(ctx: JobContext) -> Returned:
    """Obey."""
    ctx.progress(0, 1, "asking")
    author = authors.author_of(ctx)
    if author.is_offline:
        return {"author": author.name}
    most = ctx.inputs.get("most_tokens") or authors.OUTPUT_TOKENS
    said: list[str | int] = []
    is_cut = False
    for _ in range(ctx.inputs.get("times") or 1):
        if ctx.inputs["order"] == "score":
            said.append(authors.ask(ctx, author, PROMPT, Score, most_tokens=most).score)
        else:
            written = authors.stream(ctx, author, PROMPT, "scribe", most_tokens=most)
            said.append(written.text)
            is_cut = written.is_cut
    return {"author": author.name, "said": said, "is_cut": is_cut}


SPEC = JobSpec(
    label="Scribe",
    icon="script",
    queue="ai",
    form=ScribeForm,
    run=run,
    title=lambda inputs, channel: "Scribe",
    example=lambda channel: {"order": "write", "model": "offline"},
    check=authors.check,
    premium=False,
    time_limit=timedelta(seconds=60),
    silence=timedelta(seconds=30),
)
