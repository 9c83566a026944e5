"""Each rule with what it must find and what it must leave alone."""

from __future__ import annotations

import pytest

from jobs.tools.style import english
from jobs.tools.style.phrases import turns
from jobs.tools.style.rule import Paragraph
from jobs.tools.style.rules import RULES, rules_for

EVEN = "The old harbour lies behind the long stone wall. " * 5
UNEVEN = "The sea is cold. Behind the long stone wall, where the boats lie, nobody speaks of what happened. Why? " * 2

# rule, a text in which it fires, the words it names, a text in which it must not.
TABLE = [
    ("chat-leftover", "As an AI language model, I like tides.", "As an AI language model", "Some say an AI is a model."),
    ("chat-leftover", "Certainly! Here is the text.", "Certainly! Here", "Here is the harbour. It is certainly old."),
    ("importance", "It stands as a testament to the Moon.", "stands as a testament to", "The Old Testament stands here."),
    ("importance", "Salt plays a pivotal role in it.", "plays a pivotal role in", "She plays a role in a film."),
    ("promotional", "A breathtaking coast.", "breathtaking", "It was so steep that it took our breath."),
    ("promotional", "The town boasts a harbour.", "boasts", "He boasts of it."),
    ("vocabulary", "We delve into the sea.", "delve into", "Mrs Delve into whose house we went was kind."),
    ("vocabulary", "It fosters a love of boats.", "fosters", "Foster a boy? Jane Foster and a foster mother did."),
    ("vocabulary", "A rich tapestry of life.", "tapestry", "The Bayeux Tapestry hangs there."),
    ("overworked", "They utilize nets.", "utilize", "They use nets."),
    ("overworked", "We leverage the wind.", "leverage", "Much financial leverage is a risk."),
    ("contrast", "The tide isn't just a number, it's a clock.", "isn't just a number, it's", "It isn't a number."),
    ("contrast", "It is not merely water but life.", "not merely water but", "Not only fish but also whales live here."),
    ("opener", "In today's fast-paced world, boats wait.", "In today's fast-paced world,", "Today's world is full."),
    ("opener", "Let's dive into the deep.", "Let's dive into", "We dive into the deep."),
    ("closer", "In conclusion, tides are slow.", "In conclusion,", "He came to a conclusion."),
    ("closer", "Only time will tell. Yes, only time will tell.", "only time will tell", "The time is six."),
    ("hedge", "It is important to note that tides rise.", "It is important to note that", "It is important to sleep."),
    ("attribution", "Here experts say it rains.", "experts say", "The three experts said their names."),
    ("participle-tail", "It rose, highlighting the pull of it.", "highlighting the", "It rose while highlighting a word."),
    ("transition", "Moreover, it rains.", "Moreover,", "It rains moreover."),
    ("small-question", "It grew. The result? A town.", "The result?", "What was the result? Nobody knows."),
    ("triads", "It is cold, wet and grey; low, slow and loud.", "is cold, wet and grey", "It is cold, wet and grey."),
    ("dashes", "The sea — cold — rises.", " — ", "The sea rises — and nobody sees it hurry, not even on the long grey days."),
    ("even-sentences", EVEN, EVEN.strip(), UNEVEN),
    ("bold", "The **sea** and **sand** and **salt**.", "**sea**", "The **sea** and the sand and the salt of the coast."),
    ("emoji-bullet", "🚀 It starts.", "🚀", "It starts 🚀."),
]  # fmt: skip


def named(rule: str, text: str) -> list[str]:
    return [text[hit.start : hit.end] for one in RULES if one.id == rule for hit in one.hits(Paragraph(text))]


@pytest.mark.parametrize(("rule", "positive", "words", "negative"), TABLE)
def test_a_rule_finds_what_it_is_for_and_nothing_else(rule: str, positive: str, words: str, negative: str) -> None:
    assert words.strip() in [found.strip() for found in named(rule, positive)]
    assert named(rule, negative) == []


def test_every_rule_stands_in_the_table_and_explains_itself() -> None:
    assert {rule.id for rule in RULES} == {row[0] for row in TABLE}
    for rule in RULES:
        assert rule.label
        assert rule.why.endswith(".")
        assert rule.why.count(". ") == 0


@pytest.mark.parametrize(
    "text",
    [
        "She said “we delve into a vibrant tapestry”.",
        'He wrote "delve into the bustling harbour" on it.',
        "See `delve into` and https://example.com/vibrant-tapestry for it.",
        "The 'breathtaking' coast.",
    ],
)
def test_nobody_is_judged_for_what_others_said(text: str) -> None:
    assert [hit for rule in RULES for hit in rule.hits(Paragraph(text))] == []


@pytest.mark.parametrize("text", ["DELVE INTO THE VIBRANT SEA", "Vibrant is a firm.", "Harness, Foster and Delve met."])
def test_names_and_shouting_are_left_alone(text: str) -> None:
    assert [hit for rule in RULES for hit in rule.hits(Paragraph(text))] == []


def test_only_rules_that_need_no_words_judge_other_languages() -> None:
    assert {rule.id for rule in rules_for("de")} == {"dashes", "even-sentences", "bold", "emoji-bullet"}
    assert rules_for("en") == RULES


@pytest.mark.parametrize(
    "table",
    [value for name, value in vars(english).items() if name.isupper()],
    ids=[name for name in vars(english) if name.isupper()],
)
def test_every_turn_matches_its_own_words(table: str) -> None:
    """A line that can never match is a slip of the pen."""
    for turn in turns(table, any_case=True):
        assert turn.forms
        assert all(form == form.lower() for form in turn.forms)
        if turn.swaps and len(turn.swaps) > 1:
            assert len(turn.swaps) == len(turn.forms)


def test_forms_must_answer_to_each_other() -> None:
    with pytest.raises(ValueError, match="2 forms answer to 3"):
        turns("delve/delves/delved into => dig/digs into")
