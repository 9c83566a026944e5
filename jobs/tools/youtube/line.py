"""The one line to YouTube: every request of yt-dlp passes here, whatever part of it asks.

yt-dlp does not try again after 403 and 429: a search that meets one in its middle is over, and what comes after cannot
be reached any more. So the waiting happens below it, where one request is made: yt-dlp only sees that an answer took
long. Here is also where requests are counted and paced, a cancelled job stops, and answers that are none (a consent
page, a sign-in wall of the network, half a body, a body without an end) are told apart.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from jobs.tools.web import pause, retry_after
from jobs.tools.youtube.errors import YouTubeError
from jobs.tools.youtube.pace import Pace, Patience

if TYPE_CHECKING:
    from yt_dlp import YoutubeDL
    from yt_dlp.networking.common import Request, Response

MOST_BYTES: Final = 16 * 2**20
MOST_SECONDS: Final = 60.0
PART_BYTES: Final = 2**16
# A turn that is further away is told of.
TOLD_SECONDS: Final = 5.0
SLOWED: Final = frozenset({403, 429})
_MISSING: Final = frozenset({400, 404, 410})
_GONE: Final = ("does not exist", "not available", "unavailable", "terminated", "removed")
# Pages of a search in a row that hold nothing: it goes on like that without an end.
MOST_BARREN: Final = 5
# Of these a page has at least one; without them a search would look as if nothing had been found.
_PARTS: Final = {
    "search": (b'"sectionListRenderer"', b'"continuationItems"'),
    "browse": (b'"contents"', b'"continuationItems"', b'"alerts"'),
}
_OURS: Final[dict[str, Any]] = {
    "quiet": True,
    "no_warnings": True,
    "noprogress": True,
    "skip_download": True,
    "extract_flat": True,
    "ignore_no_formats_error": True,
    # Trying again is this module's.
    "extractor_retries": 0,
    "socket_timeout": 20,
    "cachedir": False,
    # Nothing is played, so no player's code has to be run.
    "js_runtimes": {},
    "extractor_args": {
        # One request less a search: the home page would only tell the client's own settings.
        "youtubetab": {"skip": ["webpage"], "approximate_date": ["1"]},
        # The one client that tells a video's figures without running its player; two requests a video.
        "youtube": {"player_client": ["visionos"], "player_skip": ["webpage", "configs", "js"]},
    },
}


class NothingMore(Exception):
    """A search goes on without an end and without a result."""


class Line:
    """Counts, paces, waits and stops. check: raises when the job has to end. slowed: told the seconds that YouTube
    makes us wait, and 0 once it answers again."""

    def __init__(
        self, pace: Pace, patience: Patience, check: Callable[[], None], slowed: Callable[[float], None]
    ) -> None:
        self.pace, self.patience, self._check, self._slowed = pace, patience, check, slowed
        self.requests = 0
        self.waited = 0.0
        self.barren = 0
        self.stopped_by: BaseException | None = None
        self._is_slowed = False

    def check(self) -> None:
        """Raise what the job's own check raises, and remember it: yt-dlp may wrap what passes through it."""
        try:
            self._check()
        except BaseException as stop:
            self.stopped_by = stop
            raise

    def wait_for_turn(self) -> None:
        """Before every request."""
        self.check()
        seconds = self.pace.turn()
        if seconds > TOLD_SECONDS:
            # Somebody else who shares our pace has been slowed down.
            self._is_slowed = True
            self._slowed(seconds)
        pause(seconds, self.check)
        self.requests += 1

    def wait_slowed(self, seconds: float) -> None:
        """YouTube makes us wait, and everyone who shares our pace."""
        self.pace.hold(seconds)
        self._is_slowed = True
        self._slowed(seconds)
        self.waited += seconds
        pause(seconds, self.check)

    def answered(self) -> None:
        """YouTube answers (again)."""
        if self._is_slowed:
            self._is_slowed = False
            self._slowed(0.0)


def options(given: Mapping[str, Any]) -> dict[str, Any]:
    """yt-dlp's options: ours, and over them those of the server's owner (YTDLP_OPTIONS), extractor by extractor."""
    arguments = dict(_OURS["extractor_args"])
    if given.get("cookiefile") or given.get("cookiesfrombrowser"):
        # Who is signed in cannot ask as the client that needs no player.
        arguments["youtube"] = {**arguments["youtube"], "player_client": ["visionos", "web"]}
    for extractor, values in (given.get("extractor_args") or {}).items():
        arguments[extractor] = {**arguments.get(extractor, {}), **values}
    return {**_OURS, **given, "extractor_args": arguments}


