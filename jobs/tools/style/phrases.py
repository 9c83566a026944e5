"""Turns of phrase by word: a small language for tables of them, and a way to find thousands in one pass.

A line of a table is one turn, `words => what may stand there instead`:

- `delve/delves into`: words may have several forms; `_` is any one word; `testament?` may be missing.
- `^moreover,`: only at the beginning of a sentence; a comma or “!” that is written must be there.
- `foster >a/an/the`: followed by one of these, which is not part of the turn.
- a line that is indented goes on with the one before it.
- `=> dig/digs into`: the n-th form answers to the n-th of the first word, `-` where none is safe; `=>` alone: the turn
  may be left out.

Words match in small letters, and with a capital where a sentence begins if the turn has more than one word: a lone
“Foster” is as likely somebody's name. Every turn is looked for only where its first word stands, so that the time
grows with the text and with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.tools.style.rule import Finder, Paragraph

_MARKS = ",!"
_GAP = r"\s{1,20}+"
_ANY = r"[^\W_]+(?:['’-][^\W_]+)*+"


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of a table. `swaps`: by the form of the first word, or one for all; None where nothing safe is known."""

    forms: tuple[str, ...]
    rest: re.Pattern[str]
    starts_sentence: bool
    is_single: bool
    swaps: tuple[str, ...] | None

    def swap_for(self, form: str) -> str | None:
        """What may stand there for this form of the first word."""
        if self.swaps is None:
            return None
        swap = self.swaps[self.forms.index(form)] if len(self.swaps) > 1 else self.swaps[0]
        return None if swap.startswith("-") else swap


def turns(table: str, *, any_case: bool = False) -> list[Turn]:
    """The turns of a table. Raises ValueError for a line whose forms do not answer to each other."""
    return [_turn(line, re.IGNORECASE if any_case else 0) for line in table.strip().replace("\n    ", " ").splitlines()]


def finder(table: str, *, any_case: bool = False) -> Finder:
    """A finder for a table's turns; where two begin at one word the longer one is taken.

    any_case: capital letters do not make a name here ("As an AI").
    """
    by_word: dict[str, list[Turn]] = {}
    for turn in turns(table, any_case=any_case):
        for form in turn.forms:
            by_word.setdefault(form, []).append(turn)

    def find(paragraph: Paragraph) -> Iterator[tuple[int, int, str | None]]:
        done = 0
        for word in paragraph.words:
            known = by_word.get(_plain(word[0]))
            if not known or word.start() < done:
                continue
            found = [place for turn in known if (place := _place(turn, word, paragraph, any_case))]
            if found:
                start, end, swap = max(found, key=lambda place: place[1])
                done = end
                yield start, end, swap

    return find


def _place(turn: Turn, word: re.Match[str], paragraph: Paragraph, any_case: bool) -> tuple[int, int, str | None] | None:
    begins = word.start() in paragraph.sentence_starts
    if turn.starts_sentence and not begins:
        return None
    lower = any_case or word[0].islower()
    if not lower and not (begins and not turn.is_single and word[0][1:] == word[0][1:].lower()):
        return None
    rest = turn.rest.match(paragraph.text, word.end())
    if rest is None or (not any_case and _has_capital(rest[0])):
        return None
    return word.start(), rest.end(), turn.swap_for(_plain(word[0]))


def _has_capital(text: str) -> bool:
    return any(map(str.isupper, text))


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _turn(line: str, flags: int) -> Turn:
    sought, arrow, swap = (part.strip() for part in line.partition("=>"))
    starts_sentence = sought.startswith("^")
    tokens = sought.removeprefix("^").split()
    # A mark belongs to what follows the first word.
    first = tokens[0].rstrip(_MARKS)
    mark = tokens[0][len(first) :]
    forms = tuple(first.split("/"))
    rest = mark + "".join(_pattern(token) for token in tokens[1:])
    swaps = _swaps(swap, forms, line) if arrow else None
    plain = [token for token in tokens if not token.startswith(">")]
    return Turn(
        forms, re.compile(rest + r"(?!\w|[’'-]\w)", flags), starts_sentence, len(plain) == 1 and not mark, swaps
    )


def _swaps(swap: str, forms: tuple[str, ...], line: str) -> tuple[str, ...]:
    first, _, tail = swap.partition(" ")
    heads = first.split("/")
    if len(heads) not in {1, len(forms)}:
        raise ValueError(f"{line!r}: {len(heads)} forms answer to {len(forms)}")
    return tuple(f"{head} {tail}".strip() for head in heads)


def _pattern(token: str) -> str:
    ahead, token = token.startswith(">"), token.removeprefix(">")
    optional, token = token.endswith("?"), token.removesuffix("?")
    word = token.rstrip(_MARKS)
    mark, token = token[len(word) :], word
    words = "|".join(_ANY if word == "_" else re.escape(word).replace("'", "['’]") for word in token.split("/"))
    pattern = rf"{_GAP}(?:{words}){mark}"
    if ahead:
        return rf"(?={pattern}\b)"
    return f"(?:{pattern})?" if optional else pattern
