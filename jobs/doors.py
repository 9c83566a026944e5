"""What every door does before it acts: find the job or channel for this person, and answer refusals alike.

A stranger gets 404. Who may see a channel may follow its jobs; who may change it may act on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html

from accounts.limits import LimitReached
from accounts.models import User
from channels_app.access import ChannelAccess, channel_for
from jobs.actions import InvalidInputs, PremiumNeeded
from jobs.lifecycle import AlreadyActive, StateMismatch
from jobs.models import Job, light
from jobs.picture import KEYS_PAGE
from jobs.registry import UnknownKind
from jobs.spec import NeedMissing, UserError

READ_ONLY = "You may read this channel but not change it: its jobs are started by its owner."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the engine did not do what was asked, in the same words for pages, API and commands.

    url, link: a page that helps on, and what its link is called.
    """

    status: int
    code: str
    message: str
    fields: dict[str, list[str]]
    url: str = ""
    link: str = ""


def job_for(user: User, job_id: UUID, *, heavy: bool = False) -> tuple[Job, ChannelAccess]:
    """The job and this person's access to its channel. Raises Http404 for a stranger."""
    jobs = Job.objects.select_related("channel", "user") if heavy else light()
    job = jobs.filter(pk=job_id).first()
    if job is None:
        raise Http404("There is no such job.")
    return job, channel_for(user, job.channel.slug)


def check_may_change(access: ChannelAccess) -> None:
    """Raise PermissionDenied for a person who may only read."""
    if not access.may_change:
        raise PermissionDenied(READ_ONLY)


def attempt_action(action: Callable[[], Any]) -> tuple[Any, Refusal | None]:
    """Do what was asked; the answer, or the refusal to show."""
    try:
        return action(), None
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return None, refusal


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that an error of the engine stands for, with the way to the page of keys if it names that; None for
    any other error."""
    refusal = _refusal_of(error)
    if refusal and not refusal.url and KEYS_PAGE in refusal.message:
        return replace(refusal, url=reverse("provider-keys"), link="API keys")
    return refusal


def _refusal_of(error: Exception) -> Refusal | None:
    match error:
        case PremiumNeeded():
            return Refusal(402, "premium_needed", str(error), {})
        case InvalidInputs():
            return Refusal(400, "invalid_inputs", str(error), error.fields)
        case NeedMissing():
            told = f"{error.message} {error.way_out}".strip()
            return Refusal(422, "need_missing", told, {}, error.url, error.link)
        case UserError():
            return Refusal(400, "refused", str(error), {})
        case LimitReached():
            return Refusal(409, "limit_reached", str(error), {})
        case UnknownKind():
            return Refusal(404, "unknown_kind", error.args[0], {})
        case AlreadyActive():
            url = reverse("job", args=[error.other.channel.slug, error.other.pk]) if error.other else ""
            return Refusal(409, "already_active", str(error), {}, url, "Open that job")
        case StateMismatch():
            return Refusal(409, "wrong_state", str(error), {})
        case _:
            return None


def with_link(refusal: Refusal) -> str:
    """The refusal as a message of a page, with the link that helps on."""
    if not (refusal.url and refusal.link):
        return refusal.message
    return format_html('{} <a href="{}">{}</a>', refusal.message, refusal.url, refusal.link)
