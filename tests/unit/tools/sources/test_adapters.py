"""Every source against the world: what its registry entry promises, what its answers become, and how it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jobs.tools.files.download import Downloader, Limits
from jobs.tools.sources import licences, registry
from jobs.tools.sources.client import Client
from jobs.tools.sources.errors import SourceError, SourceRefused, SourceUnavailable
from jobs.tools.sources.pacing import LocalCircuit, LocalPace
from jobs.tools.sources.record import MEDIA, Media, Source
from tests.fakes.source_answers import ANSWERS
from tests.fakes.source_world import SourceWorld, source_world
from tests.settings import SOURCES

SLUGS = sorted(registry.sources())
EVERY = [(slug, media) for slug in SLUGS for media in registry.sources()[slug].media]
ARCHIVED = {"image": "image", "video": "movies", "audio": "audio", "text": "texts"}
KEY = "k3y-that-nobody-may-see"


@pytest.fixture
def world() -> Iterator[SourceWorld]:
    with source_world() as running:
        yield running


def no_pace(host: str, interval: float) -> float:
    return 0.0


def client_of(world: SourceWorld, slug: str, key: str = KEY) -> Client:
    source = registry.sources()[slug]
    return Client(source, world.urls, key, pace=no_pace, circuit=LocalCircuit(), read_seconds=0.3)


def test_all_are_found_and_none_is_asked_by_tests() -> None:
    assert set(SLUGS) == set(ANSWERS)
    assert len(SLUGS) == 14
    assert {name for source in registry.sources().values() for name in source.addresses} == set(SOURCES)


@pytest.mark.parametrize("slug", SLUGS)
def test_says_what_it_is(slug: str) -> None:
    source = registry.sources()[slug]
    assert isinstance(source, Source)
    assert source.slug == slug and source.label and source.media and set(source.media) <= set(MEDIA)
    assert next(iter(source.addresses)) == slug
    # Of the web search only the operator knows where it is.
    wanted = "" if slug == "web-search" else "https"
    assert all(urlsplit(url).scheme == wanted for url in source.addresses.values())
    assert urlsplit(source.home).scheme == wanted
    assert source.interval > 0


@pytest.mark.parametrize(("slug", "media"), EVERY)
def test_finds_something_whose_file_can_be_had(world: SourceWorld, tmp_path: Path, slug: str, media: Media) -> None:
    client = client_of(world, slug)
    page = client.source.search("harbour dawn", media, "", client)
    found = page.found[0]
    assert found.source == slug and found.title and found.media_type == media
    assert urlsplit(found.landing_url).scheme == "https"
    for said in (found.title, found.creator, found.note):
        assert "<" not in said and "alert" not in said
    assert licences.attribution(found, client.source.label)
    assert not found.preview_url or found.preview_url.endswith((".png", "/services/img/item-" + ARCHIVED[media]))
    if slug == "web-search":
        # A link that nobody has named a licence for: no file, no stranger's picture, and no script.
        assert (found.licence.code, found.has_file, found.preview_url) == ("unknown", False, "")
        assert len(page.found) == 1 and not client.source.files(found.source_id, client)
        return
    again = client.source.find(found.source_id, client)
    assert (again.source, again.source_id, again.title, again.creator, again.landing_url, again.media_type) == (
        found.source, found.source_id, found.title, found.creator, found.landing_url, media,
    )  # fmt: skip
    # A paper's licence is told only where one asks for that paper.
    assert again.licence.code == ("by" if slug == "arxiv" else found.licence.code)
    links = client.source.files(found.source_id, client)
    if found.has_file:
        downloader = Downloader(tmp_path, world.allowed, Limits(spare_bytes=0))
        assert downloader.fetch(links[0]).media_type == media


@pytest.mark.parametrize(("slug", "media"), EVERY)
def test_endures_nothing_in_every_field(world: SourceWorld, slug: str, media: Media) -> None:
    world.break_(f"/{slug}/", "nulls")
    client = client_of(world, slug)
    if slug != "arxiv":
        assert client.source.search("harbour", media, "", client).found == ()


@pytest.mark.parametrize("slug", SLUGS)
def test_an_id_of_nothing_is_told(world: SourceWorld, slug: str) -> None:
    world.break_(f"/{slug}/", "nulls")
    client = client_of(world, slug)
    if slug != "arxiv":
        with pytest.raises(SourceRefused, match="nothing under") as told:
            client.source.find("../secret|x", client)
        assert told.value.reason == "missing"
        assert all("/../" not in path for path, _, _ in world.asked)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("429", "limit"),
        ("500", "down"),
        ("403", "blocked"),
        ("stall", "slow"),
        ("cut", "down"),
        ("html", "unreadable"),
        ("endless", "unreadable"),
        ("broken", "unreadable"),
        ("private", "down"),
    ],
)
def test_every_fault_is_a_sentence(world: SourceWorld, slug: str, fault: str, reason: str) -> None:
    world.break_(f"/{slug}/", fault)
    client = client_of(world, slug)
    with pytest.raises(SourceError) as told:
        client.source.search("harbour", client.source.media[0], "", client)
    sentence = str(told.value)
    assert sentence.startswith(client.source.label) and sentence.endswith(".")
    assert KEY not in sentence
    assert told.value.reason == ("key" if fault == "403" and client.source.key else reason)


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if registry.sources()[slug].key])
def test_a_missing_key_is_told_before_anything_is_asked(world: SourceWorld, slug: str) -> None:
    client = client_of(world, slug, key="")
    with pytest.raises(SourceRefused, match="needs an API key") as told:
        client.source.search("harbour", client.source.media[0], "", client)
    assert told.value.reason == "key" and not world.asked


def test_a_short_limit_is_waited_for(world: SourceWorld) -> None:
    world.break_("/nasa/", "429", times=1, retry_after="0")
    client = client_of(world, "nasa")
    assert client.source.search("harbour", "image", "", client).found
    assert client.requests == 2


def test_a_long_limit_is_told(world: SourceWorld) -> None:
    world.break_("/nasa/", "429", retry_after="90")
    client = client_of(world, "nasa")
    with pytest.raises(SourceUnavailable, match="90 s") as told:
        client.source.search("harbour", "image", "", client)
    assert told.value.retry_after == 90 and client.requests == 1


def test_after_three_blocks_it_is_left_alone(world: SourceWorld) -> None:
    world.break_("/nasa/", "403")
    client = client_of(world, "nasa")
    for _ in range(4):
        with pytest.raises(SourceUnavailable) as told:
            client.source.search("harbour", "image", "", client)
    assert "left alone" in str(told.value) and client.requests == 3


@pytest.mark.parametrize(
    ("slug", "source_id"),
    [("pexels", "image:31234567"), ("pixabay", "video:9876543"), ("freesound", "654321012"), ("met", "1")],
)
def test_ids_are_asked_for_as_they_are(world: SourceWorld, slug: str, source_id: str) -> None:
    client = client_of(world, slug)
    assert client.source.find(source_id, client).source_id == source_id
    assert client.source.files(source_id, client)
    number = source_id.rpartition(":")[2]
    assert all(number in path or query.get("id") == [number] for path, query, _ in world.asked)
    for odd in ("", "0x1", "1/../2", "٣", "1" * 21):
        with pytest.raises(SourceRefused, match="nothing under"):
            client.source.find(source_id.replace(number, odd), client)
    assert len(world.asked) == 2


def test_a_host_that_names_a_time_is_left_alone_for_it() -> None:
    circuit = LocalCircuit()
    circuit.blocked("a", 60)
    assert 59 < circuit.left("a") <= 60 and not circuit.left("b")
    circuit.blocked("b")
    circuit.answered("b")
    circuit.blocked("b")
    circuit.blocked("b")
    assert not circuit.left("b")
    circuit.blocked("b")
    assert circuit.left("b") > 290


def test_switched_off(world: SourceWorld) -> None:
    client = Client(registry.sources()["nasa"], {"nasa": ""})
    with pytest.raises(SourceRefused, match="switched it off"):
        client.source.search("harbour", "image", "", client)


def test_a_redirect_of_an_api_carries_no_key_on(world: SourceWorld) -> None:
    world.break_("/pexels/", "loop")
    client = client_of(world, "pexels")
    with pytest.raises(SourceError):
        client.source.search("harbour", "image", "", client)
    assert len(world.asked) == 1


def test_turns_are_apart() -> None:
    pace = LocalPace()
    assert pace("a", 5) == 0
    assert 4 < pace("a", 5) <= 5
    assert pace("b", 5) == 0


def test_names_that_climb_stay_one_name(world: SourceWorld) -> None:
    client = client_of(world, "internet-archive")
    links = client.source.files("item-image", client)
    assert [link.url.rpartition("/download/item-image/")[2] for link in links] == [
        "harbour.png",
        "%2E%2E/harbour.png",
    ]


def test_only_free_works_with_pictures(world: SourceWorld) -> None:
    client = client_of(world, "met")
    assert [one.source_id for one in client.source.search("harbour", "image", "", client).found] == ["1"]
    assert client.source.files("3", client) == []


def test_a_paper_without_a_free_licence_is_a_link(world: SourceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fakes.source_answers.BY", "http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
    client = client_of(world, "arxiv")
    assert client.source.files("2101.00001v2", client) == []
    assert client.source.files("../../etc", client) == []


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if registry.sources()[slug].key])
def test_keys_stay_out_of_logs(world: SourceWorld, caplog: pytest.LogCaptureFixture, slug: str) -> None:
    caplog.set_level("DEBUG")
    client = client_of(world, slug)
    client.source.search("harbour", client.source.media[0], "", client)
    assert KEY in str(world.asked) and KEY not in caplog.text
    world.break_(f"/{slug}/", "500")
    with pytest.raises(SourceError) as told:
        client.source.search("harbour", client.source.media[0], "", client)
    assert KEY not in str(told.value) and KEY not in caplog.text
