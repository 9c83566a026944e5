"""What every language model shares: where it is reached, what a call may cost, and the ways in which calling fails."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal

from jobs.tools.web import OPENAI_URL

ANTHROPIC_URL = "https://api.anthropic.com"
GEMINI_URL = "https://generativelanguage.googleapis.com"

WRONG_KEY = "{} did not accept the key. Check it on your keys page."
# A rough rule that errs on the dear side: English has about 4.2 bytes a token, Chinese and Japanese about 3.
BYTES_PER_TOKEN = 3


class ModelFailed(Exception):
    """Calling a model failed; the text is a sentence for the creator, without secrets. `partial`: what had come."""

    def __init__(self, why: str, *, partial: str = "") -> None:
        super().__init__(why)
        self.partial = partial


class ModelRefused(ModelFailed):
    """The call fails again if tried again: a person has to mend something."""


class RequestRefused(ModelRefused):
    """The server rejected the request as it was put; put otherwise it may pass."""


class ModelUnavailable(ModelFailed):
    """The call fails now and may work later. `told` adds the way out; `retry_after`: seconds the service asked to wait,
    if it did."""

    def __init__(self, why: str, *, partial: str = "", retry_after: float | None = None) -> None:
        super().__init__(why, partial=partial)
        self.told = f"{why} Retry in a while, or choose another model."
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmConfig:
    """Where models are looked for, and how long anything may take (seconds). Empty addresses are not asked.

    patience: the longest wait for a service that asks to come back later. first_seconds: until the first token (a local
    model may have to be loaded). stall_seconds: between two tokens. call_seconds: one call with all it takes.
    """

    ollama_url: str = ""
    compatible_url: str = ""
    compatible_key: str = field(default="", repr=False)
    openai_url: str = OPENAI_URL
    openai_key: str = field(default="", repr=False)
    anthropic_url: str = ANTHROPIC_URL
    anthropic_key: str = field(default="", repr=False)
    gemini_url: str = GEMINI_URL
    gemini_key: str = field(default="", repr=False)
    list_seconds: float = 4.0
    connect_seconds: float = 5.0
    first_seconds: float = 180.0
    stall_seconds: float = 60.0
    call_seconds: float = 900.0
    patience: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One provider as it is configured. reason: why it cannot be asked, with the way out; empty if it can."""

    provider: str
    label: str
    url: str
    key: str = field(default="", repr=False)
    is_local: bool = False
    reason: str = ""

    @property
    def noun(self) -> str:
        """The provider within a sentence: a product goes by its name, a server of one's own needs its article."""
        return f"the {self.label}" if self.provider == "compatible" else self.label

    @property
    def subject(self) -> str:
        """The provider at the beginning of a sentence."""
        return self.noun[:1].upper() + self.noun[1:]

    def runs_here(self, name: str) -> bool:
        """Whether a model of it runs on the studio's own machines; Ollama passes some on to its cloud."""
        return self.is_local and not name.endswith("-cloud")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Tokens of one request. is_measured: told by the provider, else estimated from the length of the texts."""

    input_tokens: int
    output_tokens: int
    is_measured: bool = True

    @property
    def tokens(self) -> int:
        """Both together."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens; prompts longer than `long_from` tokens cost the second pair."""

    input: Decimal
    output: Decimal
    long_from: int = 0
    long_input: Decimal = Decimal(0)
    long_output: Decimal = Decimal(0)

    def of(self, input_tokens: int, output_tokens: int) -> Decimal:
        """What so many tokens cost, in dollars."""
        is_long = bool(self.long_from) and input_tokens > self.long_from
        each = (self.long_input, self.long_output) if is_long else (self.input, self.output)
        return (input_tokens * each[0] + output_tokens * each[1]) / 1_000_000


def tokens_in(*texts: str) -> int:
    """About how many tokens the texts have, rather too many than too few."""
    return sum(math.ceil(len(text.encode()) / BYTES_PER_TOKEN) for text in texts if text)
