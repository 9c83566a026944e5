"""Wikipedia and arXiv, and every way in which they may not answer: a sentence, never an exception page."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from jobs.tools.facts import arxiv, wikipedia
from jobs.tools.facts import visitor as visiting
from jobs.tools.facts.visitor import Lookup, Unreachable, Visitor
from tests.fakes.public_sources import PublicSources, public_sources
from tests.servers import free_port


@pytest.fixture
def fake() -> Iterator[PublicSources]:
    with public_sources() as running:
        yield running


def visitor(name: str = "Wikipedia", budget: int = 3) -> Visitor:
    return Visitor(name, budget, timeout=httpx.Timeout(0.5))


def test_wikipedia_brings_the_introductions_of_the_best_pages(fake: PublicSources) -> None:
    fake.pages = [
        ("Tide", "Tides are the rise and fall of the sea."),
        ("Moon", "The Moon orbits the Earth."),
        ("X", ""),
    ]
    found = wikipedia.documents(visitor(), fake.url, "The tides of the Moon")
    assert [(one.title, one.url) for one in found] == [
        ("Wikipedia: Tide", "https://en.wikipedia.org/wiki/Tide"),
        ("Wikipedia: Moon", "https://en.wikipedia.org/wiki/Moon"),
    ]
    asked = fake.asked[0]
    assert (asked["path"], asked["generator"], asked["gsrsearch"]) == ("/w/api.php", "search", "tides moon")
    assert "CRAFT-Studio" in asked["agent"]


def test_wikipedia_finds_nothing(fake: PublicSources) -> None:
    assert wikipedia.documents(visitor(), fake.url, "The tides") == []
    assert wikipedia.documents(visitor(), fake.url, "of the and") == []


def test_the_wikipedia_of_the_scripts_language_is_asked(fake: PublicSources) -> None:
    wikipedia.documents(visitor(), f"{fake.url}/{{language}}", "Mond", "de")
    wikipedia.documents(visitor(), f"{fake.url}/{{language}}", "Mond", "cmn")
    assert [one["path"] for one in fake.asked] == ["/de/w/api.php", "/zh/w/api.php"]


def test_arxiv_brings_abstracts(fake: PublicSources) -> None:
    fake.papers = [("Tides & the Moon", "We show that tides\n  lag <behind> the Moon.")]
    found = arxiv.documents(visitor("arXiv"), fake.url, "A study of tides (2020)")
    assert found[0].title == "arXiv: Tides & the Moon"
    assert found[0].text == "We show that tides lag <behind> the Moon."
    assert found[0].url == "http://arxiv.org/abs/1000.00001v1"
    assert fake.asked[0]["search_query"] == "all:study AND all:tides AND all:2020"


def test_arxiv_is_asked_about_research_only() -> None:
    assert arxiv.is_research("A study of black holes found it.")
    assert not arxiv.is_research("The bridge cost 35 million dollars.")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("429", "asks for patience"),
        ("500", "answers 500"),
        ("html", "something else than was asked for"),
        ("huge", "too much"),
        ("cut", "not reachable"),
        ("stall", "not answer in time"),
        ("list", "cannot be read"),
    ],
)
@pytest.mark.parametrize("source", ["wikipedia", "arxiv"])
def test_a_fault_is_told_and_the_source_left_alone(fake: PublicSources, source: str, fault: str, told: str) -> None:
    fake.fault = fault
    asking = visitor(source)
    with pytest.raises(Unreachable, match=told):
        if source == "wikipedia":
            wikipedia.documents(asking, fake.url, "The tides of the Moon")
        else:
            arxiv.documents(asking, fake.url, "The tides of the Moon")
    assert asking.budget == 0


def test_wikipedias_own_error_is_told(fake: PublicSources) -> None:
    fake.fault = "error"
    with pytest.raises(Unreachable, match="Waiting for a database server"):
        wikipedia.documents(visitor(), fake.url, "The tides")


def test_xml_with_a_document_type_is_refused(fake: PublicSources) -> None:
    fake.fault = "doctype"
    with pytest.raises(Unreachable, match="cannot be read"):
        arxiv.documents(visitor("arXiv"), fake.url, "The tides")


def test_nobody_listens() -> None:
    with pytest.raises(Unreachable, match="not reachable"):
        wikipedia.documents(visitor(), f"http://127.0.0.1:{free_port()}", "The tides")
    with pytest.raises(Unreachable, match="not reachable"):
        wikipedia.documents(visitor(), "nonsense", "The tides")


def test_the_budget_is_kept(fake: PublicSources) -> None:
    asking = visitor(budget=1)
    wikipedia.documents(asking, fake.url, "The tides")
    with pytest.raises(Unreachable, match="often enough"):
        wikipedia.documents(asking, fake.url, "The tides")
    assert len(fake.asked) == 1


def test_two_questions_are_a_pause_apart(fake: PublicSources) -> None:
    waited: list[float] = []
    asking = Visitor("arXiv", 3, 3.0, waited.append)
    started = time.monotonic()
    arxiv.documents(asking, fake.url, "The tides")
    arxiv.documents(asking, fake.url, "The Moon")
    assert len(waited) == 1
    assert 3.0 - (time.monotonic() - started) <= waited[0] <= 3.0


def test_a_resolver_that_hangs_costs_two_seconds_at_most_and_not_more_than_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hanging = threading.Event()
    monkeypatch.setattr(visiting.socket, "getaddrinfo", lambda *arguments: hanging.wait(20))
    monkeypatch.setattr(visiting, "getproxies", dict)
    monkeypatch.setattr(visiting, "LOOKUP_SECONDS", 0.1)
    asking = Visitor("Wikipedia", 3, lookup=Lookup("https://en.wikipedia.example"))
    with pytest.raises(Unreachable, match="not reachable"):
        wikipedia.documents(asking, "https://en.wikipedia.example", "The tides")
    assert asking.budget == 0
    hanging.set()


def test_a_host_that_is_found_is_asked(fake: PublicSources) -> None:
    asking = Visitor("Wikipedia", 3, lookup=Lookup(fake.url))
    assert wikipedia.documents(asking, fake.url, "The tides") == []
    assert len(fake.asked) == 1
