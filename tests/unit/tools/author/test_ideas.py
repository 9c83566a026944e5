"""Ideas by the offline author: each made of the notes' own words, none like another, and readable."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from craftstudio import demo
from jobs.tools.author import ideas, phrases, similarity
from jobs.tools.author.findings import Corpus, in_year, line, means, reason, statement, turn
from jobs.tools.author.sources import Sentence, Source, all_sentences

NOTES = [Source(str(at), one.title, one.text, one.url) for at, one in enumerate(reversed(demo.notes()))]
TOPICS = ["tides", "the sea", "navigation"]


def sentence(text: str) -> Sentence:
    return Sentence(text, Source("1", "A note", text, ""), 0)


def everything(notes: list[Source] = NOTES) -> Iterator[ideas.Draft]:
    """Every idea there is, run after run."""
    taken: list[str] = []
    while drafts := ideas.have_ideas(notes, topics=TOPICS, taken=taken).drafts:
        yield from drafts
        taken += [draft.title for draft in drafts]


def own_words() -> list[str]:
    """The offline author's own phrases, cut where something of the notes is put in."""
    said = [value for value in vars(phrases).values() if isinstance(value, str)]
    return sorted((piece for text in said for piece in re.split(r"\{\w+\}", text)), key=len, reverse=True)


def left_over(text: str) -> list[str]:
    """What remains of a text without the author's own phrases, in pieces."""
    for piece in own_words():
        if piece.strip(" .:“”,"):
            text = text.replace(piece, "\n")
    return [piece.strip(" .,:“”") for piece in re.split(r"[\n“”]", text) if piece.strip(" .,:“”")]


def test_nothing_is_invented() -> None:
    known = " ".join([*(text for one in NOTES for text in all_sentences(one)), *(one.title for one in NOTES), *TOPICS])
    known = f"{known} {' '.join(phrases.COUNTS.values())}".lower()
    for draft in everything():
        for text in (draft.title, draft.hook, draft.angle):
            for piece in left_over(text):
                # Two sentences that follow each other, as a hook, stand in the note with a space between.
                assert all(part.lower().rstrip(".") in known for part in piece.split(". ")), (piece, text)
        assert all(one.text in all_sentences(one.source) for one in draft.stands_on)


def test_ideas_differ_and_say_what_they_stand_on() -> None:
    drafts = list(everything())
    assert len(drafts) >= 25
    for at, draft in enumerate(drafts):
        assert not similarity.same_title(draft.title, [one.title for one in drafts[:at]])
        assert draft.notes
        assert draft.title[0].isupper() or draft.title[0].isdigit()
        assert len(draft.title) <= 100
        assert len(draft.tags) <= 5


def test_a_run_mixes_forms_and_notes() -> None:
    drafts = ideas.have_ideas(NOTES, topics=TOPICS).drafts
    assert len({draft.form for draft in drafts}) >= 4
    assert len({draft.stands_on[0].source for draft in drafts}) >= 4


def test_the_same_is_found_every_time() -> None:
    assert ideas.have_ideas(NOTES, topics=TOPICS) == ideas.have_ideas(NOTES, topics=TOPICS)


def test_what_the_channel_has_is_left_out_and_told() -> None:
    found = ideas.have_ideas(NOTES, taken=["Why the lunar day lasts 24 hours 50 minutes"], wanted=30)
    assert ideas.Skipped(
        "Why a lunar day lasts 24 hours and 50 minutes", "Why the lunar day lasts 24 hours 50 minutes"
    ) in found.skipped  # fmt: skip


def test_a_hint_is_followed_as_far_as_the_notes_go() -> None:
    found = ideas.have_ideas(NOTES, topics=TOPICS, hint="Fresnel's lens")
    assert found.about_hint == 5
    assert all("Fresnel" in "".join(one.text + one.title for one in draft.notes) for draft in found.drafts)
    none = ideas.have_ideas(NOTES, topics=TOPICS, hint="octopus")
    assert (none.about_hint, len(none.drafts)) == (0, 5)


@pytest.mark.parametrize("type_", ["short", "long"])
def test_the_type_asked_for_is_kept(type_: str) -> None:
    assert {draft.type for draft in ideas.have_ideas(NOTES, topics=TOPICS, type_=type_).drafts} == {type_}


def test_notes_in_another_language_give_whole_sentences_as_titles() -> None:
    told = " ".join(f"Der Hafen Nummer {at} sieht das Wasser zweimal steigen." for at in (3, 7, 11, 29, 51, 63))
    drafts = ideas.have_ideas([Source("1", "Häfen", told, "")]).drafts
    assert drafts
    assert all(draft.title in told for draft in drafts if draft.form != "note")


