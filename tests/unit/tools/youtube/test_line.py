"""What may go wrong between us and YouTube, with the real yt-dlp in the middle of a search."""

from __future__ import annotations

import ssl
import threading
import time
from itertools import islice
from pathlib import Path

import pytest

from jobs.tools.youtube import line as line_module
from jobs.tools.youtube.errors import SENTENCES, Reason, YouTubeError
from jobs.tools.youtube.line import options
from jobs.tools.youtube.pace import Patience, TokenBucket
from tests.fakes.youtube_world import YouTubeWorld
from tests.unit.tools.youtube.conftest import Opener

QUICK = Patience(first=0.01, most=0.02)


def found(opener: Opener, most: int = 60) -> list[str]:
    return [video.id for video in islice(opener().search("street food"), most)]


def reason(error: pytest.ExceptionInfo[YouTubeError]) -> Reason:
    """The reason, whose sentence must be for people."""
    assert error.value.sentence == str(error.value)
    assert error.value.sentence[0].isupper()
    assert error.value.sentence.endswith(".")
    return error.value.reason


def test_a_search_survives_refusals_in_its_middle(world: YouTubeWorld, opened: Opener) -> None:
    undisturbed = found(opened)
    before = world.count("search")
    world.fails("search", "429", skip=1, times=2, retry_after="0")
    world.fails("search", "403", skip=1)
    world.fails("search", "500")
    waits: list[float] = []
    youtube = opened(slowed=waits.append)
    assert [video.id for video in islice(youtube.search("street food"), 60)] == undisturbed
    assert youtube.requests == world.count("search") - before == 3 + 4
    assert waits[0] == 0.0, "Retry-After counts"
    assert waits[-1] == 0.0, "and the end of it is told"


def test_it_waits_as_long_as_youtube_asks(world: YouTubeWorld, opened: Opener) -> None:
    world.fails("search", "429", retry_after="0.3")
    waits: list[float] = []
    youtube = opened(slowed=waits.append)
    since = time.monotonic()
    next(youtube.search("tides"))
    assert time.monotonic() - since >= 0.3
    assert waits == [0.3, 0.0]
    assert youtube.seconds_slowed == 0.3


def test_a_long_slowdown_ends_the_search_and_keeps_what_was_found(world: YouTubeWorld, opened: Opener) -> None:
    world.fails("search", "429", skip=2, times=None)
    kept = []
    with pytest.raises(YouTubeError) as error:
        for video in opened(patience=Patience(slowed_tries=3, first=0.01)).search("tides"):
            kept.append(video)
    assert (reason(error), error.value.is_blocking) == ("slowed", True)
    assert len(kept) == 40
    assert world.count("search") == 2 + 3


def test_what_is_asked_for_more_than_a_quarter_of_an_hour_is_not_waited_for(
    world: YouTubeWorld, opened: Opener
) -> None:
    world.fails("search", "429", retry_after="3600")
    with pytest.raises(YouTubeError) as error:
        found(opened)
    assert reason(error) == "slowed"
    assert world.count() == 1


@pytest.mark.parametrize(
    ("kind", "expected", "requests"),
    [
        ("html", "unreadable", 3),
        ("cut", "network", 3),
        ("drop", "network", 3),
        ("500", "network", 3),
        ("empty", "unreadable", 3),
        ("broken", "unreadable", 3),
        ("consent", "consent", 1),
        ("sorry", "bot_check", 1),
    ],
)
def test_broken_answers_end_in_a_sentence(
    world: YouTubeWorld, opened: Opener, kind: str, expected: Reason, requests: int
) -> None:
    world.fails("search", kind, skip=1, times=None)
    kept = []
    with pytest.raises(YouTubeError) as error:
        for video in opened(patience=QUICK).search("tides"):
            kept.append(video)
    assert reason(error) == expected
    assert len(kept) == 20
    assert world.count("search") == 1 + requests


@pytest.mark.parametrize("kind", ["html", "cut", "drop", "500", "empty"])
def test_what_is_broken_once_is_asked_again(world: YouTubeWorld, opened: Opener, kind: str) -> None:
    undisturbed = found(opened)
    world.fails("search", kind, skip=1)
    assert found(opened) == undisturbed


def test_a_body_without_an_end_is_given_up(
    world: YouTubeWorld, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "MOST_BYTES", 2**20)
    world.fails("search", "huge")
    since = time.monotonic()
    with pytest.raises(YouTubeError, match="no end"):
        found(opened)
    assert time.monotonic() - since < line_module.MOST_SECONDS / 2


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_the_options_say(
    world: YouTubeWorld, opened: Opener
) -> None:
    world.fails("search", "stall", times=None)
    since = time.monotonic()
    with pytest.raises(YouTubeError) as error:
        next(opened(options={"socket_timeout": 0.2}, patience=QUICK).search("tides"))
    assert reason(error) == "network"
    assert time.monotonic() - since < 15


