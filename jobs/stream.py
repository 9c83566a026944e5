"""The live stream: `GET /live/?channel=<slug>[&channel=…]&after=<cursor>` as server-sent events.

One `Hub` per web process reads the studio's Redis stream once and hands each message to the clients that follow its
channel; a client costs memory, not connections. The hub keeps the latest messages, so that a client that comes back
with a cursor gets what it missed; if that is no longer held it gets a `gap` and fetches again. The database stays the
truth: every 15 s (2 s while Redis is away) the hub sends the rows that have moved on without a message.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from asgiref.typing import HTTPDisconnectEvent, HTTPRequestEvent
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.http import AsyncHttpConsumer
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from jobs.events import JOB
from jobs.live_access import Caller, user_of_token, visible
from jobs.models import Job, light
from jobs.picture import live_picture
from jobs.rings import EPOCH_KEY, KEEP_MESSAGES
from jobs.wellformed import flaw

logger = logging.getLogger(__name__)

PING_SECONDS = 15.0
RECONCILE_SECONDS = 15.0
RECONCILE_AWAY_SECONDS = 2.0
RECONCILE_AT_MOST = 2000
ACCESS_SECONDS = 60.0
WINDOW_MESSAGES = 5_000
WINDOW_BYTES = 16 * 1024 * 1024
BACKLOG_BYTES = 1024 * 1024
STREAM_SECONDS = 15 * 60.0
STREAM_BYTES = 32 * 1024 * 1024
CHANNELS_AT_MOST = 20
READ_COUNT = 500
READ_BLOCK_MS = 5_000
RETRY_SECONDS = 0.5
# So long a new stream waits for the first reading; with Redis away it begins without, and a `gap` follows.
FIRST_READ_SECONDS = 2.0
PAGE_SLACK_MS = 1_000
SEEN_JOBS = 20_000

Position = tuple[int, int]  # a Redis stream id: milliseconds, sequence
START: Position = (0, 0)


def page_cursor() -> str:
    """The cursor that a page prints: its stream begins a little before now, so that nothing falls between the two.

    Needs neither Redis nor the hub: stream ids are milliseconds. What comes twice is harmless.
    """
    return f"-{int(time.time() * 1000) - PAGE_SLACK_MS}-0"


def parse_cursor(cursor: str) -> tuple[str, Position] | None:
    """Epoch (may be empty) and position of a cursor, or None if it is not one of ours."""
    epoch, _, rest = cursor.partition("-")
    milliseconds, _, sequence = rest.partition("-")
    # Redis counts both in 64 bits: what is longer is none of its ids.
    if not all(part.isdecimal() and len(part) <= 20 for part in (milliseconds, sequence)):
        return None
    return epoch, (int(milliseconds), int(sequence))


def encode(message: dict[str, Any], cursor: str = "") -> bytes:
    """A message as one server-sent event; without a cursor it leaves the client's as it is."""
    data = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
    return frame(data.encode(), cursor)


def frame(data: bytes, cursor: str = "") -> bytes:
    """JSON text as one server-sent event."""
    return (b"id: " + cursor.encode() + b"\n" if cursor else b"") + b"data: " + data + b"\n\n"


@dataclass(frozen=True, slots=True)
class Carried:
    """A message on its way: where it stands in the stream, whose it is, and its bytes for every client."""

    position: Position
    channel: str
    event: bytes


class Client:
    """One open stream: what waits to be sent, bounded; a client too slow for it gets a `gap` instead."""

    def __init__(self, channels: Iterable[str]) -> None:
        self.channels = frozenset(channels)
        self.waiting: deque[bytes] = deque()
        self.waiting_bytes = 0
        self.ready = asyncio.Event()

    def put(self, event: bytes, *, overflow: bytes) -> None:
        """Add an event; beyond the bound everything waiting is replaced by `overflow`."""
        if self.waiting_bytes + len(event) > BACKLOG_BYTES:
            self.waiting.clear()
            self.waiting_bytes, event = 0, overflow
        self.waiting.append(event)
        self.waiting_bytes += len(event)
        self.ready.set()

    def take(self) -> bytes:
        """Everything that waits, at once."""
        events = b"".join(self.waiting)
        self.waiting.clear()
        self.waiting_bytes = 0
        self.ready.clear()
        return events


