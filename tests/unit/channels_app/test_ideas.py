"""Ideas: the page as plain forms, the API, and what may be done to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from channels_app import actions, ideas
from channels_app.forms.idea import IdeaFilter, IdeaForm
from channels_app.models import Channel, Idea, Revision, Script
from tests import factories
from tests.unit.channels_app.conftest import World

pytestmark = pytest.mark.django_db
JSON = "application/json"
LIST = "/c/tidal/ideas/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def titles(channel: Channel, **query: str) -> list[str]:
    return [row.title for row in IdeaFilter(query).apply(channel)]


class TestConvert:
    def test_makes_a_draft_that_speaks_the_hook_and_not_the_angle(self, channel: Channel) -> None:
        idea = factories.idea(channel, hook="Stand on a beach.", angle="Show (slowly)\nthe beach.", type="long")
        script, is_new = ideas.convert_to_script(idea)
        assert is_new
        assert (script.title, script.type, script.status) == (idea.title, "long", Script.Status.DRAFT)
        assert script.body == "### Hook\n\nStand on a beach.\n\n### The story\n\n*(Show [slowly] the beach.)*\n"
        assert script.words == 4
        idea.refresh_from_db()
        assert idea.script == script
        # What the idea gave is in the script's history, whatever is written over it.
        kept = Revision.objects.get(script=script)
        assert (kept.body, kept.note) == (script.body, "From an idea")

    def test_happens_once_until_the_script_is_deleted(self, channel: Channel) -> None:
        idea = factories.idea(channel)
        script, _ = ideas.convert_to_script(idea)
        assert ideas.convert_to_script(idea) == (script, False)
        actions.bin_row(script)
        another, is_new = ideas.convert_to_script(idea)
        assert is_new
        assert another != script

    def test_an_empty_idea_makes_an_empty_draft(self, channel: Channel) -> None:
        script, _ = ideas.convert_to_script(factories.idea(channel, hook="", angle=""))
        assert script.body == "### Hook\n\n### The story\n"


class TestBin:
    def test_several_go_and_come_back_together_and_others_stay(self, channel: Channel) -> None:
        foreign = factories.idea(factories.channel(factories.stranger(), "cys"))
        rows = [factories.idea(channel, f"Idea {at}") for at in range(3)]
        gone = ideas.bin_ideas(channel, [rows[0].pk, rows[1].pk, foreign.pk, uuid4()])
        assert {row.pk for row in gone} == {rows[0].pk, rows[1].pk}
        assert set(Idea.objects.all()) == {rows[2], foreign}
        assert len(ideas.restore_ideas(channel, [row.pk for row in rows])) == 2
        assert Idea.objects.count() == 4

    def test_what_is_long_in_the_bin_is_purged(self, channel: Channel) -> None:
        actions.bin_row(factories.idea(channel))
        assert actions.purge_binned(timezone.now() + timedelta(seconds=1)) == 1
        assert not Idea.with_binned.exists()


class TestFilter:
    @pytest.fixture(autouse=True)
    def _rows(self, channel: Channel) -> None:
        factories.idea(channel, "Bells", hook="A bell under water", source="ai")
        factories.idea(channel, "Anchors", type="long")
        converted = factories.idea(channel, "Cables", angle="The bell of the cable ship")
        ideas.convert_to_script(converted)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["Cables", "Anchors", "Bells"]),
            ({"sort": "oldest"}, ["Bells", "Anchors", "Cables"]),
            ({"sort": "title"}, ["Anchors", "Bells", "Cables"]),
            ({"q": "BELL"}, ["Cables", "Bells"]),
            ({"q": "bell water"}, ["Bells"]),
            ({"source": "ai"}, ["Bells"]),
            ({"type": "long"}, ["Anchors"]),
            ({"script": "yes"}, ["Cables"]),
            ({"script": "no"}, ["Anchors", "Bells"]),
            ({"sort": "nonsense", "type": "huge", "source": "x", "script": "maybe"}, ["Cables", "Anchors", "Bells"]),
            ({"q": "bell' OR 1=1 --"}, []),
            ({"q": "bell\x00"}, ["Cables", "Anchors", "Bells"]),
        ],
        ids=str,
    )
    def test_lets_through_what_is_wanted(self, channel: Channel, query: dict[str, str], found: list[str]) -> None:
        assert titles(channel, **query) == found

    def test_a_deleted_script_is_none(self, channel: Channel) -> None:
        actions.bin_row(Script.objects.get())
        assert titles(channel, script="yes") == []
        assert "Cables" in titles(channel, script="no")


class TestPage:
    def test_says_what_to_do_while_there_are_none(self, page: Client, channel: Channel) -> None:
        shown = text(page.get(LIST))
        assert "No ideas yet" in shown
        assert "Add notes" in shown
        factories.note(channel)
        assert "Have five at once" in text(page.get(LIST))
        assert "No idea is like that" in text(page.get(f"{LIST}?q=zebra"))

    def test_who_cannot_have_ideas_made_is_not_told_to(self, client: Client, channel: Channel) -> None:
        sam = factories.user("sam")
        Channel.objects.update(owner=sam)
        client.force_login(sam)
        shown = text(client.get(LIST))
        assert "Write the first one yourself" in shown
        assert "five" not in shown

    def test_shows_who_made_one_and_the_notes_it_stands_on(self, page: Client, world: World) -> None:
        named = {"id": str(world.note.pk), "title": "Two high tides", "url": "https://example.org/"}
        gone = {"id": str(uuid4()), "title": "A note of before", "url": ""}
        factories.idea(world.channel, "By notes", source="ai", model="offline", source_data={"notes": [named, gone]})
        factories.idea(world.channel, "By a model", source="ai", model="ollama/tiny", prompt="idea 1")
        shown = text(page.get(LIST))
        assert "Offline author" in shown
        assert "ollama/tiny" in shown
        assert f'<a href="{reverse("note", args=["tidal", world.note.pk])}">Two high tides</a>' in shown
        assert "A note of before <span" in shown
        assert "Manual" in shown

    def test_everything_that_is_typed_is_shown_as_text(self, page: Client, channel: Channel) -> None:
        evil = "<script>alert(1)</script>"
        factories.idea(channel, evil, hook=evil, angle=evil, tags=[evil], model=evil)
        shown = text(page.get(LIST))
        assert evil not in shown
        assert "&lt;script&gt;alert(1)" in shown

    def test_keeps_one_that_a_person_had(self, page: Client, channel: Channel) -> None:
        sent = {"title": "Salt in the wind", "type": "long", "hook": "Lick your lips.", "tags": "salt, wind,, salt"}
        assert page.post(LIST, sent).status_code == 302
        row = Idea.objects.get()
        assert (row.source, row.model, row.type, row.tags) == ("manual", "", "long", ["salt", "wind"])

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"title": ""}, "Title: give it a name."),
            ({"type": "huge"}, "Type: “huge” is none of short, long."),
            ({"tags": ",".join(map(str, range(31)))}, "Tags: 31 are too many"),
            ({"hook": "x" * 1001}, "at most 1000 characters"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_what_cannot_be_is_refused_by_its_field(
        self, page: Client, world: World, changes: dict[str, str], error: str
    ) -> None:
        sent = {"title": "Salt", "type": "short", **changes}
        for address in (LIST, f"{LIST}{world.idea.pk}/"):
            answer = page.post(address, sent)
            assert answer.status_code == 400
            assert error in text(answer)
        world.idea.refresh_from_db()
        assert world.idea.title == "Why the sea rises twice"

    def test_one_is_changed_and_scripts_get_its_card(self, page: Client, world: World) -> None:
        address = f"{LIST}{world.idea.pk}/"
        assert page.post(address, {"title": "Other", "type": "long"}).headers["Location"] == LIST
        answer = page.post(address, {"title": "Third", "type": "long", "fragment": "idea"})
        assert answer.status_code == 200
        assert f'data-idea="{world.idea.pk}"' in text(answer)
        assert "Third" in text(answer)
        refused = page.post(address, {"title": "", "type": "long", "fragment": "idea"})
        assert refused.status_code == 400
        assert 'class="idea-edit" open' in text(refused)
        # The card's title stays what is kept.
        assert ">Third</a>" in text(refused)

    def test_a_change_leaves_the_script_that_is_made_of_it_meanwhile(
        self, page: Client, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        is_valid = IdeaForm.is_valid

        def late(form: IdeaForm) -> bool:
            ideas.convert_to_script(Idea.objects.get(pk=world.idea.pk))
            return is_valid(form)

        monkeypatch.setattr(IdeaForm, "is_valid", late)
        page.post(f"{LIST}{world.idea.pk}/", {"title": "Other", "type": "short"})
        world.idea.refresh_from_db()
        assert world.idea.title == "Other"
        assert world.idea.converted_to is not None

    def test_a_card_that_the_filter_hides_or_that_is_gone_is_not_given(self, page: Client, world: World) -> None:
        card = f"{LIST}?fragment=idea&id={world.idea.pk}"
        assert text(page.get(card)).count("data-idea=") == 1
        assert page.get(f"{card}&type=long").status_code == 204
        for wrong in (uuid4(), "nonsense", ""):
            assert page.get(f"{LIST}?fragment=idea&id={wrong}").status_code == 204

    def test_several_are_deleted_and_one_undo_brings_all_back(self, page: Client, world: World) -> None:
        other = factories.idea(world.channel, "Salt in the wind")
        page.post(f"{LIST}delete/", {"id": [str(world.idea.pk), str(other.pk), "nonsense"]})
        assert not Idea.objects.exists()
        assert "2 ideas are deleted." in text(page.get(LIST))
        page.post(f"{LIST}restore/")
        assert Idea.objects.count() == 2
        assert "deleted." not in text(page.get(LIST))

    def test_one_is_deleted_by_its_name(self, page: Client, world: World) -> None:
        page.post(f"{LIST}delete/", {"id": str(world.idea.pk)})
        assert f"“{world.idea.title}” is deleted." in text(page.get(LIST))
        # What is deleted elsewhere since takes the offer along.
        page.post(reverse("note-delete", args=["tidal", world.note.pk]))
        assert "is deleted." not in text(page.get(LIST))
        assert "nothing to bring back" in text(page.post(f"{LIST}restore/", follow=True))

    def test_nothing_selected_is_said(self, page: Client, world: World) -> None:
        assert "none was selected" in text(page.post(f"{LIST}delete/", follow=True))
        assert Idea.objects.count() == 1

    def test_becomes_a_script_and_links_it(self, page: Client, world: World) -> None:
        answer = page.post(f"{LIST}{world.idea.pk}/script/")
        script = Script.objects.get(title=world.idea.title)
        assert answer.headers["Location"] == reverse("script", args=["tidal", script.pk])
        assert "Open its script" in text(page.get(LIST))
        page.post(f"{LIST}{world.idea.pk}/script/")
        assert Script.objects.filter(title=world.idea.title).count() == 1

    def test_a_reader_sees_no_way_to_change(self, client: Client, world: World) -> None:
        client.force_login(factories.editor())
        shown = text(client.get(LIST))
        assert world.idea.title in shown
        for word in ("Delete selected", "Make a script", "An idea of your own", "data-select "):
            assert word not in shown

    def test_a_page_of_many_costs_no_more_queries_and_keeps_the_filter(
        self, page: Client, channel: Channel, django_assert_max_num_queries: Any
    ) -> None:
        note = factories.note(channel)
        for at in range(60):
            factories.idea(
                channel, f"Idea {at}", source_data={"notes": [{"id": str(note.pk), "title": "t", "url": ""}]}
            )
        page.get(LIST)
        with django_assert_max_num_queries(16):
            shown = text(page.get(f"{LIST}?type=short"))
        assert shown.count("data-idea=") == 50
        assert "?type=short&amp;page=2" in shown


class TestApi:
    def url(self, *arguments: Any, name: str = "ideas") -> str:
        return reverse(f"api-{name}", args=["tidal", *arguments])

    def test_one_is_made_changed_and_deleted(self, page: Client, channel: Channel) -> None:
        made = page.post(self.url(), {"title": "Salt", "tags": ["sea"], "source": "ai"}, content_type=JSON)
        assert made.status_code == 201
        row = made.json()
        # Who made it is not for the asker to say.
        assert (row["source"], row["model"], row["tags"], row["script"]) == ("manual", "", ["sea"], None)
        address = self.url(row["id"], name="idea")
        assert page.patch(address, {"hook": "Lick."}, content_type=JSON).json()["hook"] == "Lick."
        assert [one["title"] for one in page.get(self.url()).json()["results"]] == ["Salt"]
        assert page.delete(address).status_code == 204
        assert page.get(address).status_code == 404
        assert Idea.with_binned.count() == 1

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "title"),
            ({"title": ""}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"title": "x", "type": "huge"}, "type"),
            ({"title": "x", "tags": ["y" * 61]}, "tags"),
            ({"title": "x", "hook": "y" * 1001}, "hook"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_what_cannot_be_is_refused_by_its_field(
        self, page: Client, channel: Channel, sent: dict[str, Any], field: str
    ) -> None:
        answer = page.post(self.url(), sent, content_type=JSON)
        assert answer.status_code == 400
        assert any(name.startswith(field) for name in answer.json()["error"]["fields"])

    def test_it_becomes_a_script_once(self, page: Client, world: World) -> None:
        address = self.url(world.idea.pk, name="idea-script")
        first, second = page.post(address), page.post(address)
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json()["id"] == second.json()["id"]
        assert page.get(self.url(world.idea.pk, name="idea")).json()["script"] == first.json()["id"]
