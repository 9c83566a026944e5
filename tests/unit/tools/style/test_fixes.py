"""Fixes by rule: the sentence stays a sentence, and no fact is touched, whatever stands around."""

from __future__ import annotations

import re

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from jobs.tools.style import english, fixes
from jobs.tools.style.fixes import article_for, fix
from jobs.tools.style.passages import hits_in
from jobs.tools.style.phrases import turns
from jobs.tools.style.rules import RULES


def fixed(text: str) -> str:
    return fix(text, hits_in(text, RULES))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Moreover, the sea rises.", "The sea rises."),
        ("It rains. It is worth noting that boats wait.", "It rains. Boats wait."),
        ("It rains, and it is worth noting that boats wait.", "It rains, and boats wait."),
        ("A pivotal day.", "An important day."),
        ("An intricate clock and a pivotal hour.", "A complex clock and an important hour."),
        ("We utilise nets. Utilizing nets helps.", "We use nets. Utilizing nets helps."),
        ("The sea — cold and dark — is up. It — slow — is low.", "The sea, cold and dark, is up. It, slow, is low."),
        ("Consequently, boats wait.", "So boats wait."),
        ("Delve into the data.", "Dig into the data."),
        ("It is a vibrant and bustling place.", "It is a lively and busy place."),
        ("In today's fast-paced world, we wait.", "We wait."),
        ("Moreover, *delve into* it.", "*Dig into* it."),
    ],
)  # fmt: skip
def test_capital_letters_articles_and_commas_come_out_right(before: str, after: str) -> None:
    assert fixed(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "Foster a love of boats, said Foster.",
        "She wrote “delve into the vibrant sea”.",
        "Moreover, iPhone sales rose.",
        "Moreover, “we” won.",
        "The Foster family and Mr. Delve met at Harness.",
        "The sea — 25 m — rises. It — 30 m — falls.",
    ],
)
def test_what_cannot_be_swapped_safely_is_left(text: str) -> None:
    assert fixed(text) == ""


@pytest.mark.parametrize(
    ("word", "article"),
    [("hour", "an"), ("honest", "an"), ("university", "a"), ("uninvited", "an"), ("useful", "a"), ("European", "a"),
     ("one", "a"), ("old", "an"), ("house", "a"), ("umbrella", "an"), ("unique", "a"), ("unit", "a")],
)  # fmt: skip
def test_articles_follow_the_sound(word: str, article: str) -> None:
    assert article_for(word) == article


def test_a_fixed_passage_has_nothing_left_to_swap() -> None:
    text = (
        "Moreover, the bustling harbour plays a crucial role in an intricate web of trade. Additionally, we utilize it."
    )
    once = fixed(text)
    assert fixed(once) == ""


# --- whatever stands around ---
TABLES = [value for name, value in vars(english).items() if name.isupper()]


def _spoken(line: str) -> list[str]:
    """A few ways in which a turn of the tables is said."""
    sought = line.partition("=>")[0].strip().removeprefix("^")
    said = [""]
    for token in sought.split():
        if token.startswith(">"):
            token = token[1:]
        comma = "," if token.rstrip("?").endswith(",") else ""
        words = token.removesuffix("?").removesuffix(",").split("/")
        said = [f"{one} {word.replace('_', 'grey')}{comma}".strip() for one in said for word in (words[0], words[-1])]
    return said


PHRASES = sorted(
    {said for table in TABLES for line in table.strip().replace("\n    ", " ").splitlines() for said in _spoken(line)}
)
FACTS = [
    "1998", "3.5 m", "25 %", "$4,000", "twelve", "half", "the third", "Foster", "Jane Delve", "Harness & Sons", "NASA",
    "iPhone", "Emily", "McDonald’s", "São Paulo", "“delve into a vibrant sea”", '"a pivotal role"', "‘it’s bustling’",
    "https://example.com/delve?x=1", "@vibrant", "#tapestry", "`leverage`", "*(waves)*", "**Foster**", "Dr. Elevate",
]  # fmt: skip
# Numbers in words may begin a sentence, with a capital letter; the others have to stay letter by letter.
SPELLED = {"twelve", "half", "the third"}
# What is left out hands its capital letter to what follows: an address would be another one.
OPENINGS = ["Moreover,", "Furthermore,", "In today's fast-paced world,", "It is worth noting that"]
CAPITALISED = [f"{opening} {fact}" for opening in OPENINGS for fact in FACTS if fact[:1].islower()]
PLAIN = ["the sea", "boats wait", "it rises", "an old", "a", "and", "because", "people say", "in", "of", "hour", "unit"]
MARKS = [". ", ", ", " ", "! ", "? ", " — ", "; ", "\n"]


@st.composite
def _texts(draw: st.DrawFn) -> str:
    parts = draw(
        st.lists(st.sampled_from(PHRASES) | st.sampled_from([*FACTS, *PLAIN, *CAPITALISED]), min_size=3, max_size=14)
    )
    out = ""
    for part in parts:
        starts = not out or out.rstrip()[-1:] in ".!?"
        out += (part[:1].upper() + part[1:] if starts and draw(st.booleans()) else part) + draw(st.sampled_from(MARKS))
    return out.strip()


def _facts(text: str) -> dict[str, int]:
    """Numbers, quotes and names, found another way than the guard finds them."""
    return {
        fact: len(re.findall(rf"(?<![\w]){re.escape(fact)}(?![\w])", text, re.IGNORECASE if fact in SPELLED else 0))
        for fact in [*FACTS, *re.findall(r"\d[\d.,]*", text)]
    }


@settings(max_examples=1500, deadline=None)
@given(_texts())
def test_every_number_name_and_quote_is_kept(text: str) -> None:
    after = fixed(text)
    if after:
        assert _facts(after) == _facts(text)
        assert after != text
        assert "  " not in after.replace("  ", " ", text.count("  "))
        assert not re.search(r" [,.;!?]", after) or re.search(r" [,.;!?]", text)


def test_without_the_guard_the_property_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would say nothing about the guard: some of its texts lose a fact as soon as nobody looks."""
    monkeypatch.setattr(fixes, "keeps_facts", lambda before, after: True)
    lost = find(
        _texts(),
        lambda text: bool(after := fixed(text)) and _facts(after) != _facts(text),
        settings=settings(max_examples=1500, deadline=None, database=None),
    )
    assert _facts(fixed(lost)) != _facts(lost)


def test_the_property_meets_fixes() -> None:
    """Else it would prove nothing: most of the turns that have a swap are made in a plain sentence."""
    swaps = [turn for table in TABLES for turn in turns(table, any_case=True) if turn.swaps is not None]
    made = sum(bool(fixed(f"{said[:1].upper()}{said[1:]} the sea of 1998.")) for said in PHRASES)
    assert len(swaps) > 60
    assert made > 60
