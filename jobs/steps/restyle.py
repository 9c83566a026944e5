"""Finds the passages of a script whose style gives them away, leaves them to be applied, and rewrites them by a model."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from channels_app import passages
from channels_app.models import Passage, Script
from jobs.context import Delivery, JobContext
from jobs.spec import UserError
from jobs.steps import authors
from jobs.steps.authors import Author
from jobs.tools.style import measures
from jobs.tools.style.facts import lost_facts
from jobs.tools.style.fixes import fix
from jobs.tools.style.measures import Measures
from jobs.tools.style.passages import Judged, hits_in, judge
from jobs.tools.style.rewrites import refusal
from jobs.tools.style.rules import RULES, rules_for
from jobs.tools.text import language as languages
from jobs.tools.text import prompts

# Unit 0 is all passages; the rewrite of the passage at position n is unit n + 1.
PASSAGES = 0
OFFLINE_PROMPT = "offline humanize 1"
PROMPT = "humanize-rewrite"
READ_AGAIN = 3
REWRITES_AT_MOST = 100
# More than any person answers; without a bound applying all of them would keep a page waiting.
MARKED_AT_MOST = 1000
HITS_KEPT = 40
# As much of the channel's other scripts as is read to know its style.
OWN_SCRIPTS, OWN_CHARACTERS = 20, 200_000


class Rewrite(BaseModel):
    """What a model answers."""

    text: str = Field(max_length=8000, description="The passage, put anew.")


class _Moved(Exception):
    """The script has been changed while it was read."""


@dataclass(kw_only=True)
class Read:
    """A script's text, judged."""

    body: str
    language: str
    passages: int
    words: int
    flagged: list[Judged] = field(repr=False)
    hits: Counter[str]

    @property
    def is_english(self) -> bool:
        """Whether the rules that read words have been asked."""
        return self.language == "en"


def slot_of(script: Script) -> str:
    """The panel slot that shows a script's passages."""
    return f"style:{script.pk}"


# --- finding ---
def read(ctx: JobContext, body: str) -> Read:
    """Judge every passage."""
    language = languages.guess(body)
    found = Read(body=body, language=language, passages=0, words=0, flagged=[], hits=Counter())
    for judged in judge(body, language):
        ctx.check()
        found.passages += 1
        found.words += len(judged.text.split())
        found.hits.update(hit.rule.id for hit in judged.hits)
        if judged.is_flagged:
            found.flagged.append(judged)
    return found


def own_measures(script: Script, language: str) -> tuple[Measures | None, int]:
    """The measures of the channel's other scripts, without drafts, and how many they are."""
    others = Script.objects.filter(channel=script.channel_id).exclude(pk=script.pk).exclude(status=Script.Status.DRAFT)
    bodies: list[str] = []
    for body in others.values_list("body", flat=True)[:OWN_SCRIPTS].iterator(chunk_size=1):
        if languages.guess(body) == language and body.strip():
            bodies.append(body)
        if sum(map(len, bodies)) > OWN_CHARACTERS:
            break
    together = "\n\n".join(bodies)[:OWN_CHARACTERS]
    return measures.measure(together, is_english=language == "en"), len(bodies)


def deliver(ctx: JobContext, script: Script) -> Read | None:
    """Read the script and leave its flagged passages with the fixes that rules know; None if that has been done before.

    All of them come in one unit, and what an earlier run found and nobody answered goes in the same moment: a run that
    fails or is cancelled before leaves the old passages, one that fails after leaves all the new ones.
    """
    for _ in range(READ_AGAIN):
        found = read(ctx, Script.objects.values_list("body", flat=True).get(pk=script.pk))
        rows = [_row(ctx, script, position, judged) for position, judged in enumerate(found.flagged[:MARKED_AT_MOST])]

        def write(delivery: Delivery, body: str = found.body, rows: list[Passage] = rows) -> bool:
            return _replace(script, body, rows)

        try:
            return found if ctx.deliver(PASSAGES, write) else None
        except _Moved:
            ctx.log("The script was changed while it was read; it is read again.")
    raise UserError("The script kept being changed while it was read. Pause writing for a moment, then retry.")


def _row(ctx: JobContext, script: Script, position: int, judged: Judged) -> Passage:
    fixed = fix(judged.text, judged.hits)
    return Passage(
        script=script,
        start=judged.start,
        end=judged.end,
        text=judged.text,
        hits=[
            {
                "rule": hit.rule.id,
                "label": hit.rule.label,
                "why": hit.rule.why,
                "start": judged.start + hit.start,
                "end": judged.start + hit.end,
            }
            for hit in judged.hits[:HITS_KEPT]
        ],
        fix=fixed,
        fixed_by=passages.BY_RULES if fixed else "",
        model=authors.OFFLINE,
        prompt=OFFLINE_PROMPT,
        made_by_job=ctx.job_id,
        job_position=position,
    )


