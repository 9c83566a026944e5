"""The numbers of a sentence with their units, however they are written: 2,000, "twelve hours and a half", 3.5 million,
71 %, "twice", "a third of", years and ordinals.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jobs.tools.facts.words import CURRENCIES, EMPTY, MONTHS, ORDINALS, Word

_SMALL = {
    word: number
    for number, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split()  # noqa: SIM905
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)  # noqa: SIM905
}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9, "mn": 1e6, "dozen": 12.0}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5,
          "tenth": 10, "tenths": 10}  # fmt: skip
# A unit's name, what it measures, and how many of the smallest unit of that measure it holds. Units of two systems
# (metres and feet) are two measures on purpose: a script that swaps them has made a mistake.
_UNITS = {
    name: (measure, factor)
    for measure, factor, names in (
        ("length", 0.001, "mm millimetre millimeter"),
        ("length", 0.01, "cm centimetre centimeter"),
        ("length", 1, "m metre meter"),
        ("length", 1000, "km kilometre kilometer"),
        ("foot", 1, "ft foot feet"),
        ("inch", 1, "inch inches"),
        ("yard", 1, "yard"),
        ("mile", 1, "mile mi"),
        ("weight", 0.001, "mg milligram"),
        ("weight", 1, "g gram gramme"),
        ("weight", 1000, "kg kilogram kilo"),
        ("weight", 1e6, "t tonne"),
        ("ton", 1, "ton"),
        ("lb", 1, "lb lbs"),
        ("ounce", 1, "ounce oz"),
        ("volume", 0.001, "ml millilitre milliliter"),
        ("volume", 1, "l litre liter"),
        ("gallon", 1, "gallon"),
        ("time", 0.001, "ms millisecond"),
        ("time", 1, "s sec second"),
        ("time", 60, "min minute"),
        ("time", 3600, "h hr hour"),
        ("day", 1, "day"),
        ("day", 7, "week"),
        ("month", 1, "month"),
        ("age", 1, "year yr"),
        ("age", 10, "decade"),
        ("age", 100, "century centuries"),
        ("degree", 1, "degree celsius °"),
        ("fahrenheit", 1, "fahrenheit"),
        ("power", 1, "w watt"),
        ("power", 1000, "kw kilowatt"),
        ("power", 1e6, "mw megawatt"),
        ("power", 1e9, "gw gigawatt"),
        ("frequency", 1, "hz hertz"),
        ("bytes", 1e6, "mb megabyte"),
        ("bytes", 1e9, "gb gigabyte"),
        ("bits", 1e6, "megabit"),
        ("bits", 1e9, "gigabit"),
        ("percent", 1, "% percent pct"),
        ("times", 1, "time"),
        ("dollar", 1, "dollar usd"),
        ("euro", 1, "euro eur"),
        ("pound", 1, "pound gbp"),
        ("yen", 1, "yen jpy"),
        ("rupee", 1, "rupee inr"),
    )
    for name in names.split()
}
_JOINABLE = frozenset({"time", "length", "weight", "day", "age"})
_MORE = frozenset({"over", "above", "exceeding"})
_LESS = frozenset({"under", "below"})
_ABOUT = frozenset({"about", "around", "roughly", "approximately", "some", "circa", "ca", "almost", "nearly"})
_BEFORE_YEARS = frozenset(
    "in since by of until before after from to and during early late around about circa".split()  # noqa: SIM905
)
_BETWEEN = frozenset({"of", "the", "other", "different", "more", "new", "full", "whole"})
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_POINTED = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a sentence.

    value: in the smallest unit of its measure. unit: the measure ("length", "percent", "year"), or `#` and the stem of
    what is counted. bound: `>` for more than, `<` for less than, empty for exactly or about. first, last: its words.
    """

    value: float
    unit: str
    bound: str
    first: int
    last: int

    def equals(self, other: Quantity) -> bool:
        """Whether both say the same."""
        return self.compares_with(other) and math.isclose(self.value, other.value, rel_tol=1e-9)

    def compares_with(self, other: Quantity) -> bool:
        """Whether both count the same, in the same direction."""
        return self.unit == other.unit and self.bound == other.bound


def parsed(digits: str) -> float | None:
    """A number written in digits: with thousands by commas or points, with a decimal point or comma."""
    digits = digits.strip(".,")
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    elif _POINTED.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return None


def quantities(found: Sequence[Word]) -> list[Quantity]:
    """Every number of a sentence, joined where several make one ("twelve hours and twenty-five minutes")."""
    read: list[Quantity] = []
    at = 0
    while at < len(found):
        one = _quantity(found, at)
        if one is None:
            at += 1
            continue
        joined = _joined(read[-1], one, found) if read else None
        if joined:
            read[-1] = joined
        else:
            read.append(one)
        at = one.last + 1
    return read


