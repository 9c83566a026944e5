"""Signs in the shape of a text and not in its words: dashes, rhythm, bold, lists of three, repeated figures of speech."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import fmean, pstdev

from jobs.tools.style.rule import Paragraph

Places = Iterator[tuple[int, int, str | None]]

# An em dash, or a hyphen or en dash that stands for one.
DASH = re.compile(r"[ \t]?[—―]{1,3}[ \t]?|(?<=\w) (?:–|--) (?=\w)")
DASHES_PER_WORD = 1 / 30
_BOLD = re.compile(r"\*\*(?=\S)[^*\n]{1,200}+\*\*|__(?=\S)[^_\n]{1,200}+__")
BOLD_AT_LEAST, BOLD_SHARE = 3, 0.15
_WORD = r"[a-z]+(?:[’'-][a-z]+)?+"
_TRIAD = re.compile(rf"\b({_WORD}(?: {_WORD})?), ({_WORD}(?: {_WORD})?),? (?:and|or) ({_WORD})\b")
TRIADS_AT_LEAST = 2
_EMOJI = re.compile("^[ \t]*[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2705]")
EVEN_SENTENCES, EVEN_SPREAD, EVEN_WORDS = 5, 0.17, 8
# At most a dozen words between the two halves, and never beyond the sentence.
_FEW = r"(?:[ \n][\w’'-]{1,30}){1,12}?"
_BE, _IT = r"(?:[Ii]s|[Aa]re|[Ww]as|[Ww]ere)", r"(?:[Ii]t|[Tt]hey|[Tt]hat|[Tt]his)"
_BREAK = r"(?:,|;|\.| ?[—–-])[ \n]?"
_CONTRASTS = tuple(
    re.compile(pattern)
    for pattern in (
        # The tide isn't just a number, it's a clock.
        rf"\b(?:{_BE}(?: not|n[’']t)|[’']s not) (?:just|only|merely|simply|about){_FEW}{_BREAK}"
        rf"{_IT}(?:[’']s|[’']re| is| are| was)\b",
        # Not just fish but whales. “Not only … but” is older than any model, and people write it.
        rf"\b[Nn]ot (?:just|merely|simply){_FEW}(?:,| ?[—–])?[ \n]but\b",
        r"\b(?:is|are|was|were|become|becomes|became) more than (?:just|merely|simply) (?:a|an|the)\b",
        r"\b(?:goes|go|going|went) (?:far |well )?beyond (?:just|mere|merely)\b",
    )
)
_TAIL = re.compile(
    r", (?:further |thereby |thus |ultimately )?(?:highlighting|underscoring|emphasi[sz]ing|showcasing|symboli[sz]ing"
    r"|reflecting|cementing|solidifying|fostering|reinforcing|demonstrating|illustrating|ensuring|enabling|paving|marking"
    r"|making it|contributing to|leading to|offering|creating|inviting|leaving|inspiring|captivating|transforming) "
    r"(?:a|an|the|its|their|his|her|our|how|that|both|not|us|viewers|readers|audiences|visitors|you)\b"
)
_SMALL_QUESTION = re.compile(
    r"(?:(?<=[.!?…] )|^)(?:(?:And|But|So) )?(?:[Tt]he (?:best part|result|catch|kicker|secret|twist|answer|takeaway"
    r"|bottom line|good news|truth)|[Ww]hy does this matter|[Ss]ound familiar|[Bb]ut here[’']s the thing)(?: is simple)?[?:]"
)


def dashes(paragraph: Paragraph) -> Places:
    """The em dashes of a paragraph that has many."""
    found = list(DASH.finditer(paragraph.text))
    if len(found) >= 2 and len(found) > len(paragraph.words) * DASHES_PER_WORD:
        paired = pairs(paragraph, found)
        for place, dash in enumerate(found):
            yield dash.start(), dash.end(), ", " if place in paired else None


def pairs(paragraph: Paragraph, found: list[re.Match[str]]) -> set[int]:
    """Which dashes stand around a plain insertion of their sentence, so that commas may stand there instead."""
    paired: set[int] = set()
    for sentence in paragraph.sentences:
        inside = [place for place, dash in enumerate(found) if sentence.start <= dash.start() < sentence.end]
        if len(inside) != 2:
            continue
        first, second = (found[place] for place in inside)
        between = paragraph.text[first.end() : second.start()]
        outside = paragraph.text[max(first.start() - 1, 0)] + paragraph.text[second.end() :][:1]
        around = outside + between[:1] + between[-1:]
        if re.fullmatch(r"[\w’' -]{3,80}", between) and around.isalpha() and around.islower():
            paired.update(inside)
    return paired


def even_sentences(paragraph: Paragraph) -> Places:
    """A paragraph whose sentences are all of a length."""
    lengths = paragraph.sentence_lengths
    if (
        len(lengths) >= EVEN_SENTENCES
        and fmean(lengths) >= EVEN_WORDS
        and pstdev(lengths) < EVEN_SPREAD * fmean(lengths)
    ):
        yield 0, len(paragraph.text), None


def bold(paragraph: Paragraph) -> Places:
    """The bold words of a paragraph in which much is bold."""
    found = list(_BOLD.finditer(paragraph.text))
    letters = sum(match.end() - match.start() for match in found)
    if len(found) >= BOLD_AT_LEAST and letters > BOLD_SHARE * len(paragraph.text):
        for match in found:
            yield match.start(), match.end(), None


def triads(paragraph: Paragraph) -> Places:
    """Lists of three in a paragraph that has several."""
    found = list(_TRIAD.finditer(paragraph.text))
    if len(found) >= TRIADS_AT_LEAST:
        for match in found:
            yield match.start(), match.end(), None


def emoji_bullet(paragraph: Paragraph) -> Places:
    """A picture in place of a list mark."""
    if match := _EMOJI.match(paragraph.text):
        yield match.start(), match.end(), None


def contrast(paragraph: Paragraph) -> Places:
    """“Not just X but Y”."""
    for pattern in _CONTRASTS:
        for match in pattern.finditer(paragraph.text):
            yield match.start(), match.end(), None


def tail(paragraph: Paragraph) -> Places:
    """“…, highlighting the importance of …”."""
    for match in _TAIL.finditer(paragraph.text):
        yield match.start() + 2, match.end(), None


def small_question(paragraph: Paragraph) -> Places:
    """“The result?”"""
    for match in _SMALL_QUESTION.finditer(paragraph.text):
        yield match.start(), match.end(), None
