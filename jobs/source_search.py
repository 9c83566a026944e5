"""The door to the sources of resources."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from channels_app.access import channel_for
from channels_app.views.shared import person


@login_required
@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The page (`?q=&type=&licence=`); with `source` the answer of one source (`after`: from there on). With
    `fragment=stream` a line for every source as it answers, `{"source": slug, "html": "…"}`."""
    # What asks sources is loaded with the first question, not when the web process starts.
    from jobs import source_answers

    return source_answers.answered(request, channel_for(person(request), slug))
