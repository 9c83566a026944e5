"""Trying a provider: what it answers, how fast, which models it offers, and whether one of them really writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings

from accounts import limits
from accounts.limits import Limit, LimitReached
from accounts.models import User
from jobs.steps import call_costs, model_choice
from jobs.tools.llm import offers as llm
from jobs.tools.llm import prices
from jobs.tools.llm.model import Endpoint, ModelFailed
from jobs.tools.llm.offers import Model, Offer
from jobs.tools.llm.probing import Probed, probe_aside
from jobs.tools.text import prompts

MOST_NAMED = 8
SECONDS = 30.0
Probing = Callable[[Endpoint, str, str, str, float], Probed]


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether it went well, what to tell the person who asked, and what it has cost."""

    is_well: bool
    told: str
    tokens: int = 0
    usd: Decimal = Decimal(0)


def try_provider(user: User, provider: str) -> Trial:
    """Ask the provider for its models anew, and have the cheapest hosted one that this person may use say a word.

    Of models of one's own machine only the list is asked: to have one loaded may take minutes. The call is made by a
    process of its own, so that this one stays small.
    """
    config = model_choice.config_for(user)
    endpoint = model_choice.endpoint_of(config, provider)
    if endpoint is None:
        return Trial(False, f"{llm.subject(provider)} is not set up. The studio's operator sets its address.")
    (offer,) = llm.offers(config, only=provider, fresh=True)
    if offer.reason:
        return Trial(False, offer.reason)
    told = f"{endpoint.subject} answered in {offer.ms} ms and {named(offer)}."
    access = model_choice.Access.of(user)
    model = cheapest([one for one in offer.models if not one.is_local and not access.refusal(one)])
    if model is None:
        return Trial(True, told)
    try:
        limits.check(user, Limit.SPEND_TODAY)
    except LimitReached as error:
        return Trial(False, f"{told} No model was tried. {error}")
    trial = try_model(endpoint, model, probe_aside)
    return replace(trial, told=f"{told} {trial.told}")


def try_model(endpoint: Endpoint, model: Model, probing: Probing) -> Trial:
    """Have the model say a word."""
    prompt = prompts.render("probe")
    try:
        probed = probing(endpoint, model.name, prompt.system, prompt.user, SECONDS)
    except ModelFailed as error:
        return Trial(False, str(error))
    price = prices.price_of(model.provider, model.name, is_local=model.is_local)
    usd = price.of(probed.spent.input_tokens, probed.spent.output_tokens) if price else None
    said = f"{model.name} wrote “{probed.said}” in {probed.ms:,} ms"
    cost = call_costs.in_words(probed.spent, usd)
    return Trial(True, f"{said} ({cost}).", tokens=probed.spent.tokens, usd=usd or Decimal(0))


def named(offer: Offer) -> str:
    """What it offers, in words: the number of models and the first few of them."""
    if offer.is_open:
        return "lists no models: write their names yourself"
    names = [model.name for model in offer.models]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    noun = "model" if len(names) == 1 else "models"
    return f"offers {len(names)} {noun}: {', '.join(names[:MOST_NAMED])}{more}"


def cheapest(models: Sequence[Model]) -> Model | None:
    """The studio's own model if it is among them, else the one whose words cost least; unpriced ones come last."""

    def cost(model: Model) -> tuple[bool, bool, Decimal]:
        price = prices.price_of(model.provider, model.name, is_local=model.is_local)
        return model.slug != settings.LLM_MODEL, price is None, price.output if price else Decimal(0)

    return min(models, key=cost, default=None)
