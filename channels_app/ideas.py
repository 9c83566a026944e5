"""What may be done to ideas. Whoever calls has asked `access.py` first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from channels_app import actions, revisions
from channels_app.models import Channel, Idea, Script

TITLE_CHARACTERS = 200
HOOK_HEADING, ANGLE_HEADING = "Hook", "The story"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIdea:
    """An idea to be kept. `source_data` says what it stands on: {"notes": [{"id", "title", "url"}], "quotes": [...]}."""

    title: str
    hook: str = ""
    angle: str = ""
    tags: Sequence[str] = ()
    type: str = Script.Type.SHORT
    source: str = Idea.Source.MANUAL
    source_data: dict[str, Any] = field(default_factory=dict)
    model: str = ""
    prompt: str = ""


def create_idea(
    channel: Channel, new: NewIdea, *, made_by_job: UUID | None = None, job_position: int | None = None
) -> Idea:
    """Keep an idea; one that a job had remembers which of the job's it is."""
    return Idea.objects.create(
        channel=channel,
        title=new.title[:TITLE_CHARACTERS],
        hook=new.hook,
        angle=new.angle,
        tags=list(new.tags),
        type=new.type,
        source=new.source,
        source_data=new.source_data,
        model=new.model,
        prompt=new.prompt,
        made_by_job=made_by_job,
        job_position=job_position,
    )


def bin_ideas(channel: Channel, ids: Iterable[UUID]) -> list[Idea]:
    """Take several ideas of the channel out of sight at once; ids that are none of its own are passed over."""
    with transaction.atomic():
        rows = list(Idea.objects.filter(channel=channel, pk__in=list(ids)))
        for row in rows:
            actions.bin_row(row)
    return rows


def restore_ideas(channel: Channel, ids: Iterable[UUID]) -> list[Idea]:
    """Bring several binned ideas of the channel back."""
    with transaction.atomic():
        rows = list(Idea.with_binned.filter(channel=channel, pk__in=list(ids), deleted_at__isnull=False))
        for row in rows:
            actions.restore_row(row)
    return rows


def convert_to_script(idea: Idea, user: User | None = None) -> tuple[Script, bool]:
    """The idea's script, and whether it was made now: a draft with the idea's title, type, hook and angle.

    An idea has one script: asked again, the same one is returned, unless it has been deleted.
    """
    with transaction.atomic():
        locked = Idea.objects.select_for_update().get(pk=idea.pk)
        if existing := locked.converted_to:
            return existing, False
        draft = Script(channel_id=locked.channel_id, title=locked.title, type=locked.type, body=skeleton(locked))
        script = revisions.begin(draft, user=user, note="From an idea")
        locked.script = script
        locked.save(update_fields=["script", "updated_at"])
        idea.script = script
    return script, True


def skeleton(idea: Idea) -> str:
    """The body to begin with: the hook to be spoken, the angle as a direction that is not."""
    angle = " ".join(idea.angle.split()).translate(str.maketrans("()", "[]"))
    parts = [f"### {HOOK_HEADING}", idea.hook.strip(), f"### {ANGLE_HEADING}", f"*({angle})*" if angle else ""]
    return "\n\n".join(part for part in parts if part) + "\n"
