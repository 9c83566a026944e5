"""Checks the claims of a script against what the channel knows (its notes, and the texts among its resources) and what
public sources say, and leaves each in its place.

Rules settle what they can: *matches a source* and *numbers differ*. A model, where there is one, judges the rest of what
has evidence; nothing is ever judged from what a model remembers.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from channels_app import claims as content
from channels_app import queries
from channels_app.claims import NewClaim
from channels_app.models import Channel, Claim, Script
from jobs.context import Delivery, JobContext
from jobs.steps import authors, fact_summary
from jobs.steps.authors import Author
from jobs.steps.claim_answers import SplitAnswer, SummaryAnswer, VerdictAnswer, believed, is_sober, located, one_line
from jobs.steps.public_sources import PublicSources
from jobs.tools.facts import claims as spotting
from jobs.tools.facts.claims import Class
from jobs.tools.facts.evidence import DOCUMENT_CHARACTERS, Document, Evidence, Library, best_of
from jobs.tools.facts.matching import NOTHING, Compared, Match, compare
from jobs.tools.text import prompts, prose, search

RULES = "offline fact-check 1"
NO_SOURCE = "No source at hand says the same."
NO_SOURCES = "Neither your notes and texts nor a public source at hand speak of it. Add a note with its source."
# Claims in one delivery: hundreds at once by rules, one by one where a model takes its time over each.
BATCH = 100
UNITS = 5_000
NOTES_AT_ONCE = 10
PASSAGE_CHARACTERS = 4_000
# What a model is asked about in one job; the rest is left to the rules.
JUDGED_AT_MOST = 200
CLOSEST = 2
SUMMED_UP = 40
SHARED_WORDS = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One run over one text: its attempt's context, the body as it was at the start, and who judges."""

    ctx: JobContext
    script: Script
    body: str
    author: Author
    first_unit: int

    @property
    def slot(self) -> str:
        """The panel slot that shows the claims."""
        return f"facts:{self.script.pk}"


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim with what was found about it. settled: what the rules say, the source that says it among the evidence."""

    claim: spotting.Claim
    evidence: tuple[Evidence, ...] = ()
    compared: Compared = NOTHING
    settled_by: tuple[Evidence, ...] = ()


def check_script(ctx: JobContext, script: Script, author: Author) -> dict[str, Any]:
    """Check the script as it is now; its claims are left on it. Returns the job's result."""
    body = script.body
    run = Run(ctx, script, body, author, _first_unit(ctx, body))
    # Made first: whether its hosts can be found turns out while the script is split.
    sources = PublicSources(settings.SOURCE_URLS, body, ctx.log, ctx.check)
    ctx.stage("Splitting")
    found = _split(run)
    sentences = len(prose.sentences(body))
    ctx.log(f"{sentences:,} sentences, {len(found):,} claims and opinions; judged by: {author.label}")
    ctx.stage("Evidence")
    library = Library(documents_of(ctx.channel))
    ctx.log(
        f"{len(library.documents):,} notes and texts to check against" + (", read in part" if library.is_cut else "")
    )
    checked = _with_evidence(run, found, library, sources)
    ctx.stage("Verdicts")
    _leave(run, checked)
    ctx.stage("Summary")
    return _result(run, sentences)


def documents_of(channel: Channel) -> Iterator[Document]:
    """The channel's notes as sources, then the texts among its resources, the newest first, a few at a time: all of them
    may not fit into memory."""
    notes = queries.notes_of(channel).only("id", "title", "text", "source_url")
    for note in notes.iterator(chunk_size=NOTES_AT_ONCE):
        yield Document(note.title, note.text, note.source_url, str(note.pk))
    for row in queries.texts_in(channel).only("id", "title", "file", "landing_url", "media_type"):
        text = _text_of(row.file)
        if text:
            yield Document(row.title, text, row.landing_url)


def _text_of(name: str) -> str:
    """What is read of a text in the store; empty where the file has gone."""
    try:
        with default_storage.open(name) as file:
            text: str = file.read(DOCUMENT_CHARACTERS * 4).decode("utf-8-sig", "replace")
    except FileNotFoundError:
        return ""
    return text


