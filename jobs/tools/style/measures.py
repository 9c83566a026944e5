"""How a text is written, in figures that a creator can act on, and in plain words beside the channel's own scripts.

Nothing here says who wrote a text: people write evenly, and models can be told not to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from jobs.tools.style.rule import WORD
from jobs.tools.style.shape import DASH
from jobs.tools.text.prose import paragraphs, sentences

# Below this there is nothing to measure.
WORDS_AT_LEAST = 60
WINDOW = 100
_CONTRACTION = re.compile(r"(?:n[’']t|[’'](?:s|re|ve|ll|d|m))$", re.IGNORECASE)
_NO_CONTRACTION = re.compile(r"^(?!it|that|there|here|what|who|he|she|let|where|how).*[’']s$", re.IGNORECASE)
_YOU = frozenset({"you", "your", "yours", "yourself", "yourselves", "you're", "you've", "you'll", "you'd"})
# A form of “be” and a participle near it. About right, as no parser is at hand: “was tired” counts as well.
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|being|be)\b(?: \w+ly)? (?:\w{2,20}ed|known|seen|made|done|given|taken|found|built|shown|held"
    r"|kept|left|lost|sent|told|thought|written|drawn|driven|grown|thrown|born|brought|caught|taught|bought|put|set|cut|read)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S[^\n]*)$", re.MULTILINE)
_SMALL = frozenset(
    ("a", "an", "the", "and", "or", "but", "of", "in", "on", "to", "for", "with", "at", "by", "from", "as", "is", "vs")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The style of a text.

    sentence, spread: mean and standard deviation of words a sentence. dashes: em dashes per 1000 words. variety: the
    share of different words, averaged over windows of 100 words. contractions, address: per 100 words (“don't”; “you”).
    passive: the share of sentences in the passive voice, about. The last three are None for other languages.
    """

    words: int
    sentence: float
    spread: float
    dashes: float
    variety: float
    contractions: float | None
    address: float | None
    passive: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One measure in words: what it is called, this text's figure, the channel's own, and what to make of both."""

    label: str
    here: str
    own: str
    said: str


def measure(text: str, *, is_english: bool = True) -> Measures | None:
    """The measures of a text; None when it is too short to have any."""
    prose = [paragraph.text for paragraph in paragraphs(text)]
    words = [word.lower().replace("’", "'") for paragraph in prose for word in WORD.findall(paragraph)]
    if len(words) < WORDS_AT_LEAST:
        return None
    lengths = [length for one in sentences(text) if (length := len(WORD.findall(one.text)))]
    dashes = sum(len(DASH.findall(paragraph)) for paragraph in prose)
    windows = [words[at : at + WINDOW] for at in range(0, max(len(words) - WINDOW, 0) + 1, WINDOW)]
    return Measures(
        words=len(words),
        sentence=round(fmean(lengths), 1),
        spread=round(pstdev(lengths), 1),
        dashes=round(1000 * dashes / len(words), 1),
        variety=round(fmean(len(set(window)) / len(window) for window in windows), 3),
        contractions=_per_hundred(words, _is_contraction) if is_english else None,
        address=_per_hundred(words, _YOU.__contains__) if is_english else None,
        passive=round(sum(len(_PASSIVE.findall(one)) for one in prose) / len(lengths), 3) if is_english else None,
    )


def _per_hundred(words: Sequence[str], counts: Callable[[str], bool]) -> float:
    return round(100 * sum(map(counts, words)) / len(words), 1)


def _is_contraction(word: str) -> bool:
    return bool(_CONTRACTION.search(word)) and not _NO_CONTRACTION.match(word)


@dataclass(frozen=True, slots=True)
class _Row:
    """One measure of the table. A difference is told from `least` on, and from this `share` of the channel's figure."""

    label: str
    name: str
    more: str
    less: str
    times: int = 1
    least: float = 1.5
    share: float = 0.25


_TABLE = (
    _Row(
        "Words a sentence",
        "sentence",
        "Longer sentences than yours: split a few, so that they can be said in one breath.",
        "Shorter sentences than yours.",
    ),
    _Row(
        "Change of sentence length",
        "spread",
        "Long and short sentences change more than in your scripts.",
        "Sentences are more alike in length than yours: put a short one beside a long one.",
    ),
    _Row(
        "Long dashes per 1000 words",
        "dashes",
        "More long dashes than you use: a full stop or a comma often does.",
        "Fewer long dashes than you use.",
        least=2,
    ),
    _Row(
        "Different words in 100",
        "variety",
        "Words repeat less than in your scripts.",
        "Words repeat more than in your scripts.",
        times=100,
        share=0.12,
    ),
    _Row(
        "Contractions per 100 words",
        "contractions",
        "More contractions than you use.",
        "Fewer contractions than you use: “it is” where you would say “it's”.",
        least=0.7,
    ),
    _Row(
        "“You” per 100 words",
        "address",
        "It speaks to the viewer more than your scripts do.",
        "It speaks to the viewer less than your scripts do.",
        least=0.7,
    ),
    _Row(
        "Passive sentences in 100, about",
        "passive",
        "More passive sentences than in your scripts: say who does it.",
        "Fewer passive sentences than in your scripts.",
        times=100,
        least=8,
    ),
)


def compared(here: Measures, own: Measures | None) -> list[Compared]:
    """Each measure in words, beside the channel's own scripts where there are any."""
    return [_compared(row, here, own) for row in _TABLE if getattr(here, row.name) is not None]


def _compared(row: _Row, here: Measures, own: Measures | None) -> Compared:
    ours = row.times * getattr(here, row.name)
    known = getattr(own, row.name) if own else None
    if known is None:
        return Compared(label=row.label, here=_figure(ours), own="", said="")
    theirs = row.times * known
    apart = ours - theirs
    told = abs(apart) >= row.least and abs(apart) >= row.share * theirs
    said = (row.more if apart > 0 else row.less) if told else "About as in your scripts."
    return Compared(label=row.label, here=_figure(ours), own=_figure(theirs), said=said)


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")


def notes(text: str, *, is_english: bool = True) -> list[str]:
    """What concerns the whole text and no single passage, in sentences."""
    told = []
    headings = _HEADING.findall(text)
    titled = [heading for heading in headings if _is_title_case(heading)]
    if is_english and len(headings) >= 3 and len(titled) > len(headings) / 2:
        told.append(
            f"{len(titled)} of {len(headings)} headings are in Title Case: chat models like it. They are not spoken, "
            "and were left alone."
        )
    bold = len(re.findall(r"\*\*(?=\S)[^*\n:]{1,200}+\*\*(?!:)", text))
    words = len(WORD.findall(text))
    if bold >= 10 and bold > words / 60:
        told.append(f"{bold} places are in bold: nobody hears bold, and where everything stands out nothing does.")
    return told


def _is_title_case(heading: str) -> bool:
    words = [word for word in WORD.findall(heading) if word[0].isalpha()]
    rest = [word for word in words[1:] if word.lower() not in _SMALL]
    return len(rest) >= 2 and all(word[0].isupper() for word in rest)
