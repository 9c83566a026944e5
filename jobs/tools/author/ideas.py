"""Ideas by the offline author: what the notes say, seen as the subject of a video.

Each idea stands on sentences of the notes: a reason, a means, a year, a turn, a number, a name. Its title and hook are
made of their words (`findings.py`) and of the few of `phrases.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from jobs.tools.author import findings, phrases, picking, similarity
from jobs.tools.author.findings import Corpus
from jobs.tools.author.sources import Sentence, Source, all_sentences, check_thick_enough, usable
from jobs.tools.text import search

SHORT, LONG = "short", "long"
TAGS_AT_MOST = 5
TAG_CHARACTERS = 60
LONGEST_HOOK = 30
# Words that say nothing of what a sentence is about, and measures.
_VAGUE = frozenset(
    search.stem(word)
    for word in """about above across added after again almost along also always among another any around away back became
    become before began behind below besides best better between both called came come comes could each earlier either
    else enough even ever every far few find first found from full gave get give given gone good great hand head help
    high itself keep kept kind knew know known large larger last late later least left less like little long longer lost
    low made make makes making many mean means might moment nearly need needs never next often once only other others
    part piece place point put quite rather right same saw second seen several since small some stand stands still such
    take taken than then thing think third though time took toward towards turn turned until used usual very well went
    whole wide without word work world worse would year years minute minutes hour hours second seconds day days metre
    metres meters kilometre kilometres kilometers centimetre centimetres miles degree degrees percent million billion
    thousand hundred half twice strongly mostly about""".split()  # noqa: SIM905  (a list would be no easier to read)
)
# How good an idea of each form usually is; measured by nothing but reading many of them.
WORTH = {
    "why": 1.0,
    "how": 1.0,
    "year": 0.95,
    "statement": 0.85,
    "turn": 0.8,
    "numbers": 0.8,
    "name": 0.6,
    "note": 0.55,
    "line": 0.3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An idea. `form` names how it was found; `stands_on` are the sentences it is made of."""

    title: str
    hook: str
    angle: str
    tags: tuple[str, ...]
    type: str
    form: str
    stands_on: tuple[Sentence, ...]

    @property
    def notes(self) -> list[Source]:
        """The notes it stands on."""
        return list(dict.fromkeys(sentence.source for sentence in self.stands_on))


@dataclass(frozen=True, slots=True)
class Skipped:
    """An idea that was left out, and the title it is too much like."""

    title: str
    like: str


@dataclass(frozen=True, slots=True)
class Found:
    """The ideas; what was skipped; how many of the first ideas are about the hint."""

    drafts: list[Draft]
    skipped: list[Skipped]
    about_hint: int


@dataclass(frozen=True, slots=True)
class _Material:
    """What the forms are tried on."""

    sentences: Sequence[Sentence]
    ranks: Sequence[float]
    corpus: Corpus
    topics: Sequence[str]
    type: str
    by_note: dict[str, list[int]]
    # In how many sentences each stem stands.
    spread: Counter[str]


def have_ideas(
    sources: Sequence[Source],
    *,
    topics: Sequence[str] = (),
    hint: str = "",
    type_: str = "",
    taken: Sequence[str] = (),
    wanted: int = 5,
) -> Found:
    """Up to `wanted` ideas that are like none of the `taken` titles and not like each other, the best first.

    topics: what the channel is about. hint: what they should be about; where the notes say too little about it, the
    last ideas are about something else. type_: `short` or `long`; empty leaves it to the idea. Raises TooThin for notes
    with too few usable sentences.
    """
    check_thick_enough(sources)
    corpus = Corpus([text for source in sources for text in (source.title, *all_sentences(source))])
    drafts: list[Draft] = []
    skipped: list[Skipped] = []
    about_hint = 0
    hinted = picking.about(sources, hint) if hint.strip() else []
    for chosen in (hinted, list(sources)):
        if chosen and len(drafts) < wanted:
            material = _material(chosen, corpus, topics, type_, hint or " ".join(topics))
            scored = sorted(_candidates(material), key=lambda pair: -pair[0])
            _choose(scored, taken, wanted, drafts, skipped)
        if chosen is hinted:
            about_hint = len(drafts)
    return Found(drafts, list(dict.fromkeys(skipped)), about_hint)


def _material(sources: Sequence[Source], corpus: Corpus, topics: Sequence[str], type_: str, about: str) -> _Material:
    sentences = usable(sources)
    ranks = picking.ranked(sentences, about)
    spread = Counter(term for sentence in sentences for term in set(search.terms(sentence.text)))
    return _Material(sentences, ranks, corpus, topics, type_, _by_note(sentences), spread)


