"""A client of the live stream for tests: reads events in a thread and remembers where it stands."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.servers import wait_until


class LiveClient:
    """Follows channels; `messages` holds what came, in order, `cursor` the last id."""

    def __init__(self, base: str, cookies: dict[str, str], channels: list[str], after: str = "") -> None:
        query = [("channel", slug) for slug in channels] + ([("after", after)] if after else [])
        self.url = f"{base}/live/?{urlencode(query)}"
        self.cookies = cookies
        self.messages: list[dict[str, Any]] = []
        self.cursor = after
        self.status = 0
        self._over = threading.Event()
        self._response: httpx.Response | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> LiveClient:
        self._thread.start()
        wait_until(lambda: self.status, 10, "an answer of the live stream")
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connection."""
        self._over.set()
        if self._response is not None:
            # Closing alone would leave the reader waiting for the next bytes.
            with contextlib.suppress(OSError):
                self._response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        assert not self._thread.is_alive(), "the reader goes on although its connection is closed"

    def _read(self) -> None:
        try:
            with (
                httpx.Client(cookies=self.cookies, timeout=httpx.Timeout(10, read=30)) as client,
                client.stream("GET", self.url) as response,
            ):
                self._response = response
                self.status = response.status_code
                cursor = ""
                for line in response.iter_lines():
                    if line.startswith("id: "):
                        cursor = line[4:]
                    elif line.startswith("data: {"):
                        self.messages.append(json.loads(line[6:]))
                        self.cursor = cursor or self.cursor
                    if self._over.is_set():
                        return
        except (httpx.HTTPError, httpx.StreamError, OSError):
            if not self._over.is_set():
                self.status = self.status or -1

    def of(self, job_id: object, kind: str = "") -> list[dict[str, Any]]:
        """What came about a job, of one kind if named."""
        return [one for one in self.messages if one.get("id") == str(job_id) and kind in ("", one["k"])]