def _replace(script: Script, body: str, rows: list[Passage]) -> bool:
    """Write the rows in the place of what nobody has answered. What a person wants to keep as it is stays answered."""
    if Script.objects.select_for_update().values_list("body", flat=True).get(pk=script.pk) != body:
        raise _Moved
    passages.waiting(script).delete()
    kept = set(passages.answered(script).filter(state=Passage.State.DISMISSED).values_list("text", flat=True))
    wanted = [row for row in rows if row.text not in kept]
    Passage.objects.bulk_create(wanted, batch_size=passages.ROWS_AT_ONCE)
    return True


# --- rewriting ---
@dataclass
class Rewritten:
    """What became of the passages that a model was given; `left`: how many it was not given."""

    asked: int = 0
    taken: int = 0
    refused: int = 0
    left: int = 0
    prompt: str = OFFLINE_PROMPT


def rewrite(ctx: JobContext, script: Script, author: Author) -> Rewritten:
    """Have a model put the open passages anew, one by one; what does not keep the facts is refused, and the fix stays."""
    told = Rewritten()
    if author.is_offline:
        return told
    ctx.stage("Rewriting")
    waiting = Passage.objects.filter(
        script=script, made_by_job=ctx.job_id, state=Passage.State.OPEN, is_stale=False
    ).order_by("job_position")
    told.left = max(len(waiting) - REWRITES_AT_MOST, 0)
    total = min(len(waiting), REWRITES_AT_MOST)
    for number, passage in enumerate(waiting[:REWRITES_AT_MOST]):
        ctx.progress(number, total, f"passage {number + 1} of {total}")
        if ctx.delivered(passage.job_position + 1):
            continue
        _rewrite_one(ctx, passage, author, told, number + 1)
        ctx.announce(slot_of(script), passage=str(passage.pk))
    if total:
        ctx.progress(total, total)
    if told.asked:
        ctx.log(f"{told.taken} of {told.asked} rewrites keep every number, name and quote, and are offered")
    return told


def _rewrite_one(ctx: JobContext, passage: Passage, author: Author, told: Rewritten, number: int) -> None:
    judged = Judged(0, len(passage.text), passage.text, hits_in(passage.text, rules_for("en")))
    prompt = prompts.render(PROMPT, context=ctx.channel.ai_context, tells=_tells(judged), passage=passage.text)
    told.prompt = prompt.label
    text = authors.ask(ctx, author, prompt, Rewrite).text.strip()
    told.asked += 1
    why = refusal(judged, text)
    if why:
        told.refused += 1
        stays = "the fix by rule stays" if passage.fix else "no fix is offered"
        ctx.log(f"Passage {number}: the rewrite is refused, because {why}; {stays}.")
    else:
        told.taken += 1
        ctx.log(f"Passage {number}: rewritten")

    def write(delivery: Delivery) -> bool:
        return not why and _take(passage.pk, passage.text, text, author, prompt.label)

    ctx.deliver(passage.job_position + 1, write)


def _take(pk: UUID, before: str, after: str, author: Author, prompt: str) -> bool:
    """Offer a rewrite, unless the passage has been answered or changed meanwhile."""
    row = Passage.objects.select_for_update().filter(pk=pk, state=Passage.State.OPEN, text=before).first()
    # Asked once more where it is written: nothing reaches a row unchecked.
    if row is None or lost_facts(before, after):
        return False
    row.fix, row.fixed_by, row.model, row.prompt = after, author.name, author.name, prompt
    row.save(update_fields=["fix", "fixed_by", "model", "prompt"])
    return True


def told_of(made: Rewritten) -> dict[str, Any]:
    """What the job's result says of the rewrites."""
    told: dict[str, Any] = {"rewritten": made.taken, "refused": made.refused, "prompt": made.prompt}
    if made.left:
        told["left"] = made.left
    return told


def _tells(judged: Judged) -> str:
    return "\n".join(f"{hit.rule.label}: “{judged.text[hit.start : hit.end][:120]}”" for hit in judged.hits[:20])


# --- telling ---
def summary(found: Read, script: Script) -> dict[str, Any]:
    """What the job's result says of the text."""
    here = measures.measure(found.body, is_english=found.is_english)
    own, scripts = own_measures(script, found.language)
    rules = [{"id": rule.id, "label": rule.label, "hits": found.hits[rule.id]} for rule in RULES if found.hits[rule.id]]
    return {
        "script": str(script.pk),
        "language": found.language,
        "words": found.words,
        "passages": found.passages,
        "flagged": len(found.flagged),
        "share": round(len(found.flagged) / found.passages, 3) if found.passages else 0.0,
        "rules": sorted(rules, key=lambda rule: -found.hits[str(rule["id"])]),
        "measures": [asdict(row) for row in measures.compared(here, own)] if here else [],
        "own_scripts": scripts if own else 0,
        "notes": notes(found),
    }


def notes(found: Read) -> list[str]:
    """What concerns the whole text, and what the rules could not do."""
    told = measures.notes(found.body, is_english=found.is_english)
    if len(found.flagged) > MARKED_AT_MOST:
        told.append(
            f"Only the first {MARKED_AT_MOST:,} marked passages are kept. Humanize again when these are answered."
        )
    if not found.is_english:
        told.append(
            "This script does not read as English: only the rules that need no words were asked (dashes, rhythm, bold, "
            "emoji), and nothing is rewritten."
        )
    return told