class Hub:
    """The one reader of the Redis stream in this process, and its clients."""

    def __init__(self) -> None:
        self.epoch = ""
        self.last: Position = START
        # From here on the window is complete; None until the stream has been read for the first time.
        self.floor: Position | None = None
        self.has_read = asyncio.Event()
        self.away = True
        self._window: deque[Carried] = deque()
        self._window_bytes = 0
        self._clients: dict[str, set[Client]] = {}
        self._seen: OrderedDict[str, int] = OrderedDict()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to read, if that is not under way yet."""
        if not self._tasks or any(task.done() for task in self._tasks):
            self.stop()
            self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._reconcile())]

    def stop(self) -> None:
        """Stop reading."""
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    # --- clients ---
    def cursor(self) -> str:
        """Where a client stands that has been sent everything so far."""
        return f"{self.epoch}-{self.last[0]}-{self.last[1]}"

    def gap(self) -> bytes:
        """Tells a client to fetch again what it shows, and to go on from here."""
        return encode({"k": "gap"}, self.cursor() if self.floor is not None else "")

    def join(self, client: Client, after: str) -> None:
        """Add a client; with a cursor it first gets what it missed, or a `gap` when that is not held any more."""
        for channel in client.channels:
            self._clients.setdefault(channel, set()).add(client)
        if not after:
            return
        parsed = parse_cursor(after)
        if parsed is None or self.floor is None:
            client.put(self.gap(), overflow=self.gap())
            return
        epoch, position = parsed
        if (epoch and epoch != self.epoch) or position < self.floor:
            client.put(self.gap(), overflow=self.gap())
            return
        for carried in self._window:
            if carried.position > position and carried.channel in client.channels:
                client.put(carried.event, overflow=self.gap())

    def leave(self, client: Client) -> None:
        """Forget a client."""
        for channel in client.channels:
            members = self._clients.get(channel)
            if members:
                members.discard(client)
                if not members:
                    del self._clients[channel]

    def _send(self, channel: str, event: bytes) -> None:
        members = self._clients.get(channel)
        if members:
            overflow = self.gap()
            for client in members:
                client.put(event, overflow=overflow)

    def _send_to_all(self, event: bytes) -> None:
        for channel in list(self._clients):
            self._send(channel, event)

    # --- reading ---
    async def _read(self) -> None:
        while True:
            try:
                connection = redis.asyncio.Redis.from_url(
                    settings.REDIS_URL, socket_connect_timeout=1.0, socket_timeout=READ_BLOCK_MS / 1000 + 5
                )
                async with connection:
                    await self._follow(connection)
            except (redis.RedisError, OSError) as error:
                if not self.away:
                    logger.warning("the live stream lost Redis: %s", type(error).__name__)
                self.away = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, connection: Any) -> None:
        while True:
            await self._check_epoch(connection)
            self.away = False
            answer = await connection.xread(
                {settings.LIVE_STREAM: f"{self.last[0]}-{self.last[1]}"}, count=READ_COUNT, block=READ_BLOCK_MS
            )
            for _, entries in answer or []:
                for entry_id, fields in entries:
                    self._carry(entry_id, fields)

    async def _check_epoch(self, connection: Any) -> None:
        """Notice a Redis that has been wiped or replaced, and load what the stream holds when it is read first."""
        stored = await connection.get(EPOCH_KEY)
        epoch = stored.decode() if stored else ""
        if self.floor is not None and self.epoch in ("", epoch):
            # Unchanged, or made with the first message of a stream that was empty.
            self.epoch = epoch
            return
        first_time = self.floor is None
        self.epoch = epoch
        self._window.clear()
        self._window_bytes = 0
        self.last = START
        tail = await connection.xrevrange(settings.LIVE_STREAM, count=WINDOW_MESSAGES)
        length = await connection.xlen(settings.LIVE_STREAM)
        whole = len(tail) == length < KEEP_MESSAGES * 0.9
        if first_time and whole:
            # A stream younger than this process may have been wiped before: an old cursor then meets another epoch.
            self.floor = START
        elif first_time and tail:
            self.floor = position_of(tail[-1][0])
        else:
            self.floor = (int(time.time() * 1000), 0)
        for entry_id, fields in reversed(tail):
            self._carry(entry_id, fields, quietly=first_time)
        self.has_read.set()
        # Also the first time: whoever joined while Redis was away has not been told what came since.
        self._send_to_all(self.gap())

    def _carry(self, entry_id: bytes, fields: dict[bytes, bytes], *, quietly: bool = False) -> None:
        self.last = position_of(entry_id)
        channel, data = fields[b"c"].decode(), fields[b"m"]
        carried = Carried(self.last, channel, frame(data, self.cursor()))
        self._window.append(carried)
        self._window_bytes += len(carried.event)
        while len(self._window) > WINDOW_MESSAGES or self._window_bytes > WINDOW_BYTES:
            dropped = self._window.popleft()
            self._window_bytes -= len(dropped.event)
            self.floor = dropped.position
        if quietly:
            return
        if channel in self._clients:
            message = json.loads(data)
            if message["k"] == JOB.kind:
                self._remember(message["id"], message["rev"])
            self._send(channel, carried.event)

    def _remember(self, job_id: str, rev: int) -> None:
        self._seen[job_id] = max(rev, self._seen.get(job_id, 0))
        self._seen.move_to_end(job_id)
        if len(self._seen) > SEEN_JOBS:
            self._seen.popitem(last=False)

    # --- the truth ---
    async def _reconcile(self) -> None:
        while True:
            await asyncio.sleep(RECONCILE_AWAY_SECONDS if self.away else RECONCILE_SECONDS)
            try:
                if self._clients:
                    for channel, job_id, rev, row in await current_rows([UUID(channel) for channel in self._clients]):
                        if rev > self._seen.get(job_id, 0):
                            self._remember(job_id, rev)
                            self._send(channel, encode({"k": "job", "id": job_id, "rev": rev, "row": row}))
            except Exception:
                logger.exception("the live stream could not read the database; it tries again")


def position_of(entry_id: bytes) -> Position:
    """A Redis stream id as two numbers."""
    milliseconds, sequence = entry_id.split(b"-")
    return int(milliseconds), int(sequence)


@database_sync_to_async
def current_rows(channels: list[UUID]) -> list[tuple[str, str, int, dict[str, Any]]]:
    """Active and newly ended jobs of channels: channel, job, rev and picture."""
    jobs = [*active_in(channels)[:RECONCILE_AT_MOST], *ended_lately(channels)[:RECONCILE_AT_MOST]]
    return [(str(job.channel_id), str(job.pk), job.rev, live_picture(job)) for job in jobs]


# Two questions, because no index answers them at once.
def active_in(channels: list[UUID]) -> QuerySet[Job]:
    """The jobs of channels that wait or run."""
    return light().filter(channel__in=channels, ended_at__isnull=True).order_by()


def ended_lately(channels: list[UUID]) -> QuerySet[Job]:
    """The jobs of channels that have ended since the reconciliation before the last."""
    recently = timezone.now() - timedelta(seconds=3 * RECONCILE_SECONDS)
    ended = light().filter(channel__in=channels, updated_at__gt=recently, ended_at__gt=recently)
    return ended.order_by("-updated_at")


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this process (of its event loop), started."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    _hubs[loop].start()
    return _hubs[loop]


class LiveConsumer(AsyncHttpConsumer):
    """One client's stream. Works in a task of its own, because `handle()` would not hear of a disconnect
    (django/channels#1302)."""

    serving: asyncio.Task[None] | None = None
    body_sent = 0
    streaming = False

    async def http_request(self, message: HTTPRequestEvent) -> None:
        """Begin to stream once the request is complete."""
        if not message.get("more_body"):
            self.serving = asyncio.create_task(self._serve_or_say_why_not())

    async def http_disconnect(self, message: HTTPDisconnectEvent) -> None:
        """The client has gone, or everything has been said."""
        if self.serving:
            self.serving.cancel()
            with suppress(asyncio.CancelledError):
                await self.serving
        await self.disconnect()
        raise StopConsumer

    async def disconnect(self) -> None:
        """Nothing else is held."""

    async def _serve_or_say_why_not(self) -> None:
        try:
            await self._serve()
        except Exception:
            logger.exception("the live stream failed")
            # Before the headers this is an answer; after them it ends the stream, and the browser comes back.
            if self.streaming:
                await self.send_body(b"", more_body=False)
            else:
                await self._refuse(500, "failed", "Something went wrong on our side. The page tries again by itself.")

    async def _serve(self) -> None:
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        slugs = list(dict.fromkeys(query.get("channel", [])))
        caller = await self._caller()
        if caller is None:
            return await self._refuse(401, "not_authenticated", "Sign in to follow the live stream.")
        if not slugs or len(slugs) > CHANNELS_AT_MOST:
            return await self._refuse(
                400, "invalid", f"channel: name 1 to {CHANNELS_AT_MOST} channels to follow.", "channel"
            )
        if sentence := flaw(slugs):
            return await self._refuse(400, "invalid", f"channel: {sentence}", "channel")
        channels = await visible(caller, slugs)
        if channels is None:
            return await self._refuse(404, "not_found", "There is no such channel.")
        headers = {key.lower(): value for key, value in self.scope["headers"]}
        after = headers.get(b"last-event-id", b"").decode(errors="replace") or query.get("after", [""])[0]
        client = Client(channels)
        center = hub()
        # "From now" begins with the headers: what is published between them and the first reading would be lost.
        with suppress(TimeoutError):
            await asyncio.wait_for(center.has_read.wait(), FIRST_READ_SECONDS)
        try:
            center.join(client, after)
            await self._stream(client, caller, slugs)
        finally:
            center.leave(client)

    async def _stream(self, client: Client, caller: Caller, slugs: list[str]) -> None:
        self.streaming = True
        await self.send_headers(
            status=200,
            headers=[
                (b"Content-Type", b"text/event-stream; charset=utf-8"),
                (b"Cache-Control", b"no-store"),
                (b"X-Accel-Buffering", b"no"),
                (b"X-Content-Type-Options", b"nosniff"),
            ],
        )
        await self.send_body(b"retry: 1000\n\n", more_body=True)
        began = checked = time.monotonic()
        while time.monotonic() - began < STREAM_SECONDS and self.body_sent < STREAM_BYTES:
            try:
                await asyncio.wait_for(client.ready.wait(), PING_SECONDS)
                events = client.take()
            except TimeoutError:
                # The comment keeps proxies awake; scripts cannot see it, so they get an event as well.
                events = b": ping\n\nevent: ping\ndata:\n\n"
            if time.monotonic() - checked > ACCESS_SECONDS:
                checked = time.monotonic()
                if await visible(caller, slugs) is None:
                    break
            self.body_sent += len(events)
            await self.send_body(events, more_body=True)
        # The browser reconnects with its cursor: so no connection grows old, and none is trusted for ever.
        await self.send_body(b"", more_body=False)

    async def _caller(self) -> Caller | None:
        headers = dict(self.scope["headers"])
        scheme, _, key = headers.get(b"authorization", b"").decode(errors="replace").partition(" ")
        if scheme.lower() == "token" and key:
            user_id = await user_of_token(key.strip())
            return Caller(user_id, token=key.strip()) if user_id else None
        user: Any = self.scope.get("user")
        if user is None or not user.is_authenticated or not user.is_active:
            return None
        session: Any = self.scope.get("session")
        return Caller(user.pk, session_key=getattr(session, "session_key", None) or "")

    async def _refuse(self, status: int, code: str, text: str, field: str = "") -> None:
        error = {"code": code, "message": text, "fields": {field: [text]} if field else {}}
        body = json.dumps({"error": error}).encode()
        await self.send_response(
            status, body, headers=[(b"Content-Type", b"application/json"), (b"Cache-Control", b"no-store")]
        )
