"""The one writer of a script's title and body: it notices other editors, keeps what was, and moves the marks along."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.models import User
from channels_app import words
from channels_app.marks import Mapping
from channels_app.models import Claim, Passage, Revision, Script

# What one person types within so long is one revision.
TOGETHER = timedelta(minutes=10)
ROWS_AT_ONCE = 400
SET_ASIDE = "Set aside for another text"
Origin = Revision.Origin
State = Revision.State


class Conflict(Exception):
    """Somebody else has saved the script meanwhile. `current` is the script as it is now."""

    def __init__(self, current: Script) -> None:
        super().__init__(
            f"Script: “{current.title}” has been changed meanwhile (it is at version {current.version} now). "
            "Look at both texts, then save again."
        )
        self.current = current


class NotProposed(Exception):
    """The revision does not wait for anybody's word: it has been accepted or discarded before."""


# --- writing -----------------------------------------------------------------------------------------------------------
def begin(
    script: Script,
    *,
    user: User | None,
    origin: str = Origin.WRITTEN,
    model: str = "",
    prompt: str = "",
    note: str = "",
) -> Script:
    """Keep a new script, with its first revision if there is text in it."""
    with transaction.atomic():
        script.save(force_insert=True)
        if script.body:
            _keep(script, user=user, origin=origin, model=model, prompt=prompt, note=note)
    return script


def save_body(
    script: Script,
    body: str | None,
    *,
    user: User | None,
    version: int | None = None,
    title: str | None = None,
    type: str | None = None,
    origin: str = Origin.WRITTEN,
    note: str = "",
    model: str = "",
    prompt: str = "",
    autosave: bool = False,
) -> Script:
    """Make `body`, `title` and `type` the script's, and bring `script` up to date with its row; None leaves one as it
    is. Of the type alone no revision is kept: it is no text.

    version: the one that the writer has seen; None writes over whatever is there. autosave: several by one person
    within ten minutes are one revision; anything else makes a revision of its own.
    Raises Conflict when the row is at another version and says something else, ValidationError for a text too long,
    Script.DoesNotExist when the script is gone.
    """
    if body is not None:
        Script._meta.get_field("body").run_validators(body)
    with transaction.atomic():
        current = _locked(script)
        # By the row, not by what the caller read of it some time ago: somebody may have saved since.
        body, wanted = current.body if body is None else body, current.title if title is None else title
        type = current.type if type is None else type
        is_same_text, is_same_type = (current.title, current.body) == (wanted, body), current.type == type
        if not (is_same_text and is_same_type) and version not in (None, current.version):
            raise Conflict(current)
        if is_same_text:
            if not is_same_type:
                _write(current, wanted, body, type)
            if not autosave:
                _name_present(current, note)
            return _up_to_date(script, current)
        _keep_present(current)
        _write(current, wanted, body, type)
        _keep(current, user=user, origin=origin, note=note, model=model, prompt=prompt, autosave=autosave)
    return _up_to_date(script, current)


def restore(revision: Revision, *, user: User | None, version: int | None = None) -> Script:
    """Make an earlier text the script's again, as a new revision. Raises as `save_body` does."""
    return save_body(
        revision.script,
        revision.body,
        user=user,
        version=version,
        title=revision.title,
        origin=Origin.RESTORED,
        note=f"Revision {revision.number} again",
        model=revision.model,
        prompt=revision.prompt,
    )


def set_aside(script: Script, body: str, *, user: User | None, title: str = "", version: int | None = None) -> Revision:
    """Keep a text that its writer gave up for somebody else's: it is in the history, and can be restored from there."""
    Script._meta.get_field("body").run_validators(body)
    with transaction.atomic():
        current = _locked(script)
        return Revision.objects.create(
            script=current,
            number=_next_number(current),
            title=title[:200] or current.title,
            body=body,
            words=words.spoken_words(body),
            state=State.DISCARDED,
            author=user,
            note=SET_ASIDE,
            base_version=version,
        )


