"""Places in a host's queue: shared by Redis, kept by the process alone while Redis is away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs import politeness


@pytest.fixture(autouse=True)
def _nobody_has_asked() -> None:
    politeness.forget()


def places(host: str) -> list[float]:
    with ThreadPoolExecutor(5) as pool:
        return sorted(pool.map(lambda _: politeness.take(host, 10.0), range(5)))


def check() -> None:
    # Five at once get five places, a spacing apart, and another host does not wait for them.
    for at, place in enumerate(places("a.example")):
        assert place == pytest.approx(at * 10, abs=0.5)
    assert politeness.take("b.example", 10.0) <= 0.5
    # Whoever does not want to wait so long takes no place from others.
    assert politeness.take("a.example", 10.0, at_most=20.0) == pytest.approx(50, abs=0.5)
    assert politeness.take("a.example", 10.0) == pytest.approx(50, abs=0.5)
    # One that asks for patience is left alone by everybody; the others are not.
    politeness.hold("c.example", 30.0)
    assert politeness.left("c.example") == pytest.approx(30, abs=0.5)
    assert politeness.take("c.example", 1.0) == pytest.approx(30, abs=0.5)
    assert politeness.take("c.example", 1.0) == pytest.approx(31, abs=0.5)
    politeness.hold("d.example", 1e9)
    assert politeness.take("d.example", 1.0) <= politeness.LONGEST
    # A later word of less patience does not end an earlier one of more.
    politeness.hold("c.example", 1.0)
    assert politeness.left("c.example") == pytest.approx(30, abs=0.5)
    politeness.hold("e.example", 0.0)
    assert not politeness.left("e.example")
    # What was refused counts until something is answered.
    assert [politeness.blocked("f.example") for _ in range(2)] == [1, 2]
    politeness.answered("f.example")
    assert politeness.blocked("f.example") == 1


@pytest.mark.redis
def test_all_processes_share_the_places(redis_server: str) -> None:
    check()
    assert not politeness._free_at


def test_without_redis_a_process_is_polite_by_itself() -> None:
    check()
    assert politeness._free_at


class Enough(Exception):
    pass


def waits(host: str, berths: int) -> bool:
    """Whether a further download has to wait."""
    try:
        with politeness.berth(host, berths, lambda: None, at_most=0.0):
            return False
    except TimeoutError:
        return True


def check_berths() -> None:
    def stop() -> None:
        raise Enough

    with politeness.berth("a.example", 2, stop), politeness.berth("a.example", 2, stop) as alive:
        # Whoever waits asks whether to go on; whoever holds one does so too.
        with pytest.raises(Enough), politeness.berth("a.example", 2, stop):
            pass
        with pytest.raises(Enough):
            alive()
        assert waits("a.example", 2)
        assert not waits("b.example", 1)
    # Both are given back, also by one that fails.
    with pytest.raises(Enough), politeness.berth("a.example", 1, stop):
        raise Enough
    assert not waits("a.example", 1)


@pytest.mark.redis
def test_all_processes_share_the_berths_and_a_dead_one_gives_its_own_back(
    redis_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_berths()
    holder = politeness.berth("c.example", 1, lambda: None)
    alive = holder.__enter__()
    # Another process knows only what Redis says.
    politeness.forget()
    assert waits("c.example", 1)
    # A sign of life says anew how long it is held; after that it is free, whoever had it.
    monkeypatch.setattr(politeness, "BERTH_SECONDS", 0.0)
    alive()
    politeness.forget()
    assert not waits("c.example", 1)
    holder.__exit__(None, None, None)


def test_without_redis_a_process_holds_its_own_berths() -> None:
    check_berths()
