"""One attempt at a job: the claim, the kind's run under the eyes of a watch, and how it ends.

A ring on a queue calls `answer`. The kind's calls of its context arrive at an `AttemptSink`, which gathers them and
writes them in batches, each under the fence (the attempt's number). A `Watch` thread renews the lease, so that the
studio knows the worker lives; notices cancellation; and ends an attempt that hangs.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.models import F
from django.utils import timezone

from jobs import lifecycle, registry, rings, spending, workplace
from jobs.context import ArtifactFile, Cancelled, Delivery, Fenced, HandedBack, JobContext, Stop, TimedOut
from jobs.events import JOB, Entry
from jobs.lifecycle import Claim
from jobs.models import DeliveredUnit, Job
from jobs.picture import instant
from jobs.redaction import redact
from jobs.spec import Again, End, Returned, UserError
from jobs.tools import process
from jobs.wellformed import mended, mended_json

logger = logging.getLogger(__name__)
T = TypeVar("T")

FLUSH_SECONDS = 0.1
FLUSH_LINES = 200
FLUSH_BYTES = 64 * 1024
PROGRESS_SECONDS = 0.25
LINE_CHARACTERS = 4000
WATCH_SECONDS = 1.0
STREAK_SECONDS = 1.0
OUR_SIDE = "Something went wrong on our side ({name}). The attempts of this job have the details."
GONE_KIND = "This version of the studio does not know this kind of job any more."

shutting_down = threading.Event()
_ahead: list[Claim] = []


def worker_name() -> str:
    """Host and process, as attempts record it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def begin(queue: str) -> None:
    """Claim ahead what `answer` will run, in the milliseconds in which its ring is still being entered in RQ's books."""
    try:
        claim = lifecycle.claim(queue, worker_name())
    except DatabaseError as error:
        logger.warning("%s could not be claimed ahead: %s", queue, type(error).__name__)
        return
    if claim:
        _ahead.append(claim)


def answer(queue: str) -> None:
    """What a ring does: run the fairest due job of the queue, if there is one.

    As long as that took next to nothing, this process goes on with the next ring, which saves a fork each time. A
    long job ends the streak, so that its memory is given back; so does one that was fenced out.
    """
    until = time.monotonic() + STREAK_SECONDS
    try:
        while claim := _ahead.pop() if _ahead else lifecycle.claim(queue, worker_name()):
            may_go_on = run(claim)
            if not may_go_on or shutting_down.is_set() or time.monotonic() > until or not rings.take(queue):
                return
    finally:
        connections.close_all()


def end_this_process() -> NoReturn:
    """Stop everything this attempt has started, and itself; nothing it might still do can reach the outside."""
    process.kill_all()
    os.killpg(os.getpgid(0), signal.SIGKILL)
    os._exit(1)


def run(claim: Claim, *, end_process: Callable[[], None] = end_this_process) -> bool:
    """Run the claimed attempt to its end and settle the job. Never raises for what the kind does.

    False when it was fenced out: whatever of it may still be at work here has to end with this process.
    """
    job = claim.job
    # A pipeline is cancelled politely: at its next stage boundary, so its stages are not interrupted.
    sink = AttemptSink(job.pk, claim.attempt.number, interruptible=not job.stage)
    kept = False
    try:
        try:
            if claim.stage is None:
                raise UserError(GONE_KIND)
            context = JobContext(
                job_id=job.pk,
                attempt=claim.attempt.number,
                inputs=job.inputs,
                channel=job.channel,
                user=job.user,
                work_dir=workplace.open_work_dir(job.pk, claim.attempt.number),
                sink=sink,
            )
            limits = (claim.stage.time_limit.total_seconds(), claim.stage.silence.total_seconds())
            with Watch(sink, *limits, end_process=end_process).watching() as watch:
                returned = claim.stage.run(context)
                sink.flush(everything=True)
                artifacts = [
                    workplace.store(job.pk, claim.attempt.number, file, position)
                    for position, file in enumerate(sink.artifacts)
                ]
            kept = not watch.settled and settle(claim, returned, artifacts)
            if not kept:
                raise Fenced
        except Stop as stop:
            # What came before the stop stays: the last words of a stream, and what they cost.
            sink.flush_if_possible()
            settle_stop(claim, stop)
            return not isinstance(stop, Fenced)
        except UserError as error:
            sink.flush_if_possible()
            lifecycle.fail(job.pk, claim.attempt.number, error=readable(str(error)), permanent=True)
        except Exception as error:
            logger.exception("job=%s kind=%s attempt=%d failed", job.pk, job.kind, claim.attempt.number)
            sink.flush_if_possible()
            lifecycle.fail(
                job.pk,
                claim.attempt.number,
                error=plain_words(error),
                traceback=readable("".join(traceback.format_exception(error))),
            )
    finally:
        (workplace.clear if kept else workplace.discard)(job.pk, claim.attempt.number)
    return True


