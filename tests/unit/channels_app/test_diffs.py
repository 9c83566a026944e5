"""What two texts differ in, as a page shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_app.diffs import diff

prose = st.lists(st.sampled_from(["the", "sea", "rises", "🌊", "\n", "12", "מים", ". "]), max_size=40).map(" ".join)


def shown(old: str, new: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in diff(old, new).pieces]


def test_whole_words_are_shown_never_parts_of_them() -> None:
    assert shown("the harbour at dawn", "the harvest at dusk") == [
        ("same", "the "),
        ("gone", "harbour"),
        ("new", "harvest"),
        ("same", " at "),
        ("gone", "dawn"),
        ("new", "dusk"),
    ]


def test_the_same_text_has_no_difference() -> None:
    assert diff("one\ntwo", "one\ntwo").is_empty


def test_what_has_not_changed_is_folded_but_for_a_little_around() -> None:
    lines = [f"line {number}\n" for number in range(40)]
    pieces = diff("".join(lines), "".join([*lines[:20], "something new\n", *lines[20:]])).pieces
    assert [piece.kind for piece in pieces] == ["folded", "same", "new", "same", "folded"]
    assert pieces[0].lines + pieces[-1].lines == 40 - 6


def test_words_are_counted_as_they_are_spoken() -> None:
    found = diff("### Old heading\n\nOne two.\n", "### New heading\n\nOne two three four.\n")
    assert (found.gone, found.new) == (0, 2) or (found.gone, found.new) == (1, 3)


@given(old=prose, new=prose)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    pieces = diff(old, new).pieces
    if any(piece.kind == "folded" for piece in pieces):
        return
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == (old if pieces else "")
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == (new if pieces else "")
    assert bool(pieces) == (old != new)


@pytest.mark.parametrize(("old", "new"), [("", "one"), ("one", ""), ("a", "b")])
def test_the_ends_of_a_text_are_no_special_case(old: str, new: str) -> None:
    assert [kind for kind, _ in shown(old, new)] == [kind for kind, text in (("gone", old), ("new", new)) if text]
