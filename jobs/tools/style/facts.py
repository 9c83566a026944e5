"""What a change of style must never touch: numbers, names, quotes, addresses, directions, headings and speakers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

# --- other people's words and what is no prose ---
_QUOTED = re.compile(
    r"`{1,3}[^`]{1,2000}+`{1,3}"
    r"|“[^“”]{1,2000}+”"
    r"|„[^“”„]{1,2000}+[“”]"
    r"|«[^«»]{1,2000}+»"
    r"|\"[^\"\n]{1,2000}+\""
    r"|(?<![\w’'])‘(?:[^‘’]|(?<=\w)’(?=\w)){1,2000}+’"
    r"|(?<![\w'])'(?=\S)(?:[^'\n]|(?<=\w)'(?=\w)){1,2000}+'(?!\w)"
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”]{1,2000}+"
    r"|(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,64}+(?:\.[\w-]{1,64}+){1,6}"
    r"|(?<=\])\([^()\s]{0,2000}+\)"
    r"|(?<!\w)[@#][\w-]{1,100}+"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}+>|<!--|-->")
_DIRECTION = re.compile(
    r"[*_]{1,3}\([^()]{0,2000}+\)[*_]{1,3}|\[[^\[\]\n]{0,500}+\]|^[ \t]*\([^()\n]{0,500}+\)[ \t]*$", re.M
)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t][^\n]*", re.M)
_SPEAKER = re.compile(r"(?:\*\*|__)[^*_:\n]{1,60}(?::[ \t]*(?:\*\*|__)|(?:\*\*|__)[ \t]*:)")
_LINE_MARK = re.compile(r"^[ \t]*(?:>|[-*+][ \t]|\d{1,3}[.)][ \t]|\|)", re.M)

# --- numbers ---
_DIGITS = re.compile(r"[-−+±~≈]?[$€£¥₹]?\d+(?:[.,:/×xX–-]?\d+)*+(?:[%‰°]|st\b|nd\b|rd\b|th\b|[kKmMbB]\b)?")
_NUMBER_WORD = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|dozens?"
    r"|half|halves|quarters?|thirds?|twice|thrice|double|triple|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|once|percent|per cent|km|kilomet(?:er|re)s?|met(?:er|re)s?|miles?|feet|foot|inch|inches"
    r"|kg|kilograms?|grams?|tons?|tonnes?"
    r"|pounds?|ounces?|lit(?:er|re)s?|gallons?|degrees?|celsius|fahrenheit|dollars?|euros?|cents?|seconds|minutes?|hours?"
    r"|days?|weeks?|months?|years?|decades?|century|centuries)\b",
    re.IGNORECASE,
)
# Turns of phrase in which “one” counts nothing.
_NO_NUMBER = re.compile(r"\bno one\b|\bone another\b|\bone of the most\b|\bone thing\b|\bat once\b", re.IGNORECASE)
_ODD_NUMERALS = re.compile("[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u218b\u2460-\u24ff]")

# --- names ---
_TOKEN = re.compile(r"[^\W_]+(?:[’'&.-][^\W_]+)*")
_NEW_SENTENCE = re.compile(r"(?:^|[.!?…:][\"'”’»)\]*_]*\s|\n\s*)[\s\"'“‘«(\[*_>#-]*$")
# What may begin a sentence without being a name. No word that is also a surname, such as “Foster”, belongs here.
_ORDINARY = frozenset(
    """a about above according across actually additionally after again against ago all almost along already also although
    always among an and another any anyone anything are around as ask at away back basically be because become been before
    behind being below beneath beside between beyond both bring build but by call can certainly change clearly come compared
    consequently consider could create critics currently despite did discover do does doing don't down during each either
    embark embrace embracing enter especially essentially even ever every everyone everything everywhere experts explore
    exploring far few finally find finding first for fortunately from furthermore general generally get getting give given go
    going gone great had harness harnessing has have he hello help hence her here here's hi his how however i i'd i'll i'm i've
    if imagine importantly in indeed inside instead interestingly into is isn't it it's its join just keep know last later
    learn least less let let's leverage leveraging life like likewise look looking made make making many maybe meanwhile more
    moreover most much must my navigating nearly neither never nevertheless new next no nobody none nonetheless nor not notably
    nothing now observers of off often on once only or other others otherwise our out over overall people perhaps picture
    possible put quite rather real really recently remember researchers research say scientists see seen set several she
    should show similarly simply since so some somebody someone something sometimes soon specifically start still stop studies
    subsequently such surely sure take taken taking than thank thanks that that's the their them then there there's
    therefore these they they're thing things think this those though through throughout thus time to today together
    tomorrow tonight too towards
    truly try turn two typically ultimately under understanding undoubtedly unfortunately unleash unless unlike unlock unlocking
    until up upon us use using usually utilize utilizing very wait want was watch watching way we we'll we're we've welcome well
    were what what's when whenever where whereas wherever whether which while who whole whose why will with within without won't
    word work working world would yes yesterday yet you you'll you're you've your""".split()  # noqa: SIM905  (one list)
)
_ORDINARY_BEFORE = {"delve": {"into", "deeper"}, "dive": {"in", "into", "deep", "deeper"}, "foster": {"a", "an"}}


