"""Places in edited texts: what stays is moved exactly, what is gone is said to be gone."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_app.marks import Edit, Mapping, edits_between, map_spans

TEXT = "The sea rises twice a day. Nobody sees it hurry. The Moon pulls on everything."
WORDS = ["the", "sea", "rises", "twice", "a", "day", "Moon", "pulls", "on", "everything", "🌊", "מים", "12", "25"]


def span_of(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def mapped(old: str, new: str, part: str) -> str | None:
    """What stands where the part has gone, or None."""
    (span,) = map_spans(old, new, [span_of(old, part)])
    return new[slice(*span)] if span else None


@pytest.mark.parametrize(
    "new",
    [
        "Listen. " + TEXT,
        TEXT + " And so it goes.",
        TEXT.replace("twice", "two times").replace("everything", "you"),
        TEXT.replace("The sea rises twice a day. ", ""),
        TEXT.replace(" The Moon pulls on everything.", ""),
        "👩‍🚀 " + TEXT,
        "The Moon pulls on everything. Nobody sees it hurry. The sea rises twice a day.",
    ],
)
def test_what_was_not_edited_is_found_where_it_stands(new: str) -> None:
    assert mapped(TEXT, new, "Nobody sees it hurry.") == "Nobody sees it hurry."


def test_what_was_edited_is_gone() -> None:
    assert mapped(TEXT, TEXT.replace("hurry", "stop"), "Nobody sees it hurry.") is None
    assert mapped(TEXT, "", "Nobody sees it hurry.") is None


def test_an_insertion_at_the_edge_is_outside() -> None:
    assert map_spans("abc", "xabc", [(0, 3)]) == [(1, 4)]
    assert map_spans("abc", "abcx", [(0, 3)]) == [(0, 3)]
    assert map_spans("abc", "aXbc", [(0, 3)]) == [None]


def test_an_edit_that_cannot_be_told_from_one_within_is_outside() -> None:
    # Typing "b" before "bcd" looks like typing it after its first letter.
    assert map_spans("abcd", "abbcd", [(1, 4)]) == [(2, 5)]
    assert map_spans("abbcd", "abcd", [(2, 5)]) == [(1, 4)]


def test_the_same_words_elsewhere_are_not_taken_for_those_that_went() -> None:
    old = "It goes.\nIt stays.\nIt goes.\n"
    new = "It goes.\nIt stays.\nIt runs.\n"
    assert map_spans(old, new, [(0, 8), (19, 27)]) == [(0, 8), None]


def test_a_moved_paragraph_takes_its_spans_along() -> None:
    old = "".join(f"Paragraph {number} says its own thing.\n\n" for number in range(400))
    moved = "Paragraph 7 says its own thing.\n\n"
    new = old.replace(moved, "") + moved
    (span,) = map_spans(old, new, [span_of(old, "Paragraph 7 says")])
    assert span and new[slice(*span)] == "Paragraph 7 says"


def test_a_memory_of_a_place_stays_within_the_text() -> None:
    mapping = Mapping("one two three", "one")
    assert [mapping.place(place) for place in (0, 3, 5, 13)] == [0, 3, 3, 3]


prose = st.lists(st.sampled_from([*WORDS, "\n", ". "]), max_size=60).map(" ".join)


@given(old=prose, new=prose)
def test_the_edits_make_the_new_text_of_the_old(old: str, new: str) -> None:
    made, at = [], 0
    for edit in edits_between(old, new):
        made += [old[at : edit.start], new[edit.new_start : edit.new_end]]
        at = edit.end
        assert edit != Edit(edit.start, edit.start, edit.new_start, edit.new_start)
    assert "".join([*made, old[at:]]) == new


@given(old=prose, new=prose, data=st.data())
def test_a_mapped_span_says_what_it_said(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, max(len(old) - 1, 0)))
    end = data.draw(st.integers(start, len(old)))
    (span,) = map_spans(old, new, [(start, end)])
    assert span is None or new[slice(*span)] == old[start:end]


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_spans_survive_edits_outside_them(seed: int) -> None:
    dice = random.Random(seed)
    sentences = [" ".join(dice.choices(WORDS, k=dice.randint(3, 14))).capitalize() + ". " for _ in range(60)]
    marked = sorted(dice.sample(range(60), 12))
    edited = [
        sentence
        if number in marked
        else dice.choice([sentence, "", sentence + "Really. ", sentence[: dice.randrange(len(sentence))], "New. "])
        for number, sentence in enumerate(sentences)
    ]
    old, new = "".join(sentences), "".join(edited)
    starts = [len("".join(sentences[:number])) for number in marked]
    spans = [(start, start + len(sentences[number]) - 1) for start, number in zip(starts, marked, strict=True)]
    found = map_spans(old, new, spans)
    survived = sum(
        span is not None and new[slice(*span)] == old[slice(*before)] for span, before in zip(found, spans, strict=True)
    )
    assert survived / len(spans) >= 0.95


def seconds(old: str, new: str, spans: list[tuple[int, int]]) -> float:
    started = time.perf_counter()
    map_spans(old, new, spans)
    return time.perf_counter() - started


@pytest.mark.parametrize("part", ["a\n", "the sea rises twice a day ", "x", "\n", "ab\nab"])
def test_a_huge_text_that_repeats_itself_takes_no_time_to_speak_of(part: str) -> None:
    old = (part * 200_000)[:200_000]
    new = "A" + old[:90_000] + "MIDDLE" + old[100_000:] + "Z"
    spans = [(start, start + 80) for start in range(0, 199_000, 100)]
    assert seconds(old, new, spans) < 2


def test_a_huge_text_written_anew_takes_no_time_to_speak_of() -> None:
    dice = random.Random(3)
    old = " ".join(dice.choices(WORDS, k=40_000))
    new = " ".join(dice.choices(WORDS, k=40_000))
    spans = [(start, start + 80) for start in range(0, len(old) - 100, 100)]
    assert seconds(old, new, spans) < 2