def designator(found: Sequence[Word], at: int) -> bool:
    """Whether the number there is part of a name, as in Apollo 11."""
    if at == 0 or not found[at].text.isdigit():
        return False
    before = found[at - 1]
    if not before.is_capital or before.low in MONTHS or before.low in EMPTY or before.end + 1 != found[at].start:
        return False
    following = found[at + 1] if at + 1 < len(found) else None
    return following is None or _unit_at(found, at + 1) is None


def _joined(before: Quantity, one: Quantity, found: Sequence[Word]) -> Quantity | None:
    between = [word.low for word in found[before.last + 1 : one.first]]
    if before.unit != one.unit or before.unit not in _JOINABLE or between not in ([], ["and"], [","]):
        return None
    # "twelve hours and ten hours" are two numbers; "twelve hours and ten minutes" are one.
    if _unit_factor(found, before) <= _unit_factor(found, one):
        return None
    return replace(before, value=before.value + one.value, last=one.last)


def _unit_factor(found: Sequence[Word], one: Quantity) -> float:
    unit = _unit_at(found, one.last)
    return unit[1] if unit else 0.0


def _quantity(found: Sequence[Word], at: int) -> Quantity | None:
    word = found[at]
    if ":" in word.text and word.text[0].isdigit():
        seconds = 0.0
        for part in word.text.split(":"):
            seconds = seconds * 60 + float(part)
        return Quantity(seconds, "clock", _bound(found, at)[0], at, at)
    if word.low in ("twice", "thrice"):
        return Quantity(2.0 if word.low == "twice" else 3.0, "times", _bound(found, at)[0], at, at)
    if word.low == "once" and at + 1 < len(found) and found[at + 1].low in ("a", "an", "every", "per"):
        return Quantity(1.0, "times", "", at, at)
    share = _part(found, at)
    if share:
        return share
    currency = CURRENCIES.get(word.text)
    first = at + 1 if currency else at
    number = _number(found, first)
    if number is None or designator(found, at):
        return None
    value, last = number
    bound, begin = _bound(found, at)
    if currency:
        return Quantity(value, currency, bound, begin, last)
    return _with_unit(found, value, first, last, bound, begin)


def _part(found: Sequence[Word], at: int) -> Quantity | None:
    """A share: half of, a third of, two thirds of; or half an hour, half a million."""
    low = [word.low for word in found[at : at + 4]] + ["", "", "", ""]
    skip = 1 if low[0] in ("a", "an", "one") else 0
    count = 1 if skip else _SMALL.get(low[0], 0)
    step = 1 if skip or count else 0
    if low[step] not in _PARTS:
        return None
    if low[step + 1] in ("of", "the", "all") and (step or low[step] == "half"):
        return Quantity((count or 1) * 100 / _PARTS[low[step]], "percent", _bound(found, at)[0], at, at + step)
    if low[step] == "half" and low[step + 1] in ("a", "an"):
        scale, last = _SCALES.get(low[step + 2], 0.0), at + step + 2
        if scale:
            return _with_unit(found, scale / 2, at, last, *_bound(found, at))
        unit = _unit_at(found, last) if last < len(found) else None
        if unit:
            return Quantity(unit[1] / 2, unit[0], _bound(found, at)[0], at, last)
    return None


def _number(found: Sequence[Word], at: int) -> tuple[float, int] | None:
    """The number that begins there in digits or words, and its last word."""
    if at >= len(found):
        return None
    if found[at].text[0].isdigit() and ":" not in found[at].text:
        value = parsed(found[at].text)
        last = at
    elif found[at].low == "a" and at + 1 < len(found) and found[at + 1].low in ("dozen", "hundred", *_SCALES):
        value, last = 1.0, at
    else:
        value, last = _worded(found, at)
    if value is None:
        return None
    low = [word.low for word in found[last + 1 : last + 4]]
    if low[:3] == ["and", "a", "half"]:
        value, last = value + 0.5, last + 3
    while last + 1 < len(found) and (found[last + 1].low in _SCALES or found[last + 1].low == "hundred"):
        value, last = value * _SCALES.get(found[last + 1].low, 100.0), last + 1
    return value, last