# --- proposals ---------------------------------------------------------------------------------------------------------
def propose(
    script: Script,
    body: str,
    *,
    user: User | None,
    origin: str,
    model: str = "",
    prompt: str = "",
    note: str = "",
    base_version: int | None = None,
    made_by_job: UUID | None = None,
    job_position: int | None = None,
) -> Revision:
    """Keep a text that somebody may accept; the script stays as it is. Raises ValidationError for a text too long."""
    Script._meta.get_field("body").run_validators(body)
    with transaction.atomic():
        current = _locked(script)
        return Revision.objects.create(
            script=current,
            number=_next_number(current),
            title=current.title,
            body=body,
            words=words.spoken_words(body),
            origin=origin,
            state=State.PROPOSED,
            author=user,
            model=model,
            prompt=prompt,
            note=note[:200],
            base_version=base_version if base_version is not None else current.version,
            made_by_job=made_by_job,
            job_position=job_position,
        )


def accept(revision: Revision, *, user: User | None, version: int | None = None) -> Script:
    """Make a proposed text the script's. It takes the newest number, as it is the newest text from now on.

    Its title is the script's of now: what proposes texts proposes no names.

    Raises NotProposed for one that has been answered before, else as `save_body` does.
    """
    with transaction.atomic():
        current = _locked(revision.script)
        proposed = Revision.objects.select_for_update().get(pk=revision.pk)
        if proposed.state != State.PROPOSED:
            raise NotProposed(f"Revision {proposed.number} has been {proposed.get_state_display().lower()} already.")
        if version not in (None, current.version):
            raise Conflict(current)
        _keep_present(current)
        if current.body != proposed.body:
            _write(current, current.title, proposed.body, current.type)
        proposed.state, proposed.author, proposed.created_at = State.KEPT, user, timezone.now()
        proposed.title = current.title
        newest = _next_number(current)
        if proposed.number != newest - 1:
            proposed.number = newest
        proposed.save(update_fields=["title", "state", "author", "created_at", "number"])
        revision.state, revision.number = proposed.state, proposed.number
    revision.script = current
    return current


def discard(revision: Revision) -> None:
    """Refuse a proposed text. It stays in the history. Raises NotProposed for one that has been answered before."""
    changed = Revision.objects.filter(pk=revision.pk, state=State.PROPOSED).update(state=State.DISCARDED)
    if not changed:
        revision.refresh_from_db()
        raise NotProposed(f"Revision {revision.number} has been {revision.get_state_display().lower()} already.")
    revision.state = State.DISCARDED


# --- old ones ----------------------------------------------------------------------------------------------------------
def prune(before: datetime) -> int:
    """Thin out what autosave kept before a moment: the last text of each day stays. Refused proposals go as well.

    Returns how many went. The newest revision of a script always stays, and so does every one a person made by name.
    """
    newest = {
        (row["script"], row["newest"])
        for row in Revision.objects.filter(state=State.KEPT).order_by().values("script").annotate(newest=Max("number"))
    }
    old = Revision.objects.filter(created_at__lt=before).order_by("script", "-number")
    autosaves = old.filter(state=State.KEPT, is_autosave=True)
    doomed = list(old.filter(state=State.DISCARDED).exclude(origin=Origin.WRITTEN).values_list("pk", flat=True))
    days = set()
    for pk, script, number, moment in autosaves.values_list("pk", "script", "number", "created_at"):
        day = (script, moment.date())
        if day in days and (script, number) not in newest:
            doomed.append(pk)
        days.add(day)
    for first in range(0, len(doomed), ROWS_AT_ONCE):
        Revision.objects.filter(pk__in=doomed[first : first + ROWS_AT_ONCE]).delete()
    return len(doomed)


# --- parts -------------------------------------------------------------------------------------------------------------
def _locked(script: Script) -> Script:
    """The row as it is, held until the transaction ends."""
    return Script.objects.select_for_update().get(pk=script.pk)


def _next_number(script: Script) -> int:
    newest: int | None = script.revisions.aggregate(newest=Max("number"))["newest"]
    return (newest or 0) + 1


def _newest_kept(script: Script) -> Revision | None:
    return script.revisions.filter(state=State.KEPT).order_by("-number").first()


def _write(current: Script, title: str, body: str, type: str) -> None:
    """Compare and set the row, and move its marks. Raises Conflict when it has moved on under our hands."""
    old = current.body
    counted, now = words.spoken_words(body), timezone.now()
    changed = Script.objects.filter(pk=current.pk, version=current.version).update(
        title=title, body=body, type=type, words=counted, version=F("version") + 1, updated_at=now
    )
    if not changed:
        raise Conflict(Script.objects.get(pk=current.pk))
    current.title, current.body, current.type = title, body, type
    current.words, current.updated_at = counted, now
    current.version += 1
    if old != body:
        move_marks(current, old)


