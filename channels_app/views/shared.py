"""What the pages of channels share: who asks, what is found, what is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Model, ProtectedError, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from channels_app.access import READ_ONLY, ChannelAccess
from channels_app.models import Script

ROWS_PER_PAGE = 50
# How long undoing is offered.
UNDO_FOR = timedelta(minutes=10)
MOVED_ON = (
    "The script has been changed while you looked at this; nothing was done. Nothing is lost: what you see now goes by the "
    "text as it is. Look again, then answer."
)
M = TypeVar("M", bound=Model)


def person(request: HttpRequest) -> User:
    """Who asks; every view here requires sign-in."""
    return cast("User", request.user)


def one_of(rows: QuerySet[M], pk: UUID) -> M:
    """The row, or Http404."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404("There is nothing here.")
    return row


def ids_in(given: Iterable[str]) -> list[UUID]:
    """Those of some values that are ids."""
    found = []
    for value in given:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def number_in(given: str) -> int | None:
    """A number as it stands in addresses and hidden fields, or None for what is none."""
    return int(given) if given.isdecimal() and len(given) < 9 else None


def seen_version(request: HttpRequest) -> int | None:
    """The version of the script that the person has seen."""
    return number_in(request.POST.get("version", ""))


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, and not a browser that shows what comes."""
    return request.accepts("application/json") and not request.accepts("text/html")


def desk_url(script: Script, tab: str, **query: str | int) -> str:
    """The script's page with a tab open."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"{reverse('script', args=[script.channel.slug, script.pk])}?tab={tab}{more}"


def is_undo_offered(since: str) -> bool:
    """Whether what was done then (an ISO moment) may still be undone from the page."""
    at = parse_datetime(since)
    return at is not None and timezone.now() - at <= UNDO_FOR


def check_may_change(access: ChannelAccess) -> None:
    """Raise PermissionDenied for a reader."""
    if not access.may_change:
        raise PermissionDenied(READ_ONLY)


def status_of(form: BaseForm) -> int:
    """400 for a form that was refused."""
    return 400 if form.is_bound and form.errors else 200


def page_of(request: HttpRequest, rows: QuerySet[M]) -> Page[M]:
    """The page that `?page=` names; the nearest one there is for anything else."""
    return Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))


def refused(request: HttpRequest, refusal: ProtectedError, back: str) -> HttpResponse:
    """The page that says why something cannot be deleted now."""
    context = {"reason": str(refusal.args[0]), "back": back}
    return render(request, "channels_app/refused.html", context, status=409)
