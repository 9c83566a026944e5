"""The parts of the live stream, without servers: cursors, the hub's window, slow clients, and who is let in."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis.asyncio
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import AnonymousUser
from django.test import Client as Browser
from django.utils import timezone
from rest_framework.authtoken.models import Token

from accounts import passwords
from accounts.models import User
from channels_app.models import Channel
from jobs import lifecycle, rings, stream
from jobs.live_access import Caller
from jobs.models import Job
from jobs.stream import Client, Hub, LiveConsumer, parse_cursor
from tests import factories
from tests.unit.jobs.conftest import Engine

OURS, THEIRS = "ours", "theirs"
GAP = {"k": "gap"}


class TestCursor:
    @pytest.mark.parametrize(
        ("cursor", "parsed"),
        [
            ("ab12-1700000000000-3", ("ab12", (1700000000000, 3))),
            ("-1700000000000-0", ("", (1700000000000, 0))),
            ("-0-0", ("", (0, 0))),
            (f"-{2**64 - 1}-{2**64 - 1}", ("", (2**64 - 1, 2**64 - 1))),
        ],
    )
    def test_one_of_ours_is_an_epoch_and_a_position(self, cursor: str, parsed: Any) -> None:
        assert parse_cursor(cursor) == parsed

    @pytest.mark.parametrize(
        "cursor",
        ["x", "-", "--", "ab-12", "ab-12-", "ab--1-2", "ab-1-2-3", "ab-x-1", "ab-1.5-0", "-²-0", f"-{'9' * 5000}-0"],
    )
    def test_anything_else_is_none(self, cursor: str) -> None:
        assert parse_cursor(cursor) is None

    def test_a_page_s_stream_begins_before_the_page(self) -> None:
        before = int(time.time() * 1000)
        parsed = parse_cursor(stream.page_cursor())
        assert parsed is not None
        assert before - 5_000 < parsed[1][0] < before


class TestFrame:
    @pytest.mark.parametrize("text", ["one\ntwo", "one\r\n\r\ndata: two", "id: 5", "one\u2028two\x85", "Flut 🌊"])
    def test_text_never_breaks_out_of_its_event(self, text: str) -> None:
        event = stream.encode({"k": "log", "text": text}, "e-1-0").decode()
        assert event.startswith("id: e-1-0\ndata: ")
        assert event.endswith("\n\n")
        assert event.count("\n") == 3
        assert json.loads(event.splitlines()[1][6:] if "\u2028" not in text else event[16:])["text"] == text

    def test_without_a_cursor_the_client_s_stays_as_it_is(self) -> None:
        assert stream.encode(GAP) == b'data: {"k":"gap"}\n\n'


def hub_at(floor: stream.Position | None = stream.START, epoch: str = "e") -> Hub:
    """A hub that has read its stream from `floor` on."""
    hub = Hub()
    hub.floor, hub.epoch = floor, epoch
    return hub


def carry(hub: Hub, *messages: tuple[int, str]) -> None:
    """Let messages arrive: the number of each in the stream, and whose it is."""
    for number, channel in messages:
        data = json.dumps({"k": "log", "n": number}).encode()
        hub._carry(f"{number}-0".encode(), {b"c": channel.encode(), b"m": data})


def joined(hub: Hub, after: str = "", *channels: str) -> Client:
    client = Client(channels or [OURS])
    hub.join(client, after)
    return client


def got(client: Client) -> list[Any]:
    """The numbers of the messages that wait for a client; other messages whole."""
    events = [event.split(b"data: ", 1)[1] for event in client.take().split(b"\n\n") if event]
    return [message.get("n", message) for message in map(json.loads, events)]


class TestHub:
    def test_a_client_gets_what_is_of_its_channels_once_and_in_order(self) -> None:
        hub = hub_at()
        one, both = joined(hub), joined(hub, "", OURS, THEIRS)
        carry(hub, (1, OURS), (2, THEIRS), (3, OURS))
        assert (got(one), got(both)) == ([1, 3], [1, 2, 3])
        assert got(one) == []

    def test_who_comes_back_gets_what_was_missed_and_nothing_twice(self) -> None:
        hub = hub_at()
        carry(hub, (1, OURS), (2, THEIRS), (3, OURS), (4, OURS))
        assert got(joined(hub, "e-1-0")) == [3, 4]
        assert got(joined(hub, "-1-0")) == [3, 4]
        assert got(joined(hub, "e-4-0")) == []
        assert got(joined(hub)) == []

    @pytest.mark.parametrize(
        ("floor", "after"),
        [((5, 0), "e-4-0"), ((5, 0), "-4-9"), ((5, 0), "other-6-0"), ((5, 0), "nonsense"), (None, "e-6-0")],
        ids=["too old", "page too old", "another Redis", "no cursor of ours", "not read yet"],
    )
    def test_what_may_have_been_missed_is_told_as_a_gap(self, floor: stream.Position | None, after: str) -> None:
        hub = hub_at(floor)
        if floor:
            carry(hub, (6, OURS))
        client = joined(hub, after)
        assert got(client) == [GAP]
        carry(hub, (7, OURS))
        assert got(client) == [7]

    @pytest.mark.parametrize("bound", ["WINDOW_MESSAGES", "WINDOW_BYTES"])
    def test_the_window_is_bounded_and_says_so_to_those_who_fall_out_of_it(
        self, bound: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stream, bound, {"WINDOW_MESSAGES": 3, "WINDOW_BYTES": 130}[bound])
        hub = hub_at()
        carry(hub, *((number, OURS) for number in range(1, 7)))
        assert got(joined(hub, "e-3-0")) == [4, 5, 6]
        assert got(joined(hub, "e-2-0")) == [GAP]

    def test_a_client_that_reads_too_slowly_gets_a_gap_and_what_comes_after(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hub = hub_at()
        slow, quick = joined(hub), joined(hub)
        monkeypatch.setattr(stream, "BACKLOG_BYTES", 100)
        seen = []
        for number in range(1, 6):
            carry(hub, (number, OURS))
            seen += got(quick)
            assert slow.waiting_bytes <= 100
        assert seen == [1, 2, 3, 4, 5]
        late = got(slow)
        assert late[0] == GAP
        assert late[1:] == list(range(6 - len(late[1:]), 6))

    def test_nothing_is_kept_for_who_has_left(self) -> None:
        hub = hub_at()
        gone, here = joined(hub), joined(hub)
        hub.leave(gone)
        carry(hub, (1, OURS))
        assert (got(gone), got(here)) == ([], [1])
        hub.leave(here)
        hub.leave(here)
        assert not hub._clients


@pytest.mark.redis
@pytest.mark.parametrize("held", [0, 3])
def test_a_new_hub_knows_what_the_stream_holds_and_sends_none_of_it_unasked(redis_server: str, held: int) -> None:
    if held:
        rings.publish(OURS, [{"k": "log", "n": number} for number in range(1, held + 1)])

    async def scenario() -> None:
        hub = Hub()
        waiting = joined(hub)
        async with redis.asyncio.Redis.from_url(redis_server) as connection:
            await hub._check_epoch(connection)
        # Who was there before the first reading, as while Redis is away, may have missed something.
        assert got(waiting) == [{"k": "gap"}]
        assert hub.has_read.is_set()
        assert got(joined(hub)) == []
        assert got(joined(hub, "-0-0")) == list(range(1, held + 1))
        assert bool(hub.epoch) is bool(held)

    async_to_sync(scenario)()


@pytest.mark.django_db(transaction=True)
def test_the_hub_looks_after_active_and_newly_ended_rows(engine: Engine) -> None:
    """What is sent when a message was lost: the rows of these channels that may have changed."""
    other = Engine(factories.channel(engine.channel.owner, "reef"))
    old, ended, _ = engine.submit(), engine.submit(), other.submit()
    waits = engine.submit()
    for job in (old, ended):
        lifecycle.cancel(job.pk)
    Job.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(seconds=4 * stream.RECONCILE_SECONDS))
    rows = async_to_sync(stream.current_rows)([engine.channel.pk])
    assert {(job_id, rev, row["state"]) for _, job_id, rev, row in rows} == {
        (str(ended.pk), 2, "cancelled"),
        (str(waits.pk), 1, "queued"),
    }


@pytest.mark.django_db(transaction=True)
def test_a_stream_without_a_cursor_begins_once_the_hub_has_read(
    ana: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published right after the headers would be lost otherwise: the first reading tells nobody."""

    async def scenario() -> bool:
        scope = {"type": "http", "method": "GET", "path": "/live/", "query_string": b"channel=tidal", "headers": [],
                 "user": ana, "session": None}  # fmt: skip
        monkeypatch.setattr(stream, "FIRST_READ_SECONDS", 30.0)
        monkeypatch.setattr(Hub, "start", lambda hub: None)
        live = ApplicationCommunicator(LiveConsumer.as_asgi(), scope)
        await live.send_input({"type": "http.request", "body": b"", "more_body": False})
        was_silent = await live.receive_nothing(0.3)
        stream.hub().has_read.set()
        assert (await live.receive_output(5))["status"] == 200
        await live.send_input({"type": "http.disconnect"})
        await live.wait()
        return bool(was_silent)

    assert async_to_sync(scenario)()


