"""The many different searches behind one query.

One search ends after some 500 to 1000 results, whatever is asked for; so thousands of results need searches that differ:
by date, length, order and an added word. A search's filter is a small protobuf message in base64, the `sp` of a
results page: field 1 is the order, field 2 the filters (1 date, 2 type, 3 length).
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final, Literal

from jobs.tools.text import search as text_search
from jobs.tools.youtube.records import Video

Order = Literal["relevance", "views"]
Within = Literal["any", "today", "week", "month", "year"]
Length = Literal["any", "under_3", "3_to_20", "over_20"]

ORDERS: Final[dict[Order, int]] = {"relevance": 0, "views": 3}
DATES: Final[dict[Within, int]] = {"any": 0, "today": 2, "week": 3, "month": 4, "year": 5}
LENGTHS: Final[dict[Length, int]] = {"any": 0, "under_3": 4, "3_to_20": 5, "over_20": 2}
VIDEOS: Final = 1
SHORTS: Final = 9
MOST_RAW: Final = 6000
# A stage that brings little that is new is left: fewer than this share of its last results.
NEW_SHARE: Final = 0.05
LAST_RESULTS: Final = 100
# Searches with an added word, when all others are through.
MOST_WORDS: Final = 8
_LEAST_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class Chain:
    """One search: its filters as YouTube knows them, and a word to add to the query."""

    order: Order = "relevance"
    date: Within = "any"
    length: Length = "any"
    shorts: bool = False
    suffix: str = ""

    @property
    def sp(self) -> str:
        """The filters as the results page's address carries them, before percent-encoding."""
        filters = (
            _field(1, DATES[self.date]) + _field(2, SHORTS if self.shorts else VIDEOS) + _field(3, LENGTHS[self.length])
        )
        return b64encode(_field(1, ORDERS[self.order]) + bytes((0x12, len(filters))) + filters).decode()

    def words(self, query: str) -> str:
        """The query, with the word that this search adds."""
        return f"{query} {self.suffix}".strip()

    @property
    def label(self) -> str:
        """What a status line says: "this month · 3–20 min · most viewed"."""
        parts = (
            {"any": "", "today": "today", "week": "this week", "month": "this month", "year": "this year"}[self.date],
            {"any": "", "under_3": "under 3 min", "3_to_20": "3–20 min", "over_20": "over 20 min"}[self.length],
            "Shorts" if self.shorts else "",
            "most viewed" if self.order == "views" else "",
            f"“{self.suffix}”" if self.suffix else "",
        )
        return " · ".join(part for part in parts if part) or "best matches"


def _field(number: int, value: int) -> bytes:
    """A protobuf field of a small number; nothing for 0, which is what a missing field means."""
    return bytes((number << 3, value)) if value else b""


def chains(*, date: Within = "any", lengths: Iterable[Length] = (), order: Order = "relevance") -> tuple[Chain, ...]:
    """The searches for one query, likeliest first, none wider than what is wanted.

    date: nothing older is wanted. lengths: the server's lengths that can hold what is wanted; none: all.
    order: which of the two orders comes first. A wide search comes first, then its parts: each part shows what lay
    beyond the end of the whole.
    """
    dates: tuple[Within, ...] = ("any", "year", "month", "week", "today")
    dates = dates[dates.index(date) :]
    wanted: tuple[Length, ...] = tuple(lengths) or ("any", "3_to_20", "over_20", "under_3")
    orders: tuple[Order, ...] = (order, "views" if order == "relevance" else "relevance")
    parts = sorted(
        product(enumerate(dates), enumerate(wanted), enumerate(orders)),
        key=lambda part: (part[0][0] + part[1][0] + part[2][0], part[2][0]),
    )
    found = [Chain(order=order, date=date, length=length) for (_, date), (_, length), (_, order) in parts]
    if "any" in wanted or "under_3" in wanted:
        found.append(Chain(order=order, date=date, shorts=True))
    return tuple(found)


def added_words(query: str, titles: Iterable[str], most: int = MOST_WORDS) -> tuple[str, ...]:
    """Words that stand in most of the titles and not in the query: with one of them, the same search finds others.

    Taken from the titles that were found, so they are of the query's language and topic.
    """
    own = set(text_search.words(query))
    counts = Counter(
        word
        for title in titles
        for word in set(text_search.words(title)) - own
        if len(word) >= _LEAST_LETTERS and not word.isdigit()
    )
    return tuple(word for word, times in counts.most_common(most) if times > 1)


class Widening:
    """One query through ever more searches, each video once; iterate it.

    search: yields one search's results, as `YouTube.search` does; its query has the added word. most_raw: how many
    results are looked at, with those seen before. While it runs: `raw` results so far, `unique` of them, `stage` (from 1)
    of `stages`, `chain`. `ended`: why there is nothing more: `raw_cap` or `exhausted`; empty while it runs, and if the
    caller or an error left it.
    """

    def __init__(
        self,
        search: Callable[[str, Chain], Iterable[Video]],
        query: str,
        planned: Iterable[Chain],
        most_raw: int = MOST_RAW,
    ) -> None:
        self._search, self._query, self._most_raw = search, query, most_raw
        self._planned = tuple(planned)
        self._seen: set[str] = set()
        self._titles: list[str] = []
        self.raw = self.stage = 0
        self.stages = len(self._planned) + MOST_WORDS
        self.chain = Chain()
        self.ended: Literal["", "raw_cap", "exhausted"] = ""

    @property
    def unique(self) -> int:
        """How many different videos have been found."""
        return len(self._seen)

    def __iter__(self) -> Iterator[Video]:
        for chain in self._all():
            self.chain = chain
            self.stage += 1
            yield from self._of_one_chain()
            if self.ended:
                return
        self.ended = "exhausted"

    def _all(self) -> Iterator[Chain]:
        yield from self._planned
        words = added_words(self._query, self._titles)
        self.stages = len(self._planned) + len(words)
        first = self._planned[0] if self._planned else Chain()
        yield from (replace(first, suffix=word) for word in words)

    def _of_one_chain(self) -> Iterator[Video]:
        lately: deque[bool] = deque(maxlen=LAST_RESULTS)
        # The added word stands in the query from here on, and is not added again.
        for video in self._search(self.chain.words(self._query), replace(self.chain, suffix="")):
            self.raw += 1
            is_new = video.id not in self._seen
            lately.append(is_new)
            if is_new:
                self._seen.add(video.id)
                self._titles.append(video.title)
                yield video
            if self.raw >= self._most_raw:
                self.ended = "raw_cap"
                return
            if len(lately) == LAST_RESULTS and sum(lately) < NEW_SHARE * LAST_RESULTS:
                return
