"""What people and machines are shown of jobs: lists, details, output, estimates. Reads only.

Lists use keyset paging and capped counts, so that a million rows cost no more than a hundred.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from channels_app.models import Channel
from jobs import lifecycle, registry
from jobs.estimates import Counted, estimates
from jobs.inputs import PartsField
from jobs.models import ENDED, Artifact, Event, Job, State, light
from jobs.picture import instant, live_picture, retry_at, spec_of

PAGE_SIZE = 30
COUNT_CAP = 999
OUTPUT_LINES = 1000
Row = dict[str, Any]


# --- one row -----------------------------------------------------------------------------------------------------------
def row(job: Job) -> Row:
    """The whole small row of a job: what never changes, and the live picture."""
    spec = spec_of(job)
    return {
        "id": str(job.pk),
        "url": reverse("job", args=[job.channel.slug, job.pk]),
        "api_url": reverse("api-job", args=[job.pk]),
        "channel": job.channel.slug,
        "kind": job.kind,
        "kind_label": spec.label if spec else job.kind,
        "icon": spec.icon if spec else "job",
        "premium": spec.premium if spec else True,
        "finish_label": spec.finish_label if spec else "",
        "title": job.title,
        "user_name": str(job.user) if job.user else "a former user",
        "created_at": instant(job.created_at),
        **live_picture(job),
    }


# --- lists -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which jobs of a channel are wanted. Unknown states and kinds are left out."""

    state: str = ""
    kind: str = ""
    text: str = ""

    @classmethod
    def of(cls, query: Any) -> Filter:
        """From a query string's `state`, `kind` and `q`."""
        state, kind = query.get("state", ""), query.get("kind", "")
        return cls(
            state=state if state in State.values else "",
            kind=kind if kind in registry.kinds() else "",
            # PostgreSQL takes no NUL, and no title has one.
            text=query.get("q", "").replace("\x00", "").strip()[:100],
        )

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.state or self.kind or self.text)

    def apply(self, jobs: QuerySet[Job]) -> QuerySet[Job]:
        """The jobs it lets through."""
        if self.state:
            jobs = jobs.filter(state=self.state)
        if self.kind:
            jobs = jobs.filter(kind=self.kind)
        if self.text:
            jobs = jobs.filter(Q(title__icontains=self.text) | Q(error__icontains=self.text))
        return jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of jobs, newest first, and the cursor of the next (empty after the last)."""

    jobs: list[Job]
    next: str


def page_of(channel: Channel, wanted: Filter, cursor: str = "", *, size: int = PAGE_SIZE) -> Page:
    """A page of the channel's jobs that pass the filter. A cursor that is none of ours shows the first page."""
    jobs = wanted.apply(light().filter(channel=channel)).order_by("-created_at", "-pk")
    place = read_cursor(cursor)
    if place:
        created_at, pk = place
        jobs = jobs.filter(created_at__lte=created_at).exclude(Q(created_at=created_at) & Q(pk__gte=pk))
    found = list(jobs[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(jobs=found[:size], next=write_cursor(last.created_at, last.pk) if last else "")


def write_cursor(moment: datetime, pk: UUID) -> str:
    """An opaque place after a job in a list that is ordered by `moment`."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()} {pk}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID] | None:
    """The place a cursor names, or None for anything else."""
    try:
        moment, _, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(pk)
    except (ValueError, OverflowError):
        return None


def changed_since(channel: Channel, since: datetime, cursor: str = "", *, size: int) -> Page:
    """A page of the jobs whose row has changed after a moment, oldest change first: what a polling client asks for.

    A job that changes while the pages are read comes again on a later one; none is passed over.
    """
    jobs = light().filter(channel=channel, updated_at__gt=since).order_by("updated_at", "pk")
    place = read_cursor(cursor)
    if place:
        updated_at, pk = place
        jobs = jobs.filter(updated_at__gte=updated_at).exclude(Q(updated_at=updated_at) & Q(pk__lte=pk))
    found = list(jobs[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(jobs=found[:size], next=write_cursor(last.updated_at, last.pk) if last else "")


def counts(channel: Channel) -> dict[str, str]:
    """How many jobs are in each state, capped at "999+"; the key "" counts all."""
    # One query for all of them.
    found = Channel.objects.values(
        **{
            state: Counted(Job.objects.filter(channel=channel, state=state).order_by().values("pk")[: COUNT_CAP + 1])
            for state in State.values
        }
    ).get(pk=channel.pk)
    numbers = cast("dict[str, int]", found)
    return {"": capped(sum(numbers.values())), **{state: capped(number) for state, number in numbers.items()}}


def capped(count: int) -> str:
    """A count as shown, never more than three digits."""
    return str(count) if count <= COUNT_CAP else f"{COUNT_CAP}+"


# --- rows with estimates -------------------------------------------------------------------------------------------------
def expectation(job: Job) -> Row:
    """While it waits: place in line and when it starts; while it runs: when it ends. Unknown is None or empty."""
    return estimates(job.channel, [job])[job.pk]


def list_rows(channel: Channel, jobs: list[Job]) -> list[Row]:
    """The rows of a channel's jobs with their places in line and estimates."""
    expected = estimates(channel, jobs)
    return [{**row(job), **expected[job.pk]} for job in jobs]


def api_rows(channel: Channel, jobs: list[Job]) -> list[Row]:
    """The rows of a list as the API answers them: what the live stream carries, and the contract's fields that cost
    nothing more. What is large (inputs, result, attempts, stages, artifacts) is asked for job by job."""
    expected = estimates(channel, jobs)
    # The row last: its error is the short one, as messages of the live stream have it.
    return [{**contract(job, expected[job.pk]), **row(job)} for job in jobs]


# --- detail --------------------------------------------------------------------------------------------------------------
def artifact_fields(artifact: Artifact) -> dict[str, Any]:
    """An artifact as people and machines read it."""
    return {
        "name": artifact.name,
        "media_type": artifact.media_type,
        "size": artifact.size,
        "sha256": artifact.sha256,
        "url": reverse("api-artifact", args=[artifact.job_id, artifact.name]),
        **{key: artifact.meta[key] for key in ("seconds",) if key in artifact.meta},
    }


def output(job: Job, *, attempt: int | None = None, start: int = 1, slot: str = "") -> dict[str, Any]:
    """Output lines of an attempt (its latest unless named) from line `start` on, at most a thousand; `next` goes on.

    With a slot: the slot's text from character `start` on, as one line per stored piece.
    """
    number = job.attempt if attempt is None else attempt
    kind = "panel" if slot else "log"
    pieces = Event.objects.filter(job=job, kind=kind, attempt=number, slot=slot, end__gt=start).order_by("start", "rev")
    lines: list[dict[str, Any]] = []
    following = start
    for piece in pieces.iterator(chunk_size=100):
        if slot:
            if "text" not in piece.body:
                continue
            lines.append({"n": piece.start, "at": instant(piece.at), "stage": "", "text": piece.body["text"]})
        else:
            numbered = enumerate(piece.body["lines"], piece.start)
            lines += [{"n": n, **line} for n, line in numbered if n >= start]
        following = piece.end
        if len(lines) >= OUTPUT_LINES:
            break
    if not slot:
        lines = lines[:OUTPUT_LINES]
        following = lines[-1]["n"] + 1 if lines else start
    return {"attempt": number, "lines": lines, "next": following}


def last_line(job: Job, attempt: int) -> int:
    """The number of the attempt's latest output line; 0 without output."""
    latest = (
        Event.objects.filter(job=job, kind="log", attempt=attempt, slot="").order_by("-end").values_list("end").first()
    )
    return latest[0] - 1 if latest else 0


def slots(job: Job, *, attempt: int | None = None) -> dict[str, str]:
    """The text that an attempt, by default the latest, has streamed into each slot."""
    texts: dict[str, str] = {}
    number = job.attempt if attempt is None else attempt
    for event in Event.objects.filter(job=job, kind="panel", attempt=number).exclude(slot="").order_by("start", "rev"):
        if "text" in event.body:
            texts[event.slot] = texts.get(event.slot, "") + event.body["text"]
    return texts


def stages(job: Job) -> list[dict[str, Any]]:
    """Stages of a pipeline, or the named phases of another job, in order."""
    return [lifecycle.stage_fields(stage) for stage in job.stage_runs.all()]


def attempts(job: Job) -> list[dict[str, Any]]:
    """Every attempt, oldest first."""
    return [lifecycle.attempt_fields(attempt) for attempt in job.attempts.all()]


def shown_inputs(job: Job) -> list[tuple[str, str]]:
    """The inputs as a form would label them; rows by their name instead of their id."""
    spec = spec_of(job)
    if spec is None:
        return [(name, str(value)) for name, value in job.inputs.items()]
    form = spec.form(job.inputs, channel=job.channel, user=job.user)
    form.is_valid()
    shown = []
    for name, value in job.inputs.items():
        field = form.fields.get(name)
        label = str(field.label or name.replace("_", " ").capitalize()) if field else name
        told = field.in_words(value) if isinstance(field, PartsField) else str(form.cleaned_data.get(name, value))
        shown.append((label, told))
    return shown


def shown_result(job: Job) -> list[tuple[str, Any]]:
    """What the job has told, in words; without what it was given, what is empty and what is for machines."""
    spec, told = spec_of(job), job.result or {}
    words = spec.result_words if spec else {}
    shown = {key: value for key, value in told.items() if value not in ("", None, [], {}, job.inputs.get(key))}
    named = ((words.get(key, key.replace("_", " ").capitalize()), value) for key, value in shown.items())
    return [(label, value) for label, value in named if label]


def detail(job: Job, *, attempt: int | None = None) -> dict[str, Any]:
    """Everything an opened row shows. The newest thousand lines come first; older ones are fetched on demand."""
    number = job.attempt if attempt is None else attempt
    total = last_line(job, number)
    return {
        "attempts": [
            {**lifecycle.attempt_fields(one), "try_number": one.try_number, "traceback": one.traceback}
            for one in job.attempts.all()
        ],
        "stages": stages(job),
        "artifacts": [artifact_fields(artifact) for artifact in job.artifacts.all()],
        "units": job.delivered_units.count(),
        "inputs": shown_inputs(job),
        "result": shown_result(job),
        "output": {**output(job, attempt=number, start=max(1, total - OUTPUT_LINES + 1)), "total": total},
        "slots": slots(job),
        "rerun_of": job.rerun_of_id,
        **expectation(job),
    }


def contract(job: Job, expected: Row) -> Row:
    """The small fields of DESIGN's contract."""
    return {
        "id": str(job.pk),
        "channel": job.channel.slug,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "outcome": job.outcome,
        "stage": job.stage or job.phase,
        "waiting_for": job.waiting_for,
        "progress": {"done": job.done, "of": job.of, "note": job.note},
        "queue": {"name": job.queue, "position": expected["queue_position"], "starts_in": expected["starts_in"]},
        "eta": expected["eta"],
        "cost_usd": str(job.cost_usd),
        "retries": job.failures,
        "retry_at": retry_at(job),
        "cancel_requested_at": instant(job.cancel_requested_at),
        "error": job.error,
        "rerun_of": str(job.rerun_of_id) if job.rerun_of_id else None,
        "created_at": instant(job.created_at),
        "started_at": instant(job.started_at),
        "ended_at": instant(job.ended_at),
        "rev": job.rev,
        "url": reverse("job", args=[job.channel.slug, job.pk]),
        "is_ended": job.state in ENDED,
    }


def as_api(job: Job) -> Row:
    """A job as the API answers it (DESIGN's contract)."""
    return {
        **contract(job, expectation(job)),
        "inputs": job.inputs,
        "result": job.result,
        "attempts": attempts(job),
        "stages": [
            {key: stage[key] for key in ("name", "state", "score", "started_at", "ended_at")} for stage in stages(job)
        ],
        "artifacts": [artifact_fields(artifact) for artifact in job.artifacts.all()],
    }


def searches(channel: Channel, most: int = 10) -> list[dict[str, Any]]:
    """The newest jobs of kind `discover` that have ended: what was asked, and what they told."""
    jobs = Job.objects.filter(channel=channel, kind="discover", state__in=ENDED).select_related("user")
    found = []
    for job in jobs.order_by("-created_at")[:most]:
        asked = dict(shown_inputs(job))
        found.append(
            {
                "id": str(job.pk),
                "query": job.inputs.get("query", ""),
                "filters": asked.get("Filters", ""),
                "sort": (job.inputs.get("filters") or {}).get("sort", ""),
                "told": (job.result or {}).get("told") or job.error,
                "state": job.get_state_display(),
                "by": str(job.user) if job.user else "",
                "at": instant(job.created_at),
            }
        )
    return found


def newest(channel: Channel, kind: str, subject: str, *, state: str = "") -> Job | None:
    """The newest job of a kind about a subject (in that state): what the panel that starts such jobs shows."""
    jobs = light().filter(channel=channel, kind=kind, subject=subject).order_by("-created_at")
    return (jobs.filter(state=state) if state else jobs).first()
