"""Where the prose of a script stands: the places are those of the text itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.tools.text.prose import paragraphs, sentences

SCRIPT = """\
### The pull

*(waves)*

The Moon pulls **hard**. Dr. Smith says so, e.g. in 1998! "Really?" she asked.

**Mara:** It was 3.5 m high. Nobody knew.

- a first item
- a second item. With two sentences.

| a | b |
|---|---|
| 1 | 2 |

```
code. is no prose.
```

<!-- nor is
this. -->

> Quoted prose.
"""


def test_only_prose_is_found_and_each_place_holds_what_it_says() -> None:
    found = sentences(SCRIPT)
    assert [span.text for span in found] == [
        "The Moon pulls **hard**.",
        "Dr. Smith says so, e.g. in 1998!",
        '"Really?" she asked.',
        "It was 3.5 m high.",
        "Nobody knew.",
        "a first item",
        "a second item.",
        "With two sentences.",
        "Quoted prose.",
    ]
    assert all(SCRIPT[span.start : span.end] == span.text for span in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("海は一日に二度上がる。なぜか？", ["海は一日に二度上がる。", "なぜか？"]),
        ("هل تعرف؟ نعم.", ["هل تعرف؟", "نعم."]),
        ("One 🌊 wave… Two.", ["One 🌊 wave…", "Two."]),
        ("It costs $3.5 a day", ["It costs $3.5 a day"]),
        ("", []),
        ("***\n\n---\n", []),
        ("(only a direction)", []),
    ],
)
def test_other_languages_and_empty_texts(text: str, expected: list[str]) -> None:
    assert [span.text for span in sentences(text)] == expected


@given(st.text(alphabet='aA .!?\n*-#>|`(<"1é🌊', max_size=200))
def test_spans_never_overlap_and_always_hold_their_text(text: str) -> None:
    for spans in (paragraphs(text), sentences(text)):
        assert all(text[span.start : span.end] == span.text and span.text.strip() for span in spans)
        assert all(one.end <= other.start for one, other in pairwise(spans))


def test_a_huge_text_takes_time_in_proportion() -> None:
    body = ("A sentence about the sea. " * 40 + "\n\n") * 190
    assert len(sentences(body)) == 40 * 190
