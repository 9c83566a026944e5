"""Uploads in pieces: they go on where they were cut, hold to limits before and while, and leave nothing behind."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from channels_app import files, quota, uploads
from channels_app.models import Channel, Resource, Upload
from tests import factories

pytestmark = pytest.mark.django_db
BASE = "/c/tidal/resources/uploads/"
FILE = factories.png() + bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def _work(settings: Any, tmp_path: Path) -> None:
    settings.WORK_DIR = tmp_path / "work"


def begin(page: Client, size: int = len(FILE), identity: str = "1-a", name: str = "light_house.png") -> Any:
    return page.post(BASE, {"name": name, "size": str(size), "identity": identity})


def piece(page: Client, pk: str, offset: int, content: bytes) -> Any:
    headers = {"Upload-Offset": str(offset)}
    return page.patch(f"{BASE}{pk}/", content, content_type="application/offset+octet-stream", headers=headers)


def error(answer: Any) -> str:
    return str(answer.json()["error"]["message"])


def parts(settings: Any) -> list[Path]:
    return [path for path in Path(settings.WORK_DIR).rglob("*") if path.is_file()]


@pytest.mark.usefixtures("channel")
class TestPieces:
    def test_a_file_comes_in_pieces_and_is_kept_with_what_is_known(
        self, page: Client, channel: Channel, settings: Any
    ) -> None:
        pk = begin(page).json()["id"]
        assert piece(page, pk, 0, FILE[:1000]).headers["Upload-Offset"] == "1000"
        assert piece(page, pk, 1000, FILE[1000:]).status_code == 204
        answer = page.post(f"{BASE}{pk}/finish/", {"licence_code": "by", "creator": "B. Bell", "is_ai_made": "on"})
        assert (answer.status_code, answer.json()["message"]) == (201, "“light house” is in the library.")
        row = Resource.objects.get()
        assert (str(row.pk), row.licence_code, row.creator, row.is_ai_made) == (
            answer.json()["id"],
            "by",
            "B. Bell",
            True,
        )
        with default_storage.open(row.file) as file:
            assert file.read() == FILE
        assert set(row.channels.all()) == {channel}
        assert not Upload.objects.exists()
        assert not parts(settings)

    def test_the_same_file_goes_on_where_it_was_and_another_begins_anew(self, page: Client) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        # A page that was loaded anew asks for the same file.
        again = begin(page).json()
        assert (again["id"], again["offset"]) == (pk, 700)
        told = page.head(f"{BASE}{pk}/")
        assert (told.headers["Upload-Offset"], told.headers["Upload-Length"]) == ("700", str(len(FILE)))
        assert "no-store" in told.headers["Cache-Control"]
        for other in ({"identity": "1-b"}, {"size": 9}, {"name": "x.png"}):
            assert begin(page, **other).json()["offset"] == 0  # type: ignore[arg-type]

    @pytest.mark.parametrize("offset", [0, 699, 701])
    def test_a_piece_that_begins_elsewhere_is_refused_with_the_right_place(self, page: Client, offset: int) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        refused = piece(page, pk, offset, FILE[offset : offset + 10])
        assert (refused.status_code, refused.headers["Upload-Offset"]) == (409, "700")
        assert page.head(f"{BASE}{pk}/").headers["Upload-Offset"] == "700"

    def test_two_pages_never_write_at_the_same_time(self, page: Client, settings: Any) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        with parts(settings)[0].open("ab") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            assert piece(page, pk, 700, FILE[700:]).status_code == 409
        assert piece(page, pk, 700, FILE[700:]).status_code == 204

    def test_more_than_was_announced_is_refused(self, page: Client) -> None:
        pk = begin(page, size=10).json()["id"]
        refused = piece(page, pk, 0, FILE[:11])
        assert (refused.status_code, "more than the 10 bytes" in error(refused)) == (400, True)

    def test_it_is_not_kept_before_all_of_it_is_here(self, page: Client) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        refused = page.post(f"{BASE}{pk}/finish/")
        assert (refused.status_code, "is not whole yet: 700 of" in error(refused)) == (409, True)
        assert Upload.objects.exists() and not Resource.objects.exists()

    def test_what_is_no_medium_is_refused_at_the_end_and_forgotten(self, page: Client, settings: Any) -> None:
        content = b"<html><script>alert(1)</script></html>"
        pk = begin(page, size=len(content)).json()["id"]
        piece(page, pk, 0, content)
        refused = page.post(f"{BASE}{pk}/finish/")
        assert (refused.status_code, error(refused)[:31]) == (400, "File: this is not a picture (JP")
        assert not Upload.objects.exists() and not parts(settings) and not list(files.stored_names())

    def test_a_part_that_is_gone_begins_anew(self, page: Client, settings: Any) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        shutil.rmtree(settings.WORK_DIR)
        assert begin(page).json()["offset"] == 0
        assert piece(page, pk, 0, FILE).status_code == 204

    def test_cancel_forgets_all_of_it(self, page: Client, ana: User, settings: Any) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        assert "700\xa0bytes of 10.1\xa0KB are here" in page.get("/c/tidal/resources/").content.decode()
        shown = page.post(f"{BASE}{pk}/cancel/", follow=True).content.decode()
        assert "The upload of “light_house.png” is cancelled." in shown and "Broken off" not in shown
        assert not parts(settings) and not quota.uploads(ana)
        assert page.head(f"{BASE}{pk}/").status_code == 404


class TestLimits:
    @pytest.mark.parametrize(
        ("size", "said"),
        [
            (0, "it is empty (0 bytes)"),
            (500 * 1024**2 + 1, "it is larger than 500 MB"),
            (10**12, "it is larger than 500 MB"),
        ],
    )
    def test_a_size_that_is_none_of_ours_is_refused_at_once(
        self, page: Client, channel: Channel, size: int, said: str
    ) -> None:
        refused = begin(page, size=size)
        assert (refused.status_code, said in error(refused)) == (400, True)

    def test_room_is_set_aside_so_that_two_cannot_fill_the_same(
        self, page: Client, channel: Channel, ana: User
    ) -> None:
        ana.storage_limit_bytes = len(FILE) + 100
        ana.save()
        pk = begin(page).json()["id"]
        assert quota.used(ana) == len(FILE)
        refused = begin(page, identity="2-b")
        assert (refused.status_code, "storage limit is reached" in error(refused)) == (400, True)
        # What was set aside is for this file: it fits, and counts once.
        piece(page, pk, 0, FILE)
        assert page.post(f"{BASE}{pk}/finish/").status_code == 201
        assert quota.used(ana) == len(FILE)

    def test_a_limit_that_is_lowered_meanwhile_stops_it_and_what_has_come_stays(
        self, page: Client, channel: Channel, ana: User
    ) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        ana.storage_limit_bytes = 10
        ana.save()
        refused = piece(page, pk, 700, FILE[700:])
        assert (refused.status_code, "storage limit is reached" in error(refused)) == (400, True)
        assert page.head(f"{BASE}{pk}/").headers["Upload-Offset"] == "700"

    def test_a_disk_without_room_is_told_before_anything_comes(
        self, page: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "_free_bytes", lambda: uploads.SPARE_BYTES + len(FILE) - 1)
        refused = begin(page)
        assert (refused.status_code, "has no room for this file" in error(refused)) == (507, True)
        assert not Upload.objects.exists()

    def test_a_disk_that_fills_up_keeps_what_has_come(self, channel: Channel, ana: User) -> None:
        upload = uploads.begin(channel, ana, name="f.png", size=len(FILE), identity="i")

        # No disk of a test is full; what the system says then is said where the piece is read.
        class Filling(BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                if self.tell():
                    raise OSError(errno.ENOSPC, "No space left on device")
                return super().read(700)

        with pytest.raises(uploads.DiskFull, match="What has come is kept for a day"):
            uploads.append(upload, 0, Filling(FILE))
        assert upload.offset == 700
        assert uploads.append(upload, 700, BytesIO(FILE[700:])) == len(FILE)

    def test_no_more_than_twenty_are_under_way(
        self, page: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "OPEN_AT_MOST", 1)
        begin(page)
        assert "Finish or cancel one first" in error(begin(page, identity="2-b"))

    @pytest.mark.parametrize("body", [{}, {"name": "a", "size": "x", "identity": "i"}, {"name": "a", "size": "5"}])
    def test_what_is_missing_is_named(self, page: Client, channel: Channel, body: dict[str, str]) -> None:
        refused = page.post(BASE, body)
        assert (refused.status_code, error(refused)) == (400, "Upload: give name, size and identity of the file.")


class TestExpiry:
    def test_a_day_without_a_piece_ends_it_and_gives_the_room_back(
        self, page: Client, channel: Channel, ana: User, settings: Any
    ) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        fresh = begin(page, identity="2-b").json()["id"]
        Upload.objects.filter(pk=pk).update(touched_at=timezone.now() - timedelta(days=1, minutes=1))
        # Before anybody has pruned it is not gone on with.
        assert page.head(f"{BASE}{pk}/").status_code == 404
        call_command("prune", verbosity=0)
        assert [str(row.pk) for row in Upload.objects.all()] == [fresh]
        assert not parts(settings) and quota.uploads(ana) == len(FILE)

    def test_prune_leaves_a_part_that_still_grows(self, page: Client, channel: Channel, settings: Any) -> None:
        pk = begin(page).json()["id"]
        piece(page, pk, 0, FILE[:700])
        folder = parts(settings)[0].parent
        old = (timezone.now() - timedelta(days=3)).timestamp()
        os.utime(folder, (old, old))
        piece(page, pk, 700, FILE[700:900])
        call_command("prune", verbosity=0)
        assert page.head(f"{BASE}{pk}/").headers["Upload-Offset"] == "900"


def test_anothers_upload_is_not_there(page: Client, channel: Channel) -> None:
    theirs = uploads.begin(channel, factories.admin(), name="f", size=5, identity="i")
    assert page.head(f"{BASE}{theirs.pk}/").status_code == 404
    assert piece(page, str(theirs.pk), 0, b"12345").status_code == 404
