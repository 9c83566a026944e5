"""The Facts tab of a script, and what a person makes of its claims."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from channels_app import claims, queries
from channels_app.access import ChannelAccess, changeable_channel_for
from channels_app.models import Claim, Script
from channels_app.views.shared import desk_url, ids_in, is_undo_offered, one_of, person

CLAIMS_PER_PAGE = 100
DISMISSED = "dismissed-claim"
OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, as people see it: a word, a tone, an icon. It may be shown alone (`?show=<name>`)."""

    name: str
    label: str
    tone: str
    icon: str


DISPUTED = Finding("disputed", "Disputed", "bad", "cross")
DIFFERS = Finding("numbers", "Numbers differ", "warn", "alert")
UNVERIFIED = Finding("unverified", "Unverified", "idle", "question")
VERIFIED = Finding("verified", "Verified", "ok", "check")
OPINION = Finding("opinion", "Opinion", "info", "speech")
# What needs a person first comes first.
FINDINGS = (DISPUTED, DIFFERS, UNVERIFIED, VERIFIED, OPINION)
_OF_VERDICT = {one.name: one for one in FINDINGS}


def finding_of(verdict: str, reason: str) -> Finding:
    """How a verdict is shown."""
    return DIFFERS if reason == Claim.Reason.NUMBERS_DIFFER else _OF_VERDICT.get(verdict, UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Card:
    """A claim as its card shows it."""

    claim: Claim
    finding: Finding

    @property
    def is_by_rules(self) -> bool:
        """Whether no model took part."""
        return self.claim.model == OFFLINE

    @property
    def percent(self) -> int | None:
        """The confidence in percent, where a model has told one. A rule knows no more or less."""
        return None if self.is_by_rules or self.claim.confidence is None else round(100 * self.claim.confidence)

    @property
    def is_match(self) -> bool:
        """Whether the rule found the same in a source."""
        return self.claim.reason == Claim.Reason.MATCHES

    @property
    def sources(self) -> list[dict[str, str]]:
        """What it was compared with; an address only where it is one of the web, a note only where it is an id."""
        return [
            {
                "title": str(source.get("title", "")),
                "quote": str(source.get("quote", "")),
                "url": url if (url := str(source.get("url", ""))).startswith(("https://", "http://")) else "",
                "note": next(map(str, ids_in([str(source.get("note", ""))])), ""),
            }
            for source in self.claim.sources
        ]

    @property
    def proves(self) -> bool:
        """Whether its sources are why the verdict is what it is, and not only the closest there are."""
        return self.finding in (VERIFIED, DISPUTED, DIFFERS)


def tab_context(request: HttpRequest, access: ChannelAccess, script: Script) -> dict[str, Any]:
    """What the tab is drawn with: how many of each, and a page of cards, all or those that `?show=` names."""
    rows = list(queries.claims_of(script).values_list("verdict", "reason", "is_stale", "model", "created_at"))
    counted = Counter(finding_of(verdict, reason) for verdict, reason, *_ in rows)
    shown = next((one for one in FINDINGS if one.name == request.GET.get("show") and counted[one]), None)
    return {
        "facts_total": len(rows),
        "facts_counts": [(one, counted[one]) for one in FINDINGS if counted[one]],
        "facts_shown": shown,
        "facts_page": cards(request, script, shown),
        "facts_stale": sum(is_stale for _, _, is_stale, *_ in rows),
        "facts_models": sorted({model for *_, model, _ in rows if model and model != OFFLINE}),
        "facts_at": max((at for *_, at in rows), default=None),
        "facts_undo": last_dismissed(request, script),
    }


def cards(request: HttpRequest, script: Script, shown: Finding | None) -> Page[Card]:
    """The cards of the page that `?claims=` names."""
    found = queries.claims_of(script)
    if shown is DIFFERS:
        found = found.filter(reason=Claim.Reason.NUMBERS_DIFFER)
    elif shown:
        found = found.filter(verdict=shown.name).exclude(reason=Claim.Reason.NUMBERS_DIFFER)
    page: Page[Any] = Paginator(found, CLAIMS_PER_PAGE).get_page(request.GET.get("claims"))
    page.object_list = [Card(claim, finding_of(claim.verdict, claim.reason)) for claim in page.object_list]
    return page


def last_dismissed(request: HttpRequest, script: Script) -> dict[str, Any] | None:
    """The claim that has just been dismissed here, while undoing it is offered."""
    kept: dict[str, Any] | None = request.session.get(DISMISSED)
    if not kept or kept["script"] != str(script.pk):
        return None
    return kept if is_undo_offered(kept["at"]) else None


def facts_url(script: Script, request: HttpRequest) -> str:
    """The tab as the person had it, with its filter."""
    show = request.POST.get("show", "")
    return desk_url(script, "facts", **({"show": show} if show in _OF_VERDICT else {}))


@login_required
@require_POST
def claim_dismiss(request: HttpRequest, slug: str, pk: UUID, claim: UUID) -> HttpResponse:
    """Take a claim off the script; the tab then offers to undo it."""
    channel = changeable_channel_for(person(request), slug)
    script = one_of(queries.scripts_of(channel), pk)
    row = one_of(queries.claims_of(script), claim)
    kept = {"what": f"“{Truncator(row.text).chars(60)}” is dismissed", "claim": claims.dismiss(row)}
    request.session[DISMISSED] = {**kept, "script": str(script.pk), "at": timezone.now().isoformat()}
    return redirect(facts_url(script, request))


@login_required
@require_POST
def claim_restore(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Undo a dismissal. Sent twice, or too late, it does nothing."""
    channel = changeable_channel_for(person(request), slug)
    script = one_of(queries.scripts_of(channel), pk)
    kept = last_dismissed(request, script)
    if kept:
        claims.restore(script, kept["claim"])
        request.session.pop(DISMISSED, None)
    return redirect(facts_url(script, request))
