from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.tools.text.screenplay import Section, sections, spoken_words

SCREENPLAY = """# The Deep

*(Slow fade in. Music.)*

**Narrator:** Nobody had been down here before.
It was dark.

### The descent
**Mara**: I see *something*. *(whispers)* It moves.

__Narrator:__ She was right.

---

(pause)

And it was large.
"""


def test_a_screenplay_has_a_section_for_every_line_that_names_a_speaker() -> None:
    assert sections(SCREENPLAY) == [
        Section("The Deep", "Narrator", "Nobody had been down here before.\nIt was dark."),
        Section("The descent", "Mara", "I see *something*. It moves."),
        Section("The descent", "Narrator", "She was right."),
        Section("", "", "And it was large."),
    ]


def test_without_speakers_headings_and_dividers_cut() -> None:
    assert sections("Hello.\n\nWorld.\n\n## One **bold** thing ##\nA\n\n* * *\nB\n#hashtag C\n# Empty\n") == [
        Section("", "", "Hello.\n\nWorld."),
        Section("One bold thing", "", "A"),
        Section("", "", "B\n#hashtag C"),
    ]


def test_without_either_paragraphs_are_sections() -> None:
    assert [section.text for section in sections("One.\nStill one.\r\n\r\n \t\r\nTwo.\n\n\n*(nod)*\n\nThree.")] == [
        "One.\nStill one.",
        "Two.",
        "Three.",
    ]


@pytest.mark.parametrize(
    "body",
    ["", " \n\t", "# Heading", "---", "*(only a direction)*", "**Name:**", "**Name:** *(nods)*", "...!?", "\0\ufeff",
     "```\ncode\n```", "<!-- note -->", "👍 👍", "[beat]"],
)  # fmt: skip
def test_nothing_to_speak_is_no_section(body: str) -> None:
    assert sections(body) == []
    assert spoken_words(body) == 0


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("He said (quietly) yes.", "He said (quietly) yes."),
        ("Stop *(beat)* now _(turns)_ please **(loud)**.", "Stop now please ."),
        ("**Note:** this", "this"),
        ("Over *(two\nlines)* now.", "Over now."),
        ("Not over *(two\n\nparagraphs)*.", None),
        ("a *(open", "a *(open"),
        ("Mail me at 3:30 **sharp**: no later", "Mail me at 3:30 **sharp**: no later"),
        ("<b>Bold</b> word", "Bold word"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
    ],
)
def test_directions_are_not_spoken_and_the_rest_is(text: str, spoken: str | None) -> None:
    assert [section.text for section in sections(text)] == ([spoken] if spoken else text.split("\n\n"))


def test_an_open_code_fence_does_not_speak_code() -> None:
    assert [section.text for section in sections("Hello\n```python\nx = 1")] == ["Hello"]


def test_words_are_counted_as_spoken() -> None:
    assert spoken_words("### Not this\n**A:** It’s a well-known fact: 3.5 of 10. *(not this)*") == 7


def test_names_and_headings_are_kept_short() -> None:
    (section,) = sections(f"# {'long ' * 100}\nHello")
    assert len(section.heading) <= 200


@pytest.mark.parametrize(
    "piece",
    ["*(" , "**a:**", "**", "# ", "- ", "_(", "<a", "<!--", "((((", "`", "a ", "\n", "* ", "*(x)* ", "**N:** hi\n"],
)  # fmt: skip
def test_200_000_characters_of_anything_are_quick(piece: str) -> None:
    body = (piece * 200_000)[:200_000]
    started = time.process_time()
    sections(body)
    assert time.process_time() - started < 2


MARKS = st.sampled_from(
    [
        "**Ann:** ",
        "**",
        "*(",
        ")*",
        "### ",
        "\n",
        "\n\n",
        "---\n",
        "word",
        "😀",
        "```\n",
        "<!--",
        "-->",
        "\r",
        "\u2028",
        "_",
        "1",
    ]
)


@given(st.one_of(st.text(max_size=400), st.lists(MARKS, max_size=60).map("".join)))
def test_any_text_gives_clean_sections(body: str) -> None:
    found = sections(body)
    for section in found:
        assert section.text == section.text.strip() != ""
        assert "\n" not in section.heading + section.speaker
        assert len(section.speaker) <= 60
        assert section.text.replace("\n", "").isprintable() or not section.text.isascii()
    assert spoken_words(body) >= len(found)


@given(st.lists(st.text("abc ", min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=8))
def test_no_spoken_word_is_lost_between_paragraphs(paragraphs: list[str]) -> None:
    joined = " ".join(section.text for section in sections("\n\n".join(paragraphs)))
    assert joined.split() == " ".join(paragraphs).split()
