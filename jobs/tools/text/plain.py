"""Markdown as plain text, one line per paragraph, without emoji, code and addresses behind links."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import emoji
from markdown_it import MarkdownIt
from markdown_it.token import Token

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]"
)
_SILENT = {"fence", "code_block", "html_block", "html_inline"}


@cache
def _parser() -> MarkdownIt:
    # Indented text is the creator's layout, not code.
    return MarkdownIt("commonmark", {"maxNesting": 20}).enable("strikethrough").disable("code")


def paragraphs(markdown: str) -> list[str]:
    """The text of every paragraph, heading and list item, each on one line."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", markdown))
    found = []
    for block in _parser().parse(text):
        if block.type == "inline":
            line = emoji.replace_emoji("".join(_said(token) for token in block.children or []), " ")
            if words := line.split():
                found.append(" ".join(words))
    return found


def _said(token: Token) -> str:
    if token.type in _SILENT:
        return " "
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    # An image's text is its description; a link's text comes as tokens of its own.
    return token.content
