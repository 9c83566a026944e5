"""Fixes by rule: what a hit may be swapped for, put so that the sentence stays a sentence and no fact is touched."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobs.tools.style.facts import keeps_facts
from jobs.tools.style.rule import Hit

_ARTICLE = re.compile(r"\b([Aa]n?)(\s+[*_]*)$")
_NEXT_WORD = re.compile(r"[*_]*([^\W_]+)")
# How many swaps are tried for themselves when not all of them can be made.
ONE_BY_ONE = 20
# Spelled with a vowel and spoken without, and the other way round.
_LIKE_A = re.compile(r"(?:eu|ew|one\b|once\b|ouija|uk|ubi|uni(?!n|m)|us[aeiu]|ut[aeio]|ura)", re.IGNORECASE)
_LIKE_AN = re.compile(r"(?:heir|honest|honou?r|hour)", re.IGNORECASE)


def fix(text: str, hits: Sequence[Hit]) -> str:
    """The passage with every safe swap made; empty when there is none."""
    # From the end, so that the places before stay what they are.
    swaps = [hit for hit in sorted(hits, key=lambda hit: hit.start, reverse=True) if hit.swap is not None]
    fixed = _all(text, swaps)
    if not keeps_facts(text, fixed):
        # One of them touches a fact: they are tried one by one; a passage with more is nobody's prose.
        fixed = text
        for hit in swaps[:ONE_BY_ONE]:
            tried = _all(fixed, [hit])
            if keeps_facts(fixed, tried):
                fixed = tried
    return fixed if fixed != text and keeps_facts(text, fixed) else ""


def _all(text: str, swaps: Sequence[Hit]) -> str:
    for hit in swaps:
        text = _swapped(text, hit.start, hit.end, hit.swap or "") or text
    return text


def _swapped(text: str, start: int, end: int, swap: str) -> str:
    """The text with one swap, its capital letter, article and spaces put right; empty where that cannot be done."""
    before, said, after = text[:start], text[start:end], text[end:]
    if not swap:
        return _left_out(before, said, after)
    if swap.startswith(","):
        return before.rstrip() + swap + after.lstrip()
    if said[:1].isupper():
        swap = swap[:1].upper() + swap[1:]
    return _with_article(before, swap) + swap + after


def _left_out(before: str, said: str, after: str) -> str:
    gap = len(after) - len(after.lstrip(" "))
    rest = after[gap:]
    if not gap or not rest:
        return ""
    if said[:1].isupper():
        word = _NEXT_WORD.match(rest)
        # A name with a small letter (iPhone), a quote or a mark cannot begin the sentence instead.
        if not word or not word[1].isalnum() or any(map(str.isupper, word[1][1:])):
            return ""
        rest = rest[: word.start(1)] + rest[word.start(1)].upper() + rest[word.start(1) + 1 :]
    return _with_article(before, rest) + rest


def _with_article(before: str, following: str) -> str:
    """What stands before, with “a” or “an” as the following word asks for."""
    article = _ARTICLE.search(before[-40:])
    word = _NEXT_WORD.match(following)
    if not article or not word:
        return before
    fitting = article_for(word[1])
    if article[1][:1].isupper():
        fitting = fitting.capitalize()
    cut = len(before) - len(article[0])
    return before[:cut] + fitting + article[2]


def article_for(word: str) -> str:
    """“a” or “an”, by the sound that a word begins with."""
    if _LIKE_A.match(word):
        return "a"
    return "an" if word[:1].lower() in "aeiou" or _LIKE_AN.match(word) else "a"
