"""Which passages are flagged: few of people's, many of chat models', and in time in proportion to any text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from jobs.tools.style.fixes import fix
from jobs.tools.style.measures import measure, notes
from jobs.tools.style.passages import CHARACTERS_AT_MOST, WORDS_AT_MOST, judge
from jobs.tools.style.rewrites import refusal
from jobs.tools.text.prose import paragraphs

DATA = Path(__file__).resolve().parents[3] / "data"
LIMIT = 200_000


def share(name: str) -> float:
    """Of the paragraphs of a file, how many have a flagged passage."""
    found = paragraphs((DATA / name).read_text(encoding="utf-8"))
    flagged = [paragraph for paragraph in found if any(one.is_flagged for one in judge(paragraph.text, "en"))]
    return len(flagged) / len(found)


def test_at_most_one_in_twenty_paragraphs_of_people_is_flagged() -> None:
    assert len(paragraphs((DATA / "human_prose.txt").read_text(encoding="utf-8"))) == 200
    assert share("human_prose.txt") <= 0.05


def test_more_than_half_of_the_paragraphs_in_the_manner_of_chat_models_are() -> None:
    assert share("model_like.txt") >= 0.55


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("Moreover, it is a bustling town.", True),
        ("It is a bustling and vibrant town.", True),
        ("It is a bustling town.", False),
        # Hints alone flag nobody.
        ("Moreover, we utilize it. Additionally, it is robust.", False),
        # One sign in several places is one.
        ("The **sea** and **sand** and **salt**.", False),
        # No matter of style.
        ("As an AI language model, I like tides.", True),
    ],
)
def test_two_hits_flag_and_one_at_least_is_a_tell(text: str, flagged: bool) -> None:
    assert [one.is_flagged for one in judge(text, "en")] == [flagged]


def test_length_alone_flags_nobody() -> None:
    plain = "The boats go out in the morning and come back when the light is gone. "
    text = f"It is a bustling town. {plain * 12}It is a vibrant town. {plain * 12}"
    found = list(judge(text, "en"))
    assert len(found) > 1
    assert not any(one.is_flagged for one in found)
    assert all(len(one.text.split()) <= WORDS_AT_MOST for one in found)


def test_every_place_holds_its_words() -> None:
    text = (DATA / "model_like.txt").read_text(encoding="utf-8")
    for one in judge(text, "en"):
        assert text[one.start : one.end] == one.text
        assert all(0 <= hit.start < hit.end <= len(one.text) for hit in one.hits)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "### Heading\n", "🌊🌊", "海は一日に二度上がる。", "هل تعرف؟ نعم.", "| a |\n|---|\n"]
)
def test_anything_may_be_judged(text: str) -> None:
    assert not any(one.is_flagged for one in judge(text))


HOSTILE = [
    "delve into ", '"', '"a', "“", "‘a ", "' a", "*(", "— ", "a — b ", "not just ", "is not just a ", "a, ", "ab, cd, and ef ",
    "**", "**a** ", "`", "[", "1,", "1", "a.b", "@", "#a ", "http://", "In today's ", "it is important ", "a\n",
    "delve into\n\nbustling ", "海", "🌊", ", highlighting ", "(", "<a", "Aa ", "\r", "...", "A. ", "in in ", "it is   ", "as a ",
    "### A\n", "is was been ", "\u202e", "a’",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_time_in_proportion(piece: str) -> None:
    text = (piece * (LIMIT // len(piece) + 1))[:LIMIT]
    began = time.process_time()
    found = list(judge(text, "en"))
    for one in found:
        if one.is_flagged:
            fix(one.text, one.hits)
            refusal(one, one.text.upper())
            break
    measure(text)
    notes(text)
    assert time.process_time() - began < 10
    assert all(len(one.text) <= CHARACTERS_AT_MOST for one in found)


@pytest.mark.parametrize(
    ("after", "why"),
    [
        ("The busy town of 1998 is lively.", ""),
        ("The busy town of 1989 is lively.", "a number"),
        ("The busy town of 1998 is lively" + " and old" * 8, "length"),
        ("Bread needs flour in 1998, they say.", "something else"),
        ("The bustling town of 1998 is a vibrant place.", "as much to mark"),
        ("The bustling town of 1998 is vibrant.", "nothing was changed"),
    ],
)
def test_a_rewrite_is_refused_for_a_reason(after: str, why: str) -> None:
    (one,) = judge("The bustling town of 1998 is vibrant.", "en")
    assert (why in refusal(one, after)) if why else not refusal(one, after)
