from __future__ import annotations

import itertools
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from jobs.tools.audio import captions
from jobs.tools.audio.captions import Cue
from jobs.tools.speech.timing import WordTime


def said(text: str, start: float = 0.0, step: float = 0.3) -> list[WordTime]:
    return [WordTime(word, start + at * step, start + at * step + step * 0.9) for at, word in enumerate(text.split())]


def test_captions_break_at_sentences() -> None:
    words = said("This is the first sentence. And this is the second one, which is much longer than a line can hold.")
    shown = captions.cues([words], [10.0])
    assert shown[0].lines == ("This is the first sentence.",)
    assert shown[0].start == 0.0


def test_a_long_pause_ends_a_caption() -> None:
    shown = captions.cues([[*said("Wait for"), *said("it", 5.0)]], [6.0])
    assert [cue.lines for cue in shown] == [("Wait for",), ("it",)]


def test_an_address_longer_than_a_line_is_cut() -> None:
    address = "https://example.com/" + "a" * 80
    shown = captions.cues([[WordTime(address, 0, 3)]], [3.0])
    assert "".join(line for cue in shown for line in cue.lines) == address
    assert all(len(line) <= 42 for cue in shown for line in cue.lines)


def test_the_formats_are_written_as_players_read_them() -> None:
    shown = [Cue(0.0, 1.5, ("One & <two>",)), Cue(3661.001, 3662.0, ("a", "b"))]
    assert (
        captions.srt(shown)
        == "1\n00:00:00,000 --> 00:00:01,500\nOne & <two>\n\n2\n01:01:01,001 --> 01:01:02,000\na\nb\n\n"
    )
    assert captions.vtt(shown).startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nOne &amp; &lt;two&gt;\n\n")
    listed = json.loads(captions.words_json([[WordTime("Größe", 0.12345, 1.0)]]))
    assert listed == {"sections": [{"words": [{"text": "Größe", "start": 0.123, "end": 1.0}]}]}


@st.composite
def sections(draw: st.DrawFn) -> tuple[list[list[WordTime]], list[float]]:
    """Sections of words in order, as `timing.words` gives them, one after the other."""
    begin, found, ends = 0.0, [], []
    for _ in range(draw(st.integers(1, 4))):
        words, at = [], begin
        for text in draw(st.lists(st.text("ab.,!", min_size=1, max_size=60), max_size=25)):
            at += draw(st.sampled_from([0.0, 0.0, 0.01, 0.2, 1.5]))
            length = draw(st.sampled_from([0.0, 0.05, 0.3, 2.0]))
            words.append(WordTime(text, at, at + length))
            at += length
        found.append(words)
        ends.append(at + draw(st.sampled_from([0.0, 0.1, 3.0])))
        begin = ends[-1] + draw(st.sampled_from([0.0, 0.6]))
    return found, ends


@given(sections())
def test_captions_hold_every_word_in_order_within_lines_and_sections(
    given: tuple[list[list[WordTime]], list[float]],
) -> None:
    words, ends = given
    shown = captions.cues(words, ends)
    for cue in shown:
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < len(line) <= 42 for line in cue.lines)
        assert cue.start <= cue.end
    for cue, following in itertools.pairwise(shown):
        assert cue.start <= following.start
        assert cue.end <= following.start + 1e-9
    whole = "".join(re.sub(r"\s", "", line) for cue in shown for line in cue.lines)
    assert whole == "".join(word.text for section in words for word in section)
    for section, end in zip(words, ends, strict=True):
        if section:
            own = [cue for cue in captions.cues([section], [end])]
            assert own[0].start >= section[0].start
            assert own[-1].end <= end + 1e-9
