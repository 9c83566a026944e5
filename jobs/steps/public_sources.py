"""Public sources for a fact-check: Wikipedia for anything, arXiv for research, a handful of questions a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jobs.tools import web
from jobs.tools.facts.evidence import Document
from jobs.tools.text import language

WIKIPEDIA_REQUESTS = 12
ARXIV_REQUESTS = 3


class PublicSources:
    """Asks while it may; what goes wrong becomes a line of the job's output.

    urls: base addresses by source (`settings.SOURCE_URLS`); an empty one switches its source off. body: the script,
    whose language chooses the Wikipedia.
    """

    def __init__(
        self, urls: Mapping[str, str], body: str, log: Callable[[str], None], check: Callable[[], None]
    ) -> None:
        # The client is for the workers alone: no page waits for it.
        from jobs.tools.facts import wikipedia
        from jobs.tools.facts.arxiv import PAUSE
        from jobs.tools.facts.visitor import Lookup, Visitor

        self._urls, self._log, self._check = urls, log, check
        self._language = language.guess(body)
        encyclopedia = wikipedia.address(urls.get("wikipedia", ""), self._language)
        papers = urls.get("arxiv", "")
        self._wikipedia = Visitor("Wikipedia", WIKIPEDIA_REQUESTS if encyclopedia else 0, lookup=Lookup(encyclopedia))
        self._arxiv = Visitor(
            "arXiv",
            ARXIV_REQUESTS if papers else 0,
            PAUSE,
            lambda seconds: web.pause(seconds, check),
            lookup=Lookup(papers),
        )

    @property
    def may_ask(self) -> bool:
        """Whether there is anybody left to ask."""
        return self._wikipedia.budget > 0 or self._arxiv.budget > 0

    def about(self, claim: str) -> list[Document]:
        """Pages and papers that may speak about a claim."""
        from jobs.tools.facts import arxiv, wikipedia
        from jobs.tools.facts.visitor import Unreachable

        found: list[Document] = []
        self._check()
        if self._wikipedia.budget > 0:
            try:
                found += wikipedia.documents(self._wikipedia, self._urls["wikipedia"], claim, self._language)
            except Unreachable as told:
                self._log(str(told))
        if self._arxiv.budget > 0 and arxiv.is_research(claim):
            try:
                found += arxiv.documents(self._arxiv, self._urls["arxiv"], claim)
            except Unreachable as told:
                self._log(str(told))
        return found