def _keep(
    script: Script, *, user: User | None, origin: str, note: str, model: str, prompt: str, autosave: bool = False
) -> None:
    """Keep the script's present text as a revision, or as the end of the one that is being typed."""
    present = {"title": script.title, "body": script.body, "words": script.words}
    last = _newest_kept(script)
    typing = (
        autosave
        and last is not None
        and last.is_autosave
        and (last.author_id, last.origin) == (user and user.pk, origin)
        and last.created_at > timezone.now() - TOGETHER
    )
    if typing and last is not None:
        Revision.objects.filter(pk=last.pk).update(**present)
        return
    Revision.objects.create(
        script=script,
        number=_next_number(script),
        origin=origin,
        author=user,
        model=model,
        prompt=prompt,
        note=note[:200],
        is_autosave=autosave,
        **present,
    )


def _keep_present(current: Script) -> None:
    """Keep what is about to be written over, unless the newest revision says just that."""
    last = _newest_kept(current)
    if last is None and not current.body:
        return
    if last is None or (last.title, last.body) != (current.title, current.body):
        kept = Revision.objects.create(
            script=current,
            number=_next_number(current),
            title=current.title,
            body=current.body,
            words=current.words,
        )
        Revision.objects.filter(pk=kept.pk).update(created_at=current.updated_at)


def _name_present(current: Script, note: str) -> None:
    """A person saved what autosave had kept already: from now on it stays."""
    last = _newest_kept(current)
    if last and last.is_autosave and (last.title, last.body) == (current.title, current.body):
        Revision.objects.filter(pk=last.pk).update(is_autosave=False, note=note[:200])


def _up_to_date(script: Script, current: Script) -> Script:
    """The caller's own object, with what the row says of the text."""
    for name in ("title", "body", "type", "words", "version", "updated_at"):
        setattr(script, name, getattr(current, name))
    return script


# --- marks -------------------------------------------------------------------------------------------------------------
def move_marks(script: Script, old: str) -> None:
    """Bring claims and passages to where their text stands now, or mark them stale; one that is back is fresh again."""
    mapping = Mapping(old, script.body)
    for model in (Claim, Passage):
        moved: dict[int, list[UUID]] = defaultdict(list)
        changed: list[Any] = []
        for pk, start, end, stale in model.objects.filter(script=script).values_list("pk", "start", "end", "is_stale"):
            span = None if stale else mapping.span(start, end)
            if span and model is Claim:
                if span[0] != start:
                    moved[span[0] - start].append(pk)
            elif span is None or span[0] != start:
                changed.append((pk, span))
        for by, rows in moved.items():
            for first in range(0, len(rows), ROWS_AT_ONCE):
                some = model.objects.filter(pk__in=rows[first : first + ROWS_AT_ONCE])
                some.update(start=F("start") + by, end=F("end") + by)
        _move_one_by_one(model, changed, mapping)


def _move_one_by_one(model: type[Claim] | type[Passage], changed: list[Any], mapping: Mapping) -> None:
    """Write the marks that are stale, were stale, or carry places of their own."""
    spans = dict(changed)
    rows: list[Any] = []
    for first in range(0, len(changed), ROWS_AT_ONCE):
        rows += model.objects.filter(pk__in=[pk for pk, _ in changed[first : first + ROWS_AT_ONCE]])
    for row in rows:
        span = spans[row.pk] or (mapping.find(row.text, row.start) if row.is_stale else None)
        before = row.start
        row.is_stale = span is None
        if span is None:
            # Only a memory of the place: kept within the text, and never empty.
            row.start = mapping.place(row.start)
            row.end = row.start + len(row.text) or row.start + 1
        else:
            row.start, row.end = span
        if isinstance(row, Passage):
            for hit in row.hits:
                hit["start"], hit["end"] = hit["start"] + row.start - before, hit["end"] + row.start - before
    fields = ["start", "end", "is_stale", *(["hits"] if model is Passage else [])]
    model.objects.bulk_update(rows, fields, batch_size=ROWS_AT_ONCE)