def _worded(found: Sequence[Word], at: int) -> tuple[float | None, int]:
    """A number in words: "twenty-five", "two hundred and five". "One" alone is a pronoun more often than a number."""
    total, current, last, spoken = 0.0, 0.0, at - 1, 0
    place = at
    while place < len(found):
        low = found[place].low
        if low in _SMALL and (current % 10 == 0 or not spoken):
            current += _SMALL[low]
        elif low in _TENS and current % 100 == 0:
            current += _TENS[low]
        elif low == "hundred" and spoken:
            current = (current or 1) * 100
        elif low in _SCALES and spoken:
            total, current = total + (current or 1) * _SCALES[low], 0.0
        elif low == "and" and spoken and found[place - 1].low in ("hundred", "thousand") and place + 1 < len(found):
            if found[place + 1].low not in _SMALL and found[place + 1].low not in _TENS:
                break
            place += 1
            continue
        else:
            break
        last, spoken, place = place, spoken + 1, place + 1
    if not spoken:
        return None, at
    alone = spoken == 1 and found[at].low == "one"
    if alone and not (last + 1 < len(found) and _unit_at(found, last + 1)):
        return None, at
    return total + current, last


def _with_unit(found: Sequence[Word], value: float, first: int, last: int, bound: str, begin: int) -> Quantity:
    """The number with what it counts: the unit after it, a date's parts, or the noun that follows."""
    following = found[last + 1] if last + 1 < len(found) else None
    touching = following is not None and following.start == found[last].end
    if following is not None:
        if touching and following.low in ("st", "nd", "rd", "th"):
            return Quantity(value, "ordinal", bound, begin, last + 1)
        if touching and following.low == "s" and value % 10 == 0:
            return Quantity(value, "decade", bound, begin, last + 1)
        if following.low == "per" and last + 2 < len(found) and found[last + 2].low == "cent":
            return Quantity(value, "percent", bound, begin, last + 2)
        if _is_day(found, first, last, value):
            return Quantity(value, "day of month", bound, begin, last)
        unit = _unit_at(found, last + 1)
        # A single letter is a unit only where it touches the number or stands by itself: "150 t", "17km".
        if unit and (len(following.low) > 1 or value != 1 or touching):
            return Quantity(value * unit[1], unit[0], bound, begin, last + 1)
    elif _is_day(found, first, last, value):
        return Quantity(value, "day of month", bound, begin, last)
    if _is_year(found, first, last, value):
        return Quantity(value, "year", bound, begin, last)
    return Quantity(value, "#" + _counted(found, last + 1), bound, begin, last)


def _is_day(found: Sequence[Word], first: int, last: int, value: float) -> bool:
    near = [found[place].low for place in (first - 1, last + 1) if 0 <= place < len(found)]
    return 1 <= value <= 31 and any(low in MONTHS for low in near)


def _is_year(found: Sequence[Word], first: int, last: int, value: float) -> bool:
    if first != last or not re.fullmatch(r"[12]\d{3}", found[first].text) or not 1000 <= value <= 2199:
        return False
    before = found[first - 1].low if first else ""
    after = found[last + 1] if last + 1 < len(found) else None
    led = before in _BEFORE_YEARS or before in MONTHS or before.isdigit()
    return led or after is None or not after.is_word or after.low in EMPTY


def _counted(found: Sequence[Word], at: int) -> str:
    """The stem of what is counted: the next word that says something."""
    for word in found[at : at + 3]:
        if word.low in _BETWEEN:
            continue
        return word.stem if word.is_word and word.low not in EMPTY else ""
    return ""


def _unit_at(found: Sequence[Word], at: int) -> tuple[str, float] | None:
    if at >= len(found):
        return None
    low = found[at].low
    for name in (low, low.removesuffix("s"), low.removesuffix("es")):
        if name in _UNITS:
            return _UNITS[name]
    return None


def _bound(found: Sequence[Word], at: int) -> tuple[str, int]:
    """Whether more or less than the number is meant, and the first word that says so."""
    before = [word.low for word in found[max(at - 2, 0) : at]]
    if before[-1:] and before[-1] in _ABOUT:
        inner = _bound(found, at - 1)
        return inner[0], at - 1
    if before[-1:] and (before[-1] in _MORE or before[-1] in _LESS):
        return (">" if before[-1] in _MORE else "<"), at - 1
    pair = " ".join(before)
    if pair in ("more than", "at least", "greater than", "upwards of", "longer than", "higher than"):
        return ">", at - 2
    if pair in ("less than", "fewer than", "at most", "up to", "lower than"):
        return "<", at - 2
    return "", at


def ordinal(found: Sequence[Word], at: int) -> Quantity | None:
    """An ordinal in words, which is the number of a place: the third country."""
    number = ORDINALS.get(found[at].low)
    return Quantity(float(number), "ordinal", "", at, at) if number else None
