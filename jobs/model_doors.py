"""The door by which pages learn which models there are: asking providers takes a moment, so no page waits for it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from channels_app.access import channel_for
from jobs.steps.model_field import options_html
from jobs.views import person

LONGEST_SLUG = 170


@never_cache
@login_required
@require_GET
def models(request: HttpRequest, slug: str) -> HttpResponse:
    """The options of a model picker, by provider, asked of the providers now. `?chosen=` is marked as chosen."""
    channel_for(person(request), slug)
    chosen = request.GET.get("chosen", "")[:LONGEST_SLUG]
    return HttpResponse(options_html(person(request), chosen, ask=True))
