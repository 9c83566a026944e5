"""Downloads: what is fetched, what is not fetched again, what one bad item does to the others, and what is refused."""

from __future__ import annotations

import errno
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict

from accounts import keys
from channels_app import files, queries, resources
from channels_app.models import Channel, Resource
from jobs import actions, panel, politeness
from jobs.actions import InvalidInputs
from jobs.kinds.resource_download import ResourceDownloadForm
from jobs.models import Job, State
from jobs.steps import fetch_resource, sources
from jobs.tools.sources import registry
from tests import factories
from tests.fakes.source_answers import FREESOUND_ID, PEXELS_ID, PIXABAY_ID
from tests.fakes.source_world import SourceWorld, png, source_world
from tests.servers import free_port
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db(transaction=True)


KEYED = ("pexels", "pixabay", "unsplash", "freesound", "europeana", "smithsonian")
# Of every source that gives files: an id, what comes, under which licence.
EVERY = [
    ("arxiv", "2101.00001v2", "application/pdf", "by"),
    ("europeana", "/9/x_IMAGE", "image/png", "by"),
    ("freesound", str(FREESOUND_ID), "audio/wav", "by"),
    ("internet-archive", "item-movies", "video/mp4", "by"),
    ("library-of-congress", "/item/photos/", "image/png", "nkc"),
    ("met", "1", "image/png", "cc0"),
    ("nasa", "image 1", "image/png", "nasa"),
    ("pexels", f"video:{PEXELS_ID}", "video/mp4", "pexels"),
    ("pixabay", f"image:{PIXABAY_ID}", "image/png", "pixabay"),
    ("smithsonian", "edanmdm:x_1", "image/png", "cc0"),
    ("unsplash", "aB-1_x", "image/png", "unsplash"),
    ("wikimedia-commons", "File:bell.png", "image/png", "cc0"),
    ("wikipedia", "File:eddystone.png", "image/png", "by-sa"),
]
NAMES = {1: "eddystone", 2: "bell", 3: "fastnet", 4: "skerry"}


