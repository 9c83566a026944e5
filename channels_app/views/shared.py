"""What the pages of channels share: who asks, what is found, what is refused."""

from __future__ import annotations

from typing import TypeVar, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Model, ProtectedError, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from channels_app.access import READ_ONLY, ChannelAccess

ROWS_PER_PAGE = 50
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
