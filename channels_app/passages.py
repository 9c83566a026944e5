"""What a person does with the passages that Humanize has marked: apply a fix, keep the passage as it is, undo both.

Every change of the text goes through `revisions.save_body`, so that it is a revision of its own. Undoing puts back just
the passages in question: what has been written elsewhere since stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from channels_app import revisions
from channels_app.models import Passage, Revision, Script

State = Passage.State
# Open, or applied and undone by restoring an earlier revision: its old text is back.
WAITING = Q(state=State.OPEN) | Q(state=State.APPLIED, is_stale=False)
ROWS_AT_ONCE = 400
# `Passage.fixed_by` of a fix that no model has made.
BY_RULES = "rules"


class NotNow(Exception):
    """It cannot be done to the passages as they are; the text says why, and what to do."""


def waiting(script: Script) -> QuerySet[Passage]:
    """Those that wait for an answer, in the order of the text; the ones whose text has been changed since among them."""
    return script.passages.filter(WAITING)


def answered(script: Script) -> QuerySet[Passage]:
    """Those whose fix has been put into the text, or that a person keeps as they are."""
    return script.passages.exclude(WAITING)


def can_be_applied(passage: Passage, body: str) -> bool:
    """Whether it waits, there is a fix, and the text at its place is still the one that the fix was made for."""
    waits = passage.state != State.DISMISSED and not passage.is_stale
    return bool(waits and passage.fix and body[passage.start : passage.end] == passage.text)


def apply(script: Script, wanted: Sequence[UUID] | None, *, user: User | None, version: int | None) -> list[Passage]:
    """Put the fixes of these passages into the text, or of all that can be applied; returns them.

    version: the one of the script that the person has seen. Raises NotNow when one of them cannot be applied any more
    or there is none, revisions.Conflict when the script is at another version; then nothing has been changed.
    """
    with transaction.atomic():
        current = _at_version(script, version)
        rows = script.passages.select_for_update()
        if wanted is not None:
            rows = rows.filter(pk__in=wanted)
        passages = [one for one in rows if can_be_applied(one, current.body)]
        if wanted is not None and len(passages) < len(set(wanted)):
            raise NotNow(
                "The passage has been changed, answered or replaced since it was marked; nothing was applied. "
                "Humanize again to judge the text as it is."
            )
        passages = _apart(passages)
        if not passages:
            raise NotNow("There is no fix to apply. Humanize again to judge the text as it is.")
        count = len(passages)
        body, places = _swapped(current.body, [(one.start, one.end, one.fix) for one in passages])
        note = f"{count} style fix{'es' if count > 1 else ''} applied"
        revisions.save_body(script, body, user=user, version=current.version, origin=Revision.Origin.FIXED, note=note)
        # Its old text is gone, so it is stale; the place is that of the fix, for undoing it.
        _put_at(passages, places, state=State.APPLIED, is_stale=True)
    return passages


def dismiss(script: Script, wanted: Sequence[UUID]) -> int:
    """Keep these passages as they are: no later run asks about the same words again. Returns how many were open."""
    return waiting(script).filter(pk__in=wanted).update(state=State.DISMISSED)


def undo(script: Script, wanted: Sequence[UUID] | None, *, user: User | None, version: int | None) -> int:
    """Put the old text of applied passages back and ask again about dismissed ones; None means all that were applied.

    Returns how many. Raises NotNow when a fix does not stand in the text as it was applied, revisions.Conflict when the
    script is at another version; then nothing has been changed.
    """
    with transaction.atomic():
        current = _at_version(script, version)
        rows = script.passages.select_for_update()
        rows = rows.filter(state=State.APPLIED, is_stale=True) if wanted is None else rows.filter(pk__in=wanted)
        passages = list(rows)
        reopened = [one.pk for one in passages if one.state == State.DISMISSED]
        applied = [one for one in passages if one.state == State.APPLIED and one.is_stale]
        places = {one.pk: _place_of_fix(one, current.body) for one in applied}
        if wanted is None:
            applied = [one for one in applied if places[one.pk] is not None]
        if any(places[one.pk] is None for one in applied) or not (applied or reopened):
            raise NotNow(
                "The fix does not stand in the text any more as it was applied; nothing was changed. "
                "The History tab has every earlier text."
            )
        if applied:
            _put_back(script, current, applied, places, user)
        Passage.objects.filter(pk__in=reopened).update(state=State.OPEN)
    return len(applied) + len(reopened)


def _put_back(
    script: Script, current: Script, applied: list[Passage], places: dict[UUID, int | None], user: User | None
) -> None:
    ordered = sorted(applied, key=lambda one: places[one.pk] or 0)
    swaps = [(start := places[one.pk] or 0, start + len(one.fix), one.text) for one in ordered]
    if any(first[1] > second[0] for first, second in pairwise(swaps)):
        raise NotNow("Two of the fixes stand in the same place. Undo them one after the other.")
    body, back = _swapped(current.body, swaps)
    count = len(ordered)
    note = f"{count} style fix{'es' if count > 1 else ''} undone"
    revisions.save_body(script, body, user=user, version=current.version, origin=Revision.Origin.FIXED, note=note)
    _put_at(ordered, back, state=State.OPEN, is_stale=False)


def _put_at(
    passages: Sequence[Passage], places: Sequence[tuple[int, int]], *, state: Passage.State, is_stale: bool
) -> None:
    """Write where passages stand now; their hits go with them."""
    for one, (start, end) in zip(passages, places, strict=True):
        moved = start - one.start
        one.hits = [{**hit, "start": hit["start"] + moved, "end": hit["end"] + moved} for hit in one.hits]
        one.state, one.is_stale, one.start, one.end = state, is_stale, start, end
    fields = ["state", "is_stale", "start", "end", "hits"]
    Passage.objects.bulk_update(passages, fields, batch_size=ROWS_AT_ONCE)


def _at_version(script: Script, version: int | None) -> Script:
    """The script as it is, held until the transaction ends. Raises revisions.Conflict for another version."""
    current = Script.objects.select_for_update().get(pk=script.pk)
    if version not in (None, current.version):
        raise revisions.Conflict(current)
    return current


def _apart(passages: Sequence[Passage]) -> list[Passage]:
    """In the order of the text, without those that overlap one before."""
    kept: list[Passage] = []
    for one in sorted(passages, key=lambda one: (one.start, one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _swapped(body: str, swaps: Sequence[tuple[int, int, str]]) -> tuple[str, list[tuple[int, int]]]:
    """The text with other words at some places, in order and apart, and where those words stand then."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    at = length = 0
    for start, end, text in swaps:
        length += start - at
        places.append((length, length + len(text)))
        parts += [body[at:start], text]
        length += len(text)
        at = end
    return "".join([*parts, body[at:]]), places


def _place_of_fix(passage: Passage, body: str) -> int | None:
    """Where the fix stands: at its place, or elsewhere if it stands there once only."""
    if body.startswith(passage.fix, passage.start):
        return passage.start
    found = body.find(passage.fix)
    return found if found >= 0 and body.find(passage.fix, found + 1) < 0 else None
