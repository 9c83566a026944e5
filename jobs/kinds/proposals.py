"""Proposals: five topics that research has found, scored by computed measures and worded for the channel, one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from channels_app import proposals
from channels_app.models import Channel, Proposal
from channels_app.proposals import NewProposal
from jobs.context import Delivery, JobContext
from jobs.inputs import InputsForm
from jobs.spec import Inputs, JobSpec, Place, UserError
from jobs.steps import authors, research

if TYPE_CHECKING:
    from jobs.steps.propose import Ground


class ProposalsForm(InputsForm):
    """Which model words them; the figures are computed, whatever it is."""

    model = authors.ModelField(help_text="It words hook and angle. The scores are computed.")
    verb = "Propose five"


def check(inputs: Inputs, channel: Channel, user: Any) -> None:
    """Refuse, before the job is queued, a model out of reach, and a channel whose research has found nothing."""
    authors.check(inputs, channel, user)
    research.check_found(channel)


def slot_of(channel: Channel) -> str:
    """The panel slot that shows a channel's proposals."""
    return f"proposals:{channel.pk}"


def run(ctx: JobContext) -> dict[str, Any]:
    """Make the proposals that this job has not left yet."""
    from jobs.steps import propose

    author = authors.author_of(ctx)
    ctx.log(f"Author: {author.label}")
    missing = [position for position in range(propose.WANTED) if not ctx.delivered(position)]
    made = propose.WANTED - len(missing)
    ctx.progress(made, propose.WANTED, "weighing what was found")
    ground = propose.ground_of(ctx.channel)
    ctx.log(f"{ground.found} found videos, {len(ground.weighed)} topics with view counts.")
    for one in ground.topics():
        if not missing:
            break
        ctx.progress(made, propose.WANTED, f"wording “{one.topic.label}”")
        new = (
            propose.word_offline(one, ground) if author.is_offline else propose.word_by_model(ctx, author, one, ground)
        )
        if new is None:
            continue
        ground.choose(one, new.title)
        _leave(ctx, missing.pop(0), new)
        made += 1
        ctx.progress(made, propose.WANTED, new.title)
    told = _tell(ctx, ground, made)
    rows = Proposal.objects.filter(made_by_job=ctx.job_id).order_by("job_position")
    return {
        "proposals": [{"id": str(row.pk), "title": row.title, "score": row.score} for row in rows],
        "skipped": [{"title": one.topic, "why": one.why} for one in ground.left_out],
        "author": author.label,
        "told": told,
    }


def _leave(ctx: JobContext, position: int, new: NewProposal) -> None:
    """Keep the proposal, and show it."""
    ctx.deliver(position, lambda delivery: _write(ctx.channel, new, delivery))
    row = Proposal.objects.filter(made_by_job=ctx.job_id, job_position=position).first()
    if row is not None:
        ctx.log(f"{position + 1}. {row.title}: {row.reasoning}")
        ctx.announce(slot_of(ctx.channel), proposal=str(row.pk))


def _write(channel: Channel, new: NewProposal, delivery: Delivery) -> Proposal:
    return proposals.create_proposal(channel, new, made_by_job=delivery.job_id, job_position=delivery.position)


def _tell(ctx: JobContext, ground: Ground, made: int) -> str:
    """Say what was left out and why; raise UserError when nothing is left."""
    from jobs.steps import propose

    for one in ground.left_out:
        ctx.log(f"Left out: “{one.topic}”: {one.why}.")
    if not made:
        raise UserError(
            "Every topic in what was found is proposed, taken or rejected already. Search for something else in Discover, "
            "or take a rejection back."
        )
    if made == propose.WANTED:
        return ""
    return (
        f"{made} of {propose.WANTED} proposals: what was found holds no more topics that are new to the channel. "
        "Search for something else in Discover to have more."
    )


def seen_at(inputs: Inputs, channel: Channel, job_id: UUID) -> Place:
    """The page of proposals."""
    return Place(reverse("proposals", args=[channel.slug]), "Open the proposals")


SPEC = JobSpec(
    label="Proposals",
    icon="proposals",
    queue="ai",
    form=ProposalsForm,
    run=run,
    title=lambda inputs, channel: "Proposals",
    subject=lambda inputs: "proposals",
    seen_at=seen_at,
    check=check,
    example=lambda channel: {"model": authors.OFFLINE},
    result_words={"told": "Summary", "proposals": "Proposals", "skipped": "Left out", "author": "Worded by"},
    preload=("jobs.steps.propose",),
    warm_up=authors.warm_up,
    time_limit=timedelta(minutes=20),
    silence=timedelta(minutes=5),
)
