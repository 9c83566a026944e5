from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.tools.text.spoken import Spoken, normalise


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("It made $3.5 million.", "It made three point five million dollars."),
        ("$3.50, €1 or £2.05", "three dollars and fifty cents, one euro or two pounds and five pence."),
        ("€3.5M and 20$", "three point five million euros and twenty dollars."),
        ("$5-$10", "five to ten dollars."),
        ("45% or 45 %", "forty five percent or forty five percent."),
        ("In 1999, 2005 and the 1990s – or '80s",
         "In nineteen ninety nine, two thousand and five and the nineteen nineties, or eighties."),
        ("1990–1995", "nineteen ninety to nineteen ninety five."),
        ("12,345 of 2,000", "twelve thousand three hundred and forty five of two thousand."),
        ("-5°C, +3 and 0.25", "minus five degrees Celsius, plus three and zero point two five."),
        ("10 km at 5km/h for 1 h", "ten kilometers at five kilometers per hour for one h."),
        ("1st, 2nd and 23rd", "first, second and twenty third."),
        ("at 3:30pm, 9:05 or 7:00", "at three thirty P M, nine oh five or seven o'clock."),
        ("Jan. 5, 5 May and 2024-05-06", "January fifth, fifth May and May sixth twenty twenty four."),
        ("Dr. Smith vs. Mrs. Jones, etc.", "doctor Smith versus missus Jones, et cetera."),
        ("St. John on Main St. at No. 5", "saint John on Main street at number five."),
        ("e.g. in the U.S. today", "for example in the U S today."),
        ("GPT-4, mp3, 4K, 10x, 10k, #1, v1.2.3",
         "G P T four, M P three, four K, ten times, ten thousand, number one, one point two point three."),
        ("1/2 or 3/5, 24/7", "one half or three over five, twenty four seven."),
        ("R&D & well-known and/or", "R and D and well known and or."),
        ("**Bold**, *it*, `x` and [link](http://a.b/c)", "Bold, it, x and link."),
        ("See https://www.example.com/a?b=c or me@x.org!", "See example dot com or me at x dot org!"),
        ("Party 🎉🎉 now 👩‍💻.", "Party now."),
        ("One.\n\n- two\n- three?\n", "One.\ntwo.\nthree?"),
        ("“Yes” (maybe)… no—never", "Yes maybe. no, never."),
        ("007, 1234567890123456", 
         "zero zero seven, one two three four five six seven eight nine zero one two three four five six."),
        ("It’s rock’n’roll", "It's rock'n'roll."),
        ("tea at $1 million-dollar", "tea at one dollar million dollar."),
    ],
)  # fmt: skip
def test_english_is_said_in_words(written: str, said: str) -> None:
    assert normalise(written).text == said


def test_captions_show_what_was_written_at_the_words_that_are_heard() -> None:
    spoken = normalise("**We** made $3.5 million — in 2024!")
    assert spoken.written == ("We", "made", "$3.5", "million —", "in", "2024!")
    heard: dict[str, list[str]] = {}
    for token, index in spoken.tokens:
        heard.setdefault(spoken.written[index], []).append(token)
    assert heard == {
        "We": ["we"],
        "made": ["made"],
        "$3.5": ["three", "point", "five"],
        "million —": ["million", "dollars"],
        "in": ["in"],
        "2024!": ["twenty", "twenty", "four"],
    }


def test_other_languages_keep_their_own_numbers() -> None:
    assert normalise("**3,5 Mio. €** für Größe 🎉 – 45 %", "de").text == "3,5 Mio. € für Größe, 45 %."
    assert normalise("価格は3円です。", "ja").text == "価格は3円です."


@pytest.mark.parametrize("nothing", ["", "  \n", "🎉", "—", "***", "![](x.png)", "...?!", "```\ncode\n```"])
def test_nothing_to_say_has_no_words(nothing: str) -> None:
    spoken = normalise(nothing)
    assert (spoken.text, spoken.written, spoken.tokens) == ("", (), ())


def test_pieces_end_with_sentences_and_lose_nothing() -> None:
    spoken = normalise("One two three. Four five six! " * 20 + "x" * 100)
    pieces = spoken.pieces(60)
    assert [group for piece in pieces for group in piece.groups] == list(spoken.groups)
    assert all(len(piece.text.encode()) <= 60 for piece in pieces[:-1])
    assert all(piece.text[-1] in ".!" for piece in pieces)


def test_a_long_section_is_quick() -> None:
    started = time.process_time()
    normalise("It cost $3.5 million in 2024, e.g. 45% of 10 km. " * 400)
    assert time.process_time() - started < 2


def check(spoken: Spoken) -> None:
    indexes = [index for _, index in spoken.tokens]
    assert indexes == sorted(indexes)
    assert all(0 <= index < len(spoken.written) for index in indexes)
    assert [token for token, _ in spoken.tokens] == [spoken.text[start:end].lower() for start, end in spoken.spans]
    assert all(word.strip() for word in spoken.written)


ODD = st.sampled_from(
    ["$", "3", ".", ",", "5", "million", "km", " ", " ", "%", "-", "–", "'", "s", "Dr", "St.", "https://", "a", ":",
     "30", "/", "#",
     "\n",
     "\n\n", "*", "(", ")", "May", "No.", "2024", "½", "٣", "²", "am", "°C", "@", "x.org", 
     "0", "I", "€", "th"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(ODD, max_size=30).map("".join)), st.sampled_from(["en", "de"]))
def test_every_spoken_word_belongs_to_a_written_one(text: str, language: str) -> None:
    check(normalise(text, language))