def _by_note(sentences: Sequence[Sentence]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, sentence in enumerate(sentences):
        found.setdefault(sentence.source.id, []).append(at)
    return found


def _choose(
    scored: Sequence[tuple[float, Draft]],
    taken: Sequence[str],
    wanted: int,
    chosen: list[Draft],
    skipped: list[Skipped],
) -> None:
    """Add the best ones, each worth less for every one before it of the same form or from the same note."""
    left = list(scored)
    while left and len(chosen) < wanted:
        best = max(range(len(left)), key=lambda at: (left[at][0] * _freshness(left[at][1], chosen), -at))
        draft = left.pop(best)[1]
        like = similarity.same_title(draft.title, [*taken, *(one.title for one in chosen)])
        if not like:
            chosen.append(draft)
        elif like in taken:
            skipped.append(Skipped(draft.title, like))


def _freshness(draft: Draft, chosen: Sequence[Draft]) -> float:
    worth = 1.0
    for one in chosen:
        worth *= 0.75 if one.form == draft.form else 1.0
        worth *= 0.6 if one.stands_on[0].source == draft.stands_on[0].source else 1.0
        worth *= 0.4 if one.stands_on[0] == draft.stands_on[0] else 1.0
    return worth


# --- the forms ---
def _candidates(material: _Material) -> Iterator[tuple[float, Draft]]:
    best = max(material.ranks, default=1.0) or 1.0
    for at, sentence in enumerate(material.sentences):
        for form in (_why, _how, _year, _turn, _statement, _line):
            if draft := form(at, sentence, material):
                yield WORTH[draft.form] * (0.5 + material.ranks[at] / best), draft
    for whole in (_numbers, _names, _notes):
        for draft in whole(material):
            yield WORTH[draft.form], draft


_Form = Callable[[int, Sentence, _Material], Draft | None]


def _why(at: int, sentence: Sentence, material: _Material) -> Draft | None:
    clause = findings.reason(sentence, material.corpus)
    if clause is None or sentence.leans_on is not None:
        return None
    return _draft(
        material,
        "why",
        phrases.WHY.format(clause=clause.inside),
        phrases.HERE_IS_WHY.format(clause=clause.alone),
        phrases.GIVE_REASON.format(ground=clause.ground),
        at,
    )


def _how(at: int, sentence: Sentence, material: _Material) -> Draft | None:
    clause = findings.means(sentence, material.corpus)
    if clause is None or sentence.leans_on is not None:
        return None
    return _draft(
        material,
        "how",
        phrases.HOW.format(clause=clause.inside),
        phrases.HERE_IS_HOW.format(clause=clause.alone),
        phrases.SHOW_MEANS.format(ground=clause.ground),
        at,
    )


def _year(at: int, sentence: Sentence, material: _Material) -> Draft | None:
    found = findings.in_year(sentence, material.corpus)
    if found is None:
        return None
    year, clause = found
    title = phrases.YEAR.format(year=year, clause=clause.inside)
    return _draft(
        material, "year", title, phrases.GO_BACK.format(year=year, clause=clause.alone), phrases.SET_SCENE, at
    )


def _turn(at: int, sentence: Sentence, material: _Material) -> Draft | None:
    clause = findings.turn(sentence, material.corpus)
    if clause is None or sentence.leans_on is not None or len(clause.alone) > findings.LONGEST_TITLE:
        return None
    return _draft(material, "turn", clause.alone.rstrip("."), sentence.text, phrases.TURN_IT, at)


def _statement(at: int, sentence: Sentence, material: _Material) -> Draft | None:
    title = findings.statement(sentence)
    if not title:
        return None
    return _draft(material, "statement", title, _with_next(at, material), phrases.SAY_FIRST, at)


def _line(at: int, sentence: Sentence, material: _Material) -> Draft | None:
    """Any brief sentence that stands alone: what is left where no other form fits."""
    title = findings.line(sentence)
    if not title or findings.statement(sentence):
        return None
    return _draft(material, "line", title, _with_next(at, material), phrases.SAY_FIRST, at)


def _with_next(at: int, material: _Material) -> str:
    """The sentence, and the one behind it when both are brief: a hook that is its own title says too little."""
    sentences = material.sentences
    if at + 1 < len(sentences):
        following = sentences[at + 1]
        beside = following.source == sentences[at].source and following.place == sentences[at].place + 1
        if beside and sentences[at].words + following.words <= LONGEST_HOOK:
            return f"{sentences[at].text} {following.text}"
    return sentences[at].text


def _numbers(material: _Material) -> Iterator[Draft]:
    """Three to five sentences with numbers about one of the channel's topics, from more than one note."""
    if material.type == SHORT:
        return
    for topic in material.topics:
        stems = set(search.terms(topic))
        near = [
            at
            for at, sentence in enumerate(material.sentences)
            if sentence.leans_on is None
            and findings.numbers(sentence.text)
            and stems & set(search.terms(f"{sentence.text} {sentence.source.title}"))
        ]
        picked = sorted(sorted(near, key=lambda at: (-material.ranks[at], at))[:5])
        spoken = tuple(material.sentences[at] for at in picked)
        if len(spoken) < 3 or len({sentence.source for sentence in spoken}) < 2:
            continue
        count = phrases.COUNTS[len(spoken)]
        yield Draft(
            title=phrases.NUMBERS.format(count=count, subject=topic.strip()),
            hook=phrases.FIRST_NUMBER.format(sentence=spoken[0].text, count=count.lower()),
            angle=_quoted(phrases.COUNT_THEM, spoken),
            tags=_tags(material, spoken),
            type=LONG,
            form="numbers",
            stands_on=spoken,
        )


def _names(material: _Material) -> Iterator[Draft]:
    """A name that comes again and again, told with the note that says most about it."""
    places: dict[str, list[int]] = {}
    for at, sentence in enumerate(material.sentences):
        for name in material.corpus.names(sentence.text):
            places.setdefault(name, []).append(at)
    for name, named in places.items():
        last = name.split()[-1]
        near = [at for at, one in enumerate(material.sentences) if re.search(rf"\b{re.escape(last)}\b", one.text)]
        counted = Counter(material.sentences[at].source for at in near)
        source = max(counted, key=lambda source: counted[source])
        first = next(at for at in named)
        if len(near) < 3 or last in source.title or material.sentences[first].leans_on is not None:
            continue
        spoken = tuple(material.sentences[at] for at in [first, *[at for at in near if at != first]][:4])
        yield Draft(
            title=phrases.NAMED.format(name=name, note=source.title),
            hook=spoken[0].text,
            angle=_quoted(phrases.FOLLOW_NAME, spoken[1:]),
            tags=_tags(material, spoken),
            type=material.type or LONG,
            form="name",
            stands_on=spoken,
        )


def _notes(material: _Material) -> Iterator[Draft]:
    """A note whose title is a subject already."""
    for places in material.by_note.values():
        source = material.sentences[places[0]].source
        title = " ".join(source.title.split()).rstrip(".")
        standing = [at for at in places if material.sentences[at].leans_on is None]
        if len(title.split()) < 2 or len(title) > findings.LONGEST_TITLE or len(standing) < 3:
            continue
        hook = max(standing, key=lambda at: (material.ranks[at] * (material.sentences[at].words <= LONGEST_HOOK), -at))
        others = [material.sentences[at] for at in standing if at != hook][:3]
        yield Draft(
            title=title,
            hook=material.sentences[hook].text,
            angle=_quoted(phrases.WHOLE_NOTE, others),
            tags=_tags(material, [material.sentences[hook], *others]),
            type=material.type or (LONG if len(places) >= 8 else SHORT),
            form="note",
            stands_on=(material.sentences[hook], *others),
        )


# --- what they share ---
def _draft(material: _Material, form: str, title: str, hook: str, angle: str, at: int) -> Draft:
    """An idea about one sentence, told on with the sentences of its note that belong to it."""
    further = _further(material, at)
    spoken = (material.sentences[at], *further)
    told = _quoted(angle if angle.endswith(":") else f"{angle} {phrases.THEN}", further) if further else angle
    return Draft(
        title=title,
        hook=hook,
        angle=told.removesuffix(":"),
        tags=_tags(material, spoken),
        type=material.type or SHORT,
        form=form,
        stands_on=spoken,
    )


def _further(material: _Material, at: int) -> list[Sentence]:
    """Up to two sentences that go on from this one: what follows it in its note, else what its note says besides."""
    places = material.by_note[material.sentences[at].source.id]
    following = [place for place in places if place > at][:2]
    before = [place for place in places if place < at and material.sentences[place].leans_on is None]
    picked = (following + before)[:2]
    stands = [place for place in picked if material.sentences[place].leans_on in (None, at, *picked)]
    return [material.sentences[place] for place in stands]


def _quoted(beginning: str, sentences: Sequence[Sentence]) -> str:
    return " ".join([beginning, *(f"“{sentence.text}”" for sentence in sentences)])


def _tags(material: _Material, spoken: Sequence[Sentence]) -> tuple[str, ...]:
    """Topics of the channel that are spoken about, names, and the words that tell these sentences from the others."""
    texts = [sentence.text for sentence in spoken]
    said = Counter(term for text in texts for term in search.terms(text))
    topics = [topic.strip().lower() for topic in material.topics if set(search.terms(topic)) & set(said)]
    names = [name.lower() for text in texts for name in material.corpus.names(text)]
    telling = sorted(
        (term for term, count in said.items() if count > 1 and term.isalpha() and len(term) > 2 and term not in _VAGUE),
        key=lambda term: (-said[term] / material.spread[term] ** 0.5, term),
    )
    spelled = findings.spelled(telling[:3], texts)
    tags = [*topics[:2], *names[:2], *(spelled[term] for term in telling[:3] if term in spelled)]
    # "bay" says nothing beside "bay of fundy", nor "tide" beside "tides".
    kept: list[str] = []
    for tag in tags:
        new = set(search.terms(tag)) - {term for one in kept for term in search.terms(one)}
        if new and len(tag) <= TAG_CHARACTERS:
            kept.append(tag)
    return tuple(kept[:TAGS_AT_MOST])
