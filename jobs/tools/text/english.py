"""How an English voice says what is not a plain word: numbers, money, units, times, abbreviations, addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

Parts = tuple[str, str, str]
SYMBOLS = {"&": "and", "+": "plus", "=": "equals", "@": "at", "%": "percent", "×": "times", "÷": "divided by"}

_TITLES = {
    "dr": "doctor", "mr": "mister", "mrs": "missus", "ms": "miz", "prof": "professor", "st": "saint", "vs": "versus",
    "etc": "et cetera", "approx": "approximately", "jr": "junior", "sr": "senior", "inc": "incorporated",
    "ltd": "limited", "dept": "department", "est": "established", "govt": "government", "gen": "general",
    "sgt": "sergeant", "capt": "captain", "lt": "lieutenant", "rev": "reverend", "fig": "figure", "vol": "volume",
    "ave": "avenue", "blvd": "boulevard",
}  # fmt: skip
# Without their dot these are words or names of their own.
_NEEDS_DOT = {"st", "fig", "gen", "est", "ave", "rev", "lt", "inc", "ms", "vol"}
_TO_NAME = {"dr", "mr", "mrs", "ms", "prof", "st", "gen", "sgt", "capt", "lt", "rev", "approx", "vs", "fig", "vol"}
# Before a name these are titles, after one they are roads.
_ROADS = {"st": "street", "dr": "drive"}
_LETTERS = {"e.g": "for example", "i.e": "that is", "a.m": "A M", "p.m": "P M", "ph.d": "P H D", "w/": "with",
            "w/o": "without", "w/out": "without", "b/c": "because", "a.k.a": "A K A"}  # fmt: skip
_MONTHS = {"jan": "January", "feb": "February", "mar": "March", "apr": "April", "jun": "June", "jul": "July",
           "aug": "August", "sep": "September", "sept": "September", "oct": "October", "nov": "November",
           "dec": "December"}  # fmt: skip
_MONTH_NAMES = {name.lower() for name in _MONTHS.values()} | {"may"}
_MONEY = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny"), "¥": ("yen", ""),
          "₹": ("rupee", "paisa"), "₩": ("won", ""), "₿": ("bitcoin", "")}  # fmt: skip
_PLURALS = {"penny": "pence", "yen": "yen", "won": "won", "paisa": "paise", "foot": "feet", "inch": "inches",
            "hertz": "hertz", "kilohertz": "kilohertz", "megahertz": "megahertz", "gigahertz": "gigahertz",
            "percent": "percent"}  # fmt: skip
_SIZES = {"k": "thousand", "m": "million", "mn": "million", "mio": "million", "b": "billion", "bn": "billion",
          "t": "trillion", "tn": "trillion"}  # fmt: skip
_SIZE_WORDS = {"hundred", "thousand", "million", "billion", "trillion"}
_UNITS = {
    "%": "percent", "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "nm": "nanometer",
    "kg": "kilogram", "g": "gram", "mg": "milligram", "lb": "pound", "lbs": "pound", "oz": "ounce", "ft": "foot",
    "mi": "mile", "mph": "mile per hour", "km/h": "kilometer per hour", "kmh": "kilometer per hour",
    "m/s": "meter per second", "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte",
    "hz": "hertz", "khz": "kilohertz", "mhz": "megahertz", "ghz": "gigahertz", "w": "watt", "kw": "kilowatt",
    "mw": "megawatt", "gw": "gigawatt", "kwh": "kilowatt hour", "v": "volt", "ms": "millisecond", "s": "second",
    "sec": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "l": "liter",
    "ml": "milliliter", "°c": "degree Celsius", "°f": "degree Fahrenheit", "°": "degree", "px": "pixel",
    "fps": "frame per second", "m²": "square meter", "km²": "square kilometer", "x": "time",
}  # fmt: skip
# A number and, apart from it, one of these is a measure; "5 m" is, "5 s" and "a 4 x 4" are too often something else.
_APART = set(_UNITS) - {"x", "s", "w", "v", "h", "g", "l", "b"}
_FRACTIONS = {"½": "one half", "⅓": "one third", "⅔": "two thirds", "¼": "one quarter", "¾": "three quarters"}
_PARTS_OF = {"1/2": "one half", "1/3": "one third", "2/3": "two thirds", "1/4": "one quarter", "3/4": "three quarters",
             "24/7": "twenty four seven"}  # fmt: skip

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMOUNT = re.compile(rf"^([-−+~≈±]?)({_NUMBER})(\D{{0,6}})$")
_PRICE = re.compile(rf"^([-−+~≈]?)([$€£¥₹₩₿])({_NUMBER})([a-zA-Z]{{0,3}})$")
_PRICE_AFTER = re.compile(rf"^({_NUMBER})([$€£¥₹₩₿])$")
_RANGE = re.compile(rf"^([$€£]?)({_NUMBER})[-–—]([$€£]?)({_NUMBER})(\D{{0,6}})$")
_TIME = re.compile(r"^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(am|pm|a\.m|p\.m)?$", re.IGNORECASE)
_HOUR = re.compile(r"^(1[0-2]|[1-9])(am|pm)$", re.IGNORECASE)
_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_ORDINAL = re.compile(r"^(\d{1,9}|\d{1,3}(?:,\d{3})+)(?:st|nd|rd|th)$", re.IGNORECASE)
_DECADE = re.compile(r"^['’]?([2-9]0|[1-9]\d\d0)['’]?s$", re.ASCII)
_VERSION = re.compile(r"^[vV]?(\d+(?:\.\d+){2,5})$")
_ADDRESS = re.compile(
    r"^(?:[a-z][a-z0-9+.-]{1,10}://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|ai|dev|gov|edu|tv|co|uk|de|app)(?:/\S*)?$",
    re.IGNORECASE,
)
_MAIL = re.compile(r"^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$")
_INITIALS = re.compile(r"^(?:[A-Za-z]\.)+[A-Za-z]$")


def said(core: str, trail: str, following: Sequence[Parts], *, is_last: bool) -> tuple[int, str, str]:
    """How many written words are taken (this one and up to two more), what is said for them, and what stands after.

    following: the parts of the next words, none if more than a dot separates them from this one.
    """
    if core in SYMBOLS and not trail:
        return 1, SYMBOLS[core], ""
    if amount := _with_next(core, trail, following):
        return amount
    if abbreviation := _abbreviation(core, trail, is_last=is_last, following=following):
        return 1, *abbreviation
    return 1, _word(core), trail


def without_address(core: str) -> str:
    """A web address shortened to its host; anything else as it is."""
    return _host(core) if _ADDRESS.match(core) else core


def _with_next(core: str, before: str, following: Sequence[Parts]) -> tuple[int, str, str] | None:
    """Money and measures that go on in the next word: "$3 million", "10 km", "5 January"."""
    if not following or following[0][0]:
        return None
    _, word, trail = following[0]
    lowered = word.lower()
    if 0 < len(word) < 3 and word.isdecimal() and 0 < int(word) <= 31 and core[0].isupper():
        month = _MONTHS.get(core.lower()) or (core if core.lower() in _MONTH_NAMES and not before else "")
        if month:
            return 2, f"{month} {_ordinal(word)}", trail
    if before:
        return None
    price = _PRICE.match(core)
    if price and not price[4] and lowered in _SIZE_WORDS:
        name = _plural(_MONEY[price[2]][0])
        return 2, f"{_sign(price[1])}{_number(price[3])} {lowered} {name}", trail
    amount = _AMOUNT.match(core)
    if amount and not amount[3]:
        if lowered in _APART:
            return 2, f"{_sign(amount[1])}{_measure(amount[2], _UNITS[lowered])}", trail
        if lowered in _MONTH_NAMES and len(amount[2]) < 3 and amount[2].isdecimal() and 0 < int(amount[2]) <= 31:
            return 2, f"{_ordinal(amount[2])} {word}", trail
    return None


def _abbreviation(core: str, trail: str, *, is_last: bool, following: Sequence[Parts]) -> tuple[str, str] | None:
    """What an abbreviation stands for; its dot is no end of a sentence unless the text ends there."""
    lowered = core.lower()
    dotted = trail.startswith(".")
    rest = trail[1:] if dotted and not is_last and "." not in trail[1:] else trail
    if lowered in _LETTERS:
        return _LETTERS[lowered], rest
    if _INITIALS.match(core):
        return " ".join(core.upper().split(".")), rest
    if lowered in _TITLES and (dotted or lowered not in _NEEDS_DOT) and (len(core) > 2 or dotted or core[0].isupper()):
        if lowered in _ROADS and not (following and following[0][1][:1].isupper()):
            return _ROADS[lowered], rest
        ends = lowered not in _TO_NAME and is_last
        return _TITLES[lowered], trail if ends else rest
    if lowered in _MONTHS and dotted and core[0].isupper():
        return _MONTHS[lowered], rest
    if core == "No" and trail == "." and following and following[0][1][:1].isdecimal():
        return "number", ""
    return None


def _word(core: str) -> str:
    """One written word in spoken words."""
    core = core.replace("’", "'").replace("−", "-")
    if core in _FRACTIONS:
        return _FRACTIONS[core]
    if core in _PARTS_OF:
        return _PARTS_OF[core]
    if _MAIL.match(core):
        name, host = core.split("@")
        return f"{_spell_dots(name)} at {_spell_dots(host)}"
    if _ADDRESS.match(core):
        return _spell_dots(_host(core))
    for pattern, tell in _PATTERNS:
        if found := pattern.match(core):
            return tell(found)
    if not any(map(str.isdecimal, core)):
        return _letters(core)
    return _mixed(core)


def _price(found: re.Match[str]) -> str:
    sign, symbol, number, size = found.groups()
    return _sign(sign) + _money(symbol, number, size)


def _money(symbol: str, number: str, size: str = "") -> str:
    unit, part = _MONEY[symbol]
    if size:
        return f"{_number(number)} {_SIZES.get(size.lower(), ' '.join(size))} {_plural(unit)}"
    whole, _, cents = number.replace(",", "").partition(".")
    if cents and len(cents) == 2 and part:
        told = [_count(int(whole), unit)] if int(whole) or not int(cents) else []
        told += [_count(int(cents), part)] if int(cents) else []
        return " and ".join(told)
    return f"{_number(number)} {unit if number == '1' else _plural(unit)}"


def _range(found: re.Match[str]) -> str:
    first_money, first, second_money, second, unit = found.groups()
    money = first_money or second_money
    if money:
        return f"{_number(first)} to {_money(money, second)}"
    tell = _year if len(first) == len(second) == 4 and not unit else _number
    return f"{tell(first)} to {_amount_with_unit(second, unit) if unit else tell(second)}"


def _amount(found: re.Match[str]) -> str:
    sign, number, unit = found.groups()
    if not unit and not sign and re.fullmatch(r"1[1-9]\d\d|20\d\d", number):
        return _year(number)
    return _sign(sign) + _amount_with_unit(number, unit)


def _amount_with_unit(number: str, unit: str) -> str:
    unit = unit.strip()
    lowered = unit.lower().lstrip("-")
    if not unit:
        return _number(number)
    if unit in {"K", "G", "D", "P"} and len(number) <= 2:
        return f"{_number(number)} {unit}"  # 4K, 5G, 3D
    if lowered in _UNITS and unit not in {"M", "B", "T"}:
        return _measure(number, _UNITS[lowered])
    if lowered in _SIZES:
        return f"{_number(number)} {_SIZES[lowered]}"
    if unit == "+":
        return f"{_number(number)} plus"
    return f"{_number(number)} {_letters(unit)}".strip()


def _time(found: re.Match[str]) -> str:
    hour, minute, second, half = found.groups()
    told = [_number(hour)]
    if int(minute):
        told.append(("oh " if minute[0] == "0" else "") + _number(str(int(minute))))
    elif not half:
        told.append("o'clock" if not second and 0 < int(hour) <= 12 else "hundred")
    if second:
        told.append(_number(str(int(second))))
    if half:
        told.append(" ".join(half.upper().replace(".", "")))
    return " ".join(told)


def _date(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    if not 0 < int(month) <= 12 or not 0 < int(day) <= 31:
        return f"{_number(year)} {_number(month)} {_number(day)}"
    name = list(dict.fromkeys([*list(_MONTHS.values())[:4], "May", *list(_MONTHS.values())[4:]]))[int(month) - 1]
    return f"{name} {_ordinal(day)} {_year(year)}"


def _decade(found: re.Match[str]) -> str:
    words = _year(found[1]) if len(found[1]) == 4 else _number(found[1])
    return words[:-1] + "ies" if words.endswith("y") else words + ("es" if words.endswith("x") else "s")


_PATTERNS = (
    (_PRICE, _price),
    (_PRICE_AFTER, lambda found: _money(found[2], found[1])),
    (_RANGE, _range),
    (_TIME, _time),
    (_HOUR, lambda found: f"{_number(found[1])} {' '.join(found[2].upper())}"),
    (_DATE, _date),
    (_ORDINAL, lambda found: _ordinal(found[1])),
    (_DECADE, _decade),
    (_VERSION, lambda found: " point ".join(_number(part) for part in found[1].split("."))),
    (_AMOUNT, _amount),
)


def _mixed(core: str) -> str:
    """Letters and digits together ("GPT-4", "mp3", "#1", "3/5"): each part by its own rule."""
    core = re.sub(r"#(?=\d)", " number ", core)
    core = re.sub(r"(?<=\d)/(?=\d)", " over ", core)
    core = re.sub(r"(?<=\d)\s*[×*]\s*(?=\d)", " by ", core)
    parts = re.findall(rf"{_NUMBER}|[^\d]+", core)
    return " ".join(filter(None, (_number(part) if part[0].isdecimal() else _abbreviated(part) for part in parts)))


def _abbreviated(part: str) -> str:
    """Letters beside digits: without a vowel they are spelled ("mp3")."""
    letters = _letters(part)
    spelled = len(letters) <= 3 and letters.isalpha() and not re.search("[aeiou]", letters, re.IGNORECASE)
    return " ".join(letters.upper()) if spelled else letters


_SAID_IN_WORDS = str.maketrans({"&": " and ", "+": " plus ", "=": " equals ", "@": " at ", "%": " percent ",
                                "°": " degrees ", "×": " times ", "~": " about ", "€": " euros ", "$": " dollars ",
                                "£": " pounds ", "²": " squared ", "³": " cubed ", "—": ", ", "…": ", "})  # fmt: skip


def _letters(core: str) -> str:
    """Words and symbols without digits; hyphens and slashes only separate."""
    return re.sub(r"\s+,", ",", re.sub(r"[^\w',]+|_", " ", core.translate(_SAID_IN_WORDS))).strip(" ',")


def _number(text: str) -> str:
    text = text.replace(",", "")
    if not text.isascii() or len(text) > 15 or (len(text) > 1 and text[0] == "0" and "." not in text):
        return " ".join("point" if digit == "." else _said(digit) for digit in text)
    if "." in text:
        whole, _, decimals = text.partition(".")
        return f"{_number(whole or '0')} point {' '.join(_said(digit) for digit in decimals)}"
    return _flat(_said(text))


def _year(text: str) -> str:
    return _flat(_said(text, to="year")) if text.isascii() else _number(text)


def _ordinal(text: str) -> str:
    return _flat(_said(text.replace(",", ""), to="ordinal"))


def _said(digits: str, to: str = "cardinal") -> str:
    # Loaded with the first number that is said: it brings fifty languages along, and pages only list voices.
    from num2words import num2words

    return str(num2words(int(digits), to=to))


def _flat(words: str) -> str:
    return words.replace("-", " ").replace(",", "")


def _measure(number: str, unit: str) -> str:
    return f"{_number(number)} {unit if number == '1' else _plural(unit)}"


def _count(number: int, unit: str) -> str:
    return f"{_number(str(number))} {unit if number == 1 else _plural(unit)}"


def _plural(unit: str) -> str:
    first, _, rest = unit.partition(" ")
    if first in {"square", "kilowatt"}:
        return unit + "s"
    return " ".join(filter(None, [_PLURALS.get(first, first + "s"), rest]))


def _sign(sign: str) -> str:
    return {"-": "minus ", "−": "minus ", "+": "plus ", "~": "about ", "≈": "about ", "±": "plus or minus "}.get(
        sign, ""
    )


def _host(address: str) -> str:
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname or address
    except ValueError:
        return address
    return host.removeprefix("www.")


def _spell_dots(text: str) -> str:
    return re.sub(r"\s+", " ", " ".join(_word_part(part) for part in text.replace(".", " dot ").split()))


def _word_part(part: str) -> str:
    return _mixed(part) if any(map(str.isdecimal, part)) else _letters(part)
