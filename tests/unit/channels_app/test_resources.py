"""Resources: one file one record, used by channels, deleted only when unused; uploads; the library as plain forms."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from accounts.limits import LimitReached
from accounts.models import User
from channels_app import actions, files, licences, queries, quota, resources
from channels_app.forms.resource import ResourceFilter
from channels_app.models import Channel, Resource, ResourceUse
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/c/tidal/resources/"
API = "/api/v1/channels/tidal/resources/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def upload(content: bytes | None = None, name: str = "light_house.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, factories.png() if content is None else content)


def titles(channel: Channel, **query: str) -> list[str]:
    return [row.title for row in ResourceFilter(query).apply(channel)]


class TestOneFileOneRecord:
    def test_the_same_file_is_the_same_record_and_keeps_its_terms(self, channel: Channel) -> None:
        first = factories.resource(channel, "First", content=factories.png(1))
        again = factories.resource(channel, "Again", content=factories.png(1), licence_code="cc0")
        assert again == first
        again.refresh_from_db()
        assert (again.title, again.licence_code) == ("First", "by")
        assert len(list(files.stored_names())) == 1

    def test_another_owner_has_a_record_of_their_own_on_the_same_file(self, channel: Channel) -> None:
        theirs = factories.channel(factories.stranger(), "cys")
        one = factories.resource(channel, content=factories.png(1))
        other = factories.resource(theirs, content=factories.png(1))
        assert one != other
        assert one.file == other.file

    def test_a_second_channel_of_the_owner_uses_the_same_record(self, channel: Channel, ana: User) -> None:
        second = factories.channel(ana, "second")
        row = factories.resource(channel, content=factories.png(1))
        factories.resource(second, content=factories.png(1))
        assert set(row.channels.all()) == {channel, second}
        assert quota.resources(ana) == row.size

    def test_what_is_in_the_bin_comes_back_when_it_is_fetched_again(self, channel: Channel) -> None:
        row = factories.resource(channel, content=factories.png(1), use=False)
        resources.bin_resource(row)
        assert not Resource.objects.exists()
        assert factories.resource(channel, content=factories.png(1)) == row
        assert Resource.objects.get() == row

    def test_a_file_that_does_not_fit_is_refused_and_one_that_is_there_is_not(
        self, channel: Channel, ana: User
    ) -> None:
        row = factories.resource(channel, content=factories.png(1))
        ana.storage_limit_bytes = row.size
        ana.save()
        channel.owner.refresh_from_db()
        with pytest.raises(LimitReached, match="storage limit"):
            factories.resource(channel, content=factories.png(2))
        assert factories.resource(channel, content=factories.png(1)) == row

    @pytest.mark.parametrize("code", ["", "by-something", "CC0"])
    def test_a_licence_that_nobody_knows_is_unknown(self, channel: Channel, code: str) -> None:
        assert factories.resource(channel, licence_code=code).licence_code == licences.UNKNOWN

    def test_titles_of_any_length_and_shape_are_kept_within_bounds(self, channel: Channel) -> None:
        assert factories.resource(channel, f"a\n\nb {'x' * 500}").title.startswith("a b x")
        assert factories.resource(channel, " \n ").title == "Untitled"


class TestBin:
    def test_what_a_channel_uses_is_not_deleted_and_the_sentence_says_where(self, channel: Channel) -> None:
        row = factories.resource(channel)
        with pytest.raises(ProtectedError, match=r"“A lighthouse” is used by “Tidal”. Take it off there first"):
            resources.bin_resource(row)
        resources.take_off(row, channel)
        resources.bin_resource(row)
        assert not Resource.objects.exists()

    def test_only_unused_ones_of_the_owner_go_together_and_come_back(self, channel: Channel, ana: User) -> None:
        used, unused = factories.resource(channel, "Used"), factories.resource(channel, "Unused", use=False)
        foreign = factories.resource(factories.channel(factories.stranger(), "cys"), use=False)
        gone, refused = resources.bin_resources(ana, [used.pk, unused.pk, foreign.pk, uuid4()])
        assert (gone, len(refused)) == ([unused], 1)
        assert resources.restore_resources(ana, [unused.pk, foreign.pk]) == [unused]
        assert Resource.objects.count() == 3

    def test_files_are_kept_while_the_bin_names_them_and_removed_after(self, channel: Channel) -> None:
        row = factories.resource(channel, use=False)
        resources.bin_resource(row)
        later = timezone.now() + timedelta(seconds=5)
        files.remove_unreferenced(queries.files_in_use(), older_than=later)
        assert default_storage.exists(row.file)
        assert actions.purge_binned(later) == 1
        files.remove_unreferenced(queries.files_in_use(), older_than=later)
        assert not default_storage.exists(row.file)

    def test_a_deleted_channel_leaves_the_library_to_its_owner(self, channel: Channel, ana: User) -> None:
        factories.resource(channel)
        actions.delete_channel(channel)
        assert ana.resources.count() == 1
        assert not ResourceUse.objects.exists()


class TestFilter:
    @pytest.fixture(autouse=True)
    def _rows(self, channel: Channel) -> None:
        factories.resource(channel, "Bell", licence_code="cc0", source="met")
        factories.resource(channel, "Sea", media_type="video/mp4", licence_code="by-nc", use=False)
        factories.resource(channel, "Foghorn", media_type="audio/mpeg", creator="B. Bell", licence_code="")

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["Foghorn", "Sea", "Bell"]),
            ({"type": "video"}, ["Sea"]),
            ({"type": "text"}, []),
            ({"licence": "free"}, ["Bell"]),
            ({"licence": "limited"}, ["Sea"]),
            ({"licence": "unknown"}, ["Foghorn"]),
            ({"source": "met"}, ["Bell"]),
            ({"use": "here"}, ["Foghorn", "Bell"]),
            ({"use": "not"}, ["Sea"]),
            ({"q": "bell"}, ["Foghorn", "Bell"]),
            ({"type": "huge", "licence": "no", "use": "maybe"}, ["Foghorn", "Sea", "Bell"]),
            ({"q": "bell' OR 1=1 --"}, []),
        ],
        ids=str,
    )
    def test_lets_through_what_is_wanted(self, channel: Channel, query: dict[str, str], found: list[str]) -> None:
        assert titles(channel, **query) == found


class TestCredits:
    def test_what_is_owed_comes_first_and_own_work_is_left_out(self, channel: Channel) -> None:
        rows = [
            factories.resource(channel, "Free", licence_code="cc0"),
            factories.resource(channel, "Mine", licence_code="own", source="upload"),
            factories.resource(channel, "Owed", attribution="“Owed” by A. Keeper, CC BY 4.0"),
        ]
        assert resources.attribution_block(rows).splitlines() == [
            "“Owed” by A. Keeper, CC BY 4.0",
            "“Free” by A. Keeper, CC0",
        ]

    def test_the_line_says_what_is_known_and_no_more(self, channel: Channel) -> None:
        row = factories.resource(
            channel,
            "Bell",
            creator="",
            licence_code="by",
            licence_url="https://l.example/",
            landing_url="https://p.example/",
        )
        assert resources.credit_line(row) == "“Bell” (https://p.example/), CC BY (https://l.example/)"


@pytest.mark.usefixtures("channel")
class TestUpload:
    def test_a_picture_is_kept_under_its_name_and_used_here(self, page: Client, channel: Channel) -> None:
        answer = page.post(LIST, {"file": upload(), "licence_code": "own", "is_ai_made": "on"}, follow=True)
        assert "“light house” is in the library." in text(answer)
        row = Resource.objects.get()
        assert (row.title, row.media_type, row.source, row.is_ai_made) == ("light house", "image/png", "upload", True)
        assert set(row.channels.all()) == {channel}
        with default_storage.open(row.file) as file:
            assert file.read() == factories.png()
        assert "was in the library already" in text(page.post(LIST, {"file": upload()}, follow=True))

    def test_a_large_one_is_streamed_to_disk(self, page: Client, settings: Any, tmp_path: Path) -> None:
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
        content = factories.png() + bytes(4 * 1024 * 1024)
        assert page.post(LIST, {"file": upload(content)}).status_code == 302
        assert Resource.objects.get().size == len(content)
        assert not list(tmp_path.glob("*.upload*"))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "it is empty (0 bytes)"),
            (b"<html><script>alert(1)</script></html>", "this is not a picture"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is not a picture"),
            (b"\x7fELF" + bytes(300), "this is not a picture"),
            (b"PK\x03\x04" + bytes(300), "this is not a picture"),
        ],
        ids=["empty", "html", "svg", "program", "archive"],
    )
    def test_what_is_no_medium_is_refused_with_a_sentence(self, page: Client, content: bytes, said: str) -> None:
        answer = page.post(LIST, {"file": upload(content, "picture.png")})
        assert answer.status_code == 400
        assert f"File: {said}" in text(answer)
        assert not Resource.objects.exists()
        assert not list(files.stored_names())

    @pytest.mark.parametrize("name", ["tides.txt", "TIDES.MD"])
    def test_a_text_is_kept_when_it_is_called_one(self, page: Client, name: str) -> None:
        content = "\ufeffEbbe und Flut: zweimal täglich.\r\n\t– so ist es.\n".encode()
        page.post(LIST, {"file": upload(content, name)})
        row = Resource.objects.get()
        assert (row.media_type, row.file[-4:], row.family) == ("text/plain", ".txt", "text")
        answer = page.get(f"{LIST}{row.pk}/file/")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_a_text_that_is_cut_within_a_sign_by_the_first_look_is_one(self, page: Client) -> None:
        page.post(LIST, {"file": upload(b"a" * (resources.HEAD_BYTES - 1) + "é".encode(), "long.txt")})
        assert Resource.objects.get().media_type == "text/plain"

    @pytest.mark.parametrize(
        ("content", "name"),
        [(b"Plain words.", "words.png"), (b"no \x00 text", "t.txt"), (b"\xe9t\xe9", "t.txt"), (b"\x7fELF\x01", "t.md")],
        ids=["called a picture", "nought", "latin-1", "program"],
    )
    def test_what_is_called_a_text_and_is_none_is_refused(self, page: Client, content: bytes, name: str) -> None:
        assert page.post(LIST, {"file": upload(content, name)}).status_code == 400
        assert not Resource.objects.exists()

    def test_the_name_of_the_file_decides_nothing(self, page: Client) -> None:
        page.post(LIST, {"file": upload(name="../../etc/passwd.exe")})
        row = Resource.objects.get()
        assert (row.title, row.file[-4:]) == ("passwd", ".png")

    def test_more_than_500_mb_is_refused(self, channel: Channel) -> None:
        huge = upload()
        huge.size = resources.UPLOAD_BYTES + 1
        with pytest.raises(resources.BadFile, match="larger than 500 MB"):
            resources.keep_upload(channel, huge)

    def test_one_that_does_not_fit_is_told_and_not_stored(self, page: Client, ana: User) -> None:
        ana.storage_limit_bytes = 10
        ana.save()
        answer = page.post(LIST, {"file": upload()})
        assert answer.status_code == 400
        assert "storage limit is reached" in text(answer)
        assert not list(files.stored_names())

    def test_a_script_gets_json(self, page: Client) -> None:
        kept = page.post(LIST, {"file": upload()}, headers={"Accept": "application/json"})
        assert (kept.status_code, kept.json()["id"]) == (201, str(Resource.objects.get().pk))
        refused = page.post(LIST, {"file": upload(b"")}, headers={"Accept": "application/json"})
        assert (refused.status_code, refused.json()["error"]["message"][:19]) == (400, "File: it is empty (")


class TestPage:
    def test_says_what_to_do_while_it_is_empty(self, page: Client, channel: Channel) -> None:
        assert "The library is empty" in text(page.get(LIST))
        assert "Nothing is like that" in text(page.get(f"{LIST}?q=zebra"))

    def test_shows_everything_of_a_resource(self, page: Client, channel: Channel) -> None:
        row = factories.resource(channel, attribution="“X” by Y")
        shown = text(page.get(LIST))
        assert "CC BY" in shown
        assert "In this channel" in shown
        assert "“X” by Y" in shown
        large = text(page.get(f"{LIST}{row.pk}/"))
        assert "“X” by Y" in large
        assert "Tidal" in large

    def test_no_text_of_a_source_becomes_markup(self, page: Client, channel: Channel) -> None:
        evil = '<script>alert(1)</script>"'
        row = factories.resource(channel, evil, creator=evil, licence_raw=evil, attribution=evil)
        for address in (LIST, f"{LIST}{row.pk}/"):
            assert "<script>alert" not in text(page.get(address))

    def test_one_card_by_itself_unless_the_filter_hides_it(self, page: Client, channel: Channel) -> None:
        row = factories.resource(channel)
        card = text(page.get(f"{LIST}?fragment=resource&id={row.pk}"))
        assert card.count("<li") == 1
        assert page.get(f"{LIST}?fragment=resource&id={row.pk}&type=audio").status_code == 204
        assert page.get(f"{LIST}?fragment=resource&id=nonsense").status_code == 404

    def test_is_used_and_taken_off(self, page: Client, channel: Channel) -> None:
        row = factories.resource(channel, use=False)
        page.post(f"{LIST}{row.pk}/use/")
        assert set(row.channels.all()) == {channel}
        answer = page.post(f"{LIST}{row.pk}/use/", {"use": "0"}, headers={"Accept": "application/json"})
        assert answer.json()["is_here"] is False
        assert not row.channels.exists()

    def test_unused_ones_are_deleted_together_and_brought_back(self, page: Client, channel: Channel) -> None:
        rows = [factories.resource(channel, f"R{at}", use=False) for at in range(2)]
        used = factories.resource(channel, "Used")
        shown = text(page.post(f"{LIST}delete/", {"id": [row.pk for row in [*rows, used]]}, follow=True))
        assert "2 resources are deleted" in shown
        assert "“Used” is used by “Tidal”" in shown
        assert "2 resources are back" in text(page.post(f"{LIST}restore/", follow=True))
        assert Resource.objects.count() == 3

    def test_deleting_only_what_is_used_is_409(self, page: Client, channel: Channel) -> None:
        answer = page.post(f"{LIST}delete/", {"id": [factories.resource(channel).pk]})
        assert answer.status_code == 409
        assert "Take it off there first" in text(answer)

    def test_of_many_that_are_used_a_few_are_named(self, page: Client, channel: Channel) -> None:
        rows = [factories.resource(channel, f"Used {n}") for n in range(9)]
        answer = text(page.post(f"{LIST}delete/", {"id": [row.pk for row in rows]}))
        assert answer.count("Take it off there first") == 3
        assert "6 others that you chose are used too." in answer
        rows[0].uses.all().delete()
        partly = text(page.post(f"{LIST}delete/", {"id": [row.pk for row in rows]}, follow=True))
        assert "5 others that you chose are used too." in partly

    def test_what_is_set_right_changes_the_credit(self, page: Client, channel: Channel) -> None:
        row = factories.resource(channel, attribution="old words")
        page.post(f"{LIST}{row.pk}/", {"title": "New", "creator": "C", "licence_code": "cc0"})
        row.refresh_from_db()
        assert resources.credit_line(row) == "“New” by C, CC0"

    def test_a_file_is_served_with_ranges_and_never_as_a_page(self, page: Client, channel: Channel) -> None:
        row = factories.resource(channel)
        answer = page.get(f"{LIST}{row.pk}/file/", headers={"Range": "bytes=0-3"})
        assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"\x89PNG")  # type: ignore[attr-defined]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "attachment" in page.get(f"{LIST}{row.pk}/file/?save=1").headers["Content-Disposition"]


class TestApi:
    def test_uploads_lists_changes_assigns_and_deletes(self, page: Client, channel: Channel) -> None:
        made = page.post(API, {"file": upload(), "licence_code": "by", "title": "Bell", "creator": "A"})
        assert made.status_code == 201
        row = made.json()
        assert (row["used_here"], row["licence"], row["level"], row["credit"]) == (
            True,
            "CC BY",
            "credit",
            "“Bell” by A, CC BY",
        )
        assert page.post(API, {"file": upload()}).status_code == 200
        assert [one["id"] for one in page.get(f"{API}?type=image").json()["results"]] == [row["id"]]
        assert page.get(f"{API}credits/").json() == {"text": "“Bell” by A, CC BY"}
        address = f"{API}{row['id']}/"
        refused = page.delete(address)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "in_use")
        json = "application/json"
        changed = page.patch(address, {"used_here": False, "title": "Horn"}, content_type=json).json()
        assert (changed["used_here"], changed["title"]) == (False, "Horn")
        assert page.delete(address).status_code == 204
        assert page.get(address).status_code == 404

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"licence_code": "mine"}, "licence_code"),
            ({"title": ""}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"landing_url": "javascript:alert(1)"}, "landing_url"),
            ({"licence_url": "data:text/html,1"}, "licence_url"),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, page: Client, channel: Channel, change: dict[str, Any], field: str
    ) -> None:
        address = f"{API}{factories.resource(channel).pk}/"
        answer = page.patch(address, change, content_type="application/json")
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])

    def test_a_credit_is_written_anew_when_what_it_says_has_changed_and_only_then(
        self, page: Client, channel: Channel
    ) -> None:
        row = factories.resource(
            channel, licence_code="by", licence_url="https://by.example/", attribution="As its source wants it."
        )

        def changed(**values: Any) -> Resource:
            page.patch(f"{API}{row.pk}/", values, content_type="application/json")
            return Resource.objects.get(pk=row.pk)

        kept = changed(is_ai_made=True, title=row.title)
        assert (kept.attribution, kept.is_ai_made) == ("As its source wants it.", True)
        other = changed(licence_code="cc0")
        assert (other.attribution, other.licence_url) == ("", "")
        assert changed(landing_url="https://page.example/a").landing_url == "https://page.example/a"

    def test_refuses_bad_files_with_a_sentence(self, page: Client, channel: Channel) -> None:
        answer = page.post(API, {"file": upload(b"GIX89a")})
        assert answer.status_code == 400
        assert "this is not a picture" in answer.json()["error"]["message"]
        assert page.post(API, "{}", content_type="application/json").status_code == 400

    def test_what_was_found_keeps_its_origin(self, page: Client, channel: Channel) -> None:
        row = factories.resource(channel)
        page.patch(f"{API}{row.pk}/", {"source": "mine", "sha256": "0"}, content_type="application/json")
        row.refresh_from_db()
        assert row.source == "wikimedia-commons"
        assert len(row.sha256) == 64


def test_the_admin_shows_them_and_adds_none(client: Client, channel: Channel) -> None:
    client.force_login(factories.admin())
    row = factories.resource(channel)
    assert "A lighthouse" in text(client.get("/admin/channels_app/resource/"))
    assert client.get(f"/admin/channels_app/resource/{row.pk}/change/").status_code == 200
    assert client.get("/admin/channels_app/resource/add/").status_code == 403
