"""Evidence from arXiv: abstracts of papers, as Atom (https://info.arxiv.org/help/api/user-manual.html).

Its terms ask for three seconds between two requests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jobs.tools import web
from jobs.tools.facts.evidence import Document, web_address
from jobs.tools.facts.visitor import Visitor
from jobs.tools.text import search

if TYPE_CHECKING:
    from xml.etree import ElementTree

PAUSE = 3.0
PAPERS = 3
MOST_WORDS = 8
_ATOM = "{http://www.w3.org/2005/Atom}"
_RESEARCH = re.compile(
    r"\b(?:stud(?:y|ies)|research(?:ers?)?|scientists?|physic\w*|quantum|galax\w+|star|planets?|particles?|neural|"
    r"algorithms?|theor(?:y|em)|experiments?|papers?|universe|black holes?|telescope|gravit\w+|climate model\w*)\b",
    re.IGNORECASE,
)


def is_research(claim: str) -> bool:
    """Whether a claim speaks of what papers are written about; arXiv is not asked about anything else."""
    return bool(_RESEARCH.search(claim))


def documents(visitor: Visitor, base: str, claim: str) -> list[Document]:
    """Papers that may speak about a claim. Raises visitor.Unreachable."""
    asked = [word for word in dict.fromkeys(search.words(claim)) if word.isalnum()][:MOST_WORDS]
    if not asked:
        return []
    parameters = {"search_query": " AND ".join(f"all:{word}" for word in asked), "max_results": str(PAPERS)}
    body = visitor.get(f"{base.rstrip('/')}/api/query", parameters, "xml")
    try:
        feed = web.xml(body)
    except ValueError as error:
        raise visitor.given_up("answers something that cannot be read") from error
    return [_document(entry) for entry in feed.iter(f"{_ATOM}entry") if _text(entry, "summary")]


def _document(entry: ElementTree.Element) -> Document:
    return Document(
        title=f"arXiv: {_text(entry, 'title')}"[:200],
        text=_text(entry, "summary"),
        url=web_address(_text(entry, "id")),
    )


def _text(entry: ElementTree.Element, name: str) -> str:
    return re.sub(r"\s+", " ", entry.findtext(f"{_ATOM}{name}") or "").strip()
