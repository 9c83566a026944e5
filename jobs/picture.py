"""The picture of a job: what a person sees of its row, as flat display-ready fields.

One pure fold for everyone: the template prints these fields, the live stream carries them, the browser patches them.
So a row that was followed live and a freshly loaded one cannot differ.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from jobs import registry
from jobs.models import ENDED, Job, State
from jobs.spec import JobSpec

OUTCOMES = {
    "done": "Completed",
    "needs_you": "Needs you",
    "changes_requested": "Changes requested",
    "over_budget": "Over budget",
}
QUEUE_LABELS = {
    "pipeline": "a pipeline slot",
    "ai": "a writing slot",
    "media": "a media slot",
    "research": "a research slot",
    "download": "a download slot",
    "render": "a render slot",
}
SHORT_ERROR = 200
# Errors that only a key mends name the page of keys; where it is read, that page is one click away.
KEYS_PAGE = "your keys page"


def spec_of(job: Job) -> JobSpec | None:
    """What the job's kind declares, or None for a kind that this version of the studio no longer has."""
    try:
        return registry.spec(job.kind)
    except registry.UnknownKind:
        return None


def instant(moment: datetime | None) -> str | None:
    """A moment as ISO 8601 in UTC to the millisecond, as pages and messages carry it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def chip(job: Job) -> tuple[str, str]:
    """The state chip: its class and its words."""
    if job.state == State.COMPLETED and job.outcome != "done":
        return job.outcome.replace("_", "-"), OUTCOMES.get(job.outcome, job.outcome)
    if job.is_active and job.cancel_requested_at:
        return "cancelling", "Cancelling"
    if job.state == State.QUEUED and job.failures:
        return "retrying", "Retrying"
    if job.waiting_for:
        return "waiting", "Waiting"
    return job.state, State(job.state).label


def tries(job: Job, spec: JobSpec | None) -> str:
    """Which automatic retry this is, e.g. "retry 2 of 3"; nothing on a first try."""
    if not job.failures or not job.is_active:
        return ""
    return f"retry {job.failures} of {spec.max_retries if spec else job.failures}"


def retry_at(job: Job) -> str | None:
    """When the next automatic retry is due."""
    return instant(job.due_at) if job.state == State.QUEUED and job.failures else None


def cost(job: Job) -> str:
    """What the job has cost so far, e.g. "$0.11"; nothing while it is free."""
    if not job.cost_usd:
        return ""
    return f"${job.cost_usd:.2f}" if job.cost_usd >= 0.01 else "<$0.01"


def percent(job: Job) -> int | None:
    """How far the work is, 0 to 100, or None when it has not said."""
    if job.of <= 0:
        return None
    # A share below 100 never rounds up to it: "100 %" means done.
    return 100 if job.done >= job.of else min(max(int(100 * job.done / job.of), 0), 99)


def stage_place(job: Job, spec: JobSpec | None) -> tuple[str, str]:
    """The label of the stage or phase under way, and its place such as "2/8" in a pipeline."""
    if spec is None or not spec.is_pipeline or not job.stage:
        return job.phase, ""
    names = [stage.name for stage in spec.stages]
    if job.stage not in names:
        return job.stage, ""
    position = names.index(job.stage)
    return spec.stages[position].label, f"{position + 1}/{len(names)}"


def meta_line(fields: dict[str, Any]) -> str:
    """The small print under the progress bar."""
    parts: list[str] = []
    if fields["state"] == State.RUNNING and not fields["waiting_for"]:
        if fields["percent"] is not None:
            parts.append(f"{fields['percent']} %")
        parts.append(" ".join(part for part in (fields["stage_label"], fields["stage_of"]) if part))
    elif fields["waiting_for"]:
        parts += [
            fields["waiting_label"],
            " ".join(part for part in (fields["stage_label"], fields["stage_of"]) if part),
        ]
    elif fields["state"] == State.QUEUED and not fields["tries"]:
        parts.append("waiting for a worker")
    parts += [fields["tries"], fields["note"] if fields["state"] == State.RUNNING else "", fields["cost"]]
    return " · ".join(part for part in parts if part)


def live_picture(job: Job, *, now: datetime | None = None) -> dict[str, Any]:
    """The fields that change while a job lives: what a `job` message of the live stream carries."""
    now = now or timezone.now()
    spec = spec_of(job)
    chip_class, chip_label = chip(job)
    stage_label, stage_of = stage_place(job, spec)
    waiting_for = job.waiting_for
    force_from = (
        job.cancel_requested_at + timedelta(seconds=settings.JOB_FORCE_SECONDS)
        if job.cancel_requested_at and job.lease_until
        else None
    )
    fields: dict[str, Any] = {
        "state": job.state,
        "chip": chip_class,
        "chip_label": chip_label,
        "stage": job.stage or job.phase,
        "stage_label": stage_label,
        "stage_of": stage_of,
        "waiting_for": waiting_for,
        "waiting_label": f"waiting for {QUEUE_LABELS[waiting_for]}" if waiting_for else "",
        "done": job.done,
        "of": job.of,
        "percent": percent(job),
        "note": job.note,
        "tries": tries(job, spec),
        "retry_at": retry_at(job),
        "error": job.error if len(job.error) <= SHORT_ERROR else f"{job.error[: SHORT_ERROR - 1]}…",
        "wants_key": KEYS_PAGE in job.error,
        "outcome": job.outcome,
        "outcome_label": OUTCOMES.get(job.outcome, ""),
        "cost": cost(job),
        "attempt": job.attempt,
        "rev": job.rev,
        "started_at": instant(job.started_at),
        "ended_at": instant(job.ended_at),
        "cancel_requested_at": instant(job.cancel_requested_at),
        "force_from": instant(force_from),
        "can_cancel": job.is_active and not job.cancel_requested_at,
        "can_force": force_from is not None and now >= force_from,
        "can_finish": bool(
            spec and spec.finish_label and job.lease_until and job.is_active and not job.cancel_requested_at
        ),
        "can_retry": job.state in (State.FAILED, State.CANCELLED) and spec is not None,
        "can_rerun": job.state in ENDED and spec is not None,
    }
    fields["meta"] = meta_line(fields)
    return fields
