"""Topics: what titles of several channels share, and what they only seem to."""

from __future__ import annotations

import pytest

from jobs.tools.trends.topics import find_topics
from tests.unit.tools.trends.seen import video


def labels(*titles: str) -> list[str]:
    return [topic.label for topic in find_topics([video(title) for title in titles])[0]]


def test_a_topic_is_a_phrase_of_several_titles_named_as_they_write_it() -> None:
    found, _ = find_topics(
        [video("King tides explained"), video("The KING TIDE is here | full video"), video("Miami and its king tides")],
    )
    assert [topic.label for topic in found] == ["king tides"]
    assert (found[0].stems, found[0].channels, len(found[0].videos)) == (("king", "tid"), 3, 3)
    assert [(word.stem, word.share) for word in found[0].words] == [("king", 1.0), ("tid", 1.0)]


def test_words_that_every_title_is_made_with_are_no_topic() -> None:
    assert (
        labels("10 facts you need to know", "5 facts you never knew", "The best documentary of 2026", "Best of 2026")
        == []
    )


def test_words_of_one_channel_are_its_own_name_or_series() -> None:
    same = [video(f"Saltwater Stories {part}", channel="one") for part in ("reef", "kelp", "ice")]
    assert find_topics(same)[0] == []
    assert [topic.label for topic in find_topics([*same, video("Saltwater wells")])[0]] == ["Saltwater"]


def test_what_was_searched_for_stands_in_every_title_and_tells_nothing_apart() -> None:
    subjects = ["pools", "bores", "mills", "tables", "power", "clocks"]
    found = labels(*(f"Tide {subject} of {place}" for subject in subjects for place in ("Wales", "Maine")))
    assert "Tide" not in found
    assert {"Tide pools", "Tide mills"} <= set(found)


def test_a_phrase_is_not_told_twice_as_its_words() -> None:
    assert labels("Rogue waves", "Rogue waves hit a ship", "A rogue wave on film") == ["rogue waves"]


def test_short_words_of_small_letters_are_articles_and_capitals_are_names() -> None:
    assert labels("La luna", "La noche", "el mar", "el sol") == []
    assert labels("AI and the sea", "What AI sees") == ["AI"]


def test_a_number_belongs_to_the_word_it_stands_beside() -> None:
    assert labels("iPhone 17 tested", "The iPhone 17 drowned") == ["iPhone 17"]
    assert labels("I tried whales for 30 days", "Whales for 30 days") == ["whales"]


def test_phrases_do_not_reach_over_punctuation() -> None:
    assert "waves Harrison" not in labels("Rogue waves: Harrison sails", "More waves | Harrison returns")
    assert "theory of tides" in labels("The theory of tides", "Newton and the theory of tides")


def test_videos_that_share_nothing_are_topics_of_their_own() -> None:
    titles = ("King tides", "King tides again", "The clock that found the longitude")
    shared, single = find_topics([video(title) for title in titles])
    assert [topic.label for topic in shared] == ["King tides"]
    assert [(topic.label, len(topic.videos)) for topic in single] == [("clock that found the longitude", 1)]


@pytest.mark.parametrize("title", ["", "   ", "!!!", "2026", "10", "🌊🌊", "the of and", "x" * 300])
def test_titles_that_say_nothing_break_nothing(title: str) -> None:
    shared, single = find_topics([video(title)])
    assert shared == []
    assert len(single) <= 1


def test_no_videos_have_no_topics() -> None:
    assert find_topics([]) == ([], [])


def test_unknown_channels_count_as_different_ones() -> None:
    [topic], _ = find_topics([video("King tides", channel=""), video("King tides rise", channel="")])
    assert topic.channels == 2
