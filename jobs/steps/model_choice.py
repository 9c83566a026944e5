"""Which models a person may choose, and what each provider says about itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from accounts import keys, model_access
from accounts.models import ProviderKey, User
from accounts.roles import Role, Roles
from jobs.tools import web
from jobs.tools.llm import offers as llm
from jobs.tools.llm.model import Endpoint, LlmConfig
from jobs.tools.llm.offers import Model, Offer

SLUG = re.compile(rf"({'|'.join(llm.LABELS)})/(\S{{1,150}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One model as it is offered to a person. reason: why they may not choose it; empty if they may."""

    slug: str
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A provider with its models. reason: why it offers none."""

    label: str
    choices: Sequence[Choice] = ()
    reason: str = ""


def config_for(user: User | None) -> LlmConfig:
    """Where this person's calls go: their own key first, then the server's.

    With OPENAI_BASE_URL set to another server, the studio's OPENAI_API_KEY is that server's, and goes nowhere else; a
    person's own OpenAI key goes to OpenAI alone.
    """
    is_other = web.is_other_than_openai(settings.OPENAI_BASE_URL)
    return LlmConfig(
        ollama_url=settings.OLLAMA_URL,
        compatible_url=settings.OPENAI_BASE_URL if is_other else "",
        compatible_key=settings.SERVER_KEYS["openai"] if is_other else "",
        openai_key=(keys.own_key if is_other else keys.key_for)(user, "openai") or "",
        anthropic_url=settings.ANTHROPIC_BASE_URL,
        anthropic_key=keys.key_for(user, "anthropic") or "",
        gemini_url=settings.GEMINI_BASE_URL,
        gemini_key=keys.key_for(user, "gemini") or "",
    )


def offers(user: User | None, *, fresh: bool = False) -> list[Offer]:
    """What every provider offers to this person's keys. Asks those that are not remembered."""
    return llm.offers(config_for(user), fresh=fresh)


def endpoint_of(config: LlmConfig, provider: str) -> Endpoint | None:
    """The provider as it is configured, or None where it is not."""
    return next((one for one in llm.endpoints(config) if one.provider == provider), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a person holds that opens models to them."""

    held: Roles
    own: frozenset[str]

    @classmethod
    def of(cls, user: User | None) -> Access:
        """Of this person; nobody in particular is a standard user."""
        if user is None:
            return cls(held=frozenset({Role.STANDARD}), own=frozenset())
        return cls(held=user.roles, own=frozenset(key.provider for key in ProviderKey.objects.filter(user=user)))

    def refusal(self, model: Model) -> str:
        """Why this model is not for them; empty if it is."""
        is_small, has_own_key = model.slug == settings.LLM_MODEL, model.provider in self.own
        if model_access.may_use(self.held, is_local=model.is_local, is_small=is_small, has_own_key=has_own_key):
            return ""
        return model_access.refusal(self.held, model.name)


def groups(user: User | None, *, ask: bool) -> list[Group]:
    """Every provider with its models, for a picker. ask: False takes what is remembered, without any network."""
    config, access = config_for(user), Access.of(user)
    found = llm.offers(config) if ask else llm.remembered_offers(config)
    return [
        Group(
            label=offer.label,
            choices=[
                Choice(slug=one.slug, name=one.name, reason=access.refusal(one) and "for premium users")
                for one in offer.models
            ],
            reason=offer.reason,
        )
        for offer in found
    ]
