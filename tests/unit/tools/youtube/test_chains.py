"""The searches behind one query: their filters as YouTube takes them, and when which is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobs.tools.youtube.chains import Chain, Widening, added_words, chains
from jobs.tools.youtube.records import Video


@pytest.mark.parametrize(
    ("chain", "sp"),
    [
        (Chain(), "EgIQAQ=="),
        (Chain(shorts=True), "EgIQCQ=="),
        (Chain(order="views"), "CAMSAhAB"),
        (Chain(date="today"), "EgQIAhAB"),
        (Chain(date="week"), "EgQIAxAB"),
        (Chain(date="month"), "EgQIBBAB"),
        (Chain(date="year"), "EgQIBRAB"),
        (Chain(order="views", date="week"), "CAMSBAgDEAE="),
        (Chain(length="under_3"), "EgQQARgE"),
        (Chain(length="3_to_20"), "EgQQARgF"),
        (Chain(length="over_20"), "EgQQARgC"),
        (Chain(order="views", date="month", length="over_20"), "CAMSBggEEAEYAg=="),
    ],
)
def test_filters_are_written_as_youtube_writes_them(chain: Chain, sp: str) -> None:
    """Read off YouTube's own addresses."""
    assert chain.sp == sp


def test_the_plan_begins_wide_and_holds_no_search_twice() -> None:
    planned = chains()
    assert planned[0] == Chain()
    assert len(planned) == len(set(planned)) >= 12


def test_nothing_wider_than_what_is_wanted_is_searched() -> None:
    planned = chains(date="month", lengths=("over_20",), order="views")
    assert {chain.date for chain in planned} == {"month", "week", "today"}
    assert {chain.length for chain in planned} == {"over_20"}
    assert planned[0].order == "views"
    assert not any(chain.shorts for chain in planned)


def test_a_chain_says_what_it_is() -> None:
    assert Chain().label == "best matches"
    assert Chain(order="views", date="month", length="3_to_20").label == "this month · 3–20 min · most viewed"


def test_added_words_are_of_the_topic_and_its_language() -> None:
    titles = ["Gezeiten und Mond", "Der Mond bei Nacht", "Gezeiten im Mond-Licht 2026 2026", "Ein Schiff"]
    assert added_words("Gezeiten", titles, 2)[0] == "mond"
    assert "gezeiten" not in added_words("Gezeiten", titles)
    assert "schiff" not in added_words("Gezeiten", titles), "one title says nothing of the topic"


def video(number: int) -> Video:
    return Video(id=f"{number:011}", title=f"Video {number}", url="")


class Results:
    """Searches that answer as a list says: for each the numbers of its videos."""

    def __init__(self, *of_chains: range | list[int]) -> None:
        self.left = list(of_chains)
        self.taken = 0
        self.asked: list[tuple[str, Chain]] = []

    def __call__(self, query: str, chain: Chain) -> Iterator[Video]:
        self.asked.append((query, chain))
        for number in self.left.pop(0) if self.left else []:
            self.taken += 1
            yield video(number)


def test_every_video_comes_once() -> None:
    results = Results(range(50), range(25, 75))
    widening = Widening(results, "tides", chains()[:2])
    assert [one.id for one in widening] == [video(number).id for number in range(75)]
    assert (widening.raw, widening.unique, widening.ended) == (100, 75, "exhausted")


def test_a_stage_that_brings_nothing_new_is_left() -> None:
    """Fewer than 5 of its last 100 are new: after the first hundred repeats the next search begins."""
    results = Results(range(150), range(150), [1000])
    widening = Widening(results, "tides", chains()[:3])
    found = [one.id for one in widening]
    assert found[-1] == video(1000).id
    assert results.taken == 150 + 100 + 1


def test_one_new_video_in_twenty_is_enough_to_stay() -> None:
    stays = [number for block in range(40) for number in [*range(19), 5000 + block]]
    results = Results(range(150), stays)
    assert sum(1 for _ in Widening(results, "tides", chains()[:2])) == 150 + 40
    assert results.taken == 150 + len(stays)


def test_it_stops_at_the_cap_in_the_middle_of_a_search() -> None:
    results = Results(range(500), range(500, 1000))
    widening = Widening(results, "tides", chains()[:5], most_raw=620)
    assert sum(1 for _ in widening) == 620
    assert widening.ended == "raw_cap"
    assert widening.raw == results.taken == 620, "no further result is asked for"
    assert len(results.asked) == 2


def test_after_the_plan_come_words_of_the_titles_found() -> None:
    results = Results(range(30))
    widening = Widening(results, "tides", [Chain(date="year")])
    list(widening)
    assert [query for query, _ in results.asked] == ["tides", "tides video"]
    assert widening.chain.suffix == "video"
    assert not any(chain.suffix for _, chain in results.asked), "it would be added twice"
    assert results.asked[1][1].date == "year", "a word widens only within what is wanted"
    assert (widening.stage, widening.stages) == (2, 2)


def test_what_went_before_an_error_stays_counted() -> None:
    def search(query: str, chain: Chain) -> Iterator[Video]:
        yield video(1)
        raise ConnectionError

    widening = Widening(search, "tides", chains())
    with pytest.raises(ConnectionError):
        list(widening)
    assert (widening.raw, widening.ended) == (1, "")
