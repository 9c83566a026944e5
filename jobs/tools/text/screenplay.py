"""A script's Markdown cut into the sections that are spoken one by one.

Three ways of writing are understood, the first that fits is taken: a screenplay (`**Name:** line`), headings or
dividers, paragraphs. What stands in `*(brackets like these)*` is a direction and is not spoken; neither are headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_HEADING = 200
MOST_SPEAKER = 60

# `**Name:** line` and `**Name**: line`; a name is short and on one line.
_SPEAKER = re.compile(r"^\s{0,3}(?:\*\*|__)\s*([^*_:\n]{1,60}?)\s*(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*:)\s*(.*)$")
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_DIVIDER = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_DIRECTION = re.compile(r"(?P<mark>\*{1,3}|_{1,3})\((?:[^()\n]|\n(?![ \t]*\n)){0,2000}\)(?P=mark)")
_LONE_DIRECTION = re.compile(r"^\s*[(\[][^()\[\]\n]{0,2000}[)\]]\s*$")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>")
_UNSEEN = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060\ufeff]")
_WORD = re.compile(r"[^\W_]+(?:[’'.,\-][^\W_]+)*")
_MARKUP = re.compile(r"[*_`~#>|\\]+")


@dataclass(frozen=True, slots=True)
class Section:
    """One piece of speech. `heading` and `speaker` are empty where the script names none; `text` is never empty."""

    heading: str
    speaker: str
    text: str


def sections(body: str) -> list[Section]:
    """The spoken sections of a script in their order; an empty list when there is nothing to speak."""
    lines = list(_spoken_lines(body))
    if any(_SPEAKER.match(line) for line in lines):
        cut = _by_speaker(lines)
    elif any(_HEADING.match(line) or _DIVIDER.match(line) for line in lines):
        cut = _by_heading(lines)
    else:
        cut = _by_paragraph(lines)
    return [Section(_name(heading, MOST_HEADING), _name(speaker, MOST_SPEAKER), text) for heading, speaker, text in cut]


def spoken_words(body: str) -> int:
    """How many words of a script are spoken."""
    return sum(len(_WORD.findall(section.text)) for section in sections(body))


def _spoken_lines(body: str) -> Iterator[str]:
    """The lines without directions, comments and code; what was only that becomes an empty line."""
    body = _UNSEEN.sub("", body.replace("\r\n", "\n").replace("\r", "\n"))
    body = _DIRECTION.sub(" ", _without_comments(body))
    fence = ""
    for line in body.split("\n"):
        opened = _FENCE.match(line)
        if fence:
            # Code is shown, not spoken.
            if opened and opened[1].startswith(fence):
                fence = ""
            continue
        if opened and "`" not in line[opened.end() :]:
            fence = opened[1]
            continue
        line = _TAG.sub(" ", line)
        yield "" if _LONE_DIRECTION.match(line) else line.rstrip()


def _without_comments(body: str) -> str:
    kept, at = [], 0
    while (start := body.find("<!--", at)) >= 0 and (end := body.find("-->", start)) >= 0:
        kept.append(body[at:start])
        at = end + len("-->")
    return "".join([*kept, body[at:]])


_Cut = tuple[str, str, str]


def _by_speaker(lines: Iterable[str]) -> Iterator[_Cut]:
    """A new section at every change of heading and at every line that names a speaker."""
    heading, speaker, said = "", "", list[str]()
    for line in lines:
        if (new := _heading(line)) is not None:
            yield from _told(heading, speaker, said)
            heading, speaker, said = new, "", []
        elif named := _SPEAKER.match(line):
            yield from _told(heading, speaker, said)
            speaker, said = named[1], [named[2]]
        else:
            said.append(line)
    yield from _told(heading, speaker, said)


def _by_heading(lines: Iterable[str]) -> Iterator[_Cut]:
    heading, said = "", list[str]()
    for line in lines:
        if (new := _heading(line)) is not None:
            yield from _told(heading, "", said)
            heading, said = new, []
        else:
            said.append(line)
    yield from _told(heading, "", said)


def _by_paragraph(lines: Iterable[str]) -> Iterator[_Cut]:
    said = list[str]()
    for line in lines:
        if line.strip():
            said.append(line)
        else:
            yield from _told("", "", said)
            said = []
    yield from _told("", "", said)


def _heading(line: str) -> str | None:
    """The heading that a line opens a section with; a divider opens one without a heading."""
    if _DIVIDER.match(line):
        return ""
    if found := _HEADING.match(line):
        return found[1] or ""
    return None


def _told(heading: str, speaker: str, said: list[str]) -> Iterator[_Cut]:
    """The section, unless nothing of it can be spoken."""
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(re.sub(r"[ \t]{2,}", " ", line).strip() for line in said)).strip()
    if _WORD.search(text):
        yield heading, speaker, text


def _name(text: str, most: int) -> str:
    return " ".join(_MARKUP.sub("", text).split())[:most].rstrip()
