"""What can be seen in a sentence without understanding it: proper names, numbers, reasons, means, years, turns.

Everything is found by form, in English. A form that does not fit exactly is not found: a title that reads badly is
worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobs.tools.author.sources import Sentence
from jobs.tools.text import search

_CLAUSE = r"(?P<clause>[^;:()\"“”]{8,160}?)"
_BECAUSE = re.compile(rf"^{_CLAUSE},? (?P<ground>because (?!of\b)[^;:()]{{8,160}}?)[.!]$")
_SO = re.compile(rf"^(?P<ground>[^;:()\"“”]{{8,160}}?), so (?:that )?{_CLAUSE}[.!]$")
_BY = re.compile(rf"^{_CLAUSE},? by (?P<ground>(?!(?:being|during|nothing|something|anything|everything|evening|"
                 r"morning|spring|king)\b)[a-z]{2,}ing\b[^;:()]{4,160}?)[.!]$")  # fmt: skip
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = rf"(?:In|On \d{{1,2}} (?:{_MONTH})|On (?:{_MONTH}) \d{{1,2}},|In (?:{_MONTH}))"
_IN_YEAR = re.compile(rf"^{_DATE} (?P<year>1\d{{3}}|20\d\d),? {_CLAUSE}[.!]$")
_TURN = re.compile(rf"^{_CLAUSE}, but (?P<ground>[^;:()]{{8,160}}?)[.!]$")
_NUMBER = re.compile(
    r"(?:[£$€]\s?)?\b\d[\d,.]*(?:\s?(?:%|percent|per cent|million|billion|thousand))?(?:\s+(?:to|by|and)\s+\d[\d,.]*)?"
)
# A clause that opens like this is no main clause, or points back.
_NOT_A_BEGINNING = re.compile(
    r"(?:although|though|while|when|whenever|if|as|since|after|before|because|unlike|despite|for|in|on|at|by|with|"
    r"without|from|to|during|until|once|through|under|over|between|among|around|about|near|today|now|then|here|there|"
    r"every time|each time|not|only|even|just|one of|much of|many|most|some|several|all|both|we|you|i|our|your|my|"
    r"what|which|who|how|why|where|\w+ing|\w+ly)\b",
    re.I,
)
_POINTS_BACK = re.compile(
    r"\b(?:therefore|thus|hence|however|also|too|this|these|those|such|latter|former|as well|instead|another|he|she|they"
    r"|it|its|his|her|their|them|him|itself|himself|other)\b",
    re.I,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|must|will|would|does|do|did|became|began|built|came|cut|drew"
    r"|fell|found|gave|got|grew|held|kept|knew|led|left|lost|made|met|put|ran|rose|said|saw|sent|set|shone|showed|sank"
    r"|sold|spoke|stood|struck|sunk|swept|taught|told|took|went|won|wrote|threw|\w{3,}ed)\b"
)
_NAME = re.compile(
    r"(?:(?:Sir|Lord|Lady|Dr|Mr|Mrs|Ms|St|Captain|Admiral|King|Queen)\.? )?"
    r"[A-Z][\w’'-]*[a-z][\w-]*(?:(?: (?:of the|of|de|du|da|von|van|la|le))? (?:[A-Z][\w-]*[a-z][\w-]*|[A-Z]\d+))*"
)
_OPENERS = frozenset(
    """A An The In On At By For From With As If When While After Before Since Because Although Though But And Or So Yet
    This That These Those It Its He She They His Her Their There Here Each Every Most Many Some Much Several All Both One
    Two Three Four Five Six Seven Eight Nine Ten Half Between Around About Near Over Under Through Until During Today Now
    Then What Which Who How Why Where Not Only Even Just No Nobody Nothing Never We You Our Your My I Heat""".split()  # noqa: SIM905
)
LONGEST_TITLE = 72
LONGEST_YEAR_TITLE = 92
LONGEST_STATEMENT = 66
# The main clause ends before these, whatever follows.
_CUTS = (", ", " because ", " so that ", " although ", " while ", " which ", " until ", " when ", " before ", " after ")


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause as it goes on behind another word ("Why …"), the same as a sentence of its own, and its ground.

    ground: the reason, the means, the year or the turn, without the word that joined it.
    """

    inside: str
    alone: str
    ground: str


