"""The pages, used as plain forms."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from channels_app import actions
from channels_app.forms.audio import TakeUploadForm
from channels_app.models import AudioSection, Channel, Note, Script, Take
from channels_app.models.script import BODY_CHARACTERS
from channels_app.niches import USUAL_RPM, Niche
from jobs import actions as jobs
from tests import factories
from tests.unit.channels_app.conftest import World

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode())


def told(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


class TestHome:
    def test_invites_to_make_the_first_channel(self, page: Client) -> None:
        assert "Make your first channel" in text(page.get("/"))

    def test_opens_the_channel_used_last(self, page: Client, ana: User, channel: Channel) -> None:
        factories.channel(ana, "aaa")
        assert page.get("/").headers["Location"] == reverse("scripts", args=["aaa"])
        page.get(reverse("notes", args=[channel.slug]))
        assert page.get("/").headers["Location"] == reverse("scripts", args=[channel.slug])

    def test_forgets_a_channel_one_may_no_longer_see(self, page: Client, ana: User, channel: Channel) -> None:
        page.get(reverse("notes", args=[channel.slug]))
        Channel.objects.update(owner=factories.stranger())
        assert "Make your first channel" in text(page.get("/"))

    def test_opens_ones_own_before_others(self, client: Client, channel: Channel) -> None:
        ed = factories.editor()
        client.force_login(ed)
        assert client.get("/").headers["Location"] == reverse("scripts", args=[channel.slug])
        factories.channel(ed, "zed")
        assert client.get("/").headers["Location"] == reverse("scripts", args=["zed"])


class TestNavigation:
    def test_shows_the_channel_its_stages_and_ones_channels(self, page: Client, world: World) -> None:
        shown = page.get(reverse("audio-rooms", args=[world.channel.slug])).context
        assert [(stage["label"], stage["current"]) for stage in shown["stages"]] == [
            ("Discover", False),
            ("Ideas", False),
            ("Scripts", False),
            ("Audio", True),
            ("Notes", False),
            ("Resources", False),
            ("Settings", False),
        ]
        assert list(shown["my_channels"]) == [world.channel]

    def test_knows_nothing_for_those_who_are_not_signed_in(self, client: Client, channel: Channel) -> None:
        shown = client.get(reverse("sign-in")).context
        assert "my_channels" not in shown
        assert "channel" not in shown

    def test_tells_a_stranger_nothing_on_the_page_that_is_not_there(self, client: Client, channel: Channel) -> None:
        client.force_login(factories.stranger())
        answer = client.get(reverse("scripts", args=[channel.slug]))
        assert answer.status_code == 404
        assert channel.name not in text(answer)


class TestChannel:
    def test_is_made_with_a_name_alone(self, page: Client, ana: User) -> None:
        answer = page.post(reverse("channel-new"), {"name": "Tidal Pools", "niche": "tech"})
        made = Channel.objects.get()
        assert answer.headers["Location"] == reverse("scripts", args=["tidal-pools"])
        assert (made.owner, made.rpm) == (ana, USUAL_RPM[Niche.TECH])

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"name": ""}, "This field is required."),
            ({"slug": "tidal"}, "Address: “tidal” is taken. Choose another."),
            ({"slug": "new"}, "Address: “new” is taken. Choose another."),
            ({"slug": "not a slug"}, "Enter a valid “slug”"),
            ({"niche": "custom"}, "Custom niche: give it a name"),
        ],
    )
    def test_errors_name_the_field_and_the_fix(
        self, page: Client, channel: Channel, fields: dict[str, str], error: str
    ) -> None:
        answer = page.post(reverse("channel-new"), {"name": "Other", "niche": "tech", **fields})
        assert answer.status_code == 400
        assert error in text(answer)
        assert Channel.objects.count() == 1

    def settings(self, channel: Channel, **changes: str) -> dict[str, str]:
        given = {
            "name": "Tidal",
            "niche": "education",
            "rpm": "5",
            "topics": "tides, the sea,, tides ,navigation",
            "tags": "",
            "voice_service": "auto",
            "voice_speed": "1.25",
            "context_source": "character",
        }
        return {**given, **changes}

    def test_settings_are_kept(self, page: Client, channel: Channel) -> None:
        address = reverse("channel-settings", args=[channel.slug])
        sent = self.settings(channel, character_name="Mara", voice_service="espeak", voice_id="en-us")
        assert page.post(address, sent).status_code == 302
        channel.refresh_from_db()
        assert channel.topics == ["tides", "the sea", "navigation"]
        assert (channel.character_name, channel.voice_service, channel.voice_speed) == ("Mara", "espeak", 1.25)
        assert "tides, the sea, navigation" in text(page.get(address))

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"voice_speed": "9"}, "less than or equal to 2.0"),
            ({"voice_speed": "nan"}, "Enter a number."),
            ({"rpm": "-1"}, "greater than or equal to 0"),
            ({"niche": "custom"}, "Custom niche: give it a name"),
            ({"voice_service": "nobody"}, "Voice service: “nobody” is none of ours"),
            ({"voice_service": "espeak", "voice_id": "zz"}, "has no “zz”"),
            ({"topics": ",".join(map(str, range(31)))}, "31 are too many"),
            ({"tags": "x" * 61}, "is too long"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_settings_that_cannot_be_are_refused(
        self, page: Client, channel: Channel, changes: dict[str, str], error: str
    ) -> None:
        answer = page.post(reverse("channel-settings", args=[channel.slug]), self.settings(channel, **changes))
        assert answer.status_code == 400
        assert error in text(answer)

    def test_no_rpm_means_the_usual_one(self, page: Client, channel: Channel) -> None:
        sent = self.settings(channel, rpm="", niche="finance")
        page.post(reverse("channel-settings", args=[channel.slug]), sent)
        channel.refresh_from_db()
        assert channel.rpm == USUAL_RPM[Niche.FINANCE]

    def test_a_voice_this_machine_has_lost_does_not_stand_in_the_way(self, page: Client, channel: Channel) -> None:
        Channel.objects.update(voice_service="gone", voice_id="x")
        sent = self.settings(channel, voice_service="gone", voice_id="x", name="Renamed")
        assert page.post(reverse("channel-settings", args=[channel.slug]), sent).status_code == 302
        channel.refresh_from_db()
        assert channel.name == "Renamed"

    def test_deleting_wants_the_address_typed(self, page: Client, world: World) -> None:
        address = reverse("channel-delete", args=[world.channel.slug])
        wrong = page.post(address, {"confirmation": "Tidal"})
        assert wrong.status_code == 400
        assert "Type “tidal” exactly" in text(wrong)
        assert page.post(address, {"confirmation": "tidal"}).headers["Location"] == "/"
        assert not Channel.objects.exists()
        assert "Make your first channel" in text(page.get("/"))

    def test_deleting_waits_for_jobs(self, page: Client, world: World) -> None:
        jobs.submit(world.channel, world.ana, "drill", {"order": "ok"})
        answer = page.post(reverse("channel-delete", args=[world.channel.slug]), {"confirmation": "tidal"})
        assert answer.status_code == 409
        assert "a job is still at work on it" in text(answer)
        assert Channel.objects.exists()

    def test_a_reader_gets_no_buttons(self, client: Client, world: World) -> None:
        client.force_login(factories.editor())
        for name, arguments in (
            ("channel-settings", []),
            ("notes", []),
            ("note", [world.note.pk]),
            ("scripts", []),
            ("script", [world.script.pk]),
            ("audio-rooms", []),
        ):
            shown = text(client.get(reverse(name, args=[world.channel.slug, *arguments])))
            main = re.sub(r'<form[^>]*method="get".*?</form>', "", shown.partition("<main")[2], flags=re.DOTALL)
            assert "You may read this channel but not change it" in main or name == "audio-rooms"
            assert 'type="submit"' not in main, name


class TestNotes:
    def add(self, page: Client, channel: Channel, **fields: Any) -> Any:
        return page.post(reverse("notes", args=[channel.slug]), fields)

    def test_one_is_pasted(self, page: Client, channel: Channel) -> None:
        self.add(page, channel, title="Tides", text="Line one\r\nline two", source_url="https://noaa.example/tides")
        note = Note.objects.get()
        assert (note.text, note.origin) == ("Line one\nline two", Note.Origin.PASTED)
        assert "Tides" in text(page.get(reverse("notes", args=[channel.slug])))

    def test_one_is_uploaded_and_named_after_its_file(self, page: Client, channel: Channel) -> None:
        self.add(page, channel, file=upload("two_tides.md", b"\xef\xbb\xbfThe Moon \xe2\x80\x94 twice."))
        note = Note.objects.get()
        assert (note.title, note.text, note.origin) == ("two tides", "The Moon — twice.", Note.Origin.UPLOADED)

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"title": "x"}, "Text: write or paste the note, or upload a file."),
            ({"text": "x"}, "Title: give it a name."),
            ({"title": "x", "text": "x", "source_url": "javascript:alert(1)"}, "Enter a valid URL."),
            ({"file": ("a.pdf", b"text")}, "File: “a.pdf” is no .txt or .md file."),
            ({"file": ("a.txt", b"\xff\xfe\x00")}, "File: this is no UTF-8 text."),
            ({"file": ("a.txt", b"a\x00b")}, "File: this is no text."),
            ({"file": ("a.txt", b"a" * (1024 * 1024 + 1))}, "File: it is larger than 1 MB."),
            ({"file": ("a.txt", b"")}, "The submitted file is empty."),
            ({"text": "x", "file": ("a.txt", b"y")}, "File: there is text in the field as well."),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_what_cannot_be_kept_is_refused(
        self, page: Client, channel: Channel, fields: dict[str, Any], error: str
    ) -> None:
        sent = {name: upload(*value) if isinstance(value, tuple) else value for name, value in fields.items()}
        answer = self.add(page, channel, **sent)
        assert answer.status_code == 400
        assert error in text(answer)
        assert not Note.objects.exists()

    def test_one_is_changed(self, page: Client, world: World) -> None:
        page.post(reverse("note", args=[world.channel.slug, world.note.pk]), {"title": "New", "text": "Changed"})
        world.note.refresh_from_db()
        assert (world.note.title, world.note.text) == ("New", "Changed")

    def test_deleting_can_be_undone(self, page: Client, world: World) -> None:
        slug, pk = world.channel.slug, world.note.pk
        listed = page.post(reverse("note-delete", args=[slug, pk]), follow=True)
        restore = reverse("note-restore", args=[slug, pk])
        assert f'action="{restore}"' in text(listed)
        assert not Note.objects.exists()
        assert f'action="{restore}"' in text(page.get(reverse("notes", args=[slug])))
        assert world.note.title in text(page.post(restore, follow=True))
        assert Note.objects.get() == world.note
        assert f'action="{restore}"' not in text(page.get(reverse("notes", args=[slug])))

    def test_undoing_is_not_offered_for_ever_nor_elsewhere(self, page: Client, world: World, ana: User) -> None:
        other = factories.channel(ana, "other")
        page.post(reverse("note-delete", args=[world.channel.slug, world.note.pk]))
        assert "Undo" not in text(page.get(reverse("notes", args=[other.slug])))
        assert "Undo" not in text(page.get(reverse("scripts", args=[world.channel.slug])))
        session = page.session
        session["deleted"] = {**session["deleted"], "at": (timezone.now() - timedelta(minutes=11)).isoformat()}
        session.save()
        assert "Undo" not in text(page.get(reverse("notes", args=[world.channel.slug])))

    def test_what_they_say_is_shown_as_text(self, page: Client, channel: Channel) -> None:
        factories.note(channel, "<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
        shown = text(page.get(reverse("notes", args=[channel.slug])))
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown

    def test_a_long_list_has_pages_and_few_queries(
        self, page: Client, channel: Channel, django_assert_max_num_queries: Any
    ) -> None:
        Note.objects.bulk_create([Note(channel=channel, title=f"n{number}", text="t") for number in range(120)])
        page.get(reverse("notes", args=[channel.slug]))
        with django_assert_max_num_queries(8):
            shown = page.get(reverse("notes", args=[channel.slug]), {"page": "3"})
        assert len(shown.context["page"].object_list) == 20
        assert page.get(reverse("notes", args=[channel.slug]), {"page": "x"}).status_code == 200


class TestScripts:
    def new(self, page: Client, channel: Channel, **fields: Any) -> Any:
        sent = {"type": "short", "status": "draft", **fields}
        return page.post(reverse("script-new", args=[channel.slug]), sent)

    def test_one_is_written(self, page: Client, channel: Channel) -> None:
        answer = self.new(page, channel, title="Tides", body="### One\r\n\r\nThe sea rises.")
        script = Script.objects.get()
        assert answer.headers["Location"] == reverse("script", args=[channel.slug, script.pk])
        assert (script.body, script.words, script.status) == ("### One\n\nThe sea rises.", 3, "draft")
        assert "<span data-count-target>150</span> spoken words" in text(page.get(answer.headers["Location"]))

    @pytest.mark.parametrize("name", ["a.md", "a.txt", "a.fountain", "A.MD"])
    def test_one_is_uploaded(self, page: Client, channel: Channel, name: str) -> None:
        self.new(page, channel, file=upload(name, "**Mara:** Flut und Ebbe – täglich.".encode()))
        script = Script.objects.get()
        assert script.body == "**Mara:** Flut und Ebbe – täglich."
        assert script.title.lower() == "a"

    def test_the_limit_is_named(self, page: Client, channel: Channel) -> None:
        answer = self.new(page, channel, title="Long", body="é" * (BODY_CHARACTERS + 1))
        assert answer.status_code == 400
        assert "Script: at most 200,000 characters (it has 200001)." in text(answer)
        answer = self.new(page, channel, file=upload("long.md", b"x" * (BODY_CHARACTERS + 1)))
        assert "File: at most 200,000 characters (it has 200001)." in text(answer)
        assert not Script.objects.exists()
        assert self.new(page, channel, title="Just fits", body="x" * BODY_CHARACTERS).status_code == 302

    def test_line_ends_do_not_count_twice(self, page: Client, channel: Channel) -> None:
        body = "x\r\n" * (BODY_CHARACTERS // 2)
        assert self.new(page, channel, title="Lines", body=body).status_code == 302
        assert len(Script.objects.get().body) == BODY_CHARACTERS

    @pytest.mark.parametrize(("field", "value"), [("status", "published"), ("type", "huge"), ("title", "x" * 201)])
    def test_what_cannot_be_is_refused(self, page: Client, channel: Channel, field: str, value: str) -> None:
        answer = self.new(page, channel, **{"title": "t", "body": "b", field: value})
        assert answer.status_code == 400
        assert "field-error" in text(answer)

    def test_a_refused_change_shows_what_was_typed_and_keeps_what_was_saved(self, page: Client, world: World) -> None:
        address = reverse("script", args=[world.channel.slug, world.script.pk])
        answer = page.post(address, {"title": "", "body": "typed", "type": "short", "status": "draft"})
        assert answer.status_code == 400
        assert ">typed</textarea>" in text(answer).replace("\n", "")
        assert f'<h1 class="visually-hidden">{world.script.title}</h1>' in text(answer)
        world.script.refresh_from_db()
        assert world.script.body == factories.BODY

    def test_one_is_counted_while_it_is_written(self, page: Client, channel: Channel) -> None:
        answer = page.post(reverse("script-count", args=[channel.slug]), {"body": "### No\n" + "yes " * 75})
        assert answer.json() == {"words": 75, "time": "0:30"}

    def test_the_status_is_set(self, page: Client, world: World) -> None:
        address = reverse("script-status", args=[world.channel.slug, world.script.pk])
        page.post(address, {"status": "final"})
        world.script.refresh_from_db()
        assert world.script.status == "final"
        wrong = page.post(address, {"status": "published"})
        assert told(wrong)[-1] == "Status: choose one of draft, review, final."

    def test_deleting_can_be_undone(self, page: Client, world: World) -> None:
        slug, pk = world.channel.slug, world.script.pk
        assert "is deleted" in text(page.post(reverse("script-delete", args=[slug, pk]), follow=True))
        assert page.get(reverse("audio-room", args=[slug, pk])).status_code == 404
        assert page.get(reverse("audio-section", args=[slug, world.section.pk])).status_code == 404
        assert page.get(reverse("take-sound", args=[slug, world.take.pk])).status_code == 404
        page.post(reverse("script-restore", args=[slug, pk]))
        assert page.get(reverse("audio-section", args=[slug, world.section.pk])).status_code == 200

    def test_deleting_waits_for_jobs(self, page: Client, world: World) -> None:
        jobs.submit(world.channel, world.ana, "drill", {"order": "ok", "subject": str(world.script.pk)})
        answer = page.post(reverse("script-delete", args=[world.channel.slug, world.script.pk]))
        assert answer.status_code == 409
        assert "a job is still at work on it" in text(answer)
        assert Script.objects.exists()


class TestAudioRoom:
    def room(self, page: Client, world: World, **query: str) -> str:
        return text(page.get(reverse("audio-room", args=[world.channel.slug, world.script.pk]), query))

    def test_shows_every_section_with_its_state(self, page: Client, world: World) -> None:
        shown = self.room(page, world)
        assert f'data-audio-room="audio:{world.script.pk}"' in shown
        assert f'data-section="{world.section.pk}"' in shown
        assert shown.count('data-state="ready"') >= 1
        assert shown.count('data-state="unspoken"') == 1
        assert reverse("take-sound", args=[world.channel.slug, world.take.pk]) in shown
        assert 'data-slot="tts:' in shown

    def test_a_draft_cannot_be_voiced_and_says_so(self, page: Client, world: World) -> None:
        Script.objects.update(status="draft")
        shown = self.room(page, world)
        assert "Drafts cannot be voiced." in shown
        assert 'data-slot="tts:' not in shown
        address = reverse("script-status", args=[world.channel.slug, world.script.pk])
        back = page.post(address, {"status": "review", "then": "audio"})
        assert back.headers["Location"] == reverse("audio-room", args=[world.channel.slug, world.script.pk])
        assert 'data-slot="tts:' in self.room(page, world)

    def test_a_reader_hears_but_changes_nothing(self, client: Client, world: World) -> None:
        client.force_login(factories.editor())
        shown = self.room(client, world)
        assert "<audio" in shown
        assert 'type="submit"' not in shown.partition("data-sections>")[2]
        Script.objects.update(status="draft")
        assert "Set to review" not in self.room(client, world)

    def test_says_what_to_do_before_there_are_sections(self, page: Client, world: World) -> None:
        world.project.delete()
        assert "The sections appear here, one by one" in self.room(page, world)

    def test_says_when_the_script_has_been_edited_since(self, page: Client, world: World) -> None:
        assert "The script was edited after" not in self.room(page, world)
        world.script.body = "Other words."
        world.script.save()
        assert "The script was edited after" in self.room(page, world)

    def test_its_list_and_each_section_can_be_fetched_alone(self, page: Client, world: World) -> None:
        alone = self.room(page, world, fragment="sections")
        assert "<html" not in alone
        assert alone.count('<li class="section card"') == 2
        one = text(page.get(reverse("audio-section", args=[world.channel.slug, world.section.pk])))
        assert one.strip().startswith('<li class="section card"')
        assert one.count("data-section=") == 1

    def test_a_fragment_shows_what_the_page_shows(self, page: Client, world: World) -> None:
        def without_tokens(html: str) -> str:
            return "\n".join(line for line in html.splitlines() if "csrfmiddlewaretoken" not in line and line.strip())

        one = text(page.get(reverse("audio-section", args=[world.channel.slug, world.section.pk])))
        assert without_tokens(one) in without_tokens(self.room(page, world))

    def test_a_section_whose_words_changed_says_so(self, page: Client, world: World) -> None:
        actions.sync_sections(world.project, [actions.SectionText("", "", "Other words.")])
        shown = self.room(page, world)
        assert 'data-state="changed"' in shown
        assert "for an earlier text" in shown

    def test_a_pause_is_set(self, page: Client, world: World) -> None:
        address = reverse("section-pause", args=[world.channel.slug, world.section.pk])
        back = page.post(address, {"pause_ms": "1250"})
        assert back.headers["Location"].endswith(f"#section-{world.section.pk}")
        assert AudioSection.objects.get(pk=world.section.pk).pause_ms == 1250
        fragment = page.post(f"{address}?fragment=1", {"pause_ms": "300"})
        assert fragment.status_code == 200
        assert 'value="300"' in text(fragment)

    @pytest.mark.parametrize("pause", ["", "-1", "30001", "half a second", "1.5"])
    def test_a_pause_that_cannot_be_is_refused(self, page: Client, world: World, pause: str) -> None:
        address = reverse("section-pause", args=[world.channel.slug, world.section.pk])
        said = "Pause: give milliseconds from 0 to 30000."
        assert told(page.post(address, {"pause_ms": pause})) == [said]
        fragment = page.post(f"{address}?fragment=1", {"pause_ms": pause})
        assert fragment.status_code == 400
        assert said in text(fragment)
        assert AudioSection.objects.get(pk=world.section.pk).pause_ms == 600

    def test_another_take_is_chosen(self, page: Client, world: World) -> None:
        other = factories.take(world.section, content=factories.wav(level=2), source=Take.Source.UPLOADED)
        address = reverse("take-choose", args=[world.channel.slug, world.take.pk])
        assert page.post(address).status_code == 302
        assert Take.objects.get(chosen=True) == world.take
        answer = page.post(reverse("take-choose", args=[world.channel.slug, other.pk]) + "?fragment=1")
        assert f'data-take="{other.pk}"' in text(answer)

    def test_a_take_is_heard_in_parts(self, page: Client, world: World) -> None:
        address = reverse("take-sound", args=[world.channel.slug, world.take.pk])
        part = page.get(address, headers={"range": "bytes=0-3"})
        assert (part.status_code, b"".join(part.streaming_content)) == (206, b"RIFF")
        assert part.headers["Content-Security-Policy"].startswith("sandbox")
        assert page.head(address).headers["Content-Length"] == str(world.take.size)

    def test_the_list_of_rooms_counts_what_is_ready(
        self, page: Client, world: World, django_assert_max_num_queries: Any
    ) -> None:
        address = reverse("audio-rooms", args=[world.channel.slug])
        for number in range(5):
            factories.script(world.channel, f"s{number}")
        page.get(address)
        with django_assert_max_num_queries(9):
            shown = text(page.get(address))
        assert "1 of 2 sections ready" in shown

    def test_many_sections_cost_no_more_queries(
        self, page: Client, world: World, django_assert_max_num_queries: Any
    ) -> None:
        script = factories.script(world.channel, "long")
        for section in factories.sections(script, *(f"Section {number}" for number in range(40))):
            factories.take(section)
        world = replace(world, script=script)
        self.room(page, world)
        with django_assert_max_num_queries(20):
            self.room(page, world)


class TestTakeUpload:
    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (factories.wav(), ""),
            (b"ID3\x04" + b"\x00" * 300, ""),
            (b"<html>" * 100, "this is no sound file"),
            (b"MThd\x00\x00\x00\x06" + b"\x00" * 100, "this is no sound file"),
            (b"#EXTM3U\nhttp://127.0.0.1/x\n", "this is no sound file"),
        ],
        ids=["wav", "mp3", "html", "midi", "playlist"],
    )
    def test_is_judged_by_its_content(self, content: bytes, error: str) -> None:
        form = TakeUploadForm({}, {"sound": upload("sound.wav", content)})
        assert form.is_valid() is not bool(error)
        assert error in str(form.errors)

    def test_is_bounded(self) -> None:
        large = upload("sound.wav", factories.wav())
        large.size = 50 * 1024 * 1024 + 1
        form = TakeUploadForm({}, {"sound": large})
        assert "Recording: it is larger than 50 MB." in str(form.errors)


def test_every_page_keeps_to_the_content_policy(page: Client, world: World) -> None:
    slug = world.channel.slug
    for address in (
        reverse("channel-new"),
        reverse("channel-settings", args=[slug]),
        reverse("channel-delete", args=[slug]),
        reverse("notes", args=[slug]),
        reverse("note", args=[slug, world.note.pk]),
        reverse("scripts", args=[slug]),
        reverse("script-new", args=[slug]),
        reverse("script", args=[slug, world.script.pk]),
        reverse("audio-rooms", args=[slug]),
        reverse("audio-room", args=[slug, world.script.pk]),
    ):
        shown = text(page.get(address))
        assert "style=" not in shown, address
        assert "<style" not in shown, address
        assert " onclick" not in shown, address
        assert shown.count("<script") == shown.count('<script type="module" src="'), address


def test_forms_ask_for_a_token(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.ana)
    assert strict.post(reverse("script-delete", args=[world.channel.slug, world.script.pk])).status_code == 403
    assert Script.objects.exists()


def test_what_only_changes_things_is_not_done_by_a_link(page: Client, world: World) -> None:
    for name, pk in (
        ("note-delete", world.note.pk),
        ("note-restore", world.note.pk),
        ("script-delete", world.script.pk),
        ("script-status", world.script.pk),
        ("section-pause", world.section.pk),
        ("take-choose", world.take.pk),
    ):
        assert page.get(reverse(name, args=[world.channel.slug, pk])).status_code == 405, name
    assert page.get(reverse("script", args=[world.channel.slug, uuid4()])).status_code == 404