def plain_words(error: Exception) -> str:
    """What people are told of an unexpected error; tools say it themselves by `told`."""
    told = getattr(error, "told", "")
    return readable(str(told)) if told else OUR_SIDE.format(name=type(error).__name__)


def settle(claim: Claim, returned: Returned, artifacts: list[Any]) -> bool:
    """Move the job on by what the run returned. False when the attempt was fenced out."""
    job, number = claim.job, claim.attempt.number
    if isinstance(returned, Again):
        return lifecycle.run_again(job.pk, number, readable(returned.note)) is not None
    if isinstance(returned, End):
        result = mended_json(returned.result)
        ended = lifecycle.finish(job.pk, number, result=result, outcome=returned.outcome, artifacts=artifacts)
        return ended is not None
    following = registry.spec(job.kind).stage_after(job.stage)
    if following:
        return lifecycle.pass_stage(job.pk, number, following, artifacts) is not None
    return lifecycle.finish(job.pk, number, result=mended_json(returned or {}), artifacts=artifacts) is not None


def settle_stop(claim: Claim, stop: Stop) -> None:
    """Record why the attempt stopped; a fenced-out one has nothing to say any more."""
    process.kill_all()
    job, number = claim.job, claim.attempt.number
    if isinstance(stop, Cancelled):
        lifecycle.stop(job.pk, number)
    elif isinstance(stop, HandedBack):
        lifecycle.hand_back(job.pk, number)
    else:
        logger.warning("job=%s attempt=%d was fenced out", job.pk, number)


