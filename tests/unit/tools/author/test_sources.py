"""Which sentences of a note can be said as they stand."""

from __future__ import annotations

import time

import pytest

from jobs.tools.author.sources import Source, TooThin, check_thick_enough, usable


def note(text: str, name: str = "a") -> Source:
    return Source(name, f"Note {name}", text, f"https://example.org/{name}")


def texts(*notes: str) -> list[str]:
    return [one.text for one in usable([note(text, str(at)) for at, text in enumerate(notes)])]


GOOD = "The Moon pulls on the near side of the Earth most."


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "In 1714 the British Parliament offered £20,000 for a way to find longitude at sea.",
        "“The sea never hurries anybody,” said the old keeper of the light.",
        "Der Mond zieht am stärksten an der Seite, die ihm am nächsten liegt.",
        "القمر يجذب الماء على جانب الأرض القريب منه بقوة أكبر.",
        "月球对地球近侧的引力最强,所以海水在那里升高。",
    ],
)
def test_whole_sentences_are_taken(text: str) -> None:
    assert texts(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Too short to say.",
        "word " * 41 + "end.",
        "No full stop at the end of this line of a list",
        "lower case at the beginning of a piece that was cut off.",
        "Have you ever asked yourself why the sea rises twice?",
        "Click here to read more about the tides of the world.",
        "Subscribe to our newsletter for more facts about the sea.",
        "We use cookies to improve your experience, accept our policy.",
        "All rights reserved by the harbour authority of this town.",
        "See https://example.org/tides for more about all of this.",
        "The tides <script>alert(1)</script> rise in every harbour of the world.",
        "Last updated by the harbour master on the 3rd of May.",
        "This article needs more sources before anybody can trust it.",
        "(The whole of this sentence stands in brackets and is silent.)",
    ],
)
def test_what_cannot_be_said_is_left_out(text: str) -> None:
    assert texts(text) == []


def test_reference_marks_links_and_emphasis_go_and_the_words_stay() -> None:
    told = "The **Moon** pulls on the [near side](https://example.org/x) of the _Earth_ most.[12][citation needed] "
    assert texts(told + "The far side is pulled\nleast of all by the Moon.[3]") == [
        "The Moon pulls on the near side of the Earth most.",
        "The far side is pulled least of all by the Moon.",
    ]


def test_a_sentence_that_leans_stays_with_the_one_before_or_goes() -> None:
    found = usable([note(f"{GOOD} That is why the sea rises on that side of the Earth.")])
    assert [one.leans_on for one in found] == [None, 0]
    assert texts("That is why the sea rises on that side of the Earth.") == []
    # The one before cannot be said, so what leans on it cannot either.
    assert texts("Why so? It is because of the pull of the Moon on the water.") == []
    assert usable([note(f"{GOOD} Coastal areas therefore see two high tides in a day.")])[1].leans_on == 0


def test_what_is_said_twice_is_taken_once() -> None:
    again = "The Moon pulls most on the near side of the Earth."
    assert texts(GOOD, again) == [GOOD]
    assert len(texts("The watch lost 5 seconds in 81 days at sea.", "The watch lost 9 seconds in 81 days at sea.")) == 2


def test_headings_tables_and_code_are_no_sentences() -> None:
    assert (
        texts(f"# The Moon pulls on everything that there is.\n\n| The Moon | pulls on it. |\n\n```\n{GOOD}\n```") == []
    )


@pytest.mark.parametrize("number", [0, 1, 5])
def test_too_few_are_refused_with_their_number(number: int) -> None:
    told = " ".join(f"Harbour number {at} sees the water rise {at} metres high." for at in range(number))
    with pytest.raises(TooThin) as caught:
        check_thick_enough([note(told)])
    assert caught.value.found == number


def test_six_are_enough() -> None:
    check_thick_enough([note(" ".join(f"Harbour number {at} sees the water rise {at} metres." for at in range(6)))])


def test_thick_notes_are_known_after_a_few_sentences() -> None:
    told = " ".join(f"Harbour {at} of the coast sees the water rise {at} metres." for at in range(20_000))
    began = time.monotonic()
    check_thick_enough([note(told, str(at)) for at in range(50)])
    assert time.monotonic() - began < 2


def test_a_million_characters_are_read_in_seconds_and_capped() -> None:
    told = " ".join(
        f"Harbour {at} of the coast sees the water rise {at % 97} metres on day {at % 31}." for at in range(14_000)
    )
    began = time.monotonic()
    found = usable([note(told, str(at)) for at in range(4)])
    assert len(found) <= 5000
    assert time.monotonic() - began < 20