def downloader(given: Mapping[str, Any], line: Line) -> YoutubeDL:
    """A yt-dlp whose every request goes through the line."""
    import yt_dlp
    from yt_dlp.networking.common import Request, Response
    from yt_dlp.networking.exceptions import CertificateVerifyError, HTTPError, TransportError

    class Downloader(yt_dlp.YoutubeDL):  # type: ignore[misc]
        """yt-dlp with one method of its own: how a request is made."""

        def urlopen(self, asked: Request | str) -> Response:
            """Make one request: in its turn, again if need be, and with its whole answer read."""
            request = Request(asked) if isinstance(asked, str) else asked
            path = urlsplit(request.url).path
            if path.endswith("/youtubei/v1/search"):
                line.barren += 1
                if line.barren > MOST_BARREN:
                    raise NothingMore
            tries = 0
            while True:
                tries += 1
                line.wait_for_turn()
                try:
                    answer = self._asked_once(request, path)
                except HTTPError as error:
                    _judge_address(error.response.url)
                    if error.status not in SLOWED and error.status < 500:
                        raise
                    error.close()
                    self._again_after(error, tries)
                except CertificateVerifyError as error:
                    raise YouTubeError("network") from error
                except TransportError as error:
                    if tries >= line.patience.broken_tries:
                        raise YouTubeError("network") from error
                    pause(line.patience.seconds(tries), line.check)
                except _Incomplete as error:
                    if tries >= line.patience.broken_tries:
                        raise YouTubeError("unreadable") from error
                    pause(line.patience.seconds(tries), line.check)
                else:
                    line.answered()
                    return answer

        def _asked_once(self, request: Request, path: str) -> Response:
            with super().urlopen(request) as answer:
                body = _whole(answer, line.check)
                _judge_address(answer.url)
                if "/youtubei/" in path:
                    _judge_body(path, body)
                headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-encoding"}
                return Response(io.BytesIO(body), answer.url, headers, status=answer.status)

        def _again_after(self, error: HTTPError, tries: int) -> None:
            """Wait after a refusal; raises YouTubeError when there is no point in it."""
            if error.status not in SLOWED:
                if tries >= line.patience.broken_tries:
                    raise YouTubeError("network", "YouTube has trouble of its own. Try again later.") from error
                pause(line.patience.seconds(tries), line.check)
                return
            wanted = retry_after(dict(error.response.headers.items()))
            seconds = line.patience.seconds(tries) if wanted is None else wanted
            if tries >= line.patience.slowed_tries or seconds > line.patience.longest_wait:
                raise YouTubeError("slowed") from error
            line.wait_slowed(seconds)

    return Downloader(options({**given, "logger": Silence()}))


class Silence:
    """Where yt-dlp's own words go: what matters of them is in the errors."""

    def debug(self, message: str) -> None:
        """Nothing."""

    def warning(self, message: str) -> None:
        """Nothing: a field that yt-dlp misses is None, and that is normal."""

    def error(self, message: str) -> None:
        """Nothing: it is raised as well."""


class _Incomplete(Exception):
    """What should be JSON is something else, or holds nothing: YouTube sends that now and then."""


def _whole(answer: Response, check: Callable[[], None]) -> bytes:
    """The answer's body, of bounded size and time."""
    body = bytearray()
    until = time.monotonic() + MOST_SECONDS
    while part := answer.read(PART_BYTES):
        body += part
        check()
        if len(body) > MOST_BYTES or time.monotonic() > until:
            raise YouTubeError("unreadable", "YouTube's answer has no end.")
    return bytes(body)


def _judge_address(url: str) -> None:
    """Raise YouTubeError if we were sent somewhere else than we asked."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host.startswith("consent."):
        raise YouTubeError("consent")
    if host.endswith("google.com") and parts.path.startswith("/sorry"):
        raise YouTubeError("bot_check")


def _judge_body(path: str, body: bytes) -> None:
    """Raise _Incomplete if it is no page, YouTubeError if a video's own answer says that there is nothing to see."""
    if body.lstrip()[:1] != b"{":
        raise _Incomplete
    name = path.rpartition("/")[2]
    if name in _PARTS and not any(part in body for part in _PARTS[name]):
        raise _Incomplete
    if name != "player":
        return
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise _Incomplete from error
    judge_playability(answer.get("playabilityStatus") or {})


def judge_playability(status: Mapping[str, Any]) -> None:
    """Raise YouTubeError if a video may not be seen, for the reason that YouTube gives.

    A video that is only for grown-ups or still to come has figures, and is no error.
    """
    reason = str(status.get("reason") or "").replace("’", "'").lower()
    screen = status.get("errorScreen") or {}
    if "not a bot" in reason or "playerCaptchaViewModel" in screen:
        raise YouTubeError("bot_check")
    if "try again later" in reason:
        raise YouTubeError("slowed")
    if status.get("status") in (None, "OK", "LIVE_STREAM_OFFLINE", "AGE_CHECK_REQUIRED", "AGE_VERIFICATION_REQUIRED"):
        return
    shown = f"{reason} {json.dumps(screen).replace('’', chr(39)).lower()}"
    if "your country" in shown:
        raise YouTubeError("region")
    if "private" in shown:
        raise YouTubeError("private", "This video is private.")
    if "members" in shown:
        raise YouTubeError("private", "This video is for members of its channel only.")
    if status.get("status") == "ERROR" or any(word in shown for word in _GONE):
        raise YouTubeError("gone", "This video is no longer on YouTube.")


def told(error: BaseException, gone: str) -> YouTubeError:
    """What an error of yt-dlp means. gone: the sentence for what does not exist."""
    from yt_dlp.networking.exceptions import HTTPError
    from yt_dlp.utils import GeoRestrictedError

    for cause in _causes(error):
        if isinstance(cause, YouTubeError):
            return cause
        if isinstance(cause, GeoRestrictedError):
            return YouTubeError("region")
        if isinstance(cause, HTTPError):
            return YouTubeError("gone", gone) if cause.status in _MISSING else YouTubeError("unreadable")
    # An alert on the page, in YouTube's words.
    words = str(error).lower()
    if "your country" in words:
        return YouTubeError("region")
    if "private" in words or "sign in" in words:
        return YouTubeError("private")
    if any(word in words for word in _GONE):
        return YouTubeError("gone", gone)
    return YouTubeError("unreadable")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those behind it, as Python and as yt-dlp chain them."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, getattr(cause, "cause", None), *(getattr(cause, "exc_info", None) or ())[1:2]]