@dataclass
class Pending:
    """What has been said since the last batch."""

    lines: list[dict[str, str]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    phases: list[str] = field(default_factory=list)
    progress: tuple[float, float, str] | None = None
    tokens: int = 0
    usd: Decimal = Decimal(0)
    size: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is something to write."""
        return bool(self.lines or self.texts or self.entries or self.phases or self.progress or self.tokens or self.usd)


class AttemptSink:
    """Gathers a kind's calls and writes them in batches under the fence.

    The first item after quiet is written at once; then a batch every 100 ms, 200 lines or 64 KB, whichever comes first
    (the watch writes what is left when the kind falls quiet). Called by the kind's threads and by the watch.
    """

    def __init__(self, job_id: UUID, attempt: int, *, interruptible: bool = True) -> None:
        self.job_id, self.attempt, self.interruptible = job_id, attempt, interruptible
        self.artifacts: list[ArtifactFile] = []
        self.stop: Stop | None = None
        self.heard_at = time.monotonic()
        self._lock = threading.RLock()
        self._pending = Pending()
        self._line_number = 1
        self._offsets: dict[str, int] = {}
        self._phase = ""
        self._flushed_at = 0.0
        self._progress_at = 0.0
        self._told: tuple[float, float, str] | None = None

    # --- the kit's side ---
    def check(self) -> None:
        self.heard_at = time.monotonic()
        if self.stop:
            raise self.stop
        if shutting_down.is_set():
            raise HandedBack

    def log(self, text: str) -> None:
        self.check()
        at = instant(timezone.now()) or ""
        with self._lock:
            for line in readable(text).splitlines() or [""]:
                self._pending.lines.append({"at": at, "stage": self._phase, "text": line[:LINE_CHARACTERS]})
                self._pending.size += min(len(line), LINE_CHARACTERS)
        self._flush_when_due()

    def progress(self, done: float, of: float, note: str) -> None:
        self.check()
        if not (math.isfinite(done) and math.isfinite(of)):
            raise ValueError(f"progress({done}, {of}): neither JSON nor a progress bar knows such a number")
        with self._lock:
            told = (float(done), float(of), readable(note)[:200])
            if told == self._told:
                return
            self._told = self._pending.progress = told
        self._flush_when_due()

    def stage(self, name: str) -> None:
        self.check()
        with self._lock:
            self._phase = readable(name)[:80]
            self._pending.phases.append(self._phase)
        self._flush_when_due()

    def stream(self, slot: str, text: str) -> None:
        self.check()
        with self._lock:
            self._pending.texts[slot] = self._pending.texts.get(slot, "") + readable(text)
            self._pending.size += len(text)
        self._flush_when_due()

    def announce(self, slot: str, data: dict[str, Any]) -> None:
        self.check()
        with self._lock:
            self._pending.entries.append(Entry("panel", attempt=self.attempt, slot=slot, body=mended_json(data)))
        self._flush_when_due()

    def spend(self, tokens: int, usd: Decimal) -> None:
        # Also from an attempt that has to end: what was used has to be paid.
        self.heard_at = time.monotonic()
        with self._lock:
            self._pending.tokens += tokens
            self._pending.usd += usd
        # Written at once: the next call is measured against what this one has cost.
        self.flush()

    def reserve(self, usd: Decimal) -> None:
        self.check()
        with self._fenced() as job:
            spending.reserve(job, usd)

    def spent(self) -> tuple[int, Decimal]:
        self.check()
        return Job.objects.values_list("tokens", "cost_usd").get(pk=self.job_id)

    def keep(self, key: str, value: Any) -> None:
        self.check()
        with self._fenced() as job:
            job.kept = {**job.kept, key: mended_json(value)}
            job.save(update_fields=["kept"])

    def kept(self, key: str) -> Any:
        self.check()
        return Job.objects.values_list("kept", flat=True).get(pk=self.job_id).get(key)

    def delivered(self, position: int) -> bool:
        self.check()
        return DeliveredUnit.objects.filter(job=self.job_id, position=position).exists()

    def deliver(self, position: int, write: Callable[[Delivery], T]) -> T | None:
        self.check()
        self.flush()
        with self._fenced() as job:
            _, first_time = DeliveredUnit.objects.get_or_create(
                job=job, position=position, defaults={"attempt": self.attempt}
            )
            return write(Delivery(job.pk, position)) if first_time else None

    def artifact(self, file: ArtifactFile) -> None:
        self.check()
        self.artifacts.append(file)

    # --- the engine's side ---
    @contextmanager
    def _fenced(self) -> Iterator[Job]:
        """A transaction that holds the row; nothing in it is kept if the attempt has been fenced out."""
        with self._lock, transaction.atomic():
            job = lifecycle.touch(self.job_id, self.attempt, [])
            if job is None:
                self.stop = Fenced()
                raise self.stop
            yield job

    def _flush_when_due(self) -> None:
        pending, now = self._pending, time.monotonic()
        full = len(pending.lines) >= FLUSH_LINES or pending.size >= FLUSH_BYTES
        if full or now - self._flushed_at >= FLUSH_SECONDS:
            self.flush()

    def flush(self, *, everything: bool = False) -> None:
        """Write what is pending, progress at most four times a second unless `everything`. Raises Fenced."""
        with self._lock:
            pending, now = self._pending, time.monotonic()
            early = pending.progress if not everything and now - self._progress_at < PROGRESS_SECONDS else None
            if early:
                pending.progress = None
            if not pending.anything:
                pending.progress = pending.progress or early
                return
            numbers = self._line_number, dict(self._offsets)
            self._pending = Pending(progress=early)
            self._flushed_at = now
            try:
                self._write(pending, now)
            except DatabaseError:
                # Nothing was written: the same lines go out under the same numbers with the next batch.
                pending.progress = pending.progress or early
                self._pending = pending
                self._line_number, self._offsets = numbers
                raise

    def _write(self, pending: Pending, now: float) -> None:
        entries = [*self._log_entries(pending.lines), *self._text_entries(pending.texts), *pending.entries]
        changes: dict[str, Any] = {}
        if pending.progress:
            changes["done"], changes["of"], changes["note"] = pending.progress
            self._progress_at = now
        if pending.phases:
            changes["phase"] = pending.phases[-1]
        if pending.tokens or pending.usd:
            changes |= {"tokens": F("tokens") + pending.tokens, "cost_usd": F("cost_usd") + pending.usd}
        if changes:
            entries.append(JOB)
        with transaction.atomic():
            job = lifecycle.touch(self.job_id, self.attempt, entries, **changes)
            if job is None:
                self.stop = Fenced()
                raise self.stop
            if pending.tokens or pending.usd:
                spending.record(job, pending.tokens, pending.usd)
            for name in pending.phases:
                lifecycle.append(job, lifecycle.begin_phase(job, name))

    def flush_if_possible(self) -> None:
        """Write what is pending before a failure is settled; a fenced-out attempt has lost the right to."""
        try:
            self.flush(everything=True)
        except (Fenced, DatabaseError):
            logger.warning("job=%s attempt=%d: the last output could not be written", self.job_id, self.attempt)

    def _log_entries(self, lines: list[dict[str, str]]) -> list[Entry]:
        entries = []
        for start in range(0, len(lines), FLUSH_LINES):
            part = lines[start : start + FLUSH_LINES]
            number = self._line_number
            self._line_number += len(part)
            entries.append(
                Entry("log", attempt=self.attempt, start=number, end=self._line_number, body={"lines": part})
            )
        return entries

    def _text_entries(self, texts: dict[str, str]) -> list[Entry]:
        entries = []
        for slot, text in texts.items():
            start = self._offsets.get(slot, 0)
            self._offsets[slot] = end = start + len(text)
            entries.append(Entry("panel", attempt=self.attempt, slot=slot, start=start, end=end, body={"text": text}))
        return entries


def readable(text: str) -> str:
    """Text that every database and page can hold, and without anyone's keys."""
    return redact(mended(text))


class Watch:
    """The thread beside a running attempt: renews its lease, hears cancellation, and ends what hangs.

    time_limit, silence: seconds the attempt may take, and may go without any call of its context.
    """

    def __init__(
        self, sink: AttemptSink, time_limit: float, silence: float, *, end_process: Callable[[], None]
    ) -> None:
        self.sink, self.time_limit, self.silence = sink, time_limit, silence
        self.end_process = end_process
        self.settled = False
        self._over = threading.Event()
        self._began = self._renewed_at = self._looked_at = time.monotonic()
        self._asked_at: float | None = None
        lease = settings.JOB_LEASE.total_seconds()
        self._renew_every, self._give_up_after = lease / 4, lease * 0.8
        self._look_every = min(WATCH_SECONDS, lease / 8)

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Watch while the block runs."""
        thread = threading.Thread(target=self._run, name="watch", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            thread.join()

    def _run(self) -> None:
        try:
            while not self._over.wait(FLUSH_SECONDS):
                self._round(time.monotonic())
        except Exception as error:
            # Nobody would renew the lease any more, or end what hangs.
            logger.exception("job=%s attempt=%d: the watch failed", self.sink.job_id, self.sink.attempt)
            self._fail(plain_words(error))
        finally:
            connections.close_all()

    def _round(self, now: float) -> None:
        try:
            self.sink.flush()
            if now - self._looked_at >= self._look_every:
                self._looked_at = now
                self._look(now)
        except Fenced:
            self._end("was fenced out", Fenced())
        except DatabaseError as error:
            logger.warning("job=%s: the database does not answer the watch: %s", self.sink.job_id, error)
        if now - self._renewed_at > self._give_up_after:
            self._end("could not renew its lease", Fenced())
        elif now - self._began > self.time_limit:
            self._fail(f"This took longer than its time limit of {duration(self.time_limit)}.")
        elif now - self.sink.heard_at > self.silence:
            self._fail(f"The work was silent for more than {duration(self.silence)}, so it was stopped.")
        elif self._asked_at is not None and now - self._asked_at > settings.JOB_GRACE_SECONDS:
            self._settle(lambda: lifecycle.stop(self.sink.job_id, self.sink.attempt))
            self._end("did not stop when asked to", Cancelled())

    def _look(self, now: float) -> None:
        if now - self._renewed_at >= self._renew_every:
            if not lifecycle.renew(self.sink.job_id, self.sink.attempt):
                raise Fenced
            self._renewed_at = now
        row = Job.objects.filter(lifecycle.IN_FLIGHT, pk=self.sink.job_id, attempt=self.sink.attempt).values_list(
            "cancel_requested_at", flat=True
        )
        if not row:
            raise Fenced
        if row[0] and self.sink.interruptible and self.sink.stop is None:
            self.sink.stop = Cancelled()
            self._asked_at = now

    def _fail(self, error: str) -> None:
        self._settle(lambda: lifecycle.fail(self.sink.job_id, self.sink.attempt, error=error))
        self._end(error, TimedOut())

    def _settle(self, move: Callable[[], object]) -> None:
        """Record how the attempt ends, if the database answers; else its lease runs out and it is found lost."""
        try:
            move()
        except DatabaseError as error:
            logger.warning("job=%s: its end could not be recorded: %s", self.sink.job_id, error)

    def _end(self, why: str, stop: Stop) -> None:
        logger.warning("job=%s attempt=%d ends its process: %s", self.sink.job_id, self.sink.attempt, why)
        self.settled = True
        self.sink.stop = self.sink.stop or stop
        self._over.set()
        try:
            workplace.discard(self.sink.job_id, self.sink.attempt)
        except Exception:
            logger.exception("job=%s: what it has left could not be removed", self.sink.job_id)
        self.end_process()


def duration(seconds: float) -> str:
    """Seconds in words for a message, e.g. "20 minutes" or "1.5 seconds"."""
    if seconds >= 120 and seconds % 60 == 0:
        return f"{seconds / 60:g} minutes"
    return f"{seconds:g} seconds"
