"""The words of a sentence one by one, and the small lists of English that the rules of fact-checking stand on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from jobs.tools.text import search

# A clock time, a currency, a number, a word with its apostrophes, a percent sign, a mark that parts clauses.
_TOKEN = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|[$€£¥]|\d[\d.,]{0,28}\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)*|[%°]|[.,;:!?()]")
_GENITIVE = re.compile(r"['’]s?$")

MONTHS = frozenset(
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
# Verbs, nouns and comparisons whose forms have not one stem. Only what is common in prose about facts.
_IRREGULAR = {
    form: base
    for base, forms in {
        "beat": "beaten", "become": "became", "begin": "began begun", "break": "broke broken", "bring": "brought",
        "build": "built", "buy": "bought", "catch": "caught", "choose": "chose chosen", "come": "came",
        "die": "died dies dead", "draw": "drew drawn", "drink": "drank drunk", "drive": "drove driven",
        "eat": "ate eaten", "fall": "fell fallen", "fight": "fought", "find": "found", "fly": "flew flown flies",
        "get": "got gotten", "give": "gave given", "go": "went gone goes", "grow": "grew grown", "hear": "heard",
        "hold": "held", "keep": "kept", "know": "knew known", "lead": "led", "leave": "left", "lie": "lay lain lies",
        "lose": "lost", "make": "made", "mean": "meant", "meet": "met", "pay": "paid", "ride": "rode ridden",
        "rise": "rose risen", "run": "ran", "sail": "sailed", "see": "saw seen", "sell": "sold", "send": "sent",
        "shoot": "shot", "show": "shown showed", "sink": "sank sunk", "sleep": "slept", "speak": "spoke spoken",
        "spend": "spent", "stand": "stood", "steal": "stole stolen", "swim": "swam swum", "take": "took taken",
        "teach": "taught", "tell": "told", "throw": "threw thrown", "win": "won", "write": "wrote written",
        "man": "men", "woman": "women", "child": "children", "foot": "feet", "tooth": "teeth", "mouse": "mice",
        "person": "people", "life": "lives", "wife": "wives", "leaf": "leaves", "half": "halves",
    }.items()
    for form in forms.split()
}  # fmt: skip
_PAST = frozenset(_IRREGULAR) - frozenset(
    "men women children feet teeth mice people lives wives leaves halves dies dead lies flies goes".split()  # noqa: SIM905
)
# Words that carry no fact of their own. What quantifies, compares, denies or doubts is not among them.
EMPTY = frozenset(
    """a an the this that these those its their his her our my your it they he she we i you who which whose what there
    is are was were be been being am has have had having do does did will shall get gets got of to in on at by for from
    with into onto as and or than then also too therefore thus so very quite really just actually even still now again
    indeed however already yet ever about around there here when where while per s one ones itself themselves himself
    herself such other another own out off up down over through along across among between because since until during
    after before""".split()  # noqa: SIM905
)
# Of the empty words these say when or where a thing is compared with; they must agree where they stand by a number.
TIMELY = frozenset({"before", "after", "until", "since"})
DENIALS = frozenset(
    """not no never none nobody nothing neither nor without cannot hardly rarely seldom barely scarcely few little lack
    lacks lacked unable nowhere nicht kein keine keinen keiner nie niemals ne pas jamais aucun nunca jamás nada non mai
    niet geen não nunca não inte aldrig не нет никогда""".split()  # noqa: SIM905
)
# Words by which a sentence does not say outright what it seems to say.
GUARDS = frozenset(
    """may might could would should can must possibly perhaps maybe likely unlikely probably apparently supposedly if
    unless whether fail fails failed deny denies denied refuse refused refuses plan plans planned try tries tried
    attempt attempted attempts hope hopes hoped want wants wanted intend intended intends forget forgot pretend
    pretended claim claims claimed claiming believe believes believed allege alleged alleges allegedly suppose supposed
    think thinks thought suspect suspected rumour rumoured rumor rumored myth false wrong untrue incorrect hoax doubt
    doubted doubts disputed debunked expect expects expected predict predicts predicted forecast estimate proposed
    suggest suggests suggested imagine imagined dream dreamt will promise promised
    reportedly theoretically hypothesis rather instead contrary except unlike formerly previously convinced according
    argue argues argued insist insists insisted once assume assumes
    assumed assuming evidence""".split()  # noqa: SIM905
)
QUANTIFIERS = frozenset(
    """all every each only most many some several any always often sometimes usually mainly mostly partly both either
    half nearly almost""".split()  # noqa: SIM905
)
OWNERS = frozenset({"the", "its", "their", "his", "her", "my", "our"})
_NOT_SUPERLATIVE = frozenset(
    """forest west interest request test rest nest guest quest chest harvest arrest protest contest invest suggest
    honest modest digest conquest northwest southwest priest crest""".split()  # noqa: SIM905
)
ORDINALS = {
    word: number
    for number, word in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
        fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split(),  # noqa: SIM905
        start=1,
    )
}


FICTION = frozenset(
    "novel novels film films book books story stories tale tales legend fiction play game".split()  # noqa: SIM905
)
# Prepositions by which a sentence may narrow down what it is about: cures cancer *in mice*, is free *on Sundays*.
NARROWING = frozenset(
    "in on at under over below above during for with without when if among within to than who that until".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word, number or mark of a sentence.

    low: in small letters, without a genitive's ending. start, end: its characters in the sentence. is_capital: it
    begins with a capital letter though the sentence does not begin with it, or the next word has one as well.
    """

    text: str
    low: str
    start: int
    end: int
    is_capital: bool = False
    is_genitive: bool = False

    @property
    def is_word(self) -> bool:
        """Whether it consists of letters."""
        return self.text[0].isalpha()

    @property
    def is_past(self) -> bool:
        """Whether its form is that of a past or a participle."""
        return self.low in _PAST or (self.low.endswith("ed") and len(self.low) > 4)

    @property
    def stem(self) -> str:
        """What the forms of the word have in common."""
        return stem(self.low)


