"""What a studio needs: a way out to the internet comes and goes, and is asked for each time."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from jobs import needs
from jobs.spec import Need


class Unreachable(socket.socket):
    """A socket of a machine without a route."""

    def connect(self, address: Any) -> None:
        raise OSError(101, "Network is unreachable")


@pytest.fixture
def _no_route(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.YTDLP_OPTIONS = {}
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "socket", Unreachable)


@pytest.mark.usefixtures("_no_route")
def test_without_a_route_there_is_no_network_and_with_one_there_is_again(settings: Any) -> None:
    assert not needs.met_here(Need.NETWORK)
    assert Need.NETWORK not in needs.here()
    settings.YTDLP_OPTIONS = {"proxy": "http://127.0.0.1:3128"}
    assert needs.met_here(Need.NETWORK)


@pytest.mark.usefixtures("_no_route")
def test_a_queue_has_its_worker_before_there_is_a_network() -> None:
    assert "research" in needs.queues_served_here()
