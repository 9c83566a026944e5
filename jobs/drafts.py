"""Doors between scripts and the jobs that write them: begin a script with one, keep what a stopped one has written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from channels_app import queries, revisions
from channels_app.access import changeable_channel_for
from channels_app.models import Channel, Revision, Script
from channels_app.views.shared import desk_url, person
from jobs import actions, doors, panel, registry
from jobs.models import Job, State

KIND = "script"
# Beside the one proposal of a job that ran to its end.
KEPT_POSITION = 1_000_000
UNFINISHED = (State.CANCELLED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a job had written of a script when it was stopped."""

    job: Job
    text: str


def unfinished(channel: Channel, script: Script) -> Unfinished | None:
    """What the newest writing job left when it was cancelled or failed, while nobody has made anything of it."""
    job = panel.newest(channel, KIND, f"script:{script.pk}")
    if job is None or job.state not in UNFINISHED:
        return None
    text = text_of(job)
    if not text.strip() or Revision.objects.filter(made_by_job=job.pk).exists():
        return None
    return Unfinished(job, text)


def text_of(job: Job) -> str:
    """The text that the latest attempt with any has streamed."""
    (slot,) = registry.spec(KIND).streams({"script": job.inputs.get("script") or job.pk})
    for number in range(job.attempt, 0, -1):
        text = panel.slots(job, attempt=number).get(slot, "")
        if text.strip():
            return text
    return ""


@login_required
@require_POST
def script_write(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a script about a topic: an empty draft, and the job that writes it. Without the job there is no draft."""
    # Loaded with the first script that is begun: the web process starts without what writes.
    from jobs.steps.authors import author_for

    channel = changeable_channel_for(person(request), slug)
    topic, type_ = request.POST.get("topic", "").strip()[:200], request.POST.get("type", "")
    if not topic:
        messages.error(request, "Topic: say what the script should be about.")
        return redirect("script-new", slug)
    script = Script(channel=channel, title=topic, type=type_ if type_ in Script.Type.values else Script.Type.SHORT)

    wanted = request.POST.get("model", "")

    def begin() -> actions.Submitted:
        # Asked before anything is written: a provider may take seconds to answer, and no database waits that long.
        author_for(person(request), wanted)
        with transaction.atomic():
            revisions.begin(script, user=person(request))
            inputs = {"script": str(script.pk), "topic": topic, "model": wanted}
            return actions.submit(channel, person(request), KIND, inputs)

    _, refusal = doors.attempt_action(begin)
    if refusal:
        messages.error(request, doors.with_link(refusal))
        return redirect(f"{reverse('script-new', args=[slug])}?{urlencode({'topic': topic, 'type': script.type})}")
    return redirect(desk_url(script, "revise"))


@login_required
@require_POST
def draft_keep(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Make a proposal of what a stopped job has written; the person then accepts or discards it like any other."""
    channel = changeable_channel_for(person(request), slug)
    job, _ = doors.job_for(person(request), job_id, heavy=True)
    script = queries.scripts_of(channel).filter(pk=job.inputs.get("script") or job.pk).first()
    if job.channel_id != channel.pk or job.kind != KIND or script is None:
        raise Http404("There is no such draft.")
    desk = redirect(desk_url(script, "revise"))
    text = text_of(job)
    if job.state not in UNFINISHED or not text.strip():
        messages.error(request, "This job has left nothing that could be kept.")
        return desk
    try:
        keep(script, job, text, request)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return desk


def keep(script: Script, job: Job, text: str, request: Any) -> None:
    """Propose the text, once per attempt. Raises ValidationError for one that is too long."""
    from jobs.steps.authors import OFFLINE
    from jobs.steps.write_script import WRITTEN_BY

    position = KEPT_POSITION + job.attempt
    with transaction.atomic():
        # Pressed twice, it is one proposal.
        Script.objects.select_for_update().get(pk=script.pk)
        if Revision.objects.filter(made_by_job=job.pk, job_position=position).exists():
            return
        by = job.kept.get(WRITTEN_BY, {})
        revisions.propose(
            script,
            text,
            user=person(request),
            origin=Revision.Origin.OFFLINE if by.get("model") == OFFLINE else Revision.Origin.MODEL,
            model=by.get("model", ""),
            prompt=by.get("prompt", ""),
            note="What came before it was stopped" if job.state == State.CANCELLED else "What came before it failed",
            made_by_job=job.pk,
            job_position=position,
        )
