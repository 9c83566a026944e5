"""The prose of a Markdown text by place: paragraphs and sentences as spans of characters of the text itself.

Unlike `plain.py`, nothing is rewritten: `text[span.start:span.end]` is what stands there, so that a page can mark it.
Headings, code, comments, tables, dividers and directions are no prose; quotes and list items are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_DIVIDER = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,})$")
_TABLE = re.compile(r"[ \t]*\|.*\|[ \t]*$|[ \t]*:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)+$")
_DIRECTION = re.compile(r"[ \t]*(?:[*_]{1,3})?[(\[][^()\[\]\n]{0,2000}[)\]](?:[*_]{1,3})?[ \t]*$")
# What a line of prose may begin with that is not prose itself: quote and list marks, a speaker's name.
_BEGINNING = r"[ \t]*(?:>[ \t]*)*"
_BULLET = r"(?:[-*+]|\d{1,3}[.)])[ \t]+"
_SPEAKER = r"(?:\*\*|__)[^*_:\n]{1,60}(?::[ \t]*(?:\*\*|__)|(?:\*\*|__)[ \t]*:)[ \t]*"
_LEAD = re.compile(rf"{_BEGINNING}(?:{_BULLET})?(?:{_SPEAKER})?")
_ITEM = re.compile(rf"{_BEGINNING}(?:{_BULLET}|{_SPEAKER})")
_CLOSERS = "\"'”’»)]*_"
# The end of a sentence: its mark, what closes with it, then space or the end. CJK marks need no space.
_END = re.compile(rf"(?:[.!?…]+[{re.escape(_CLOSERS)}]*(?=\s|$))|(?:[。！？؟۔।]+[{re.escape(_CLOSERS)}」』]*)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|Sr|Jr|St|Mt|vs|etc|approx|ca|cf|Nos?|Fig|Vol|pp|eds?|Gen|Col|Capt|Sgt|Lt|Rev|Gov|Sen|Rep"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp|Bros|bzw|usw|Nr|Hr|Fr)"
    r"|\b[A-Z]|\b[a-z]\.[a-z])$"
)


@dataclass(frozen=True, slots=True)
class Span:
    """The characters [start, end) of a text, and what stands there."""

    start: int
    end: int
    text: str


def paragraphs(text: str) -> list[Span]:
    """Every paragraph, list item, quote and spoken line of a Markdown text, in order."""
    found: list[Span] = []
    begin = end = -1
    fence = ""
    at = 0
    hidden = _comments(text)
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        bare = line.rstrip("\r\n")
        mark = _FENCE.match(bare)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
            continue
        if mark:
            fence = mark[1]
        silent = bool(mark) or not bare.strip() or _is_silent(bare) or any(low <= start < high for low, high in hidden)
        if (silent or _ITEM.match(bare)) and begin >= 0:
            found.append(Span(begin, end, text[begin:end]))
            begin = -1
        if silent:
            continue
        lead = _LEAD.match(bare)
        first = start + (lead.end() if lead else 0)
        last = start + len(bare.rstrip())
        if first >= last:
            continue
        if begin < 0:
            begin = first
        end = last
    if begin >= 0:
        found.append(Span(begin, end, text[begin:end]))
    return found


def sentences(text: str) -> list[Span]:
    """Every sentence of the prose of a Markdown text, in order."""
    return [sentence for paragraph in paragraphs(text) for sentence in _sentences_in(paragraph)]


def _sentences_in(paragraph: Span) -> Iterator[Span]:
    start, text = 0, paragraph.text
    for mark in _END.finditer(text):
        if _goes_on(text[start : mark.start()], mark[0], text[mark.end() :]):
            continue
        yield from _trimmed(paragraph, start, mark.end())
        start = mark.end()
    yield from _trimmed(paragraph, start, len(text))


def _goes_on(before: str, mark: str, after: str) -> bool:
    """Whether the mark ends no sentence: the next word is no beginning, or a full stop belongs to an abbreviation."""
    following = after[:20].lstrip()
    return following[:1].islower() or (mark == "." and bool(following) and bool(_ABBREVIATION.search(before[-12:])))


def _trimmed(paragraph: Span, start: int, end: int) -> Iterator[Span]:
    while start < end and paragraph.text[start].isspace():
        start += 1
    while end > start and paragraph.text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Span(paragraph.start + start, paragraph.start + end, paragraph.text[start:end])


def _is_silent(line: str) -> bool:
    return bool(_HEADING.match(line) or _DIVIDER.match(line) or _TABLE.match(line) or _DIRECTION.match(line))


def _comments(text: str) -> list[tuple[int, int]]:
    """Where comments stand. Found without a pattern: one that is never closed would be searched for again and again."""
    found, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        found.append((start, end))
        at = end + len("-->")
    return found
