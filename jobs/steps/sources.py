"""The studio's side of the sources: whose key, how often, what is kept for a while. The only door of kinds and pages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from accounts import keys, providers
from jobs import politeness, short_memory
from jobs.tools.sources.errors import SourceError, SourceUnavailable
from jobs.tools.sources.pacing import BLOCKED_SECONDS, BLOCKS
from jobs.tools.sources.record import Found, Licence, Media, Page, Source
from jobs.tools.sources.registry import sources

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

# A place in a host's queue that is further away, in seconds, is not waited for: by somebody who looks at a page, and by
# a job.
PATIENCE, JOB_PATIENCE = 15.0, 120.0
# What is told of a source in a word, and its colour.
WORDS = {
    "key": ("Needs a key", ""),
    "limit": ("Wait", "warn"),
    "blocked": ("Blocked", "warn"),
    "slow": ("Slow", "warn"),
    "query": ("Refused", "warn"),
    "down": ("Out of reach", "bad"),
    "unreadable": ("Failed", "bad"),
    "missing": ("Gone", "bad"),
    "off": ("Switched off", ""),
}
MEDIA_WORDS = {"image": "Picture", "video": "Film", "audio": "Sound", "text": "Text"}
MANY_WORDS = {"image": "pictures", "video": "films", "audio": "sounds", "text": "texts"}
# A cursor of an adapter, as it stands in an address: the type it is for, and what the source calls it.
_CURSOR = re.compile(r"(image|video|audio|text)\.([\w=+/-]{1,200})")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Whether a source can be asked by this person, in a word, and why (not).

    key_url: where a key is entered; environment: the variable of the server's own, both only if one is wanted. home: its
    site.
    """

    slug: str
    label: str
    is_ready: bool
    word: str
    reason: str
    key_url: str = ""
    environment: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something a source has, as pages show it; every field of what was found is one of its own."""

    found: Found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.found, name)

    @property
    def licence_code(self) -> str:
        """As in channels_app/licences.py."""
        return self.found.licence.code

    @property
    def kind_label(self) -> str:
        """What it is, in a word."""
        return MEDIA_WORDS[self.found.media_type]

    @property
    def length(self) -> str:
        """How long it plays, as `m:ss`."""
        seconds = self.found.seconds
        return f"{int(seconds) // 60}:{int(seconds) % 60:02}" if seconds else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a source has found so far, or why not: a word, its colour, and a sentence.

    after: what `search` takes to go on from here, empty at the end. key_url: where a key is entered, if one is wanted.
    is_whole: False while more of the same answer comes.
    """

    hits: Sequence[Hit] = ()
    word: str
    tone: str = ""
    told: str = ""
    after: str = ""
    key_url: str = ""
    is_whole: bool = True


class Turns:
    """Places in the queues of hosts. Raises SourceUnavailable for one that is too far away."""

    def __init__(self, label: str, patience: float) -> None:
        self._label, self._patience = label, patience

    def __call__(self, host: str, interval: float) -> float:
        """Seconds until the caller's turn."""
        wait = politeness.take(host, interval, self._patience)
        if wait > self._patience:
            told = f"{self._label} is asked as often as it allows; its next turn is in {wait:.0f} s."
            raise SourceUnavailable(told, "limit", wait)
        return wait


class Circuit:
    """Hosts that all workers and pages leave alone: they have asked for it, or have blocked three requests running."""

    def left(self, host: str) -> float:
        """Seconds for which the host is still left alone."""
        return politeness.left(host)

    def blocked(self, host: str, wait: float | None = None) -> None:
        """The host wants no more, for `wait` seconds if it says so."""
        if politeness.blocked(host) >= BLOCKS:
            wait = max(wait or 0.0, BLOCKED_SECONDS)
            politeness.answered(host)
        politeness.hold(host, wait or 0.0)

    def answered(self, host: str) -> None:
        """The host has answered as it should."""
        politeness.answered(host)


def labels() -> dict[str, str]:
    """Every source by slug, as people call it."""
    return {slug: source.label for slug, source in sources().items()}


def _address(source: Source) -> str:
    urls: Mapping[str, str] = settings.SOURCE_URLS
    return urls.get(source.slug, source.addresses[source.slug])


def states(user: Any, media: str = "") -> list[State]:
    """Every source, and whether this person can ask it for a type, or for any: first those that can be asked."""
    every = [state_of(source, user, media) for source in sources().values()]
    return sorted(every, key=lambda state: not state.is_ready)


