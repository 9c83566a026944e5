"""Evidence from Wikipedia by its Action API: one request searches and brings the introductions of the best pages.

https://www.mediawiki.org/wiki/API:Search, https://www.mediawiki.org/wiki/Extension:TextExtracts
"""

from __future__ import annotations

import json
from typing import Any

from jobs.tools.facts.evidence import Document, web_address
from jobs.tools.facts.visitor import Unreachable, Visitor
from jobs.tools.text import search

PAGES = 3
MOST_QUERY_CHARACTERS = 200
# What a language is called in Wikipedia's addresses where it differs from its own code.
_CODES = {"cmn": "zh"}


def address(base: str, language: str) -> str:
    """The Wikipedia of a language. base: may hold `{language}`."""
    return base.replace("{language}", _CODES.get(language, language)).rstrip("/")


def documents(visitor: Visitor, base: str, claim: str, language: str = "en") -> list[Document]:
    """Pages that may speak about a claim. base: may hold `{language}`. Raises visitor.Unreachable."""
    question = " ".join(dict.fromkeys(search.words(claim)))[:MOST_QUERY_CHARACTERS]
    if not question:
        return []
    parameters = {
        "action": "query",
        "format": "json",
        "formatversion": "2",
        "generator": "search",
        "gsrsearch": question,
        "gsrlimit": str(PAGES),
        "prop": "extracts|info",
        "exintro": "1",
        "explaintext": "1",
        "exlimit": str(PAGES),
        "inprop": "url",
    }
    body = visitor.get(f"{address(base, language)}/w/api.php", parameters, "json")
    try:
        answer = json.loads(body)
        if "error" in answer:
            raise Unreachable(f"{visitor.name} refuses: {str(answer['error'].get('info', 'no reason given'))[:200]}")
        pages: list[dict[str, Any]] = answer.get("query", {}).get("pages", [])
        found = sorted(pages, key=lambda page: page.get("index", 0))
        return [_document(page) for page in found if page.get("extract")]
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise visitor.given_up("answers something that cannot be read") from error


def _document(page: dict[str, Any]) -> Document:
    return Document(
        title=f"Wikipedia: {page['title']}"[:200],
        text=str(page["extract"]),
        url=web_address(str(page.get("fullurl", ""))),
    )
