"""Who writes: a model that this person may use, or the offline author, and how kinds ask it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from accounts.models import ProviderKey, User
from channels_app.models import Channel
from jobs.context import JobContext
from jobs.spec import Inputs, NeedMissing, UserError
from jobs.steps import call_costs, model_choice
from jobs.steps.model_field import OFFLINE, ModelField
from jobs.tools.llm import calling, prices
from jobs.tools.llm import offers as llm
from jobs.tools.llm.hearing import OUTPUT_TOKENS, Call, Watcher
from jobs.tools.llm.model import LlmConfig, ModelRefused, Spent
from jobs.tools.llm.offers import Model
from jobs.tools.text.prompts import Prompt

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "OFFLINE",
    "OUTPUT_TOKENS",
    "Author",
    "ModelField",
    "Written",
    "ask",
    "author_for",
    "author_of",
    "check",
    "offers",
    "providers_in_use",
    "stream",
    "warm_up",
]

OFFLINE_LABEL = "Offline author: assembled from your notes, no language model"
T = TypeVar("T", bound="BaseModel")
R = TypeVar("R")

offers = model_choice.offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who writes. `name` is recorded with everything it makes: `offline`, or `provider/model`."""

    name: str
    label: str

    @property
    def is_offline(self) -> bool:
        """Whether no language model takes part."""
        return self.name == OFFLINE


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it came. `is_cut`: the model stopped because it ran out of length, not because it had ended."""

    text: str
    is_cut: bool = False


OFFLINE_AUTHOR = Author(name=OFFLINE, label=OFFLINE_LABEL)


def author_for(user: User | None, wanted: str = "") -> Author:
    """The author asked for; without a wish the best one that is ready for this person, the offline author at last.

    wanted: empty, `offline`, or `provider/model`. Raises UserError for one that is unknown or not for this person,
    NeedMissing for one that is out of reach.
    """
    if wanted == OFFLINE:
        return OFFLINE_AUTHOR
    config = model_choice.config_for(user)
    if wanted:
        return _author(_model_named(config, wanted), user)
    return _best(config, user)


def author_of(ctx: JobContext) -> Author:
    """The author of a job: whom its input `model` asks for. Raises as `author_for` does."""
    return author_for(ctx.user, str(ctx.inputs.get("model") or ""))


def _best(config: LlmConfig, user: User | None) -> Author:
    """The studio's own model if it is ready for this person, else Ollama's first, else the offline author."""
    if settings.LLM_MODEL:
        try:
            return _author(_model_named(config, settings.LLM_MODEL), user)
        except (UserError, NeedMissing):
            pass  # what nobody has chosen need not be there
    for offer in llm.offers(config, only="ollama"):
        if offer.models:
            return _author(offer.models[0], user)
    return OFFLINE_AUTHOR


def _model_named(config: LlmConfig, wanted: str) -> Model:
    parts = model_choice.SLUG.fullmatch(wanted)
    if parts is None:
        raise UserError(f"Model: there is no model “{wanted[:60]}”. Choose one of the list, or offline.")
    provider, name = parts[1], parts[2]
    offer = next(iter(llm.offers(config, only=provider)), None)
    if offer is None:
        raise NeedMissing(f"{llm.subject(provider)} is not set up.", "See docs/models.md, or choose another model.")
    if offer.reason:
        raise NeedMissing(f"The model “{name}” is out of reach.", offer.reason)
    found = next((model for model in offer.models if model.name == name), None)
    if found:
        return found
    if offer.is_open:
        return Model(provider=provider, name=name, is_local=_runs_here(config, provider, name))
    raise UserError(f"Model: {llm.subject(provider)} has no model “{name[:60]}”. Choose one of its list.")


def _runs_here(config: LlmConfig, provider: str, name: str) -> bool:
    endpoint = model_choice.endpoint_of(config, provider)
    return bool(endpoint and endpoint.runs_here(name))


def _author(model: Model, user: User | None) -> Author:
    if refusal := model_choice.Access.of(user).refusal(model):
        raise UserError(f"Model: {refusal}")
    return Author(name=model.slug, label=f"{model.name} ({llm.LABELS[model.provider]})")


def check(inputs: Inputs, channel: Channel, user: User | None) -> None:
    """For a kind's `check`: refuse a model that is unknown, out of reach or not for this person, before queueing."""
    author_for(user, str(inputs.get("model") or ""))


