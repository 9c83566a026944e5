"""What people may ask of the engine: submit, cancel, retry, run again. Every door (page, API, command) comes through here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError

from accounts import limits
from accounts.models import User
from channels_app.models import Channel
from jobs import lifecycle, needs, registry
from jobs.inputs import InputsForm
from jobs.models import Job, State, light
from jobs.spec import JobSpec


class PremiumNeeded(Exception):
    """This kind of job is for premium users."""


class InvalidInputs(Exception):
    """The inputs were refused: `fields` has a sentence per field."""

    def __init__(self, form: InputsForm) -> None:
        self.form = form
        self.fields = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        super().__init__(" ".join(sentence for errors in self.fields.values() for sentence in errors))


def check_limits(channel: Channel, counts_for: User | None, told: User) -> None:
    """Raise LimitReached, in words for `told`, when a job may not begin in this channel.

    Jobs and money count for the person who asked for the job, storage for the channel's owner, who keeps what is made.
    """
    limited = [(counts_for, limits.Limit.ACTIVE_JOBS), (counts_for, limits.Limit.SPEND_TODAY)]
    for person, limit in [*limited, (channel.owner, limits.Limit.STORAGE)]:
        if person:
            limits.check(person, limit, whose="Your" if person == told else f"{person.name}'s")


@dataclass(frozen=True, slots=True)
class Submitted:
    """The job, and whether this submission made it (or an earlier one with the same idempotency key)."""

    job: Job
    created: bool


def check_premium(user: User | None, spec: JobSpec) -> None:
    """Raise PremiumNeeded unless the kind is for everyone or the person is premium."""
    if spec.premium and not (user and user.is_premium):
        raise PremiumNeeded(f"{spec.label} is for premium users. Ask an admin of this studio for the premium role.")


def submit(
    channel: Channel,
    user: User,
    kind: str,
    data: Any,
    *,
    idempotency_key: str = "",
    rerun_of: Job | None = None,
) -> Submitted:
    """Queue a new job of `kind` in `channel`, asked for by `user` with the form's `data`.

    Raises registry.UnknownKind, PremiumNeeded, InvalidInputs, NeedMissing, UserError, limits.LimitReached, and
    lifecycle.AlreadyActive when the same job is under way.
    """
    spec = registry.spec(kind)
    check_premium(user, spec)
    if idempotency_key and (earlier := with_key(channel, user, idempotency_key)):
        return Submitted(earlier, created=False)
    form = spec.form(data, channel=channel, user=user)
    if not form.is_valid():
        raise InvalidInputs(form)
    inputs = form.inputs()
    needs.check(spec)
    spec.check(inputs, channel, user)
    check_limits(channel, user, user)
    try:
        job = lifecycle.create(
            channel=channel,
            user=user,
            kind=kind,
            spec=spec,
            title=spec.title(inputs, channel),
            subject=spec.subject(inputs),
            inputs=inputs,
            idempotency_key=idempotency_key,
            rerun_of=rerun_of,
        )
    except IntegrityError:
        # The same key came twice at once: the other request has made the job.
        if idempotency_key and (earlier := with_key(channel, user, idempotency_key)):
            return Submitted(earlier, created=False)
        raise
    return Submitted(job, created=True)


def with_key(channel: Channel, user: User, idempotency_key: str) -> Job | None:
    """The job that this person submitted with this key before."""
    return light().filter(channel=channel, user=user, idempotency_key=idempotency_key).first()


def cancel(job: Job, *, force: bool = False) -> Job:
    """Cancel the job. Raises lifecycle.StateMismatch when it has ended."""
    return lifecycle.cancel(job.pk, force=force)


def finish(job: Job) -> Job:
    """Ask a running job to end early, as completed with what it has. Raises StateMismatch for one that cannot."""
    if not registry.spec(job.kind).finish_label:
        raise lifecycle.StateMismatch("This kind of job runs to its own end: cancel it instead.")
    return lifecycle.ask_to_finish(job.pk)


def retry(job: Job, user: User) -> Job:
    """Queue a failed or cancelled job again.

    Raises PremiumNeeded, NeedMissing, UserError, LimitReached (of the person it counts for, who may be another), StateMismatch,
    AlreadyActive.
    """
    spec = registry.spec(job.kind)
    check_premium(user, spec)
    needs.check(spec)
    if job.state in (State.FAILED, State.CANCELLED):
        # What it was refused for when it was queued may have come since: a script set back to draft, a key gone.
        spec.check(job.inputs, job.channel, job.user or user)
        check_limits(job.channel, job.user, user)
    return lifecycle.retry(job.pk)


def rerun(job: Job, user: User, changes: dict[str, Any]) -> Job:
    """A new job like `job` with changed inputs, linked to it. Raises what `submit` raises."""
    known = registry.spec(job.kind).form(channel=job.channel, user=user).fields
    # What an older version of the kind was asked with, and this one does not ask for, is left behind.
    inputs = {name: value for name, value in job.inputs.items() if name in known}
    return submit(job.channel, user, job.kind, {**inputs, **changes}, rerun_of=job).job
