"""Evidence: which sentences of the sources speak about a claim."""

from __future__ import annotations

from jobs.tools.facts import evidence
from jobs.tools.facts.evidence import Document, Library, best_of


def test_the_sentence_that_speaks_of_it_comes_first_with_its_source() -> None:
    note = Document(
        "Lunar day", "The Sun is far. A lunar day lasts 24 hours and 50 minutes.", "https://a.example/", "n1"
    )
    found = Library([Document("Cats", "Cats sleep."), note]).about("A lunar day lasts a day.")
    assert found[0].text == "A lunar day lasts 24 hours and 50 minutes."
    assert found[0].as_source() == {
        "title": "Lunar day",
        "url": "https://a.example/",
        "quote": "A lunar day lasts 24 hours and 50 minutes.",
        "note": "n1",
    }


def test_nothing_to_read_answers_nothing() -> None:
    assert Library([]).about("A lunar day") == []
    assert Library([Document("Empty", "")]).about("A lunar day") == []


def test_more_than_can_be_read_is_told() -> None:
    long = Document("Long", "The sea is salt. " * 30_000)
    assert Library([long]).is_cut
    assert not Library([Document("Short", "The sea is salt.")]).is_cut
    many = Library(iter([long] * 50))
    assert many.is_cut
    assert len(many.documents) <= evidence.ALL_CHARACTERS // evidence.DOCUMENT_CHARACTERS


def test_each_sentence_counts_once_among_several_answers() -> None:
    one = Library([Document("A", "Cats sleep long.")]).about("cats sleep")
    assert len(best_of([*one, *one])) == 1
