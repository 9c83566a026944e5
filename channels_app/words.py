"""How many words of a script are spoken, and how long that takes: an estimate for writers.

The sections that are really spoken are cut by the job that speaks them; here it is enough to leave out what its
conventions say is silent: headings, `**Name:**`, `*(directions)*`, dividers, comments and marks.
"""

from __future__ import annotations

import re

WORDS_PER_MINUTE = 150

_SILENT = re.compile(
    r"<!--.*?-->"
    r"|^ {0,3}(?:```|~~~).*?(?:^ {0,3}(?:```|~~~)[ \t]*$|\Z)"
    r"|^ {0,3}#{1,6}[^\n]*$"
    r"|^ {0,3}(?:\*\*|__)[^*_:\n]{1,60}(?::[ \t]*(?:\*\*|__)|(?:\*\*|__)[ \t]*:)"
    r"|(?P<mark>[*_]{1,3})\([^()]{0,2000}\)(?P=mark)"
    r"|^[ \t]*[(\[][^()\[\]\n]{0,2000}[)\]][ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_WORD = re.compile(r"[^\W_]+(?:[’'.,\-][^\W_]+)*")


def spoken_words(body: str) -> int:
    """About how many words of a script's body are spoken."""
    return len(_WORD.findall(_SILENT.sub(" ", body)))


def reading_seconds(words: int) -> int:
    """How long it takes to say them, at 150 words a minute."""
    return round(words * 60 / WORDS_PER_MINUTE)


def minutes_in_words(seconds: int) -> str:
    """A length as writers read it, e.g. `0:58`, `12:05`."""
    return f"{seconds // 60}:{seconds % 60:02}"
