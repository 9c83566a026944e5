"""How many words of a script are spoken, and how long that takes: an estimate for writers.

The sections that are really spoken are cut by the job that speaks them; here it is enough to leave out what its
conventions say is silent: headings, `**Name:**`, `*(directions)*`, dividers, comments and marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WORDS_PER_MINUTE = 150

_SILENT = re.compile(
    r"^ {0,3}#{1,6}[^\n]*$"
    r"|^ {0,3}(?:\*\*|__)[^*_:\n]{1,60}(?::[ \t]*(?:\*\*|__)|(?:\*\*|__)[ \t]*:)"
    r"|(?P<mark>[*_]{1,3})\([^()]{0,2000}\)(?P=mark)"
    r"|^[ \t]*[(\[][^()\[\]\n]{0,2000}[)\]][ \t]*$",
    re.MULTILINE,
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
WORD = re.compile(r"[^\W_]+(?:[’'.,\-][^\W_]+)*")


def spoken_words(body: str) -> int:
    """About how many words of a script's body are spoken."""
    return len(WORD.findall(spoken_text(body)))


def spoken_text(body: str) -> str:
    """About what of a script's body is spoken, paragraphs apart."""
    said = "\n".join(_without_code(_without_comments(body).split("\n")))
    # What is silent within a line is only left out; a heading or a speaker's name ends what was said before it.
    return _SILENT.sub(lambda found: " " if found["mark"] else "\n\n", said)


# Comments and code are found without a pattern: one that is never closed would be searched for again from every place.
def _without_comments(body: str) -> str:
    kept, at = [], 0
    while (start := body.find("<!--", at)) >= 0 and (end := body.find("-->", start)) >= 0:
        kept.append(body[at:start])
        at = end + len("-->")
    return " ".join([*kept, body[at:]])


def _without_code(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield line


def reading_seconds(words: int) -> int:
    """How long it takes to say them, at 150 words a minute."""
    return round(words * 60 / WORDS_PER_MINUTE)


def minutes_in_words(seconds: int) -> str:
    """A length as writers read it, e.g. `0:58`, `12:05`."""
    return f"{seconds // 60}:{seconds % 60:02}"
