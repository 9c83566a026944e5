"""What calls of models may cost: asked before each one, by our own prices; counted after each one."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings

from accounts.limits import LimitReached
from jobs.context import JobContext
from jobs.spec import UserError
from jobs.tools.llm.model import Price, Spent


def check(ctx: JobContext, price: Price | None, prompt_tokens: int, answer_tokens: int) -> None:
    """Raise UserError, with the cap and the way out, if a call of this size would pass one; else hold its dollars.

    A model without a price is held by the caps on tokens alone.
    """
    tokens, usd = prompt_tokens + answer_tokens, price.of(prompt_tokens, answer_tokens) if price else Decimal(0)
    spent_tokens, spent_usd = ctx.spent()
    for name, asked, most in (
        ("LLM_MAX_CALL_TOKENS", tokens, settings.LLM_MAX_CALL_TOKENS),
        ("LLM_MAX_JOB_TOKENS", spent_tokens + tokens, settings.LLM_MAX_JOB_TOKENS),
    ):
        if asked > most:
            raise UserError(_over(name, f"{asked:,} tokens", f"{most:,}"))
    for name, cost, allowed in (
        ("LLM_MAX_CALL_USD", usd, settings.LLM_MAX_CALL_USD),
        ("LLM_MAX_JOB_USD", spent_usd + usd, settings.LLM_MAX_JOB_USD),
    ):
        if cost > Decimal(str(allowed)):
            raise UserError(_over(name, f"${cost:.2f}", f"${allowed:.2f}"))
    if usd:
        try:
            # Other jobs of the same person may be about to call as well.
            ctx.reserve(usd)
        except LimitReached as error:
            raise UserError(f"{error} This call may cost up to ${usd:.2f}.") from error


def _over(name: str, asked: str, most: str) -> str:
    whose = "one call" if "CALL" in name else "one job"
    return (
        f"This would pass what {whose} may use: up to {asked} of {most}. "
        f"Shorten the text, choose a cheaper model, or ask an admin to raise {name}."
    )


def count(ctx: JobContext, price: Price | None, spent: Spent) -> Decimal | None:
    """Count what a request has used; its dollars, or None when its price is unknown."""
    usd = price.of(spent.input_tokens, spent.output_tokens) if price else None
    ctx.spend(tokens=spent.tokens, usd=usd or 0)
    return usd


def in_words(spent: Spent, usd: Decimal | None) -> str:
    """E.g. `1,200 tokens in, 340 out, $0.0031`, with what is only estimated or unknown."""
    cost = "price unknown" if usd is None else f"${usd:.4f}"
    about = "" if spent.is_measured else "about "
    return f"{about}{spent.input_tokens:,} tokens in, {spent.output_tokens:,} out, {cost}"