def _first_unit(ctx: JobContext, body: str) -> int:
    """The number of the run's first unit: a retry that finds another text begins anew instead of going on."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    kept = ctx.kept("text", {"sha256": digest, "first_unit": 0})
    if kept["sha256"] != digest:
        kept = {"sha256": digest, "first_unit": kept["first_unit"] + UNITS}
    ctx.keep("text", kept)
    return int(kept["first_unit"])


# --- splitting ---
def _split(run: Run) -> list[spotting.Claim]:
    """The claims and opinions of the script. What a model found is kept: a retry goes on with the same."""
    if run.author.is_offline:
        return spotting.split(run.body)
    name = f"claims:{run.first_unit}"
    kept = run.ctx.kept(name)
    if kept is None:
        found = _split_by_model(run)
        kept = [[one.start, one.end, one.kind.value, one.statement] for one in found]
        run.ctx.keep(name, kept)
    return [
        spotting.Claim(start, end, run.body[start:end], Class(kind), 1.0, statement)
        for start, end, kind, statement in kept
    ]


def _split_by_model(run: Run) -> list[spotting.Claim]:
    """Passage by passage; where a model finds nothing that stands there, the rules do."""
    found: list[spotting.Claim] = []
    passages = _passages(run.body)
    for number, (start, end) in enumerate(passages):
        run.ctx.progress(number, len(passages), f"reading part {number + 1} of {len(passages)}")
        passage = run.body[start:end]
        prompt = prompts.render("claim-split", title=run.script.title, passage=passage)
        answer = authors.ask(run.ctx, run.author, prompt, SplitAnswer)
        here = located(answer, passage, start)
        if len(here) < len(answer.claims):
            run.ctx.log(f"part {number + 1}: {len(answer.claims) - len(here)} quotes do not stand in the script")
        found += here or [
            claim for claim in map(spotting.judged, prose.sentences(run.body))
            if start <= claim.start < end and claim.kind is not Class.CHATTER
        ]  # fmt: skip
    return found[: spotting.MOST_CLAIMS]


def _passages(body: str) -> list[tuple[int, int]]:
    """The prose in runs of whole paragraphs, each as long as a model reads with care."""
    runs: list[tuple[int, int]] = []
    for paragraph in prose.paragraphs(body):
        for start in range(paragraph.start, paragraph.end, PASSAGE_CHARACTERS):
            end = min(start + PASSAGE_CHARACTERS, paragraph.end)
            if runs and end - runs[-1][0] <= PASSAGE_CHARACTERS:
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
    return runs


# --- evidence ---
def _with_evidence(
    run: Run, found: Sequence[spotting.Claim], library: Library, sources: PublicSources
) -> list[Checked]:
    """Every claim with its evidence: from the notes, and for what they do not settle from public sources."""
    checked: list[Checked] = []
    for number, claim in enumerate(found):
        if number % 50 == 0:
            run.ctx.progress(number, len(found), "looking into the notes")
        checked.append(_looked_up(claim, library.about(claim.statement)))
    open_ones = [
        place for place, one in enumerate(checked)
        if one.claim.kind is Class.CLAIM and one.compared.match is Match.NOTHING
    ]  # fmt: skip
    open_ones.sort(key=lambda place: -checked[place].claim.score)
    for place in open_ones:
        if not sources.may_ask:
            break
        run.ctx.progress(len(found), len(found) + 1, "asking public sources")
        one = checked[place]
        more = Library(sources.about(one.claim.statement)).about(one.claim.statement)
        if more:
            checked[place] = _looked_up(one.claim, best_of([*one.evidence, *more]))
    return checked


def _looked_up(claim: spotting.Claim, evidence: Sequence[Evidence]) -> Checked:
    """What the rules say of a claim and its evidence. One source that says the same is enough."""
    if claim.kind is Class.OPINION:
        return Checked(claim)
    answers = [(piece, compare(claim.statement, spotting.statement(piece.text))) for piece in evidence]
    for match in (Match.MATCHES, Match.NUMBERS_DIFFER):
        agreeing = [(piece, answer) for piece, answer in answers if answer.match is match]
        if agreeing:
            return Checked(claim, tuple(evidence), agreeing[0][1], tuple(piece for piece, _ in agreeing))
    return Checked(claim, tuple(evidence))


# --- verdicts ---
def _leave(run: Run, checked: Sequence[Checked]) -> None:
    """Judge and deliver, unit by unit in the order of the text, then forget what earlier runs left."""
    size = BATCH if run.author.is_offline else 1
    starts = range(0, len(checked), size)
    end_of_text = max(len(run.body), 1)
    asked = 0
    for unit, first in enumerate(starts):
        batch = checked[first : first + size]
        run.ctx.progress(first, len(checked), f"claim {first + 1} of {len(checked)}")
        begin = 0 if first == 0 else batch[0].claim.start
        end = checked[first + size].claim.start if first + size < len(checked) else end_of_text
        position = run.first_unit + unit
        if run.ctx.delivered(position):
            continue
        asks = not run.author.is_offline and asked < JUDGED_AT_MOST and _needs_a_model(batch[0])
        asked += asks
        new = [_judged_by_model(run, batch[0])] if asks else [_judged_by_rules(one) for one in batch]
        run.ctx.deliver(position, _replacing(run, (begin, end), new, position))
        run.ctx.announce(run.slot, claims=first + len(batch))
    if asked >= JUDGED_AT_MOST:
        run.ctx.log(f"The model was asked about {JUDGED_AT_MOST} claims, which is the most for one job.")

    def forget(delivery: Delivery) -> None:
        content.forget_earlier(run.script.pk, job_id=delivery.job_id, first_unit=run.first_unit)

    run.ctx.deliver(run.first_unit + UNITS - 1, forget)
    run.ctx.announce(run.slot, claims=len(checked))


def _replacing(run: Run, span: tuple[int, int], new: list[NewClaim], position: int) -> Callable[[Delivery], None]:
    def write(delivery: Delivery) -> None:
        content.replace_claims(run.script.pk, run.body, span, new, job_id=delivery.job_id, unit=position)

    return write


def _needs_a_model(one: Checked) -> bool:
    """Whether the rules leave it open and there is evidence to judge by."""
    return one.claim.kind is Class.CLAIM and one.compared.match is not Match.MATCHES and bool(one.evidence)


def _judged_by_rules(one: Checked) -> NewClaim:
    """What the rules say, and no more."""
    claim = one.claim
    verdict, reason = Claim.Verdict.UNVERIFIED, Claim.Reason.NO_SOURCE
    explanation, sources = NO_SOURCE if one.evidence else NO_SOURCES, closest(one)
    if claim.kind is Class.OPINION:
        verdict, reason = Claim.Verdict.OPINION, Claim.Reason.OPINION
        explanation = "This says what somebody thinks or feels; there is no fact in it to check."
    elif one.compared.match is Match.MATCHES:
        verdict, reason = Claim.Verdict.VERIFIED, Claim.Reason.MATCHES
        explanation = f"“{one.settled_by[0].document.title}” says the same in wording, numbers and names."
        sources = [piece.as_source() for piece in one.settled_by]
    elif one.compared.match is Match.NUMBERS_DIFFER:
        reason = Claim.Reason.NUMBERS_DIFFER
        explanation = (
            f"The script says {one.compared.claimed}, “{one.settled_by[0].document.title}” says {one.compared.found}. "
            "One of them is wrong, or they speak of different things."
        )
        sources = [piece.as_source() for piece in one.settled_by]
    return NewClaim(
        start=claim.start, end=claim.end, text=claim.text, verdict=verdict, reason=reason, explanation=explanation,
        sources=sources, model=authors.OFFLINE, prompt=RULES,
    )  # fmt: skip


def closest(one: Checked) -> list[dict[str, str]]:
    """The sentences that speak most about the same, for a person to read: they prove nothing."""
    asked = set(search.terms(one.claim.statement))
    near = [piece for piece in one.evidence if len(asked.intersection(search.terms(piece.text))) >= SHARED_WORDS]
    return [piece.as_source() for piece in near[:CLOSEST]]


def _judged_by_model(run: Run, one: Checked) -> NewClaim:
    """A model's verdict on the evidence, believed only with a quote that stands there."""
    evidence = "\n".join(
        f"[{number}] {one_line(piece.document.title)}: {one_line(piece.text)}"
        for number, piece in enumerate(one.evidence, 1)
    )
    prompt = prompts.render("claim-verdict", statement=one.claim.statement, quote=one.claim.text, evidence=evidence)
    said = believed(authors.ask(run.ctx, run.author, prompt, VerdictAnswer), one.evidence)
    opinion = said.verdict == Claim.Verdict.OPINION
    return NewClaim(
        start=one.claim.start, end=one.claim.end, text=one.claim.text, verdict=said.verdict,
        reason=Claim.Reason.OPINION if opinion else Claim.Reason.JUDGED, explanation=said.explanation,
        confidence=said.confidence, sources=said.sources or ([] if opinion else closest(one)),
        model=run.author.name, prompt=prompt.label,
    )  # fmt: skip


