"""RQ's own pages below /admin/rq/, in this studio: they show the rings, and Redis may be away."""

from __future__ import annotations

from collections.abc import Callable

import redis
from csp.constants import UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PATH = "/admin/rq/"


class RqPages:
    """Answers a missing Redis with a page, and lets these pages' inline scripts run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; for RQ's pages with a policy of their own."""
        response = self.get_response(request)
        if request.path.startswith(PATH):
            # They are not ours to change, admins alone see them, and what they show are rings, which nobody can name.
            response._csp_update = {"script-src": [UNSAFE_INLINE], "style-src": [UNSAFE_INLINE]}  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page that says what the matter is, when it is Redis."""
        if isinstance(error, redis.RedisError) and request.path.startswith(PATH):
            return render(request, "rq_away.html", status=503)
        return None
