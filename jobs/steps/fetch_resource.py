"""Fetches files from sources into the library: several at a time, each kept the moment it is here.

Threads talk to the sources and write files aside; this attempt's own thread alone talks to the engine and the rows.
What has come of a file before the line was cut lies beside the attempts' folders: a later attempt, or another job, goes
on there. `prune` removes what nobody has asked for again.
"""

from __future__ import annotations

import errno
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage

from accounts import limits
from channels_app import files, licences, resources
from channels_app.files import Stored
from channels_app.models import Channel, Resource, Script
from channels_app.resources import NewResource
from jobs import politeness, short_memory
from jobs.context import Delivery, JobContext
from jobs.spec import UserError
from jobs.steps import sources
from jobs.tools import web
from jobs.tools.files.download import Downloaded, Downloader, DownloadRefused, DownloadUnavailable, TooLarge
from jobs.tools.files.part import claimed
from jobs.tools.sources.errors import SourceError
from jobs.tools.sources.licences import attribution
from jobs.tools.sources.record import FileLink, Found, Source

if TYPE_CHECKING:
    from jobs.tools.sources.client import Client

logger = logging.getLogger(__name__)

AT_A_TIME = 3
# Seconds between two files of one host, or as many as its source wants between two questions.
BETWEEN_FILES = 1.0
# A host that other downloads of the studio keep busy is waited for so long.
BUSY_SECONDS = 600.0
# So many sizes of one thing are tried when the largest is too large.
SIZES_TRIED = 4
POLL_SECONDS = 0.2
OUR_FAULT = "The studio could not read what the source sent; its log says more."
FULL = "The disk of this studio is full."


class Stopped(Exception):
    """The attempt ends: whoever still downloads for it stops."""


class Unfetched(Exception):
    """There is no file; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a source says of a thing, and its file: on this host's disk, or one that the store had."""

    found: Found
    label: str
    file: Downloaded | None = None
    stored: Stored | None = None
    original_url: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A file that the store has from this very item; `row` is whose record tells so."""

    row: Resource

    @property
    def stored(self) -> Stored:
        """The file."""
        return Stored(self.row.file, self.row.sha256, self.row.size)


def slot_of(channel: Channel) -> str:
    """The panel slot that shows a channel's resources."""
    return f"resources:{channel.pk}"


