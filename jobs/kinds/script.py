"""Script: one is written, or one is revised as its author says; the text streams beside the old one and waits there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from channels_app import revisions
from channels_app.forms.script import TYPE_HELP
from channels_app.models import Channel, Revision, Script
from jobs.context import Delivery, JobContext
from jobs.inputs import InputsForm
from jobs.spec import Inputs, JobSpec
from jobs.steps import authors, write_script
from jobs.steps.script_input import ScriptChoice, script_of, script_page
from jobs.steps.write_script import Draft, Task
from jobs.tools.text import screenplay
from jobs.tools.text.loop import loop

PROPOSAL = 0
IS_CUT = "The model ran out of length: the end is missing."


class ScriptJobForm(InputsForm):
    """A topic for a new script, or a script and what is to change in it."""

    script = ScriptChoice(required=False)
    topic = forms.CharField(
        required=False,
        max_length=300,
        label="Topic",
        help_text="Left empty, the script's title says it.",
        widget=forms.TextInput(attrs={"placeholder": "Why there are two high tides"}),
    )
    instruction = forms.CharField(
        required=False,
        max_length=2000,
        label="What should change?",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Shorter, at most 120 words"}),
    )
    type = forms.ChoiceField(
        required=False,
        choices=[("", "As the script is"), *Script.Type.choices],
        label="Type",
        help_text=TYPE_HELP,
    )
    model = authors.ModelField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        given = self.initial.get("script")
        if given and not self.is_bound:
            # On a script's page: what is optional for the API is the point of the form.
            is_empty = not Script.objects.filter(channel=self.channel, pk=given).exclude(body="").exists()
            self.verb = "Write a draft" if is_empty else "Revise"
            self.fields["instruction"].required = not is_empty

    def clean(self) -> dict[str, Any]:
        """Something to write about, or something to change."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        script = cleaned.get("script")
        if script is None and not cleaned.get("topic", "").strip():
            raise forms.ValidationError("Topic: say what the script is about, or choose a script to revise.")
        if script and script.body.strip() and not cleaned.get("instruction", "").strip():
            raise forms.ValidationError("What should change: say it in a sentence, like “shorter, at most 120 words”.")
        return cleaned


def script_wanted(inputs: Inputs, channel: Channel) -> Script | None:
    """The script asked for, or None when a new one is wanted. Raises UserError when it has gone since."""
    return script_of(inputs, channel) if inputs.get("script") else None


def task_of(inputs: Inputs, script: Script | None) -> Task:
    """What is to be written."""
    type_ = inputs.get("type") or (script.type if script else Script.Type.SHORT)
    topic = inputs.get("topic") or (script.title if script else "")
    body = script.body if script and script.body.strip() else ""
    return Task(topic=topic, type=type_, body=body, instruction=inputs.get("instruction", "") if body else "")


def check(inputs: Inputs, channel: Channel, user: Any) -> None:
    """Refuse what the author cannot do, before the job is queued."""
    author = authors.author_for(user, inputs.get("model", ""))
    write_script.check(task_of(inputs, script_wanted(inputs, channel)), channel, author)


def run(ctx: JobContext) -> dict[str, Any]:
    """Write, and leave the text as a proposal."""
    if ctx.delivered(PROPOSAL):
        return result_of(Revision.objects.get(made_by_job=ctx.job_id, job_position=PROPOSAL))
    script = script_wanted(ctx.inputs, ctx.channel)
    task = task_of(ctx.inputs, script)
    author = authors.author_of(ctx)
    base = script.version if script else None
    ctx.log(f"{author.label}: {'revising' if task.body else 'writing'} about {task.words} words")
    draft = write_script.write(ctx, task, author, slot_of(script.pk if script else ctx.job_id))
    remarks = remarks_on(draft, task)
    for remark in remarks:
        ctx.log(remark)

    def write(delivery: Delivery) -> Revision:
        return revisions.propose(
            script or new_script(ctx, task),
            draft.body,
            user=ctx.user,
            origin=Revision.Origin.OFFLINE if author.is_offline else Revision.Origin.MODEL,
            model=draft.model,
            prompt=draft.prompt,
            note=" ".join([asked(task), *remarks]),
            base_version=base,
            made_by_job=delivery.job_id,
            job_position=delivery.position,
        )

    ctx.deliver(PROPOSAL, write)
    proposed = Revision.objects.get(made_by_job=ctx.job_id, job_position=PROPOSAL)
    ctx.announce(f"script:{proposed.script_id}", proposal=proposed.number)
    return {**result_of(proposed), "is_cut": draft.is_cut, **({"loops": loop(draft.body).works} if task.loops else {})}


def slot_of(owner: Any) -> str:
    """The slot into which the text streams: the script's, or the job's for one that is not there yet."""
    return f"script:{owner}:body"


def new_script(ctx: JobContext, task: Task) -> Script:
    """An empty draft that waits for the text."""
    script = Script(channel=ctx.channel, title=task.topic[:200], type=task.type)
    return revisions.begin(script, user=ctx.user)


def asked(task: Task) -> str:
    """What was asked for, in short."""
    return f"“{task.instruction[:100]}”" if task.instruction else f"About “{task.topic[:100]}”"


def remarks_on(draft: Draft, task: Task) -> list[str]:
    """What its reader should know of a text."""
    said = [IS_CUT] if draft.is_cut else []
    if task.loops and not draft.is_cut and not loop(draft.body).works:
        said.append(loop(draft.body).in_words)
    return said


def result_of(proposed: Revision) -> dict[str, Any]:
    """What the job has made."""
    return {
        "script": str(proposed.script_id),
        "revision": str(proposed.pk),
        "model": proposed.model,
        "words": proposed.words,
    }


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    script = script_wanted(inputs, channel)
    task = task_of(inputs, script)
    return f"Revise “{script.title}”" if script and task.body else f"Write “{task.topic}”"


def example(channel: Channel) -> dict[str, Any]:
    """Take the last section out of the channel's newest script."""
    script = Script.objects.filter(channel=channel).exclude(body="").first()
    headings = [section.heading for section in screenplay.sections(script.body) if section.heading] if script else []
    return {
        "script": str(script.pk) if script else "",
        "instruction": f"Remove the section “{headings[-1]}”" if headings else "Shorter",
        "model": authors.OFFLINE,
    }


SPEC = JobSpec(
    label="Write",
    icon="script",
    queue="ai",
    form=ScriptJobForm,
    run=run,
    title=title,
    subject=lambda inputs: f"script:{inputs['script']}" if inputs.get("script") else "",
    seen_at=script_page,
    streams=lambda inputs: (slot_of(inputs["script"]),) if inputs.get("script") else (),
    check=check,
    warm_up=authors.warm_up,
    example=example,
    premium=False,
    time_limit=timedelta(minutes=20),
    silence=timedelta(minutes=2),
    result_words={"script": "", "revision": "", "is_cut": "Cut short", "loops": "Its end leads back to its beginning"},
)
