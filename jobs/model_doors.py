"""The doors of language models: which there are, and whether a provider answers. Asking takes a moment, so no page waits."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import throttle
from channels_app.access import channel_for
from channels_app.views.shared import person
from jobs import spending

LONGEST_SLUG = 170
TRIALS = throttle.Budget("trials of a provider", 10, timedelta(minutes=5))


@never_cache
@login_required
@require_GET
def models(request: HttpRequest, slug: str) -> HttpResponse:
    """The options of a model picker, by provider, asked of the providers now. `?chosen=` is marked as chosen."""
    # What asks providers is loaded with the first question, not when the web process starts.
    from jobs.steps.model_field import options_html

    channel_for(person(request), slug)
    chosen = request.GET.get("chosen", "")[:LONGEST_SLUG]
    return HttpResponse(options_html(person(request), chosen, ask=True))


@login_required
@require_POST
def provider_test(request: HttpRequest, provider: str) -> HttpResponse:
    """Ask a provider what it offers and have it say a word; what came of it stands on the page of keys."""
    from jobs.steps import model_trial
    from jobs.tools.llm.offers import LABELS

    if provider not in LABELS:
        raise Http404("There is no such provider.")
    user = person(request)
    try:
        throttle.spend([(TRIALS, str(user.pk))])
    except throttle.TooManyTries as refusal:
        messages.error(request, str(refusal))
    else:
        trial = model_trial.try_provider(user, provider)
        spending.record_trial(user, trial.tokens, trial.usd)
        (messages.success if trial.is_well else messages.error)(request, trial.told)
    return redirect("provider-keys")