Told = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def _no_redis_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "FIRST_READ_SECONDS", 0.05)


def follow(
    user: Any,
    query: str,
    until: Callable[[Told], bool] = bool,
    headers: dict[str, str] | None = None,
    session: Any = None,
) -> tuple[int, bytes, bool]:
    """Ask for the live stream until what was told is enough: its status, its bytes, and whether it has ended."""

    async def scenario() -> Told:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/live/",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
            "user": user,
            "session": session,
        }
        live = ApplicationCommunicator(LiveConsumer.as_asgi(), scope)
        await live.send_input({"type": "http.request", "body": b"", "more_body": False})
        told: Told = []
        # A stream that should end and does not must fail its test, not keep it.
        while len(told) < 100:
            told.append(await live.receive_output(5))
            if "body" in told[-1] and (not told[-1].get("more_body") or await sync_to_async(until)(told)):
                break
        await live.send_input({"type": "http.disconnect"})
        await live.wait()
        stream.hub().stop()
        return told

    told = async_to_sync(scenario)()
    body = b"".join(one.get("body", b"") for one in told)
    return told[0]["status"], body, not told[-1].get("more_body")


@pytest.mark.django_db(transaction=True)
class TestDoor:
    def test_it_says_when_to_come_back_and_is_no_page_to_keep(self, ana: User, channel: Channel) -> None:
        assert follow(ana, "channel=tidal") == (200, b"retry: 1000\n\n", False)

    def test_silence_is_filled_for_proxies_and_for_scripts(
        self, ana: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stream, "PING_SECONDS", 0.01)
        _, body, _ = follow(ana, "channel=tidal", until=lambda told: len(told) > 2)
        assert body == b"retry: 1000\n\n: ping\n\nevent: ping\ndata:\n\n"

    @pytest.mark.parametrize("bound", ["STREAM_SECONDS", "STREAM_BYTES"])
    def test_no_stream_lasts_for_ever(
        self, ana: User, channel: Channel, bound: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stream, "PING_SECONDS", 0.01)
        monkeypatch.setattr(stream, bound, 0.05)
        status, body, ended = follow(ana, "channel=tidal", until=lambda told: False)
        assert (status, b"event: ping" in body, ended) == (200, True, True)

    def test_who_loses_the_channel_loses_the_stream(
        self, ana: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stream, "PING_SECONDS", 0.01)
        monkeypatch.setattr(stream, "ACCESS_SECONDS", 0.0)

        def lose(told: Told) -> bool:
            if len(told) == 4:
                Channel.objects.update(owner=factories.stranger())
            return False

        status, body, ended = follow(ana, "channel=tidal", until=lose)
        assert (status, b"event: ping" in body, ended) == (200, True, True)

    def test_who_signs_out_loses_the_stream(
        self, ana: User, channel: Channel, client: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stream, "PING_SECONDS", 0.01)
        monkeypatch.setattr(stream, "ACCESS_SECONDS", 0.0)
        client.force_login(ana)
        session = client.session

        def sign_out(told: Told) -> bool:
            if len(told) == 4:
                client.post("/sign-out/")
            return False

        status, body, ended = follow(ana, "channel=tidal", until=sign_out, session=session)
        assert (status, b"event: ping" in body, ended) == (200, True, True)

    def test_a_way_in_ends_with_the_password(self, ana: User, client: Browser) -> None:
        client.force_login(ana)
        key = str(client.session.session_key)
        token = Token.objects.create(user=ana).key
        ways_in = [Caller(ana.pk, session_key=key), Caller(ana.pk, token=token)]
        assert [caller.user() for caller in ways_in] == [ana, ana]
        passwords.change(ana, "quite another password")
        assert [caller.user() for caller in ways_in] == [None, None]

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("", 400),
            ("&".join(f"channel=c{number}" for number in range(21)), 400),
            ("&".join(["channel=tidal"] * 21), 200),
            ("channel=tidal&channel=cys", 404),
            ("channel=tidal&channel=nothing", 404),
            ("channel=%00%ff", 400),
            ("channel=tidal&after=nonsense", 200),
            (f"channel=tidal&after=-{'9' * 5000}-0", 200),
        ],
    )
    def test_all_channels_asked_for_must_be_visible(self, ana: User, channel: Channel, query: str, status: int) -> None:
        factories.channel(factories.stranger(), "cys")
        told, body, _ = follow(ana, query)
        assert told == status
        assert (status == 200) is (b"error" not in body)

    def test_the_last_event_s_id_counts_more_than_the_page_s(self, ana: User, channel: Channel) -> None:
        """A browser that reconnects still asks with the page's old cursor."""
        _, body, _ = follow(ana, "channel=tidal", until=lambda told: len(told) > 2, headers={"Last-Event-ID": "lost"})
        assert body.endswith(b'data: {"k":"gap"}\n\n')

    def test_a_token_opens_it_and_nothing_else_does(self, ana: User, channel: Channel) -> None:
        key = Token.objects.create(user=ana).key
        nobody = AnonymousUser()
        asked = {
            "token": (nobody, {"Authorization": f"Token {key}"}, 200),
            "nothing": (nobody, {}, 401),
            "another": (nobody, {"Authorization": f"Token {uuid4().hex}"}, 401),
            "a wrong one in a browser that is signed in": (ana, {"Authorization": "Token x"}, 401),
            "another scheme": (nobody, {"Authorization": f"Bearer {key}"}, 401),
        }
        assert {
            name: follow(user, "channel=tidal", headers=headers)[0] for name, (user, headers, _) in asked.items()
        } == {name: status for name, (_, _, status) in asked.items()}

    def test_who_has_been_shut_out_is_nobody(self, ana: User, channel: Channel) -> None:
        key = Token.objects.create(user=ana).key
        ana.is_active = False
        ana.save()
        assert follow(ana, "channel=tidal")[0] == 401
        assert follow(AnonymousUser(), "channel=tidal", headers={"Authorization": f"Token {key}"})[0] == 401