@pytest.fixture
def world(settings: Any) -> Iterator[SourceWorld]:
    """Sources, of which Wikimedia Commons has four pictures."""
    politeness.forget()
    with source_world() as fake:
        fake.put(
            eddystone=("Eddystone", "by-sa"),
            bell=("Bell Rock", "cc0"),
            fastnet=("Fastnet", "pd"),
            skerry=("Skerry", "own"),
        )
        settings.SOURCE_URLS = {**settings.SOURCE_URLS, **fake.urls}
        settings.DOWNLOAD_ALLOW_HOSTS = fake.allowed
        yield fake


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places in the queue are tested elsewhere."""
    monkeypatch.setattr(sources.Turns, "__call__", lambda *_: 0.0)


def items(*numbers: int) -> list[dict[str, str]]:
    return [{"source": "wikimedia-commons", "source_id": f"File:{NAMES.get(number, number)}.png"} for number in numbers]


def submit(engine: Engine, *numbers: int) -> Job:
    owner = engine.channel.owner
    return actions.submit(engine.channel, owner, "resource-download", {"items": items(*numbers)}).job


def fetch(engine: Engine, *numbers: int) -> Job:
    submit(engine, *numbers)
    return engine.run("download")


def result_of(job: Job) -> dict[str, Any]:
    assert job.result is not None, panel.attempts(job)
    return job.result


def said(job: Job) -> str:
    return "\n".join(line["text"] for line in panel.output(job)["lines"])


def titles() -> list[str]:
    return sorted(Resource.objects.values_list("title", flat=True))


class TestGood:
    def test_files_come_into_the_library_with_their_terms(self, engine: Engine, world: SourceWorld) -> None:
        job = fetch(engine, 1, 2, 3, 4)
        assert (job.state, result_of(job)["told"], result_of(job)["failed"]) == (
            State.COMPLETED,
            "4 of 4 downloaded.",
            [],
        )
        rows = {row.title: row for row in Resource.objects.all()}
        assert {title: row.licence_code for title, row in rows.items()} == {
            "Eddystone": "by-sa", "Bell Rock": "cc0", "Fastnet": "pdm", "Skerry": "unknown",
        }  # fmt: skip
        row = rows["Eddystone"]
        assert (row.owner, row.made_by_job, row.source, row.source_id) == (
            engine.channel.owner,
            job.pk,
            "wikimedia-commons",
            "File:eddystone.png",
        )
        assert set(row.channels.all()) == {engine.channel}
        assert row.attribution == (
            "“Eddystone” by Ada & Bo (https://commons.wikimedia.org/wiki/File:eddystone.png), CC BY-SA 4.0 "
            "(https://creativecommons.org/licenses/by-sa/4.0/), via Wikimedia Commons"
        )
        assert rows["Skerry"].licence_raw == "See the page"

    def test_a_file_that_is_there_is_not_fetched_again(self, engine: Engine, world: SourceWorld) -> None:
        fetch(engine, 1)
        asked = len(world.asked)
        job = fetch(engine, 1)
        assert len(world.asked) == asked
        assert "in the library already" in said(job)
        assert [one["title"] for one in result_of(job)["resources"]] == ["Eddystone"]
        assert Resource.objects.count() == 1

    def test_another_owners_file_is_shared_and_what_they_wrote_about_it_is_not(
        self, engine: Engine, world: SourceWorld
    ) -> None:
        theirs = factories.channel(factories.stranger(), "cys")
        fetch(engine, 1)
        Resource.objects.update(title="Ana's secret plan", creator="Ana")
        actions.submit(theirs, theirs.owner, "resource-download", {"items": items(1)})
        engine.run("download")
        row = Resource.objects.get(owner=theirs.owner)
        assert (row.title, row.creator) == ("Eddystone", "Ada & Bo")
        assert len(world.downloads) == 1
        assert len(list(files.stored_names())) == 1

    def test_one_in_the_bin_is_brought_back(self, engine: Engine, world: SourceWorld) -> None:
        fetch(engine, 1)
        row = Resource.objects.get()
        resources.take_off(row, engine.channel)
        resources.bin_resource(row)
        fetch(engine, 1)
        assert Resource.objects.get() == row

    def test_what_is_fetched_for_a_script_is_used_in_it(self, engine: Engine, world: SourceWorld) -> None:
        fetch(engine, 1)
        script = factories.script(engine.channel)
        inputs = {"items": items(1, 2), "script": str(script.pk)}
        actions.submit(engine.channel, engine.channel.owner, "resource-download", inputs)
        engine.run("download")
        assert sorted(row.title for row in queries.resources_used_in(script)) == ["Bell Rock", "Eddystone"]

    def test_the_same_item_twice_is_fetched_once(self, engine: Engine, world: SourceWorld) -> None:
        assert result_of(fetch(engine, 1, 1))["told"] == "1 of 1 downloaded."


class TestPoliteness:
    def test_no_more_than_two_files_of_a_host_are_fetched_at_once(self, engine: Engine, world: SourceWorld) -> None:
        world.delays["media"] = 0.5
        assert result_of(fetch(engine, 1, 2, 3, 4))["told"] == "4 of 4 downloaded."
        assert world.most_fetching == 2

    def test_some_hosts_want_one_at_a_time(self, engine: Engine, world: SourceWorld) -> None:
        assert {slug for slug, source in registry.sources().items() if source.downloads == 1} == {
            "arxiv", "library-of-congress", "met",
        }  # fmt: skip

    def test_a_host_that_others_keep_busy_is_told_and_nothing_is_fetched(
        self, engine: Engine, world: SourceWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        host = urlsplit(world.url).netloc
        monkeypatch.setattr(fetch_resource, "BUSY_SECONDS", 0.0)
        with politeness.berth(host, 2, lambda: None), politeness.berth(host, 2, lambda: None):
            assert (
                "Wikimedia Commons is busy with other downloads of this studio. Retry later." in fetch(engine, 1).error
            )
        assert not world.downloads


class TestEverySource:
    @pytest.mark.parametrize(("source", "source_id", "media_type", "licence"), EVERY)
    def test_a_file_of_each_comes_with_its_terms(
        self,
        engine: Engine,
        world: SourceWorld,
        settings: Any,
        source: str,
        source_id: str,
        media_type: str,
        licence: str,
    ) -> None:
        settings.SERVER_KEYS = {**settings.SERVER_KEYS, **dict.fromkeys(KEYED, "the-servers-own-key")}
        owner = engine.channel.owner
        item = {"source": source, "source_id": source_id}
        actions.submit(engine.channel, owner, "resource-download", {"items": [item]})
        assert result_of(engine.run("download"))["failed"] == []
        row = Resource.objects.get()
        assert (row.source, row.source_id, row.media_type, row.licence_code) == (source, source_id, media_type, licence)
        assert row.file.endswith(resources.SUFFIXES[media_type])
        assert row.attribution.endswith(f"via {sources.labels()[source]}")

    def test_the_persons_own_key_is_used_and_kept_out_of_everything(
        self, engine: Engine, world: SourceWorld, settings: Any
    ) -> None:
        settings.SERVER_KEYS = {**settings.SERVER_KEYS, "pexels": "the-servers-own-key"}
        owner = engine.channel.owner
        keys.save(owner, "pexels", "anas-very-own-key")
        item = {"source": "pexels", "source_id": f"image:{PEXELS_ID}"}
        actions.submit(engine.channel, owner, "resource-download", {"items": [item]})
        job = engine.run("download")
        sent = [headers.get("authorization") for path, _, headers in world.asked]
        assert sent == ["anas-very-own-key", "anas-very-own-key", None]
        world.break_("/pexels/", "403")
        actions.submit(engine.channel, owner, "resource-download", {"items": [{**item, "source_id": "image:8"}]})
        failed = engine.run("download")
        assert "does not accept the API key" in failed.error
        for one in (job, failed):
            assert "very-own" not in f"{said(one)}{one.error}{one.result}{panel.attempts(one)}"


class TestResume:
    def test_a_later_job_goes_on_where_the_line_was_cut(self, engine: Engine, world: SourceWorld) -> None:
        world.files["bell.png"] = body = png() + bytes(range(256)) * 2_000
        world.break_("/media/bell", "cut", times=1)
        world.break_("/media/bell", "500", times=1)
        assert "error 500" in fetch(engine, 2).error
        # Half of it lies aside.
        halves = [path for path in Path(engine_work(engine)).glob("part-*/*.part")]
        assert [path.stat().st_size for path in halves] == [len(body) // 2]
        fetch(engine, 2)
        row = Resource.objects.get()
        assert row.sha256 == hashlib.sha256(body).hexdigest()
        ranges = [headers.get("range") for path, _, headers in world.asked if path == "/media/bell.png"]
        assert ranges == [None, f"bytes={len(body) // 2}-", f"bytes={len(body) // 2}-"]
        assert not [path for path in Path(engine_work(engine)).rglob("*") if path.is_file()]

    def test_the_largest_that_is_not_too_large_is_taken(self, engine: Engine, world: SourceWorld) -> None:
        item = {"source": "internet-archive", "source_id": "item-image"}
        world.break_("/internet-archive/download/item-image/harbour.png", "huge", times=1)
        actions.submit(engine.channel, engine.channel.owner, "resource-download", {"items": [item]})
        engine.run("download")
        assert Resource.objects.get().original_url.endswith("%2E%2E/harbour.png")


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "why"),
        [
            ("404", "The file is no longer there."),
            ("empty", "The file is empty."),
            ("html", "The file is not a picture, video, sound or PDF"),
            ("cut", "The download was cut off."),
            ("huge", "The file is larger than 500 MB."),
            ("private", "leads into a private network"),
            ("loop", "leads on and on to others"),
        ],
    )
    def test_one_bad_file_leaves_the_others_alone(
        self, engine: Engine, world: SourceWorld, fault: str, why: str
    ) -> None:
        world.weak_etags = True  # with a strong one a cut file would be kept to go on with
        world.break_("/media/bell", fault)
        job = fetch(engine, 1, 2, 3)
        assert job.state == State.COMPLETED
        assert titles() == ["Eddystone", "Fastnet"]
        assert [one["source_id"] for one in result_of(job)["failed"]] == ["File:bell.png"]
        for told in (result_of(job)["failed"][0]["why"], result_of(job)["told"], said(job)):
            assert why in told
        assert "2 of 3 downloaded. Missing: Wikimedia Commons File:bell.png: The" in result_of(job)["told"]
        # Nothing half is left, neither in the store nor in the work folder.
        assert len(list(files.stored_names())) == 2
        assert not [path for path in Path(engine_work(engine)).rglob("*") if path.is_file()]

    @pytest.mark.parametrize(
        ("fault", "why"),
        [
            ("429", "asks for patience: too many requests. Try again in 60 s."),
            ("403", "blocks requests from this studio for now."),
            ("500", "answers with error 500."),
            ("html", "answered something that cannot be read."),
        ],
    )
    def test_when_nothing_comes_the_job_fails_for_good_and_says_why(
        self, engine: Engine, world: SourceWorld, fault: str, why: str
    ) -> None:
        world.break_("/wikimedia-commons/", fault, retry_after="60" if fault == "429" else "")
        job = fetch(engine, 1)
        assert job.state == State.FAILED
        assert job.error == f"Nothing could be downloaded. Wikimedia Commons {why}"

    def test_a_host_that_asks_for_patience_is_left_alone_by_the_next_job(
        self, engine: Engine, world: SourceWorld
    ) -> None:
        world.break_("/wikimedia-commons/", "429", retry_after="60")
        fetch(engine, 1)
        asked = len(world.asked)
        assert "is left alone for" in fetch(engine, 2).error
        assert len(world.asked) == asked

    def test_a_source_out_of_reach_or_switched_off_says_so(
        self, engine: Engine, world: SourceWorld, settings: Any
    ) -> None:
        settings.SOURCE_URLS = {**settings.SOURCE_URLS, "wikimedia-commons": f"http://127.0.0.1:{free_port()}"}
        assert "is not reachable" in fetch(engine, 1).error
        settings.SOURCE_URLS = {**settings.SOURCE_URLS, "wikimedia-commons": ""}
        assert "switched it off" in fetch(engine, 1).error

    def test_what_the_source_no_longer_has_says_so(self, engine: Engine, world: SourceWorld) -> None:
        assert "has nothing under “File:99.png” any more" in fetch(engine, 99).error

    def test_what_is_only_there_to_read_says_so(self, engine: Engine, world: SourceWorld) -> None:
        owner = engine.channel.owner
        article = [{"source": "wikipedia", "source_id": "Article:Harbour"}]
        actions.submit(engine.channel, owner, "resource-download", {"items": article})
        assert "a page to read of it" in engine.run("download").error

    def test_a_paper_that_may_not_be_used_stays_where_it_is(
        self, engine: Engine, world: SourceWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tests.fakes.source_answers.BY", "http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
        paper = [{"source": "arxiv", "source_id": "2101.00001v2"}]
        actions.submit(engine.channel, engine.channel.owner, "resource-download", {"items": paper})
        assert "arXiv gives a page to read of it, and no file" in engine.run("download").error
        assert not [path for path, _, _ in world.asked if "/pdf/" in path]

    def test_a_private_address_is_refused_without_leave(
        self, engine: Engine, world: SourceWorld, settings: Any
    ) -> None:
        settings.DOWNLOAD_ALLOW_HOSTS = []
        assert "only 80 and 443 are followed" in fetch(engine, 1).error
        assert not world.downloads

    def test_a_full_disk_is_told(self, engine: Engine, world: SourceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        # No disk of a test is full; what the system says then is simulated where it says it.
        def full(*_: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(files, "store", full)
        assert "The disk of this studio is full." in fetch(engine, 1).error
        assert not [path for path in Path(engine_work(engine)).rglob("*") if path.is_file()]

    def test_what_does_not_fit_into_the_storage_is_told(self, engine: Engine, world: SourceWorld) -> None:
        owner = engine.channel.owner
        owner.storage_limit_bytes = len(png()) + 1
        owner.save()
        job = fetch(engine, 1, 2)
        assert len(titles()) == 1
        assert "storage limit is reached" in result_of(job)["told"]


def engine_work(engine: Engine) -> str:
    from django.conf import settings

    return str(settings.WORK_DIR)


class TestStopping:
    def test_a_retry_makes_only_what_is_missing(self, engine: Engine, world: SourceWorld) -> None:
        owner = engine.channel.owner
        world.break_("/media/bell", "trickle")
        job = submit(engine, 1, 2, 3)
        self.cancel_amid(engine, world, job)
        assert engine.fresh(job).state == State.CANCELLED
        assert titles() == ["Eddystone", "Fastnet"]
        # No half file: not in the store, not aside.
        assert len(list(files.stored_names())) == 2
        assert not [path for path in Path(engine_work(engine)).rglob("*") if path.is_file()]
        world.faults.clear()
        before = len(world.downloads)
        actions.retry(engine.fresh(job), owner)
        done = engine.run("download")
        assert world.downloads[before:] == ["/media/bell.png"]
        assert {one["title"] for one in result_of(done)["resources"]} == {"Eddystone", "Bell Rock", "Fastnet"}
        assert result_of(done)["told"] == "3 of 3 downloaded."

    @staticmethod
    def cancel_amid(engine: Engine, world: SourceWorld, job: Job) -> None:
        """Cancel while one file trickles without end and the others are kept."""
        from django.db import connections

        def cancel() -> None:
            assert world.stalled.wait(10)
            while Resource.objects.count() < 2:
                threading.Event().wait(0.05)
            actions.cancel(engine.fresh(job))
            connections.close_all()

        other = threading.Thread(target=cancel)
        other.start()
        engine.run("download")
        other.join()


class TestInputs:
    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({}, "choose something"),
            ({"items": []}, "choose something"),
            ({"items": "all"}, "give a list"),
            ({"items": {"source": "wikimedia-commons"}}, "give a list"),
            ({"items": [{"source": "wikimedia-commons"}]}, "give a list"),
            ({"items": ["wikimedia-commons:1"]}, "give a list"),
            ({"items": items(*range(51))}, "at most 50"),
            ({"items": [{"source": "nowhere", "source_id": "1"}]}, "no source “nowhere”"),
            ({"items": [{"source": ["wikimedia-commons"], "source_id": "1"}]}, "no source"),
            ({"items": [{"source": "wikimedia-commons", "source_id": ""}]}, "1 to 300 characters"),
            ({"items": [{"source": "wikimedia-commons", "source_id": "x" * 301}]}, "1 to 300 characters"),
            ({"items": [{"source": "wikimedia-commons", "source_id": "a\nb"}]}, "1 to 300 characters"),
            ({"items": [{"source": "wikimedia-commons", "source_id": True}]}, "1 to 300 characters"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_are_refused_with_a_sentence(self, engine: Engine, given: dict[str, Any], said: str) -> None:
        with pytest.raises(InvalidInputs) as caught:
            actions.submit(engine.channel, engine.channel.owner, "resource-download", given)
        assert list(caught.value.fields) == ["items"]
        assert said in str(caught.value)

    def test_boxes_of_a_page_and_numbers_say_the_same(self, channel: Channel) -> None:
        page = ResourceDownloadForm(
            QueryDict("item=wikimedia-commons:File%3Aeddystone.png&item=wikimedia-commons:a%3Ab&next=/"),
            channel=channel,
        )
        assert page.is_valid()
        assert page.inputs()["items"] == [*items(1), {"source": "wikimedia-commons", "source_id": "a:b"}]
        number = ResourceDownloadForm({"items": [{"source": "wikimedia-commons", "source_id": 1}]}, channel=channel)
        assert number.is_valid()
        assert number.inputs()["items"] == [{"source": "wikimedia-commons", "source_id": "1"}]

    def test_everybody_may_download(self, engine: Engine, world: SourceWorld) -> None:
        plain = factories.channel(factories.user("plain"), "plain")
        assert actions.submit(plain, plain.owner, "resource-download", {"items": items(1)}).created