def quoted(text: str) -> list[tuple[int, int]]:
    """Where quotes, code, addresses and tags stand."""
    return [found.span() for pattern in (_QUOTED, _ADDRESS, _TAG) for found in pattern.finditer(text)]


def lost_facts(before: str, after: str) -> str:
    """What a rewritten text has lost, changed or added that it must not, in a few words; empty when all is kept."""
    for what, find in _KEPT_EXACTLY:
        if find(before) != find(after):
            return what
    if missing := _missing_names(before, after):
        return f"the name “{missing}”"
    if added := _missing_names(after, before, certain_only=True):
        return f"a new name, “{added}”"
    if set(_unseen(after)) - set(_unseen(before)):
        return "invisible characters"
    return ""


def keeps_facts(before: str, after: str) -> bool:
    """Whether every number, name, quote, address, direction, heading and speaker is as it was, and none is new."""
    return not lost_facts(before, after)


def numbers(text: str) -> Counter[str]:
    """Every number, in figures and in words, with the units that follow numbers."""
    found = Counter(match[0].lstrip("+") for match in _DIGITS.finditer(text))
    found.update(_ODD_NUMERALS.findall(text))
    found.update(match[0].lower().rstrip("s") for match in _NUMBER_WORD.finditer(_NO_NUMBER.sub(" ", text)))
    return found


def quotes(text: str) -> Counter[str]:
    """Every quoted text and piece of code with its marks."""
    return Counter(match[0] for match in _QUOTED.finditer(text))


def addresses(text: str) -> Counter[str]:
    """Every link, mail address, handle and hashtag."""
    return Counter(match[0].rstrip(".,;:!?") for match in _ADDRESS.finditer(text))


def structure(text: str) -> list[str]:
    """Directions, headings, speakers, tags, marks of lists and quotes, and empty lines, in order of their kind."""
    patterns = (_DIRECTION, _HEADING, _SPEAKER, _TAG)
    found = [match[0] for pattern in patterns for match in pattern.finditer(text)]
    empty = sum(not line.strip() for line in text.split("\n"))
    return [*found, *(match[0].strip() for match in _LINE_MARK.finditer(text)), str(empty)]


def _missing_names(text: str, other: str, *, certain_only: bool = False) -> str:
    """The first name of a text that another does not hold as often; empty when there is none.

    certain_only: the first words of sentences are passed over. Any word may begin a sentence that has been rewritten.
    """
    held = Counter(match[0] for match in _tokens(other))
    held_small = {word.lower() for word in held}
    wanted: Counter[str] = Counter()
    for word, is_certain in _names(text):
        if not is_certain and (certain_only or word.lower() in held_small):
            continue
        wanted[word] += 1
        if wanted[word] > held[word]:
            return word
    return ""


def _names(text: str) -> Iterator[tuple[str, bool]]:
    """Words with capital letters that are, or at the beginning of a sentence may be, names; and whether it is certain."""
    tokens = list(_tokens(text))
    small = {match[0] for match in tokens if match[0].islower()}
    for place, match in enumerate(tokens):
        word = match[0]
        if not any(map(str.isupper, word)) or word in {"I", "I'm", "I've", "I'd", "I'll", "I’m", "I’ve", "I’d", "I’ll"}:
            continue
        plain = word[:1].isupper() and word[1:] == word[1:].lower()
        if not plain or not _NEW_SENTENCE.search(text, max(match.start() - 40, 0), match.start()):
            yield word, True
            continue
        low = word.lower().replace("’", "'")
        following = tokens[place + 1][0] if place + 1 < len(tokens) else ""
        if following in _ORDINARY_BEFORE.get(low, ()):
            continue
        if low not in _ORDINARY and word.lower() not in small:
            yield word, False


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Words without a possessive ending."""
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word[-2:] in {"'s", "’s"}:
            shorter = _TOKEN.match(text, match.start(), match.end() - 2)
            if shorter and not word[:1].islower():
                yield shorter
                continue
        yield match


def _unseen(text: str) -> Iterator[str]:
    return (one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Co", "Cs", "Cn"} and one not in "\n\t")


# The most telling first: a changed address often holds a changed number.
_KEPT_EXACTLY = (
    ("the structure (directions, headings, speakers, lists)", structure),
    ("an address", addresses),
    ("a quote", quotes),
    ("a number", numbers),
)
