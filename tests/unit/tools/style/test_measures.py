"""Measures of style, and what is said of them."""

from __future__ import annotations

from jobs.tools.style.measures import compared, measure, notes

SHORT = "You can't see the sea from here. It's cold. Don't wait for it. " * 12
LONG = (
    "The harbour was built by the people of the town — as everybody knows — and it was used for a very long time by the "
    "boats that were kept in it. "
) * 6


def test_figures_are_those_of_the_text() -> None:
    found = measure(SHORT)
    assert found is not None
    assert (found.words, found.sentence, found.dashes) == (156, 4.3, 0.0)
    assert found.spread == 2.1
    assert found.contractions == 23.1
    assert found.address == 7.7
    assert found.passive == 0.0
    assert 0.1 < found.variety < 0.2


def test_dashes_and_passives_are_counted() -> None:
    found = measure(LONG)
    assert found is not None
    assert found.dashes == round(2000 / 30, 1)
    assert found.passive == 3.0


def test_what_is_silent_is_not_measured() -> None:
    assert measure(f"# A Heading\n\n*(waves)*\n\n{SHORT}\n\n```\ncode code\n```") == measure(SHORT)


def test_too_little_is_not_measured() -> None:
    assert measure("It is cold.") is None
    assert measure("") is None


def test_other_languages_have_no_figures_that_need_words() -> None:
    found = measure(LONG, is_english=False)
    assert found is not None
    assert found.contractions is found.address is found.passive is None
    assert [row.label for row in compared(found, found)] == [
        "Words a sentence",
        "Change of sentence length",
        "Long dashes per 1000 words",
        "Different words in 100",
    ]


def test_a_difference_is_told_in_plain_words_and_a_small_one_is_not() -> None:
    long_text, short_text = measure(LONG), measure(SHORT)
    assert long_text is not None
    assert short_text is not None
    rows = {row.label: row for row in compared(long_text, short_text)}
    assert (rows["Words a sentence"].here, rows["Words a sentence"].own) == ("30", "4.3")
    assert "split a few" in rows["Words a sentence"].said
    assert "More long dashes" in rows["Long dashes per 1000 words"].said
    assert "Fewer contractions" in rows["Contractions per 100 words"].said
    assert {row.said for row in compared(short_text, short_text)} == {"About as in your scripts."}


def test_without_scripts_of_ones_own_nothing_is_compared() -> None:
    found = measure(SHORT)
    assert found is not None
    assert {(row.own, row.said) for row in compared(found, None)} == {("", "")}


def test_headings_in_title_case_and_bold_everywhere_are_told_once() -> None:
    titles = "".join(f"## The Power Of Cold Water\n\n{SHORT}\n\n" for _ in range(3))
    assert any("3 of 3 headings are in Title Case" in note for note in notes(titles))
    assert notes(titles.replace("The Power Of Cold Water", "The power of cold water")) == []
    assert any("12 places are in bold" in note for note in notes("A **word** here. " * 12))
    assert notes("**Mara:** Hello there.\n\n" * 12) == []
