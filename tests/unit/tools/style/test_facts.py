"""What counts as a fact that a change of style must keep."""

from __future__ import annotations

import pytest

from jobs.tools.style.facts import keeps_facts, lost_facts

TEXT = (
    "Moreover, in 1998 Jane Foster’s team measured 3.5 m — twice the usual — at Fundy, and wrote “it delves deep” on "
    "https://example.com/a?b=1. Half of the 25 boats left, said NASA."
)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("1998", "1989", "a number"),
        ("3.5 m", "35 m", "a number"),
        ("twice", "three times", "a number"),
        ("Half", "Some", "a number"),
        ("25 boats", "the boats", "a number"),
        ("Foster’s", "Build’s", "Foster"),
        ("Jane ", "", "Jane"),
        ("NASA", "Nasa", "NASA"),
        ("at Fundy", "at the bay", "Fundy"),
        ("at Fundy", "at Fundy in Canada", "Canada"),
        ("it delves deep", "it digs deep", "a quote"),
        ("“it delves deep”", "it delves deep", "a quote"),
        ("b=1", "b=2", "an address"),
        ("Half", "\n\nHalf", "structure"),
        ("Half", "*(pause)* Half", "structure"),
        ("boats", "<b>boats</b>", "structure"),
        ("boats", "boats\u202e", "invisible"),
    ],
)
def test_what_is_lost_or_added_is_named(old: str, new: str, what: str) -> None:
    assert what in lost_facts(TEXT, TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TEXT, TEXT.replace("Moreover, in", "In")),
        (TEXT, TEXT.replace("the usual", "the common height")),
        ("It is worth noting that cells divide.", "Cells divide."),
        ("Additionally, it rains.", "Also, it rains."),
        ("Navigating the sea takes skill.", "To navigate the sea takes skill."),
        ("The sea rises. Foster knew.", "The sea, Foster knew, rises."),
        ("No one knows. It is one of the most quiet places.", "Nobody knows. It is among the quietest places."),
    ],
)
def test_what_is_put_otherwise_is_no_loss(before: str, after: str) -> None:
    assert lost_facts(before, after) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Foster built it.", "He built it."),
        ("Delve was a town.", "It was a town."),
        ("### One\n\nText.", "### Two\n\nText."),
        ("**Mara:** Hello.", "**Ana:** Hello."),
        ("*(waves)* Hello.", "Hello."),
        ("[Sea](https://a.example)", "[Sea](https://b.example)"),
        ("a ½ cup", "a cup"),
        ("the iPhone", "the phone"),
        ("the second wave", "the next wave"),
    ],
)
def test_names_directions_headings_and_speakers_stay(before: str, after: str) -> None:
    assert not keeps_facts(before, after)