def test_thousands_of_sentences_take_seconds() -> None:
    told = " ".join(
        f"The master of harbour {at} saw {at} ships because storm {at % 97} had come." for at in range(4000)
    )
    began = time.monotonic()
    assert len(ideas.have_ideas([Source(str(at), f"Harbours {at}", told, "") for at in range(2)]).drafts) == 5
    assert time.monotonic() - began < 15


CORPUS = Corpus(["The pendulum of John Harrison swings.", "He saw the tide, and the sea with Harrison."])


class TestFindings:
    @pytest.mark.parametrize(
        ("text", "inside", "ground"),
        [
            ("Pendulum clocks failed, because the ship rolled.", "pendulum clocks failed", "because the ship rolled"),
            ("Harrison won because he was patient at last.", "Harrison won", "because he was patient at last"),
            ("The Moon is near, so the tide rises twice a day.", "the tide rises twice a day", "The Moon is near"),
        ],
    )  # fmt: skip
    def test_a_reason(self, text: str, inside: str, ground: str) -> None:
        found = reason(sentence(text), CORPUS)
        assert found
        assert (found.inside, found.ground) == (inside, ground)

    @pytest.mark.parametrize(
        "text",
        [
            "Coffee was banned in Mecca because of its effect on people.",
            "Although the sea is calm, ships sink because rocks are hidden.",
            "It rises because the Moon pulls on the water.",
            "The glass is thin, so its weight is small enough for a tower.",
            "Zanzibar prospers because the winds turn twice a year.",
            "Many of them left because the harbour was closed.",
        ],
    )
    def test_what_does_not_fit_is_no_reason(self, text: str) -> None:
        assert reason(sentence(text), CORPUS) is None

    def test_a_means(self) -> None:
        found = means(sentence("The tide is made larger by rocking to and fro."), CORPUS)
        assert found
        assert (found.inside, found.ground) == ("the tide is made larger", "rocking to and fro")
        assert means(sentence("The tide is made larger by evening in the bay."), CORPUS) is None
        assert means(sentence("The lens was made by a French engineer."), CORPUS) is None

    @pytest.mark.parametrize(
        ("text", "year", "inside"),
        [
            ("In 1714 the Parliament offered a prize.", "1714", "the Parliament offered a prize"),
            ("On 22 October 1707 four ships struck the rocks.", "1707", "four ships struck the rocks"),
        ],
    )  # fmt: skip
    def test_a_year(self, text: str, year: str, inside: str) -> None:
        found = in_year(sentence(text), CORPUS)
        assert found
        assert (found[0], found[1].inside) == (year, inside)

    @pytest.mark.parametrize(
        "text",
        [
            "In 1912 the captain was the oldest of them all.",
            "In 1819 he was asked to help the commission.",
            "In 1900 there were many ships at sea.",
            "In 5000 years the ice melted away.",
        ],
    )
    def test_what_did_not_happen_in_a_year(self, text: str) -> None:
        assert in_year(sentence(text), CORPUS) is None

    def test_a_turn_needs_a_number_to_be_worth_a_title(self) -> None:
        assert turn(sentence("The tide is 27 times larger here, but nobody lives near the bay."), CORPUS)
        assert turn(sentence("The tide is larger here, but nobody lives near the bay."), CORPUS) is None

    @pytest.mark.parametrize(
        ("text", "fits"),
        [
            ("Spring tides have nothing to do with the season.", True),
            ("High tide comes 50 minutes later each day.", True),
            ("The sea is blue on most days of the year.", False),
            ("It lost 5 seconds in 81 days at sea.", False),
            ("He said: the sea has 7 colours.", False),
        ],
    )
    def test_a_statement(self, text: str, fits: bool) -> None:
        assert bool(statement(sentence(text))) is fits

    @pytest.mark.parametrize(
        "text", ["There are many harbours.", "By noon the sea is calm.", "They come twice a month."]
    )
    def test_a_line_that_stands_for_nothing_is_no_title(self, text: str) -> None:
        assert line(sentence(text)) == ""

    def test_names_are_several_words_or_none(self) -> None:
        told = "In 1761 John Harrison sailed past the Isles of Scilly with William."
        assert CORPUS.names(told) == ["John Harrison", "Isles of Scilly"]
        assert CORPUS.names("Most sailors saw the sea.") == []