# --- summary ---
def _result(run: Run, sentences: int) -> dict[str, Any]:
    """Counted from what stands on the script now, so that a retry counts what earlier attempts left as well."""
    rows = list(queries.claims_of(run.script).filter(made_by_job=run.ctx.job_id))
    verdicts = Counter(row.verdict for row in rows)
    reasons = Counter(row.reason for row in rows)
    used = Counter(
        (source["title"], source["url"])
        for row in rows
        if row.verdict in (Claim.Verdict.VERIFIED, Claim.Verdict.DISPUTED)
        for source in row.sources
    )
    return {
        "script": str(run.script.pk),
        "body_sha256": hashlib.sha256(run.body.encode()).hexdigest(),
        "judged_by": run.author.name,
        "sentences": sentences,
        "claims": len(rows),
        "verdicts": {verdict: verdicts[verdict] for verdict in Claim.Verdict.values},
        "reasons": {reason: reasons[reason] for reason in Claim.Reason.values},
        "sources": [{"title": title, "url": url, "claims": count} for (title, url), count in used.most_common(20)],
        "told": _summary(run, rows, sentences, verdicts, reasons),
    }


def _summary(run: Run, rows: Sequence[Claim], sentences: int, verdicts: Counter[str], reasons: Counter[str]) -> str:
    """In a model's words where they add no number; else the plain count."""
    plain = fact_summary.plain(sentences, verdicts, reasons)
    if run.author.is_offline or not rows:
        return plain
    first = sorted(rows, key=lambda row: fact_summary.URGENCY.index(row.verdict))[:SUMMED_UP]
    findings = "\n".join(f"{row.verdict}: “{one_line(row.text)[:300]}”. {row.explanation[:200]}" for row in first)
    counts = ", ".join(f"{verdict} {verdicts[verdict]}" for verdict in Claim.Verdict.values)
    prompt = prompts.render("fact-summary", counts=counts, findings=findings)
    said = one_line(authors.ask(run.ctx, run.author, prompt, SummaryAnswer).summary)
    return said if said and is_sober(said, f"{counts}. {findings}") else plain