@lru_cache(maxsize=50_000)
def stem(low: str) -> str:
    """The stem of a word in small letters; an irregular form has that of its plain one."""
    return search.stem(_IRREGULAR.get(low, low))


def words(sentence: str) -> tuple[Word, ...]:
    """Every word, number and mark of a sentence, in order."""
    found: list[Word] = []
    for match in _TOKEN.finditer(sentence):
        text = match[0]
        genitive = text[0].isalpha() and bool(_GENITIVE.search(text))
        low = (_GENITIVE.sub("", text) if genitive else text).lower().replace("’", "'")
        if low in ("can't", "cannot", "won't") or low.endswith("n't"):
            low = "not"
        elif low == "few" and found and found[-1].low == "a":
            low = "several"
        found.append(Word(text, low, match.start(), match.end(), text[0].isupper(), genitive))
    if found and found[0].is_capital and not _is_surely_a_name(found):
        first = found[0]
        found[0] = Word(first.text, first.low, first.start, first.end, False, first.is_genitive)
    return tuple(found)


def _is_surely_a_name(found: list[Word]) -> bool:
    """Whether the word a sentence begins with is a name and not only capital because it comes first."""
    following = found[1] if len(found) > 1 else None
    if found[0].low in EMPTY or found[0].low in QUANTIFIERS or found[0].low in DENIALS:
        return False
    return following is not None and (following.is_capital or following.text.isdigit())


def is_superlative(found: Sequence[Word], at: int) -> bool:
    """Whether the word there puts one thing above all others: largest, first, only. "Per second" does not."""
    low = found[at].low
    if found[at].is_capital:
        return False
    if low in ORDINALS or low == "last":
        return at > 0 and found[at - 1].low in OWNERS
    if low in ("only", "best", "worst", "most", "least"):
        return True
    return low.endswith("est") and len(low) > 5 and low not in _NOT_SUPERLATIVE
