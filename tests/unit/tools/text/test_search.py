"""Finding passages about the same."""

from __future__ import annotations

from jobs.tools.text.search import Index, stem, terms

PASSAGES = (
    "The Moon pulls the near side of the Earth most strongly.",
    "Spring tides come at new and full Moon.",
    "A lighthouse lens was ground in Paris.",
)


def test_the_passage_about_the_same_is_best() -> None:
    index = Index(PASSAGES)
    assert index.best("When do spring tides come?")[0][0] == 1
    assert index.best("lenses of lighthouses")[0][0] == 2
    assert index.best("the Moon's pull", 1)[0][0] == 0


def test_nothing_is_found_for_nothing() -> None:
    assert Index(PASSAGES).best("of the and") == []
    assert Index(()).best("the Moon") == []


def test_forms_of_a_word_meet() -> None:
    assert stem("tides") == stem("tide")
    assert stem("raising") == stem("raises") == stem("raised")
    assert stem("12") == "12"
    assert "the" not in terms("The sea")


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    index = Index(PASSAGES)
    assert index.rarity(stem("lens")) > index.rarity(stem("moon"))
