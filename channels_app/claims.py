"""Writes of claims: what a fact-check leaves on a script, and what a person makes of it. `access.py` has been asked.

A run replaces the claims of earlier runs place by place, as it goes through the script. So a run that fails or is
cancelled half-way leaves the page with its new claims for the first half and the earlier ones for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from channels_app import marks
from channels_app.models import Claim, Script

# A position within a job is its unit and its place in that unit.
PER_UNIT = 1_000
_KEPT = ("start", "end", "text", "is_stale", "model", "prompt", "job_position", "verdict", "reason", "confidence",
         "explanation", "sources")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """A claim that is to be kept; the fields are those of `models.Claim`. start, end: in the body that was checked."""

    start: int
    end: int
    text: str
    verdict: str
    reason: str
    explanation: str = ""
    confidence: float | None = None
    sources: Sequence[dict[str, str]] = field(default_factory=tuple)
    model: str = ""
    prompt: str = ""


def replace_claims(
    script_id: UUID, checked: str, span: tuple[int, int], new: Sequence[NewClaim], *, job_id: UUID, unit: int
) -> None:
    """Put the claims of one unit of a run in the place of all earlier ones there.

    checked: the body that the run works on; span: which characters of it [start, end) this unit has gone through. Where
    the script has been changed since, its claims are moved along with the text; those whose text is gone are stale from
    the beginning.
    """
    script = Script.with_binned.select_for_update().only("id", "body").get(pk=script_id)
    if script.body == checked:
        place = Q(start__gte=span[0], start__lt=span[1])
        Claim.objects.filter(place, script=script).exclude(_made_by(job_id, unit)).delete()
    Claim.objects.bulk_create(_rows(script, new, checked, job_id, unit))


def forget_earlier(script_id: UUID, *, job_id: UUID, first_unit: int) -> None:
    """Remove what earlier runs left, once a run has gone through the whole script."""
    mine = Q(made_by_job=job_id, job_position__gte=first_unit * PER_UNIT)
    Claim.objects.filter(script=script_id).exclude(mine).delete()


def dismiss(claim: Claim) -> dict[str, Any]:
    """Take a claim off the script. What is returned brings it back (`restore`)."""
    kept = {name: getattr(claim, name) for name in _KEPT}
    claim.delete()
    return {**kept, "made_by_job": str(claim.made_by_job)}


def restore(script: Script, kept: dict[str, Any]) -> Claim:
    """Bring back a claim that was dismissed, where its text stands now; it is stale when the script no longer says it.

    A claim that is there already (the undo was sent twice) stays as it is.
    """
    values = {name: kept[name] for name in _KEPT if name != "job_position"}
    with transaction.atomic():
        # Held: whoever saves meanwhile moves the marks that are there.
        body = Script.with_binned.select_for_update().only("id", "body").get(pk=script.pk).body
        place = _nearest(body, kept["text"], kept["start"])
        start = min(kept["start"], len(body)) if place is None else place
        values |= {"start": start, "end": start + len(kept["text"]), "is_stale": place is None}
        claim, _ = Claim.objects.get_or_create(
            made_by_job=UUID(kept["made_by_job"]),
            job_position=kept["job_position"],
            defaults={**values, "script": script},
        )
    return claim


def _nearest(body: str, text: str, near: int) -> int | None:
    """Where the text stands, the place nearest to `near` of several; None where it does not."""
    found = [body.rfind(text, 0, near + len(text)), body.find(text, near)]
    return min((place for place in found if place >= 0), key=lambda place: abs(place - near), default=None)


def _made_by(job_id: UUID, unit: int) -> Q:
    return Q(made_by_job=job_id, job_position__gte=unit * PER_UNIT, job_position__lt=(unit + 1) * PER_UNIT)


def _rows(script: Script, new: Sequence[NewClaim], checked: str, job_id: UUID, unit: int) -> list[Claim]:
    """The claims in their places in the script as it is now; those whose text is gone from it are stale."""
    spans = [(claim.start, claim.end) for claim in new]
    places = spans if script.body == checked else marks.map_spans(checked, script.body, spans)
    return [
        Claim(
            script=script,
            start=place[0] if place else claim.start,
            end=place[1] if place else claim.end,
            text=claim.text,
            is_stale=place is None,
            model=claim.model[:160],
            prompt=claim.prompt[:80],
            made_by_job=job_id,
            job_position=unit * PER_UNIT + number,
            verdict=claim.verdict,
            reason=claim.reason,
            confidence=claim.confidence,
            explanation=claim.explanation,
            sources=list(claim.sources),
        )
        for number, (claim, place) in enumerate(zip(new, places, strict=True))
    ]
