"""A network that leads to public addresses only: every connection looks its host up, vets it, and dials what it vetted.

Between looking up and dialling there is no second look-up, so a name cannot point elsewhere in between. Server names
and Host headers stay those of the address, because only the dialling is changed.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from socket import SOCK_STREAM, gaierror, getaddrinfo
from typing import Any

import httpcore

from jobs.tools.files.addresses import is_public

SLICE_SECONDS = 0.5


class PrivateAddress(Exception):
    """A host's name leads to an address that is not public."""


@dataclass(frozen=True)
class Watch:
    """When a download must end, and who may end it sooner."""

    deadline: float
    should_stop: Callable[[], None]

    def left(self, wanted: float | None) -> float:
        """Seconds that one step may still take. Raises TimeoutError after the deadline, and what should_stop raises."""
        self.should_stop()
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        return left if wanted is None else min(left, wanted)


def addresses_of(host: str, port: int, seconds: float) -> list[str]:
    """Every address of a host. Raises OSError, TimeoutError: the resolver itself knows no time limit."""
    answered: list[list[Any]] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            answered.append(getaddrinfo(host, port, type=SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=ask, daemon=True, name=f"lookup of {host[:60]}")
    thread.start()
    thread.join(seconds)
    if failed:
        raise gaierror(str(failed[0]))
    if not answered:
        raise TimeoutError(f"{host} is not found in time")
    return list(dict.fromkeys(str(entry[4][0]) for entry in answered[0]))


class Guarded(httpcore.NetworkBackend):
    """Dials vetted addresses. allow_hosts: `host:port` that are not vetted."""

    def __init__(self, allow_hosts: Collection[str], watch: Watch) -> None:
        self._allowed = {host.lower() for host in allow_hosts}
        self._watch = watch
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Look up, vet all, dial. Raises PrivateAddress."""
        try:
            found = addresses_of(host, port, self._watch.left(timeout))
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        if not found:
            raise httpcore.ConnectError(f"{host} has no address")
        if f"{host.lower()}:{port}" not in self._allowed and not all(map(is_public, found)):
            raise PrivateAddress(host)
        refused: Exception | None = None
        for address in found:
            try:
                stream = self._backend.connect_tcp(
                    address, port, self._watch.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
            else:
                return _Watched(stream, self._watch)
        raise refused or httpcore.ConnectError(host)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never: no address of the web leads to a socket of this machine."""
        raise PrivateAddress(path)


class _Watched(httpcore.NetworkStream):
    """A stream whose reads end with the download's time, however slowly the other side sends."""

    def __init__(self, stream: httpcore.NetworkStream, watch: Watch) -> None:
        self._stream, self._watch = stream, watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what comes first; asks should_stop twice a second."""
        until = time.monotonic() + (timeout if timeout is not None else 3600.0)
        while True:
            left = self._watch.left(until - time.monotonic())
            try:
                return self._stream.read(max_bytes, max(min(left, SLICE_SECONDS), 0.01))
            except httpcore.ReadTimeout:
                if time.monotonic() >= until:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write everything."""
        self._stream.write(buffer, self._watch.left(timeout))

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same stream, encrypted."""
        return _Watched(self._stream.start_tls(ssl_context, server_hostname, self._watch.left(timeout)), self._watch)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the socket."""
        return self._stream.get_extra_info(info)
