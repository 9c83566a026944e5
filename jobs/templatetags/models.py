"""Template tags that show what providers of language models offer: what is remembered, so that no page waits for them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from jobs.steps import model_choice
from jobs.tools.llm import offers as llm

register = template.Library()
OWN_SERVERS = {
    "ollama": "Models of your own machine. Noticed at OLLAMA_URL; it needs no key.",
    "compatible": "The server at OPENAI_BASE_URL, with the studio's own OPENAI_API_KEY if it wants one.",
}


@register.inclusion_tag("jobs/_provider_offer.html", takes_context=True)
def provider_offer(context: RequestContext, provider: str) -> dict[str, Any]:
    """What a provider offers to this person's keys, and the button that asks it anew."""
    return {**_offer(context, provider), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("jobs/_own_servers.html", takes_context=True)
def own_servers(context: RequestContext) -> dict[str, Any]:
    """The servers that need no key of anybody's: whether they were noticed, and what they offer."""
    servers = [
        {"slug": slug, "label": llm.LABELS[slug], "purpose": purpose, **_offer(context, slug)}
        for slug, purpose in OWN_SERVERS.items()
    ]
    return {"servers": servers, "csrf_token": context.get("csrf_token")}


def _offer(context: RequestContext, provider: str) -> dict[str, Any]:
    config = model_choice.config_for(context["request"].user)
    endpoint = model_choice.endpoint_of(config, provider)
    offer = next((one for one in llm.remembered_offers(config) if one.provider == provider), None)
    return {
        "provider": provider,
        "label": llm.LABELS[provider],
        "offer": offer,
        "is_set_up": endpoint is not None,
        "may_be_asked": endpoint is not None and not endpoint.reason,
        "is_asked": offer is not None and offer.reason != llm.NOT_ASKED,
    }
