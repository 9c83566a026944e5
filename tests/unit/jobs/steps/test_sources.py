"""What all pages and workers share about hosts: their turns, and whom they leave alone."""

from __future__ import annotations

import pytest

from accounts import keys
from channels_app.models import Channel
from jobs import politeness
from jobs.steps import sources
from jobs.tools.sources.errors import SourceUnavailable
from tests import factories


@pytest.fixture(autouse=True)
def _nobody_has_asked() -> None:
    politeness.forget()


def test_a_turn_that_is_too_far_away_is_told_and_not_taken() -> None:
    turns = sources.Turns("NASA", 15.0)
    assert [round(turns("a.example", 10.0)) for _ in range(2)] == [0, 10]
    for _ in range(2):
        with pytest.raises(SourceUnavailable, match="its next turn is in 20 s") as told:
            turns("a.example", 10.0)
        assert told.value.reason == "limit"


def test_three_blocks_running_or_a_time_that_it_names() -> None:
    circuit = sources.Circuit()
    for _ in range(2):
        circuit.blocked("a.example")
    circuit.answered("a.example")
    for _ in range(2):
        circuit.blocked("a.example")
    assert not circuit.left("a.example")
    circuit.blocked("a.example")
    assert circuit.left("a.example") == pytest.approx(300, abs=1)
    circuit.blocked("b.example", 40.0)
    assert circuit.left("b.example") == pytest.approx(40, abs=1)


@pytest.mark.django_db
def test_a_persons_own_key_has_a_queue_of_its_own(channel: Channel, settings: object) -> None:
    settings.SERVER_KEYS = {"pexels": "the-servers-own-key"}  # type: ignore[attr-defined]
    keys.save(channel.owner, "pexels", "anas-very-own-key")
    own = sources.client_of(channel.owner, "pexels", lambda: None)
    servers = sources.client_of(factories.stranger(), "pexels", lambda: None)
    assert (own.key, own.whose) == ("anas-very-own-key", f"#{channel.owner.pk}")
    assert (servers.key, servers.whose) == ("the-servers-own-key", "")
    assert sources.client_of(channel.owner, "nasa", lambda: None).whose == ""