def providers_in_use() -> set[str]:
    """Providers that a job may call now: the studio has an address or key, somebody has a key, or Ollama answers."""
    config = model_choice.config_for(None)
    configured = {one.provider for one in llm.endpoints(config) if not one.reason and one.provider != "ollama"}
    noticed = {offer.provider for offer in llm.offers(config, only="ollama") if offer.models}
    held = ProviderKey.objects.filter(provider__in=llm.LABELS).values_list("provider", flat=True)
    return configured | noticed | set(held)


def warm_up() -> None:
    """For a kind's `warm_up`: load the clients of the providers in use, which would cost the first call seconds."""
    for provider in sorted(providers_in_use()):
        # By now, and not with this module: pages import it, and must not carry a hundred megabytes.
        from jobs.tools.llm import wire

        wire.load(provider)


def stream(ctx: JobContext, author: Author, prompt: Prompt, slot: str, *, most_tokens: int = OUTPUT_TOKENS) -> Written:
    """Have a model write a text; its tokens go to `slot` as they come. Cost is counted and every cap is kept.

    Raises UserError for what only a person can mend, tools.llm.ModelUnavailable for what a retry may mend.
    """
    session = _Session(ctx, author, prompt, most_tokens)
    written = session.run(lambda: calling.write(session.call, session.config, session.watcher(slot)))
    if written.is_cut:
        ctx.log(f"{author.label} stopped at its limit of {most_tokens:,} tokens; the text is not complete.")
    return Written(written.text, written.is_cut)


def ask(ctx: JobContext, author: Author, prompt: Prompt, shape: type[T], *, most_tokens: int = OUTPUT_TOKENS) -> T:
    """Have a model answer in a shape; an answer that does not fit is sent back for repair. Raises as `stream` does."""
    session = _Session(ctx, author, prompt, most_tokens)
    return session.run(lambda: calling.ask(session.call, shape, session.config, session.watcher("")))


class _Session:
    """One call for a job: where it goes, what it may cost, and what the job is told of it."""

    def __init__(self, ctx: JobContext, author: Author, prompt: Prompt, most_tokens: int) -> None:
        if author.is_offline:
            raise ValueError("The offline author takes no prompts: ask `author.is_offline` first.")
        self.ctx, self.author = ctx, author
        self.config = model_choice.config_for(ctx.user)
        provider, _, name = author.name.partition("/")
        endpoint = model_choice.endpoint_of(self.config, provider)
        if endpoint is None or endpoint.reason:
            label = llm.subject(provider) if provider in llm.LABELS else provider
            raise UserError(endpoint.reason if endpoint else f"{label} is not set up any more. Choose another model.")
        self.price = prices.price_of(provider, name, is_local=endpoint.runs_here(name))
        self.call = Call(endpoint=endpoint, name=name, system=prompt.system, user=prompt.user, most_tokens=most_tokens)

    def watcher(self, slot: str) -> Watcher:
        """Tells the job; the tokens go to the slot, if there is one."""
        ctx = self.ctx

        def text(piece: str) -> None:
            ctx.stream(slot, piece)

        return Watcher(
            check=ctx.check,
            before=lambda prompt, answer: call_costs.check(ctx, self.price, prompt, answer),
            text=text if slot else lambda piece: None,
            spent=self._count,
        )

    def run(self, call: Callable[[], R]) -> R:
        """Do it; what only a person can mend becomes a UserError."""
        try:
            return call()
        except ModelRefused as error:
            raise UserError(str(error)) from error

    def _count(self, spent: Spent) -> None:
        usd = call_costs.count(self.ctx, self.price, spent)
        self.ctx.log(f"{self.author.label}: {call_costs.in_words(spent, usd)}")
