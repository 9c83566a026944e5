"""Ideas: five for videos of the channel, arriving one by one, none like those that it has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse

from channels_app import ideas
from channels_app.ideas import NewIdea
from channels_app.models import Channel, Idea, Script
from jobs.context import Delivery, JobContext
from jobs.inputs import InputsForm
from jobs.spec import Inputs, JobSpec, Place, UserError
from jobs.steps import authors, notes

HINT_CHARACTERS = 300


class IdeaForm(InputsForm):
    """What the ideas should be about, if anything, and for which kind of video."""

    hint = forms.CharField(
        required=False,
        max_length=HINT_CHARACTERS,
        label="What about",
        help_text="A subject, a question, an occasion. Left empty, anything the channel stands for.",
    )
    type = forms.ChoiceField(
        required=False,
        choices=[("", "Short or long"), *Script.Type.choices],
        label="Type",
        error_messages={"invalid_choice": "Type: “%(value)s” is none of short, long."},
    )
    model = authors.ModelField()


def check(inputs: Inputs, channel: Channel, user: Any) -> None:
    """Refuse, before the job is queued, a model out of reach, and notes that the offline author cannot work with."""
    if authors.author_for(user, inputs.get("model", "")).is_offline:
        notes.check_notes(channel)


def slot_of(channel: Channel) -> str:
    """The panel slot that shows a channel's ideas."""
    return f"ideas:{channel.pk}"


def run(ctx: JobContext) -> dict[str, Any]:
    """Have the ideas that this job has not left yet."""
    from jobs.steps import have_ideas

    author = authors.author_of(ctx)
    ctx.log(f"Author: {author.label}")
    skipped = list(ctx.kept("skipped", []))
    missing = [position for position in range(have_ideas.WANTED) if not ctx.delivered(position)]
    made = have_ideas.WANTED - len(missing)
    ctx.progress(made, have_ideas.WANTED, "having ideas")
    for new, left_out in _new_ideas(ctx, author, len(missing)):
        skipped += [{"title": one.title, "like": one.like} for one in left_out]
        ctx.keep("skipped", skipped)
        if new is None:
            continue
        _leave(ctx, missing.pop(0), new)
        made += 1
        ctx.progress(made, have_ideas.WANTED, new.title)
    told = _tell_of_skipped(ctx, skipped, made)
    rows = Idea.objects.filter(made_by_job=ctx.job_id).order_by("job_position")
    return {
        "ideas": [{"id": str(row.pk), "title": row.title} for row in rows],
        "skipped": skipped,
        "author": author.label,
        "told": told,
    }


def _new_ideas(ctx: JobContext, author: authors.Author, wanted: int) -> Iterator[tuple[NewIdea | None, list[Any]]]:
    """As many ideas as are wanted, each as soon as it is there, with those left out on the way."""
    from jobs.steps import have_ideas

    hint, type_ = ctx.inputs.get("hint", ""), ctx.inputs.get("type", "")
    sources = notes.check_notes(ctx.channel) if author.is_offline else notes.author_sources(ctx.channel)
    taken = have_ideas.taken_titles(ctx.channel)
    if author.is_offline:
        found, left_out, about_hint = have_ideas.offline_ideas(ctx.channel, sources, hint, type_, taken, wanted)
        if hint and about_hint < len(found):
            ctx.log(f"Your notes hold {about_hint or 'no'} new idea{'' if about_hint == 1 else 's'} about “{hint}”; "
                    "the others are about what else they say.")  # fmt: skip
        yield None, left_out
        for new in found:
            yield new, []
        return
    for _ in range(wanted):
        one, left_out = have_ideas.ask_model(ctx, author, sources, hint, type_, taken)
        if one is not None:
            taken.insert(0, one.title)
        yield one, left_out


def _leave(ctx: JobContext, position: int, new: NewIdea) -> None:
    """Keep the idea, and show it."""
    ctx.deliver(position, lambda delivery: _write(ctx.channel, new, delivery))
    row = Idea.objects.filter(made_by_job=ctx.job_id, job_position=position).first()
    if row is not None:
        ctx.log(f"{position + 1}. {row.title}")
        ctx.announce(slot_of(ctx.channel), idea=str(row.pk))


def _write(channel: Channel, new: NewIdea, delivery: Delivery) -> Idea:
    return ideas.create_idea(channel, new, made_by_job=delivery.job_id, job_position=delivery.position)


def _tell_of_skipped(ctx: JobContext, skipped: list[dict[str, str]], made: int) -> str:
    """Say what was left out and why, at length in the output and in short; raise UserError when nothing is left."""
    from jobs.steps import have_ideas

    same = [one for one in skipped if one["title"].casefold() == one["like"].casefold()]
    near = [one for one in skipped if one not in same]
    for one in near:
        ctx.log(f"Left out: “{one['title']}” is too much like “{one['like']}”, which the channel has.")
    if same:
        ctx.log(f"{len(same)} more are in the channel already, word for word.")
    if not made:
        raise UserError(
            "Every idea in reach is in the channel already. Add notes, give a hint, or choose another model."
        )
    told = [f"{made} of {have_ideas.WANTED} ideas." if made < have_ideas.WANTED else ""]
    if near:
        told.append(f"Left out as too much like what the channel has: {', '.join(one['title'] for one in near[:3])}.")
    if made < have_ideas.WANTED:
        told.append("The rest would have repeated what the channel has. Add notes to have more.")
        ctx.log(f"{told[0]} {told[-1]}")
    return " ".join(part for part in told if part)


def title(inputs: Inputs, channel: Channel) -> str:
    """What lists call it."""
    hint = str(inputs.get("hint", ""))
    return f"Ideas about {hint[:80]}" if hint else "Ideas"


def seen_at(inputs: Inputs, channel: Channel, job_id: UUID) -> Place:
    """The page of ideas."""
    return Place(reverse("ideas", args=[channel.slug]), "Open the ideas")


SPEC = JobSpec(
    label="Have ideas",
    icon="idea",
    queue="ai",
    form=IdeaForm,
    run=run,
    title=title,
    subject=lambda inputs: "ideas",
    seen_at=seen_at,
    check=check,
    example=lambda channel: {"type": Script.Type.SHORT},
    preload=("jobs.steps.have_ideas",),
    warm_up=authors.warm_up,
    time_limit=timedelta(minutes=20),
    silence=timedelta(minutes=5),
    result_words={"told": "Summary", "skipped": "Left out"},
)
