"""Who writes: a model that this person may use, or the offline author, and how kinds ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from accounts.models import User
from jobs.context import JobContext
from jobs.tools.text.prompts import Prompt

OFFLINE = "offline"
OFFLINE_LABEL = "Offline author: assembled from your notes, no language model"
T = TypeVar("T", bound=BaseModel)


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


def author_for(user: User | None, wanted: str = "") -> Author:
    """The author asked for; without a wish the best one that is ready for this person, the offline author at last.

    wanted: empty, `offline`, or `provider/model`. Raises UserError for one that is unknown or not for this person,
    NeedMissing for one that is out of reach.
    """
    return Author(name=OFFLINE, label=OFFLINE_LABEL)


def stream(ctx: JobContext, author: Author, prompt: Prompt, slot: str) -> Written:
    """Have a model write a text; its tokens go to `slot` as they come. Cost is counted and every cap is kept.

    Raises UserError for what only a person can mend, tools.llm.ModelUnavailable for what a retry may mend.
    """
    raise NotImplementedError


def ask(ctx: JobContext, author: Author, prompt: Prompt, shape: type[T]) -> T:
    """Have a model answer in a shape; an answer that does not fit is sent back for repair. Raises as `stream` does."""
    raise NotImplementedError
