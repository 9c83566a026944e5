"""The Humanize tab of a script: the passages that are marked, and what a person does with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from channels_app import passages, queries, revisions
from channels_app.access import ChannelAccess, changeable_channel_for
from channels_app.diffs import Diff, diff
from channels_app.models import Passage, Script
from channels_app.views.shared import MOVED_ON, desk_url, ids_in, one_of, person, seen_version, wants_json

# As many cards as a page bears; the rest comes up as these are answered.
SHOWN_AT_MOST = 60
ANSWERED_AT_MOST = 30


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a passage; `rules` names those that marked it, empty for the rest."""

    text: str
    rules: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired in a passage, and on which words."""

    label: str
    why: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Card:
    """A passage as the tab shows it."""

    passage: Passage
    segments: Sequence[Segment]
    reasons: Sequence[Reason]
    diff: Diff | None
    can_be_applied: bool

    @property
    def by_model(self) -> str:
        """The model that wrote the fix; empty for a fix by rule."""
        return "" if self.passage.fixed_by in ("", passages.BY_RULES) else self.passage.fixed_by


def card_of(passage: Passage, body: str) -> Card:
    """A passage with its marks, reasons and difference."""
    return Card(
        passage=passage,
        segments=segments_of(passage),
        reasons=reasons_of(passage),
        diff=diff(passage.text, passage.fix) if passage.fix else None,
        can_be_applied=passages.can_be_applied(passage, body),
    )


def segments_of(passage: Passage) -> list[Segment]:
    """The passage cut where marks begin and end. A mark of the whole passage is told, not drawn."""
    spans = [(start, end, label) for start, end, label in places_of(passage) if (start, end) != (0, len(passage.text))]
    edges = sorted({0, len(passage.text), *(edge for start, end, _ in spans for edge in (start, end))})
    return [
        Segment(
            passage.text[start:end],
            ", ".join(dict.fromkeys(label for first, last, label in spans if first <= start and end <= last)),
        )
        for start, end in pairwise(edges)
    ]


def reasons_of(passage: Passage) -> list[Reason]:
    """Each rule once, with the words on which it fired."""
    whys = {str(hit["label"]): str(hit["why"]) for hit in passage.hits}
    words: dict[str, list[str]] = {label: [] for label in whys}
    for start, end, label in places_of(passage):
        said = passage.text[start:end].strip()
        if (start, end) != (0, len(passage.text)) and said not in words[label]:
            words[label].append(said)
    return [Reason(label, why, words[label]) for label, why in whys.items()]


def places_of(passage: Passage) -> list[tuple[int, int, str]]:
    """The hits by their places in the passage's own text, as far as they lie in it."""
    size = len(passage.text)
    found = [(hit["start"] - passage.start, hit["end"] - passage.start, str(hit["label"])) for hit in passage.hits]
    return [(start, end, label) for start, end, label in found if 0 <= start < end <= size]


def tab_context(request: HttpRequest, access: ChannelAccess, script: Script) -> dict[str, Any]:
    """What the tab is drawn with."""
    waiting = passages.waiting(script)
    answered = passages.answered(script)
    applied = [one for one in answered.filter(state=Passage.State.APPLIED)[:ANSWERED_AT_MOST]]
    kept = answered.filter(state=Passage.State.DISMISSED)[:ANSWERED_AT_MOST]
    return {
        "cards": [card_of(passage, script.body) for passage in waiting[:SHOWN_AT_MOST]],
        "waiting": waiting.count(),
        "fixes": waiting.exclude(fix="").filter(is_stale=False).count(),
        "stale": waiting.filter(is_stale=True).count(),
        "applied": applied,
        "applied_count": answered.filter(state=Passage.State.APPLIED).count(),
        "kept": kept,
        "kept_count": answered.filter(state=Passage.State.DISMISSED).count(),
    }


# --- acts ---
@login_required
@require_POST
def passage_apply(request: HttpRequest, slug: str, pk: UUID, passage_id: UUID) -> HttpResponse:
    """Put one fix into the text."""
    return act(request, slug, pk, [passage_id], "apply")


@login_required
@require_POST
def passages_apply(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Put every fix into the text that can be applied."""
    return act(request, slug, pk, None, "apply")


@login_required
@require_POST
def passage_dismiss(request: HttpRequest, slug: str, pk: UUID, passage_id: UUID) -> HttpResponse:
    """Keep one passage as it is."""
    return act(request, slug, pk, [passage_id], "dismiss")


@login_required
@require_POST
def passage_undo(request: HttpRequest, slug: str, pk: UUID, passage_id: UUID) -> HttpResponse:
    """Take back what was answered about one passage."""
    return act(request, slug, pk, [passage_id], "undo")


@login_required
@require_POST
def passages_undo(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take back every fix that stands in the text; with ids in `passage`, parted by spaces, those."""
    named = request.POST.get("passage", "").split()
    return act(request, slug, pk, ids_in(named) if named else None, "undo")


def act(request: HttpRequest, slug: str, pk: UUID, wanted: list[UUID] | None, verb: str) -> HttpResponse:
    """Do it and say what was done, in JSON or on the tab."""
    channel = changeable_channel_for(person(request), slug)
    script = one_of(queries.scripts_of(channel), pk)
    if wanted and script.passages.filter(pk__in=wanted).count() < len(set(wanted)):
        raise Http404("There is no such passage.")
    undo_url = ""
    try:
        if verb == "apply":
            done = passages.apply(script, wanted, user=person(request), version=seen_version(request))
            said = f"{counted(len(done), 'fix', 'fixes')} applied."
            wanted = [one.pk for one in done]
            undo_url = reverse("passages-undo", args=[slug, pk])
        elif verb == "dismiss":
            passages.dismiss(script, wanted or [])
            said = "The passage stays as it is."
            undo_url = reverse("passages-undo", args=[slug, pk])
        else:
            count = passages.undo(script, wanted, user=person(request), version=seen_version(request))
            said = f"{counted(count, 'answer', 'answers')} taken back."
    except revisions.Conflict:
        return refuse(request, script, MOVED_ON)
    except passages.NotNow as refusal:
        return refuse(request, script, str(refusal))
    if wants_json(request):
        undo = {"url": undo_url, "passages": [str(one) for one in wanted or ()]} if undo_url else None
        return JsonResponse({"message": said, "undo": undo, "version": script.version, "body": script.body})
    messages.success(request, said)
    return redirect(desk_url(script, "humanize"))


def refuse(request: HttpRequest, script: Script, why: str) -> HttpResponse:
    """409, or the tab with the reason."""
    if wants_json(request):
        return JsonResponse({"error": {"code": "conflict", "message": why, "fields": {}}}, status=409)
    messages.warning(request, why)
    return redirect(desk_url(script, "humanize"))


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{count} {one if count == 1 else many}"
