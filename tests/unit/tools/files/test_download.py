"""The guarded downloader: hostile addresses, cuts, lies; nothing is left of what is refused."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.tools.files.addresses import is_public
from jobs.tools.files.download import Downloader, DownloadRefused, DownloadUnavailable, Limits
from jobs.tools.sources.record import FileLink
from tests.fakes.source_world import SourceWorld, png, source_world

QUICK = Limits(spare_bytes=0, read_seconds=0.3, seconds=5, most_bytes=200_000)


@pytest.fixture
def world() -> Iterator[SourceWorld]:
    with source_world() as running:
        yield running


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


HOSTILE = [
    "http://127.0.0.1/", "http://127.8.9.1/", "http://localhost/", "http://0/", "http://0.0.0.0/", "http://127.1/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://10.0.0.1/",
    "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/",
    "http://198.18.0.1/", "http://192.0.0.1/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/", "http://[2002:0a00:0001::1]/",
    "http://[2001:0:7f00:1::]/", "http://[fd00::1]/", "http://[fe80::1]/", "http://[fec0::1]/", "http://[ff02::1]/",
    "http://[2001:4860::5efe:10.0.0.1]/", "ftp://example.org/a.png", "file:///etc/passwd", "gopher://example.org/",
    "data:image/png;base64,AAAA", "javascript:alert(1)", "//example.org/a.png", "http://", "", "http:///a.png",
    "http://user:pass@example.org/", "http://example.org:22/", "http://example.org:6379/", "https://example.org:8443/",
    "http://example.org:99999/", "http://exa mple.org/", "http://[::1/", "http://127.0.0.1%2f@example.org/", "http://\x00/",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(DownloadRefused) as told:
        Downloader(tmp_path, limits=QUICK).fetch(FileLink(url, "image"))
    # Refused, and not only without an answer: nothing was dialled.
    assert not isinstance(told.value, DownloadUnavailable), told.value
    assert left(tmp_path) == []


def test_public_addresses_are_public() -> None:
    for address in ("8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"):
        assert is_public(address), address
    assert not is_public("no address")


def test_a_name_is_vetted_by_all_its_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr("jobs.tools.files.guard.getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(DownloadRefused, match="private network"):
        Downloader(tmp_path, limits=QUICK).fetch(FileLink("http://two-faced.example/", "image"))


def test_a_file_gets_its_name_from_what_is_in_it(world: SourceWorld, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    got = Downloader(tmp_path, world.allowed, QUICK).fetch(
        FileLink(world.media("..%2F..%2Fharbour.png"), "image"), progress=lambda done, size: seen.append((done, size))
    )
    body = world.files["harbour.png"]
    digest = hashlib.sha256(body).hexdigest()
    assert got.name == f"{digest[:2]}/{digest[2:4]}/{digest}.png"
    assert got.path == tmp_path / got.name and got.path.read_bytes() == body
    assert (got.sha256, got.size, got.mime) == (digest, len(body), "image/png")
    assert seen[-1] == (len(body), len(body))
    assert left(tmp_path) == [got.path.name]


def test_it_goes_on_where_it_was_cut(world: SourceWorld, tmp_path: Path) -> None:
    world.files["harbour.png"] = body = png() + bytes(range(256)) * 500
    world.break_("/media/", "cut", times=2)
    got = Downloader(tmp_path, world.allowed, QUICK).fetch(FileLink(world.media("harbour.png"), "image"))
    assert got.sha256 == hashlib.sha256(body).hexdigest() == hashlib.sha256(got.path.read_bytes()).hexdigest()
    ranges = [headers.get("range") for _, _, headers in world.asked]
    assert ranges[0] is None and ranges[1] and ranges[2] and left(tmp_path) == [got.path.name]


def test_a_later_download_goes_on_as_well_unless_the_file_is_another_one(world: SourceWorld, tmp_path: Path) -> None:
    world.files["harbour.png"] = png() + bytes(range(256)) * 500
    link = FileLink(world.media("harbour.png"), "image")
    downloader = Downloader(tmp_path, world.allowed, Limits(spare_bytes=0, attempts=1))
    world.break_("/media/", "cut", times=1)
    with pytest.raises(DownloadUnavailable, match="cut off"):
        downloader.fetch(link)
    assert sorted(Path(name).suffix for name in left(tmp_path)) == [".json", ".part"]
    world.files["harbour.png"] = body = png(shade=3) + bytes(200)
    assert downloader.fetch(link).sha256 == hashlib.sha256(body).hexdigest()
    assert "range" in world.asked[-1][2]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("429", "asks for patience"),
        ("403", "does not give it"),
        ("404", "no longer there"),
        ("500", "error 500"),
        ("stall", "does not answer in time"),
        ("cut", "cut off"),
        ("lie", "cut off"),
        ("html", "not a picture"),
        ("endless", "larger than"),
        ("private", "private network"),
        ("loop", "leads on and on"),
        ("empty", "empty"),
    ],
)
def test_every_fault_is_a_sentence_and_leaves_no_file(
    world: SourceWorld, tmp_path: Path, fault: str, sentence: str
) -> None:
    world.weak_etags = True  # with a strong one a cut file would be kept to go on with
    world.break_("/media/", fault)
    with pytest.raises(DownloadRefused, match=sentence) as told:
        Downloader(tmp_path, world.allowed, QUICK).fetch(FileLink(world.media("harbour.png"), "image"))
    assert str(told.value).endswith(".")
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"md5": "0" * 32}, "checksum differs"),
        ({"sha1": "0" * 40}, "checksum differs"),
        ({"media_type": "video"}, "not of the type video"),
    ],
)
def test_another_file_than_described_is_refused(
    world: SourceWorld, tmp_path: Path, link: dict[str, str], sentence: str
) -> None:
    with pytest.raises(DownloadRefused, match=sentence):
        Downloader(tmp_path, world.allowed, QUICK).fetch(
            FileLink(**{"url": world.media("harbour.png"), "media_type": "image", **link})
        )
    assert left(tmp_path) == []


def test_a_full_disk_is_told_before_anything_is_written(world: SourceWorld, tmp_path: Path) -> None:
    with pytest.raises(DownloadRefused, match="nearly full"):
        Downloader(tmp_path, world.allowed, Limits(spare_bytes=10**18)).fetch(
            FileLink(world.media("harbour.png"), "image")
        )
    assert left(tmp_path) == []


def test_secrets_stay_with_their_host(world: SourceWorld, tmp_path: Path) -> None:
    with source_world() as other:
        other.break_("/media/", "private")
        link = FileLink(world.media("harbour.png"), "image")
        downloader = Downloader(tmp_path, [*world.allowed, *other.allowed], QUICK)
        downloader.fetch(link, headers={"Authorization": "Bearer x"})
        assert world.asked[-1][2]["authorization"] == "Bearer x"
        world.redirect = other.media("harbour.png")
        with pytest.raises(DownloadRefused, match="private network"):
            downloader.fetch(link, headers={"Authorization": "Bearer x"})
        assert "authorization" not in other.asked[-1][2]


def test_it_stops_when_asked_and_leaves_nothing(world: SourceWorld, tmp_path: Path) -> None:
    world.break_("/media/", "stall")
    asked = threading.Event()

    class Stopped(Exception):
        pass

    def should_stop() -> None:
        if world.asked:
            asked.set()
            raise Stopped

    with pytest.raises(Stopped):
        Downloader(tmp_path, world.allowed, Limits(spare_bytes=0)).fetch(
            FileLink(world.media("harbour.png"), "image"), should_stop=should_stop
        )
    assert asked.is_set() and left(tmp_path) == []


def test_a_total_time(world: SourceWorld, tmp_path: Path) -> None:
    world.break_("/media/", "stall")
    with pytest.raises(DownloadUnavailable, match="took too long"):
        Downloader(tmp_path, world.allowed, Limits(spare_bytes=0, seconds=0.2)).fetch(
            FileLink(world.media("harbour.png"), "image")
        )
    assert left(tmp_path) == []
