"""Fetching a file from a stranger's address, as if everything it says were a lie until it is proven."""

from __future__ import annotations

import errno
import re
import shutil
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.tools import web
from jobs.tools.files.part import CHUNK_BYTES, Part
from jobs.tools.files.sniff import sniff
from jobs.tools.sources.client import USER_AGENT
from jobs.tools.sources.record import FileLink, Media

if TYPE_CHECKING:
    import httpcore
    import httpx

    from jobs.tools.files.guard import Watch

MOST_BYTES = 500_000_000
_HOST = re.compile(rb"[0-9A-Za-z._:-]{1,255}")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_PORTS = {"http": 80, "https": 443}


class DownloadRefused(Exception):
    """There is no file, and nothing is left of it on the disk; the text says why."""


class TooLarge(DownloadRefused):
    """The file is larger than may be; a smaller one of the same thing may do."""


class DownloadUnavailable(DownloadRefused):
    """There is no file, but trying again may help. retry_after: seconds, None if unknown.

    What has come so far stays as `.part` if the server can go on from there; the next attempt does.
    """

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is what it seems. name: `ab/cd/<sha256>.<suffix>` under the folder; path: where that is."""

    path: Path
    name: str
    sha256: str
    size: int
    mime: str
    media_type: Media
    url: str


def _never() -> None:
    """Nobody stops it."""


def _nobody(received: int, size: int | None) -> None:
    """Nobody watches it."""


@dataclass(frozen=True)
class Limits:
    """What a download may take. Seconds and bytes."""

    most_bytes: int = MOST_BYTES
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    seconds: float = 3600.0
    spare_bytes: int = 200_000_000
    redirects: int = 5
    attempts: int = 3


@dataclass(frozen=True)
class Downloader:
    """Fetches files into a folder, of which nothing else fetches the same file at the same time.

    allow_hosts: `host:port` that may be private and on any port (settings.DOWNLOAD_ALLOW_HOSTS). contact: address or
    e-mail of whoever runs this studio, for the User-Agent.
    """

    folder: Path
    allow_hosts: Collection[str] = ()
    limits: Limits = field(default_factory=Limits)
    contact: str = ""

    def fetch(
        self,
        link: FileLink,
        *,
        headers: Mapping[str, str] | None = None,
        should_stop: Callable[[], None] = _never,
        progress: Callable[[int, int | None], None] = _nobody,
    ) -> Downloaded:
        """Fetch a file. headers: secrets for its first host alone.

        should_stop: asked twice a second at least; raises to stop, and nothing is left. progress: bytes so far, and in
        all if known. Raises DownloadRefused, DownloadUnavailable, and whatever should_stop raises.
        """
        from jobs.tools.files.guard import Watch

        self.folder.mkdir(parents=True, exist_ok=True)
        watch = Watch(time.monotonic() + self.limits.seconds, should_stop)
        part = Part(self.folder, link)
        try:
            return self._attempts(link, part, dict(headers or {}), watch, progress)
        except DownloadUnavailable:
            if not part.etag or not part.size:
                part.discard()
            raise
        except OSError as error:
            part.discard()
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DownloadRefused("The disk of this studio is full.") from error
            raise
        except BaseException:
            part.discard()
            raise

    def _attempts(
        self,
        link: FileLink,
        part: Part,
        headers: dict[str, str],
        watch: Watch,
        progress: Callable[[int, int | None], None],
    ) -> Downloaded:
        """Go on where the line was cut, as long as every attempt brings something."""
        for left in reversed(range(self.limits.attempts)):
            before = part.size
            try:
                with _sentences():
                    url = self._receive(link, part, headers, watch, progress)
                return self._finish(link, part, url)
            except _Cut as cut:
                if not left or not part.etag or part.size <= before:
                    raise DownloadUnavailable(str(cut)) from cut
        raise DownloadUnavailable("The download was cut off too often.")

    def _receive(
        self,
        link: FileLink,
        part: Part,
        headers: dict[str, str],
        watch: Watch,
        progress: Callable[[int, int | None], None],
    ) -> str:
        """Stream the body into the part; gives the last address."""
        import httpcore

        from jobs.tools.files.guard import Guarded

        url = self._vetted(link.url)
        network = Guarded(self.allow_hosts, watch)
        with httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=network, max_connections=1
        ) as pool:
            for _ in range(self.limits.redirects + 1):
                sent = self._headers(url, headers, part)
                with pool.stream("GET", str(url), headers=list(sent.items()), extensions=self._timeouts()) as answer:
                    named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                    if answer.status not in (301, 302, 303, 307, 308):
                        self._keep(answer, named, link, part, watch, progress)
                        return str(url)
                onward = self._onward(url, named.get("location", ""))
                if (onward.host, onward.port) != (url.host, url.port):
                    headers = {}
                url = onward
        raise DownloadRefused("The address leads on and on to others.")

    def _vetted(self, address: str) -> httpx.URL:
        import httpx

        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, UnicodeError, TypeError, ValueError) as error:
            raise DownloadRefused("The address of the file is not a valid one.") from error
        if url.scheme not in _PORTS:
            raise DownloadRefused("The address of the file is none of the web: only http and https are followed.")
        if not _HOST.fullmatch(url.raw_host) or url.userinfo:
            raise DownloadRefused("The address of the file is not a valid one.")
        port = url.port or _PORTS[url.scheme]
        if port not in (80, 443) and f"{url.host}:{port}" not in self.allow_hosts:
            raise DownloadRefused(f"The address of the file has port {port}: only 80 and 443 are followed.")
        return url

    def _onward(self, url: httpx.URL, location: str) -> httpx.URL:
        import httpx

        try:
            onward = self._vetted(str(url.join(location)))
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise DownloadRefused("The address leads on to one that is not valid.") from error
        if not location:
            raise DownloadRefused("The address leads on, but not where to.")
        if url.scheme == "https" and onward.scheme == "http":
            raise DownloadRefused("The address leads from an encrypted connection to an open one.")
        return onward

    def _headers(self, url: httpx.URL, secrets: Mapping[str, str], part: Part) -> dict[str, str]:
        contact = f" ({self.contact})" if self.contact else ""
        sent = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": f"{USER_AGENT}{contact}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            **secrets,
        }
        if part.size and part.etag:
            sent |= {"Range": f"bytes={part.size}-", "If-Range": part.etag}
        return sent

    def _timeouts(self) -> dict[str, Any]:
        read = self.limits.read_seconds
        return {"timeout": {"connect": self.limits.connect_seconds, "read": read, "write": read, "pool": read}}

    def _keep(
        self,
        answer: httpcore.Response,
        named: Mapping[str, str],
        link: FileLink,
        part: Part,
        watch: Watch,
        progress: Callable[[int, int | None], None],
    ) -> None:
        if answer.status == 206 and self._goes_on(named, part):
            pass
        elif answer.status == 200:
            part.discard()
        elif answer.status in (206, 416):
            part.discard()
            raise DownloadUnavailable("The server lost the place where the download was cut off.")
        else:
            raise _refusal(answer.status, named)
        declared = _declared(named)
        size = declared + part.size if declared is not None else None
        if size is not None and size > self.limits.most_bytes:
            raise self._too_large()
        self._check_disk((size or 0) - part.size)
        if size == 0:
            raise DownloadRefused("The file is empty.")
        part.begin(named.get("etag", ""))
        with part.appending() as file:
            for chunk in answer.iter_stream():
                if part.size + len(chunk) > self.limits.most_bytes:
                    raise self._too_large()
                if part.size // (64 * CHUNK_BYTES) != (part.size + len(chunk)) // (64 * CHUNK_BYTES):
                    self._check_disk(0)
                file.write(chunk)
                part.took(chunk)
                watch.left(None)
                progress(part.size, size)

    def _goes_on(self, named: Mapping[str, str], part: Part) -> bool:
        """Whether a partial answer continues exactly where the part ends, in the same version of the file."""
        place = _CONTENT_RANGE.fullmatch(named.get("content-range", "").strip())
        same = named.get("etag", part.etag) == part.etag
        return bool(place and part.size and int(place[1]) == part.size and same)

    def _check_disk(self, more: int) -> None:
        if shutil.disk_usage(self.folder).free - more < self.limits.spare_bytes:
            raise DownloadRefused("The disk of this studio is nearly full.")

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The file is larger than {self.limits.most_bytes // 1_000_000} MB.")

    def _finish(self, link: FileLink, part: Part, url: str) -> Downloaded:
        if not part.size:
            raise DownloadRefused("The file is empty.")
        kind = sniff(part.head())
        if kind is None:
            raise DownloadRefused("The file is not a picture, video, sound or PDF, whatever its name says.")
        if (link.sha1 and part.sha1.hexdigest() != link.sha1.lower()) or (
            link.md5 and part.md5.hexdigest() != link.md5.lower()
        ):
            raise DownloadRefused("The file is not the one that the source describes: its checksum differs.")
        if kind.media_type != link.media_type:
            raise DownloadRefused(f"The file is not of the type {link.media_type}, but {kind.media_type}.")
        sha256 = part.sha256.hexdigest()
        name = f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{kind.suffix}"
        path, size = self.folder / name, part.size
        path.parent.mkdir(parents=True, exist_ok=True)
        part.become(path)
        return Downloaded(path, name, sha256, size, kind.mime, kind.media_type, url)


class _Cut(Exception):
    """The line broke in the middle of the file."""


@contextmanager
def _sentences() -> Iterator[None]:
    """What the network says, in words for a person."""
    import httpcore

    from jobs.tools.files.guard import PrivateAddress

    try:
        yield
    except PrivateAddress as error:
        raise DownloadRefused("The address of the file leads into a private network.") from error
    except httpcore.ConnectTimeout as error:
        raise DownloadUnavailable("The server of the file does not answer in time.") from error
    except httpcore.ConnectError as error:
        raise DownloadUnavailable("The server of the file is not reachable.") from error
    except TimeoutError as error:
        raise DownloadUnavailable("The download took too long.") from error
    except httpcore.TimeoutException as error:
        raise _Cut("The server of the file does not answer in time.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
        raise _Cut("The download was cut off.") from error


def _declared(named: Mapping[str, str]) -> int | None:
    value = named.get("content-length", "").strip()
    return int(value) if re.fullmatch(r"\d{1,18}", value) else None


def _refusal(status: int, named: Mapping[str, str]) -> DownloadRefused:
    wait = web.retry_after({"Retry-After": named.get("retry-after", "")})
    if status in (429, 503):
        return DownloadUnavailable("The server of the file asks for patience: too many requests.", wait)
    if status >= 500:
        return DownloadUnavailable(f"The server of the file answers with error {status}.", wait)
    if status in (401, 403):
        return DownloadRefused("The server of the file does not give it to this studio.")
    if status in (404, 410):
        return DownloadRefused("The file is no longer there.")
    return DownloadRefused(f"The server of the file answers {status} in place of a file.")