def fetch_all(ctx: JobContext, items: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Fetch every item that no attempt of this job has kept; what it has left, and why the rest is missing.

    One item that fails leaves the others alone. Raises UserError when nothing at all could be fetched.
    """
    ids: dict[str, str] = dict(ctx.kept("fetched", {}))
    failed: list[dict[str, str]] = []
    missing = [position for position in range(len(items)) if not ctx.delivered(position)]
    done = len(items) - len(missing)
    ctx.progress(done, len(items), "asking the sources")
    for position, outcome in _outcomes(ctx, items, missing):
        item = items[position]
        try:
            row = _keep(ctx, position, item, outcome)
        except (SourceError, DownloadRefused, Unfetched, limits.LimitReached) as trouble:
            failed.append({**item, "why": str(trouble)})
            ctx.log(f"{_name(item)}: {trouble}")
            continue
        done += 1
        ids[str(position)] = str(row.pk)
        ctx.keep("fetched", ids)
        ctx.announce(slot_of(ctx.channel), resource=str(row.pk))
        ctx.progress(done, len(items), row.title)
    return _result(ctx, items, ids, failed)


def _name(item: dict[str, str]) -> str:
    """An item as people are told of it before anybody knows its title."""
    return f"{sources.labels()[item['source']]} {item['source_id'][:60]}"


def _outcomes(
    ctx: JobContext, items: Sequence[dict[str, str]], missing: Sequence[int]
) -> Iterator[tuple[int, Fetched | Known | Exception]]:
    """What became of each missing item, as soon as it is known."""
    stop = threading.Event()
    check = _asked_of(stop)
    slugs = {items[position]["source"] for position in missing}
    # Keys are rows: they are looked up here, not by the threads.
    clients = {slug: sources.client_of(ctx.user, slug, check, patience=sources.JOB_PATIENCE) for slug in slugs}
    waiting: dict[Future[Fetched], int] = {}
    pool = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="fetch")
    try:
        for position in missing:
            item = items[position]
            known = _known(ctx.channel, item)
            if known and known.row.owner_id == ctx.channel.owner_id:
                yield position, known
                continue
            folder = ctx.work_dir / f"item-{position}"
            waiting[pool.submit(_fetch, clients[item["source"]], item, folder, known, check)] = position
        while waiting:
            ready, _ = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            ctx.check()
            for future in ready:
                error = future.exception()
                position = waiting.pop(future)
                yield position, error if isinstance(error, Exception) else future.result()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _asked_of(stop: threading.Event) -> Callable[[], None]:
    """What downloads ask between two pieces."""

    def check() -> None:
        if stop.is_set():
            raise Stopped

    return check


def _fetch(
    client: Client, item: Mapping[str, str], folder: Path, known: Known | None, check: Callable[[], None]
) -> Fetched:
    """What the source says about an item, and its file unless the store has it; on a thread of its own."""
    label = client.source.label
    found = client.source.find(item["source_id"], client)
    if known is not None:
        return Fetched(found=found, label=label, stored=known.stored, original_url=known.row.original_url)
    links = [link for link in client.source.files(item["source_id"], client) if link.media_type == found.media_type]
    if not links:
        raise Unfetched(f"{label} gives a page to read of it, and no file that may be kept.")
    link, file = _downloaded(client.source, links, folder, check)
    return Fetched(found=found, label=label, file=file, original_url=link.url)


def _downloaded(
    source: Source, links: Sequence[FileLink], folder: Path, check: Callable[[], None]
) -> tuple[FileLink, Downloaded]:
    """The best of its files that is not too large. Raises DownloadRefused, SourceError."""
    for link in links[:SIZES_TRIED]:
        parts = Path(settings.WORK_DIR) / f"part-{short_memory.name_of(link.url)[:32]}"
        with claimed(parts) as is_ours:
            try:
                return link, _download(source, link, parts if is_ours else folder, folder, check)
            except TooLarge as refused:
                too_large = refused
    raise too_large


def _download(source: Source, link: FileLink, parts: Path, folder: Path, check: Callable[[], None]) -> Downloaded:
    """Fetch one file in its host's turn, and move it into the attempt's folder."""
    host, turns = urlsplit(link.url).netloc, sources.Turns(source.label, sources.JOB_PATIENCE)
    downloader = Downloader(parts, settings.DOWNLOAD_ALLOW_HOSTS, contact=settings.OPERATOR_CONTACT)
    try:
        with politeness.berth(host, source.downloads, check, BUSY_SECONDS) as alive:
            web.pause(turns(host, max(BETWEEN_FILES, source.interval)), alive)
            file = downloader.fetch(link, should_stop=alive)
    except DownloadUnavailable as unavailable:
        politeness.hold(host, unavailable.retry_after or 0.0)
        raise
    except TimeoutError as full:
        raise Unfetched(f"{source.label} is busy with other downloads of this studio. Retry later.") from full
    folder.mkdir(parents=True, exist_ok=True)
    return replace(file, path=file.path.rename(folder / file.path.name))


def _known(channel: Channel, item: dict[str, str]) -> Known | None:
    """The file of an item that somebody has fetched before: the owner's own record first."""
    rows = list(Resource.with_binned.filter(source=item["source"], source_id=item["source_id"])[:20])
    rows.sort(key=lambda row: row.owner_id != channel.owner_id)
    return next((Known(row) for row in rows if default_storage.exists(row.file)), None)


def _keep(ctx: JobContext, position: int, item: dict[str, str], outcome: Fetched | Known | Exception) -> Resource:
    """Store the file and keep its record. Raises SourceError, DownloadRefused, Unfetched, LimitReached."""
    if isinstance(outcome, SourceError | DownloadRefused | Unfetched):
        raise outcome
    if isinstance(outcome, Exception):
        if isinstance(outcome, OSError) and outcome.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unfetched(FULL) from outcome
        logger.error("resource=unreadable source=%s", item["source"], exc_info=outcome)
        raise Unfetched(OUR_FAULT) from outcome
    if isinstance(outcome, Known):
        new = _again(outcome)
        ctx.log(f"{new.title}: in the library already")
    else:
        new = _new(ctx, outcome)
        ctx.log(f"{new.title}: {licences.terms(new.licence_code).label}, {new.stored.size:,} bytes from {new.source}")
    kept: list[Resource] = []

    def write(delivery: Delivery) -> Resource:
        row, _ = resources.keep(ctx.channel, new, made_by_job=delivery.job_id, job_position=delivery.position)
        if script := _script(ctx):
            resources.use_in_script(row, script)
        kept.append(row)
        return row

    ctx.deliver(position, write)
    return kept[0] if kept else Resource.with_binned.get(owner=ctx.channel.owner, sha256=new.stored.sha256)


def _script(ctx: JobContext) -> Script | None:
    """The script that the files are for; None if there is none, or none any more."""
    wanted = ctx.inputs.get("script")
    return Script.objects.filter(channel=ctx.channel, pk=wanted).first() if wanted else None


def _again(known: Known) -> NewResource:
    """The owner's own record as one to keep: `resources.keep` finds the row by its file."""
    row = known.row
    return NewResource(
        stored=known.stored,
        media_type=row.media_type,
        title=row.title,
        source=row.source,
        licence_code=row.licence_code,
    )


def _new(ctx: JobContext, fetched: Fetched) -> NewResource:
    """The file in the store with what the source says about it."""
    found, file = fetched.found, fetched.file
    if file is not None:
        stored, media_type = _stored(ctx.channel, file), file.mime
    elif fetched.stored is not None:
        stored = fetched.stored
        media_type = next(kind for kind, suffix in resources.SUFFIXES.items() if stored.name.endswith(suffix))
    else:
        raise Unfetched(OUR_FAULT)
    return NewResource(
        stored=stored,
        media_type=media_type,
        title=found.title,
        source=found.source,
        source_id=found.source_id,
        original_url=fetched.original_url,
        landing_url=found.landing_url,
        creator=found.creator,
        licence_code=found.licence.code,
        licence_url=found.licence.url,
        licence_raw=found.licence.raw,
        attribution=attribution(found, fetched.label),
        width=found.width,
        height=found.height,
        seconds=found.seconds,
    )


def _stored(channel: Channel, file: Downloaded) -> Stored:
    """The file in the store. Raises LimitReached, Unfetched."""
    # Before anything is copied there; `resources.keep` asks again beside the row.
    limits.check(channel.owner, limits.Limit.STORAGE, file.size)
    try:
        stored = files.store(file.path, resources.SUFFIXES[file.mime])
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unfetched(FULL) from error
        raise
    file.path.unlink()
    return stored


def _result(
    ctx: JobContext, items: Sequence[dict[str, str]], ids: dict[str, str], failed: list[dict[str, str]]
) -> dict[str, Any]:
    rows = {str(row.pk): row for row in Resource.objects.filter(pk__in=ids.values())}
    rows |= {str(row.pk): row for row in Resource.objects.filter(made_by_job=ctx.job_id)}
    if failed and not rows:
        reasons = list(dict.fromkeys(one["why"] for one in failed))
        raise UserError(f"Nothing could be downloaded. {' '.join(reasons[:3])}")
    said = f"{len(items) - len(failed)} of {len(items)} downloaded."
    why = " ".join(f"{_name(one)}: {one['why']}" for one in failed[:3])
    return {
        "resources": [{"id": pk, "title": row.title} for pk, row in rows.items()],
        "failed": failed,
        "told": f"{said} Missing: {why}" if failed else said,
    }
