"""Who makes a picture: an image model that is set up and that this person may use, else the composer of the studio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from accounts import keys, model_access
from accounts.models import ProviderKey, User
from accounts.roles import Role
from jobs.tools import web
from jobs.tools.images import prices

if TYPE_CHECKING:
    from jobs.tools.images.painting import Painter

COMPOSER, MODEL = "composer", "model"
COMPOSED_BY = "Composed in the studio"
NO_MODEL = "No image model is set up."
USUAL_PROMPT_TOKENS = 100
WAY_OUT = "Add an OpenAI key on your keys page, or have the pictures composed in the studio."


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The image service as it is set up for a person. reason: why they cannot use it; empty if they can."""

    url: str
    model: str
    key: str
    reason: str = ""


def service_for(user: User | None) -> Service:
    """The studio's own image server if IMAGE_BASE_URL names one, else OpenAI with this person's key or the studio's.

    A server of the studio's own gets the studio's OPENAI_API_KEY, never a key that people keep for OpenAI.
    """
    is_own = web.is_other_than_openai(settings.IMAGE_BASE_URL)
    if is_own:
        key = keys.key_for(None, "openai") or ""
        return Service(url=settings.IMAGE_BASE_URL, model=settings.IMAGE_MODEL, key=key)
    # With OPENAI_BASE_URL set to another server, the studio's key is that server's.
    elsewhere = web.is_other_than_openai(settings.OPENAI_BASE_URL)
    key = (keys.own_key if elsewhere else keys.key_for)(user, "openai") or ""
    reason = _refusal(user) if key else WAY_OUT
    return Service(url=web.OPENAI_URL, model=settings.IMAGE_MODEL, key=key, reason=reason)


def _refusal(user: User | None) -> str:
    held = user.roles if user else frozenset({Role.STANDARD})
    has_own = user is not None and ProviderKey.objects.filter(user=user, provider="openai").exists()
    if model_access.may_use(held, is_local=False, is_small=False, has_own_key=has_own):
        return ""
    return "It is for premium users. Have the pictures composed in the studio, or ask an admin for the role."


def cost_of(service: Service) -> str:
    """About what a picture costs there, in words."""
    price = prices.price_of(service.model, is_here=prices.runs_here(service.url))
    if price is None:
        return "price unknown"
    usd = price.of(USUAL_PROMPT_TOKENS, prices.PICTURE_TOKENS)
    return f"about ${usd:.2f} each" if usd else "at no cost"


def painter_of(service: Service) -> Painter:
    """The service as the tool wants it. For workers: loads the HTTP client."""
    from jobs.tools.images.painting import Painter

    return Painter(
        url=service.url, model=service.model, key=service.key, allow_hosts=tuple(settings.DOWNLOAD_ALLOW_HOSTS)
    )