class Corpus:
    """What is known of words from all sentences: which are names, which only begin a sentence with a capital."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._small: set[str] = set()
        self._capital: Counter[str] = Counter()
        for text in texts:
            for at, word in enumerate(re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", text)):
                if word.islower():
                    self._small |= {word, search.stem(word)}
                elif at and word[:1].isupper():
                    self._capital[word.removesuffix("'s").removesuffix("’s")] += 1

    def inside(self, clause: str) -> str:
        """A clause as it is written within a sentence; empty when it cannot be told whether it begins with a name."""
        first = re.match(r"[^\W_]+(?:[’'-][^\W_]+)*", clause)
        if not first:
            return ""
        word = first[0]
        bare = word.removesuffix("'s").removesuffix("’s")
        if word[0].islower() or word[0].isdigit() or (not word[1:].islower() and len(word) > 1):
            return clause
        small = word[0].lower() + clause[1:]
        if bare in _OPENERS:
            return small
        if self._capital[bare]:
            return clause
        if bare.lower() in self._small or search.stem(bare.lower()) in self._small:
            return small
        # "Galileo Galilei saw": two capitals in a row are a name.
        return clause if re.match(rf"{re.escape(word)} [A-Z]", clause) else ""

    def names(self, text: str) -> list[str]:
        """The proper names of a sentence in their order: several words, or one that is written with a capital inside."""
        found = []
        for match in _NAME.finditer(text):
            name = re.sub(r"[’']s$", "", match[0])
            words = name.split()
            if words[0] in _OPENERS or (match.start() == 0 and len(words) > 1 and words[0].lower() in self._small):
                words = words[1:]
            if len(words) >= 2 and words[0][0].isupper():
                found.append(" ".join(words))
        return list(dict.fromkeys(found))


def numbers(text: str) -> list[str]:
    """The numbers of a sentence, without years."""
    found = [number.strip(" .,") for number in _NUMBER.findall(text)]
    return [number for number in found if not re.fullmatch(r"1\d{3}|20\d\d", number)]


def reason(sentence: Sentence, corpus: Corpus) -> Clause | None:
    """What the sentence gives a reason for ("…, because …", "…, so …"), and the reason."""
    return _clause(_BECAUSE.match(sentence.text), corpus) or _clause(_SO.match(sentence.text), corpus)


def means(sentence: Sentence, corpus: Corpus) -> Clause | None:
    """What was reached, and by what means ("… by joining …")."""
    return _clause(_BY.match(sentence.text), corpus)


def turn(sentence: Sentence, corpus: Corpus) -> Clause | None:
    """What is so, and what stands against it ("…, but …")."""
    return _clause(_TURN.match(sentence.text), corpus, against=True)


def in_year(sentence: Sentence, corpus: Corpus) -> tuple[str, Clause] | None:
    """The year, and what happened then ("In 1714 …")."""
    found = _IN_YEAR.match(sentence.text)
    if not found or re.match(r"(?:there|it|this)\b", found["clause"], re.I):
        return None
    clause = cut_short(found["clause"], LONGEST_YEAR_TITLE - len("1714, the year "))
    happened = _VERB.search(clause)
    if (
        not happened
        or _POINTS_BACK.search(clause)
        or re.match(r"(?:was|were) (?:the|a|an|one)\b", clause[happened.start() :])
    ):
        return None
    return found["year"], Clause(clause, _as_sentence(found["clause"]), found["year"])


def statement(sentence: Sentence) -> str:
    """A short sentence with a number or a strong word in it, as a title; empty for any other."""
    text = sentence.text.rstrip(".! ")
    strong = re.search(
        r"\b(?:never|nothing|nobody|no one|only|first|highest|largest|smallest|oldest|fastest)\b", text, re.I
    )
    fits = (
        sentence.leans_on is None
        and len(text) <= LONGEST_STATEMENT
        and text.count(",") <= 1
        and not re.search(r"[;:()\"“”]", text)
    )
    return (
        text
        if fits and (strong or numbers(text)) and not _POINTS_BACK.search(text) and not re.match("Of ", text)
        else ""
    )


def line(sentence: Sentence) -> str:
    """Any brief sentence that stands for itself, as a title; empty for any other."""
    text = sentence.text.rstrip(".!。！ ")
    fits = sentence.leans_on is None and len(text) <= LONGEST_STATEMENT and not re.search(r"[;:()\"“”]", text)
    points = _POINTS_BACK.search(text) or _NOT_A_BEGINNING.match(text) or re.match(r"There\b", text)
    return text if fits and not points and len(text) >= 8 else ""


def cut_short(clause: str, most: int) -> str:
    """The clause, or its main part when it is longer than `most` characters; empty when it cannot be cut safely."""
    if len(clause) <= most:
        return clause
    ends = [at for cut in (*_CUTS, " and ") if 0 < (at := clause.rfind(cut, 0, most + len(cut))) <= most]
    for end in sorted(ends, reverse=True):
        part = clause[:end].rstrip(", ")
        # Before an "and" may stand half a subject: a verb and what it acts on have to be there.
        verb = _VERB.search(part)
        if verb and len(part.split()) >= 5 and len(part[verb.end() :].split()) >= 2:
            return part
    return ""


def _clause(match: re.Match[str] | None, corpus: Corpus, *, against: bool = False) -> Clause | None:
    if match is None:
        return None
    clause, ground = match["clause"].strip(), match["ground"].strip()
    if _NOT_A_BEGINNING.match(clause) or _POINTS_BACK.search(clause) or clause.count(",") > 1:
        return None
    short = cut_short(clause, LONGEST_TITLE - len("Why "))
    inside = corpus.inside(short) if short else ""
    if not inside or len(inside.split()) < 2 or (against and not numbers(clause)):
        return None
    return Clause(inside, _as_sentence(clause), ground)


def _as_sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def spelled(terms: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """How each stem is mostly written in the texts, in small letters."""
    wanted = set(terms)
    written: dict[str, Counter[str]] = {}
    for text in texts:
        for word in search.words(text):
            if (stem := search.stem(word)) in wanted:
                written.setdefault(stem, Counter())[word] += 1
    return {stem: min(counts, key=lambda word: (-counts[word], word)) for stem, counts in written.items()}
