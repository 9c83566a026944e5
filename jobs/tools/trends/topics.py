"""What found videos are about: topics, each a phrase that the titles of several channels share.

Counted and nothing else: a phrase is one or two words that say something, as titles write them. What only one channel
writes is its own name or series; what every title holds is what was searched for.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.tools.text import language, search
from jobs.tools.trends.observed import Observed

# A topic needs so many videos and channels; a single video is one of its own.
VIDEOS_AT_LEAST = CHANNELS_AT_LEAST = 2
# Among ten or more videos, what stands in more than half of the titles tells nothing apart.
SMALL_POOL = 10
COMMONEST = 0.5
# Two phrases that stand in nearly the same titles are one topic; the longer names it.
SAME_VIDEOS = 0.6
PART_OF_A_PHRASE = 0.75
# Shorter words of small letters are articles and prepositions of some language.
SHORTEST = 3
STOPS_BETWEEN = 2
WORDS_OF_A_TOPIC = 8
LABEL_WORDS = 4

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_POSSESSIVE = re.compile(r"['’]s$", re.I)
_BREAK = re.compile(r"[^\s\-'’\"“”]|\s-|-\s")
_YEAR = re.compile(r"(?:19|20)\d\d")
# Words that titles of every subject are made with.
_GENERIC = frozenset(
    search.stem(word)
    for word in """about actually again amazing animation audio awesome back beginner beginners best better big biggest
    breakdown channel clip clips complete course crazy day days documentary ever every everything explained explain
    explains fact facts film first full funny guide happen happened happens hard here hidden hour hours huge incredible
    insane inside intro introduction know last latest learn lesson like little live long look made make makes making
    minute minutes month months movie music need never new next nobody official only part people podcast question
    quick real really reason reasons review right season second seconds secret secrets series shocking short shorts
    show shows simple simply small something step stop story stream subscribe super talk tell tested thing things think
    this time times tips today top trailer truth tried try tutorial ultimate understand unbelievable update used using
    video videos viral vlog want watch week weeks went what will without wont work works world worst wrong year
    years your youtube""".split()  # noqa: SIM905  (a list would be no easier to read)
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a topic: as titles write it, its stem, and the share of the topic's titles that hold it (0–1)."""

    text: str
    stem: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What several videos are about. stems: of the label. words: what its titles speak about, the commonest first."""

    label: str
    stems: tuple[str, ...]
    videos: tuple[Observed, ...]
    words: tuple[Word, ...]

    @property
    def channels(self) -> int:
        """How many channels have made a video about it."""
        return len({channel_of(video) for video in self.videos})


@dataclass(frozen=True, slots=True)
class _Token:
    stem: str
    text: str
    start: int
    end: int


_Phrase = tuple[str, ...]


def channel_of(video: Observed) -> str:
    """What tells its channel apart; a video of an unknown channel stands for itself."""
    return video.channel or f"video {video.id}"


def find_topics(videos: Sequence[Observed]) -> tuple[list[Topic], list[Topic]]:
    """The topics that several videos share, those of most videos first; and those of videos that share none."""
    titles = [list(_runs(video.title)) for video in videos]
    support: dict[_Phrase, set[int]] = {}
    written: dict[_Phrase, Counter[str]] = {}
    for at, runs in enumerate(titles):
        for phrase, text in _phrases(videos[at].title, runs):
            support.setdefault(phrase, set()).add(at)
            written.setdefault(phrase, Counter())[text] += 1
    kept = {phrase: places for phrase, places in support.items() if _is_topic(places, videos)}
    chosen: dict[_Phrase, set[int]] = {}
    beside: dict[int, list[_Phrase]] = {}
    for phrase in sorted(kept, key=lambda one: (-len(one), -len(kept[one]), one)):
        places = kept[phrase]
        # Only a phrase that shares a title can be the same.
        others = {other for at in places for other in beside.get(at, ())}
        if not any(_is_same(phrase, places, other, chosen[other]) for other in others):
            chosen[phrase] = places
            for at in places:
                beside.setdefault(at, []).append(phrase)
    words = _surfaces(titles)
    shared = [
        _topic(_label(written[phrase]), phrase, sorted(chosen[phrase]), videos, titles, words)
        for phrase in sorted(chosen, key=lambda one: (-len(chosen[one]), one))
    ]
    covered = {at for places in chosen.values() for at in places}
    single = [
        _topic(text, phrase, [at], videos, titles, words)
        for at, runs in enumerate(titles)
        if at not in covered
        for phrase, text in _own_phrase(videos[at].title, runs)
    ]
    return shared, single


def _runs(title: str) -> Iterator[list[_Token]]:
    """The words of a title that say something, cut where its punctuation or a word of every title cuts it."""
    run: list[_Token] = []
    end = stops = 0
    for found in _WORD.finditer(title):
        text = _POSSESSIVE.sub("", found[0])
        stem = search.stem(text.lower())
        if run and (_BREAK.search(title[end : found.start()]) or stops > STOPS_BETWEEN):
            yield run
            run = []
        end = found.end()
        if _is_common(text):
            stops += 1
            continue
        if stem in _GENERIC or _YEAR.fullmatch(text) or not _says_something(text):
            if run:
                yield run
            run = []
            continue
        run.append(_Token(stem, text, found.start(), found.start() + len(text)))
        stops = 0
    if run:
        yield run


def _is_common(text: str) -> bool:
    return (text.lower() in search.STOP_WORDS or text.lower() in language.COMMON_WORDS) and not text.isupper()


def _says_something(text: str) -> bool:
    if text.isdigit():
        return True
    # "AI" and "GPU" do; two letters of small type do not. Scripts without capitals have no such words.
    return len(text) >= SHORTEST or (len(text) >= 2 and text.isupper()) or any(map(str.isdigit, text)) or (
        text.lower() == text.upper()
    )  # fmt: skip


def _phrases(title: str, runs: Sequence[Sequence[_Token]]) -> Iterator[tuple[_Phrase, str]]:
    for run in runs:
        for token in run:
            if not token.text.isdigit():
                yield (token.stem,), token.text
        for one, other in itertools.pairwise(run):
            between = title[one.end : other.start]
            # "iPhone 17" is a name; "whales for 30 days" is about no 30.
            is_number = other.text.isdigit() and len(between) > 1
            if not one.text.isdigit() and not is_number and one.stem != other.stem:
                yield (one.stem, other.stem), title[one.start : other.end]


def _own_phrase(title: str, runs: Sequence[Sequence[_Token]]) -> Iterator[tuple[_Phrase, str]]:
    """What a single video is about: the longest run of words in its title that say something."""
    run = max(runs, key=len, default=[])[:LABEL_WORDS]
    if run and not all(token.text.isdigit() for token in run):
        yield tuple(token.stem for token in run), title[run[0].start : run[-1].end]


def _is_topic(places: set[int], videos: Sequence[Observed]) -> bool:
    channels = {channel_of(videos[at]) for at in places}
    if len(places) < VIDEOS_AT_LEAST or len(channels) < CHANNELS_AT_LEAST:
        return False
    return len(videos) < SMALL_POOL or len(places) <= COMMONEST * len(videos)


def _is_same(phrase: _Phrase, places: set[int], other: _Phrase, others: set[int]) -> bool:
    if set(phrase) < set(other) and len(places & others) >= PART_OF_A_PHRASE * len(places):
        return True
    return len(places & others) >= SAME_VIDEOS * len(places | others)


def _topic(
    label: str,
    phrase: _Phrase,
    places: Sequence[int],
    videos: Sequence[Observed],
    titles: Sequence[Sequence[Sequence[_Token]]],
    surfaces: dict[str, str],
) -> Topic:
    counts = Counter(stem for at in places for stem in {token.stem for run in titles[at] for token in run})
    heaviest = sorted(counts, key=lambda stem: (-counts[stem], *_place_in(phrase, stem)))
    # Of several titles, a word that only one of them holds is that video's and not the topic's.
    shared = [stem for stem in heaviest if counts[stem] > 1 or stem in phrase or len(places) == 1]
    return Topic(
        label=label,
        stems=phrase,
        videos=tuple(videos[at] for at in places),
        words=tuple(Word(surfaces[stem], stem, counts[stem] / len(places)) for stem in shared[:WORDS_OF_A_TOPIC]),
    )


def _place_in(phrase: _Phrase, stem: str) -> tuple[int, str]:
    return (phrase.index(stem) if stem in phrase else len(phrase)), stem


def _surfaces(titles: Sequence[Sequence[Sequence[_Token]]]) -> dict[str, str]:
    """How titles write each stem most often."""
    written: dict[str, Counter[str]] = {}
    for runs in titles:
        for run in runs:
            for token in run:
                written.setdefault(token.stem, Counter())[token.text] += 1
    return {stem: _label(counts) for stem, counts in written.items()}


def _label(written: Counter[str]) -> str:
    """As most titles write it; small letters where any title does, so that “King Tide” of headlines is “king tide”."""
    folded = Counter[str]()
    for text, count in written.items():
        folded[text.lower()] += count
    commonest = min(folded, key=lambda text: (-folded[text], len(text), text))
    text = min((text for text in written if text.lower() == commonest), key=lambda text: (_capitals(text), text))
    # Titles begin with a capital; what begins with a small letter in any form of it is no name.
    is_plain = any(text[:1].islower() for text in written)
    return text[:1].lower() + text[1:] if is_plain and text[1:].islower() else text


def _capitals(text: str) -> int:
    return sum(map(str.isupper, text))