def test_a_search_that_only_leads_on_comes_to_an_end(world: YouTubeWorld, opened: Opener) -> None:
    world.fails("search", "barren", skip=1, times=None)
    assert len(list(opened().search("tides"))) == 20
    assert world.count("search") <= 1 + line_module.MOST_BARREN


def test_without_a_connection_there_is_a_sentence(world: YouTubeWorld, opened: Opener) -> None:
    with pytest.raises(YouTubeError) as error:
        next(opened(options={"proxy": "http://127.0.0.1:9"}).search("tides"))
    assert (reason(error), error.value.is_blocking) == ("network", True)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    world: YouTubeWorld, opened: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ssl.get_default_verify_paths().openssl_cafile)
    with pytest.raises(YouTubeError) as error:
        next(opened().search("tides"))
    assert reason(error) == "network"
    assert world.count() == 0


class Cancelled(BaseException):
    """As the job's own."""


class Refused(KeyError):
    """An error of the caller's that yt-dlp would wrap."""


@pytest.mark.parametrize("kind", [Cancelled, Refused])
def test_a_cancelled_job_stops_while_it_waits(world: YouTubeWorld, opened: Opener, kind: type[BaseException]) -> None:
    world.fails("search", "429", retry_after="600")
    cancelled = threading.Event()

    def check() -> None:
        if cancelled.is_set():
            raise kind

    youtube = opened(check=check, slowed=lambda seconds: cancelled.set())
    since = time.monotonic()
    with pytest.raises(kind):
        next(youtube.search("tides"))
    assert time.monotonic() - since < 15


def test_a_cancelled_job_asks_no_more(world: YouTubeWorld, opened: Opener) -> None:
    allowed = [True]

    def check() -> None:
        if not allowed[0]:
            raise Refused

    results = opened(check=check).search("tides")
    assert len(list(islice(results, 20))) == 20
    allowed[0] = False
    with pytest.raises(Refused):
        next(results)
    assert world.count() == 1


def test_the_pace_holds_everyone_who_shares_it(world: YouTubeWorld, opened: Opener) -> None:
    bucket = TokenBucket(per_second=10_000, burst=10)
    world.fails("search", "429", retry_after="0.4")
    waiting = threading.Event()
    first = opened(pace=bucket, slowed=lambda seconds: waiting.set())
    thread = threading.Thread(target=lambda: next(first.search("tides")))
    thread.start()
    assert waiting.wait(10)
    since = time.monotonic()
    next(opened(pace=bucket).search("whales"))
    assert time.monotonic() - since >= 0.3
    thread.join()


def test_a_turn_that_is_far_away_is_told_of(world: YouTubeWorld, opened: Opener) -> None:
    class Held(TokenBucket):
        def turn(self) -> float:
            return 30.0 if not told else 0.0

    class Enough(Exception):
        pass

    def check() -> None:
        if told:
            raise Enough

    told: list[float] = []
    with pytest.raises(Enough):
        next(opened(pace=Held(), slowed=told.append, check=check).search("tides"))
    assert told == [30.0]
    assert world.count() == 0


def test_requests_keep_the_pace(world: YouTubeWorld, opened: Opener) -> None:
    since = time.monotonic()
    assert len(list(islice(opened(pace=TokenBucket(per_second=10, burst=1)).search("tides"), 80))) == 80
    assert world.count() == 4
    assert time.monotonic() - since >= 0.3


def test_the_owners_options_go_over_ours() -> None:
    merged = options({"proxy": "http://p", "extractor_args": {"youtube": {"lang": ["de"]}, "generic": {"a": ["b"]}}})
    assert merged["proxy"] == "http://p"
    assert merged["extractor_args"]["youtube"]["lang"] == ["de"]
    assert merged["extractor_args"]["youtube"]["player_client"] == ["visionos"]
    assert merged["extractor_args"]["youtubetab"]["skip"] == ["webpage"]
    assert merged["extractor_args"]["generic"] == {"a": ["b"]}
    assert options({})["extractor_args"]["youtube"].get("lang") is None


def test_every_reason_has_a_sentence() -> None:
    for sentence in SENTENCES.values():
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_nothing_of_yt_dlp_is_printed(world: YouTubeWorld, opened: Opener, capfd: pytest.CaptureFixture[str]) -> None:
    world.fails("search", "empty", times=None)
    with pytest.raises(YouTubeError):
        found(opened)
    with pytest.raises(YouTubeError):
        opened().channel("UC" + "x" * 22)
    assert capfd.readouterr() == ("", "")
