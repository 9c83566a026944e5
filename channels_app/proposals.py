"""What may be done to proposals. Whoever calls has asked `access.py` first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from channels_app import actions, ideas
from channels_app.ideas import TITLE_CHARACTERS, NewIdea
from channels_app.models import Channel, Idea, Proposal, Script
from channels_app.models.proposal import REASON_CHARACTERS

State = Proposal.State
VIDEOS_OF_AN_IDEA = 12


class NotNow(Exception):
    """It cannot be done to the proposal as it is; the text says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """A proposal to be kept; the fields are those of `models.Proposal`."""

    title: str
    topic: str
    score: float
    parts: Sequence[dict[str, Any]]
    basis: dict[str, Any]
    hook: str = ""
    angle: str = ""
    content_gap: str = ""
    reasoning: str = ""
    trend_signals: Sequence[str] = ()
    timeliness: str = ""
    tags: Sequence[str] = field(default_factory=tuple)
    type: str = Script.Type.LONG
    model: str = ""
    prompt: str = ""


def create_proposal(channel: Channel, new: NewProposal, *, made_by_job: UUID, job_position: int) -> Proposal:
    """Keep a proposal; it remembers which of the job's it is."""
    return Proposal.objects.create(
        channel=channel,
        title=new.title[:TITLE_CHARACTERS],
        hook=new.hook,
        angle=new.angle,
        content_gap=new.content_gap,
        reasoning=new.reasoning,
        trend_signals=list(new.trend_signals),
        timeliness=new.timeliness,
        tags=list(new.tags),
        type=new.type,
        score=new.score,
        topic=new.topic[:120],
        parts=list(new.parts),
        basis=new.basis,
        model=new.model,
        prompt=new.prompt,
        made_by_job=made_by_job,
        job_position=job_position,
    )


def approve(proposal: Proposal) -> tuple[Idea, bool]:
    """The idea that the proposal becomes, and whether it was made now.

    Asked again, the same one is returned; one that lies in the bin is brought back. Raises NotNow for a rejected one.
    """
    with transaction.atomic():
        row = _locked(proposal)
        if row.state == State.REJECTED:
            raise NotNow("It has been rejected. Undo that first, then approve it.")
        if existing := row.made_idea:
            return existing, False
        is_new = row.idea is None
        idea = row.idea or ideas.create_idea(row.channel, _idea_of(row))
        if not is_new:
            actions.restore_row(idea)
        _answer(row, State.APPROVED, idea=idea)
    _refresh(proposal, row)
    return idea, is_new


def reject(proposal: Proposal, reason: str = "") -> Proposal:
    """Say no, and why; later runs propose neither the topic nor its like. Said again, the newer reason counts.

    Raises NotNow for an approved one.
    """
    with transaction.atomic():
        row = _locked(proposal)
        if row.state == State.APPROVED:
            raise NotNow("It has been approved and has become an idea. Undo that first, then reject it.")
        _answer(row, State.REJECTED, reason=" ".join(reason.split())[:REASON_CHARACTERS])
    _refresh(proposal, row)
    return row


def reopen(proposal: Proposal) -> Proposal:
    """Take the answer back: a rejected one may be proposed again, and the idea of an approved one goes to the bin.

    Raises NotNow when a script has been made of that idea.
    """
    with transaction.atomic():
        row = _locked(proposal)
        if idea := row.made_idea:
            if idea.converted_to:
                raise NotNow(f"A script has been made of its idea “{idea.title}”. It stays approved.")
            actions.bin_row(idea)
        _answer(row, State.OPEN)
    _refresh(proposal, row)
    return row


def _locked(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_for_update(of=("self",)).select_related("channel", "idea").get(pk=proposal.pk)


def _answer(row: Proposal, state: str, *, reason: str = "", idea: Idea | None = None) -> None:
    row.state, row.reason = state, reason
    row.answered_at = None if state == State.OPEN else timezone.now()
    row.idea = idea or row.idea
    row.save(update_fields=["state", "reason", "answered_at", "idea", "updated_at"])


def _refresh(proposal: Proposal, row: Proposal) -> None:
    for name in ("state", "reason", "answered_at", "idea"):
        setattr(proposal, name, getattr(row, name))


def _idea_of(row: Proposal) -> NewIdea:
    return NewIdea(
        title=row.title,
        hook=row.hook,
        angle=row.angle,
        tags=row.tags,
        type=row.type,
        source=Idea.Source.AI if row.model else Idea.Source.MANUAL,
        source_data={
            "proposal": {"id": str(row.pk), "topic": row.topic, "score": row.score},
            "videos": row.basis.get("videos", [])[:VIDEOS_OF_AN_IDEA],
            "notes": [],
            "quotes": [],
        },
        model=row.model,
        prompt=row.prompt,
    )
