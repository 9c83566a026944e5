"""Asks several sources at the same time, each on a thread of its own: whoever is slow holds nobody up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jobs.steps import sources
from jobs.steps.sources import Answer

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

logger = logging.getLogger(__name__)

OUR_FAULT = "The studio could not read what it sent; its log says more."


class Stopped(Exception):
    """Nobody waits for the answers any more."""


def raises_if(stopped: threading.Event) -> Callable[[], None]:
    """What clients ask while they wait: it ends them once the event is set."""

    def check() -> None:
        if stopped.is_set():
            raise Stopped

    return check


class Asking:
    """One question under way.

    put: gets every answer with its source's slug, on the source's own thread, and `(slug, None)` when the source has
    said all. left: how many have not; whoever reads what was put counts it down.
    """

    def __init__(
        self,
        clients: Mapping[str, Client],
        query: str,
        *,
        media: str,
        put: Callable[[tuple[str, Answer | None]], object],
    ) -> None:
        self._query, self._media, self._put = query, media, put
        self.left = len(clients)
        for slug, client in clients.items():
            threading.Thread(target=self._ask, args=(slug, client), daemon=True, name=f"ask {slug}").start()

    def _ask(self, slug: str, client: Client) -> None:
        try:
            for answer in sources.search(client, self._query, media=self._media):
                self._put((slug, answer))
        except Stopped:
            pass
        except Exception:
            logger.exception("source=unreadable source=%s", slug)
            word, tone = sources.WORDS["unreadable"]
            self._put((slug, Answer(word=word, tone=tone, told=OUR_FAULT)))
        finally:
            self._put((slug, None))