def state_of(source: Source, user: Any, media: str = "") -> State:
    """Whether this person can ask a source for a type, or for any."""
    known = {"slug": source.slug, "label": source.label, "home": source.home}
    if not _address(source):
        return State(**known, is_ready=False, word=WORDS["off"][0], reason=source.off)
    if source.key and not keys.key_for(user, source.key):
        told = {"reason": f"{source.label} wants a key of yours; it is free.", "key_url": reverse("provider-keys")}
        environment = providers.BY_SLUG[source.key].environment
        return State(**known, is_ready=False, word=WORDS["key"][0], environment=environment, **told)
    if media and media not in source.media:
        return State(**known, is_ready=False, word="Nothing", reason=f"It has no {MANY_WORDS[media]}.")
    has = _listed([MANY_WORDS[media] for media in source.media])
    return State(**known, is_ready=True, word="Ready", reason=f"{has.capitalize()}. {source.asks}".strip())


def _listed(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def client_of(user: Any, slug: str, should_stop: Callable[[], None], *, patience: float = PATIENCE) -> Client:
    """Asks a source for somebody: with their own key first, then the server's. Looks keys up, asks nobody yet."""
    # What speaks HTTP is loaded when a source is asked.
    from jobs.tools.sources.client import Client

    source = sources()[slug]
    key = keys.key_for(user, source.key) if source.key else None
    is_own = bool(source.key and user and keys.own_key(user, source.key))
    return Client(
        source,
        urls=settings.SOURCE_URLS,
        key=key or "",
        contact=settings.OPERATOR_CONTACT,
        pace=Turns(source.label, patience),
        circuit=Circuit(),
        # A person's own key has limits of its own.
        whose=f"#{user.pk}" if is_own else "",
        should_stop=should_stop,
    )


def search(client: Client, query: str, *, media: str = "", after: str = "") -> Iterator[Answer]:
    """Ask one source: an answer after each of its types, each with all that was found so far.

    media: only this type; after: `Answer.after`. Needs no database. Whatever goes wrong is an answer too; what was found
    before that is kept.
    """
    source = client.source
    wanted = _wanted(source, media, after)
    if not wanted:
        yield Answer(word="Nothing", told="It has nothing like that.")
    hits: list[Hit] = []
    onward: list[str] = []
    for position, (kind, cursor) in enumerate(wanted, 1):
        try:
            page = _asked(client, query, kind, cursor)
        except SourceError as trouble:
            word, tone = WORDS[trouble.reason]
            key_url = reverse("provider-keys") if trouble.reason == "key" else ""
            # What is left can be asked for once more.
            onward += [f"{kind}.{cursor or 0}" for kind, cursor in wanted[position - 1 :]] if hits else []
            yield _answer(hits, onward, word=word, tone=tone, told=str(trouble), key_url=key_url)
            return
        hits += [Hit(found) for found in page.found]
        if page.next:
            onward.append(f"{kind}.{page.next}")
        is_whole = position == len(wanted)
        if hits:
            yield _answer(hits, onward, word=str(len(hits)), tone="ok", told=source.asks, is_whole=is_whole)
        elif is_whole:
            yield Answer(word="Nothing", told="It has nothing like that.")


def _answer(hits: Sequence[Hit], onward: Sequence[str], **told: Any) -> Answer:
    return Answer(hits=tuple(hits), after=",".join(onward), **told)


def _wanted(source: Source, media: str, after: str) -> list[tuple[Media, str]]:
    """The types to ask for, each with its cursor."""
    kinds: list[Media] = [kind for kind in source.media if media in ("", kind)]
    if not after:
        return [(kind, "") for kind in kinds]
    matches = (_CURSOR.fullmatch(part) for part in after.split(",")[:4])
    cursors = {match[1]: match[2] for match in matches if match}
    return [(kind, cursors[kind]) for kind in kinds if kind in cursors]


def _asked(client: Client, query: str, media: Media, cursor: str) -> Page:
    """A page of results, as somebody has just got it, or asked for. Raises SourceError."""
    source = client.source
    words = " ".join(query.casefold().split())
    name = short_memory.name_of(source.slug, _address(source), client.language, media, cursor, words)
    kept = short_memory.recall(name)
    if kept is not None:
        found = ({**one, "licence": Licence(**one["licence"])} for one in kept["found"])
        return Page(tuple(Found(**one) for one in found), kept["next"])
    page = source.search(query, media, cursor, client)
    short_memory.remember(name, asdict(page), source.fresh_seconds)
    return page


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Whether a source answers now: what it said, in how many milliseconds."""

    is_well: bool
    told: str


def try_source(slug: str) -> Trial:
    """Ask a source one question with the server's own key, whatever is remembered."""
    client = client_of(None, slug, lambda: None)
    began = time.monotonic()
    try:
        page = client.source.search("harbour", client.source.media[0], "", client)
    except SourceError as trouble:
        return Trial(is_well=False, told=str(trouble))
    milliseconds = 1000 * (time.monotonic() - began)
    return Trial(is_well=bool(page.found), told=f"{len(page.found)} found in {milliseconds:.0f} ms")
