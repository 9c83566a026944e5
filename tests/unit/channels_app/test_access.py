"""Every address of the app, asked by everybody: who sees, who may change, and for whom there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from accounts.models import User
from channels_app import access, resources, revisions, uploads, urls
from channels_app.api import api_urls
from channels_app.models import Channel, Resource, Revision, Script, Upload
from tests import factories
from tests.unit.channels_app.conftest import World

# What an address is given after the channel's slug.
ARGUMENTS: dict[str, Callable[[World], list[Any]]] = {
    "note": lambda world: [world.note.pk],
    "note-delete": lambda world: [world.note.pk],
    "note-restore": lambda world: [world.note.pk],
    "idea": lambda world: [world.idea.pk],
    "idea-script": lambda world: [world.idea.pk],
    "found-video": lambda world: [factories.found_video(world.channel).pk],
    "found-video-inspire": lambda world: [factories.found_video(world.channel).pk],
    "found-video-note": lambda world: [factories.found_video(world.channel).pk],
    "youtube-channel": lambda world: [factories.found_video(world.channel).youtube_channel_id],
    "api-found-video": lambda world: [factories.found_video(world.channel).pk],
    "api-idea": lambda world: [world.idea.pk],
    "api-idea-script": lambda world: [world.idea.pk],
    "proposal-approve": lambda world: [factories.proposal(world.channel).pk],
    "proposal-reject": lambda world: [factories.proposal(world.channel).pk],
    "proposal-reopen": lambda world: [factories.proposal(world.channel, state="rejected").pk],
    "proposal-delete": lambda world: [factories.proposal(world.channel).pk],
    "proposal-restore": lambda world: [factories.proposal(world.channel).pk],
    "api-proposal": lambda world: [factories.proposal(world.channel).pk],
    "api-proposal-answer": lambda world: [factories.proposal(world.channel).pk, "reject"],
    "script": lambda world: [world.script.pk],
    "script-status": lambda world: [world.script.pk],
    "script-save": lambda world: [world.script.pk],
    "script-aside": lambda world: [world.script.pk],
    "revision-accept": lambda world: [world.script.pk, proposal_of(world).number],
    "revision-discard": lambda world: [world.script.pk, proposal_of(world).number],
    "revision-restore": lambda world: [world.script.pk, proposal_of(world).number],
    "claim-dismiss": lambda world: [world.script.pk, factories.claim(world.script).pk],
    "claim-restore": lambda world: [world.script.pk],
    "api-script-claims": lambda world: [world.script.pk],
    "passage-apply": lambda world: [world.script.pk, factories.passage(world.script).pk],
    "passage-dismiss": lambda world: [world.script.pk, factories.passage(world.script).pk],
    "passage-undo": lambda world: [world.script.pk, factories.passage(world.script, state="dismissed").pk],
    "passages-apply": lambda world: [world.script.pk],
    "passages-undo": lambda world: [world.script.pk],
    "api-passages": lambda world: [world.script.pk],
    "api-passage-act": lambda world: [world.script.pk, factories.passage(world.script).pk, "dismiss"],
    "script-delete": lambda world: [world.script.pk],
    "script-restore": lambda world: [world.script.pk],
    "audio-room": lambda world: [world.script.pk],
    "audio-section": lambda world: [world.section.pk],
    "section-pause": lambda world: [world.section.pk],
    "take-choose": lambda world: [world.take.pk],
    "take-sound": lambda world: [world.take.pk],
    "api-note": lambda world: [world.note.pk],
    "api-script": lambda world: [world.script.pk],
    "api-script-revisions": lambda world: [world.script.pk],
    "api-script-revision": lambda world: [world.script.pk, proposal_of(world).pk],
    "api-script-revision-accept": lambda world: [world.script.pk, proposal_of(world).pk],
    "api-script-revision-discard": lambda world: [world.script.pk, proposal_of(world).pk],
    "api-script-revision-restore": lambda world: [world.script.pk, proposal_of(world).pk],
    "api-audio-project": lambda world: [world.project.pk],
    "api-audio-section": lambda world: [world.project.pk, world.section.pk],
    "resource": lambda world: [factories.resource(world.channel, use=False).pk],
    "resource-file": lambda world: [factories.resource(world.channel, use=False).pk],
    "resource-use": lambda world: [factories.resource(world.channel, use=False).pk],
    "picture-delete": lambda world: [factories.resource(world.channel, source=Resource.COMPOSED).pk],
    # A person's own upload: anybody else's is not there.
    "upload": lambda world: [upload_in(world).pk],
    "upload-finish": lambda world: [upload_in(world).pk],
    "upload-cancel": lambda world: [upload_in(world).pk],
    "script-credits": lambda world: [with_credits(world).pk],
    "api-script-resources": lambda world: [world.script.pk],
    "api-script-credits": lambda world: [world.script.pk],
    "api-script-resource": lambda world: [world.script.pk, factories.resource(world.channel).pk],
    "api-resource": lambda world: [factories.resource(world.channel, use=False).pk],
    "api-resource-file": lambda world: [factories.resource(world.channel, use=False).pk],
}


def proposal_of(world: World) -> Revision:
    """A revision that waits for an answer."""
    return revisions.propose(world.script, "Other words.", user=None, origin="model")


def with_credits(world: World) -> Script:
    """The script, which owes credit for a resource."""
    resources.use_in_script(factories.resource(world.channel), world.script)
    return world.script


def upload_in(world: World) -> Upload:
    """The owner's upload of five bytes, none of which has come."""
    return uploads.begin(world.channel, world.channel.owner, name="f", size=5, identity="i")


FOR_EVERYBODY = {"home", "channel-new", "api-channels"}
WITHOUT_SLUG = {"api-take-sound", "api-resource-file", "api-proposal-answer"}

# method, name, body, then what the owner, the reading editor, the admin and the stranger get.
TABLE: list[tuple[str, str, dict[str, Any], tuple[int, int, int, int]]] = [
    ("get", "channel-settings", {}, (200, 200, 200, 404)),
    ("post", "channel-settings", {}, (400, 403, 400, 404)),
    ("get", "channel-delete", {}, (200, 403, 200, 404)),
    ("post", "channel-delete", {"confirmation": "no"}, (400, 403, 400, 404)),
    ("get", "notes", {}, (200, 200, 200, 404)),
    ("post", "notes", {"title": "n", "text": "t"}, (302, 403, 302, 404)),
    ("get", "note", {}, (200, 200, 200, 404)),
    ("post", "note", {"title": "n", "text": "t"}, (302, 403, 302, 404)),
    ("post", "note-delete", {}, (302, 403, 302, 404)),
    ("post", "note-restore", {}, (404, 403, 404, 404)),
    ("get", "discover", {}, (200, 200, 200, 404)),
    ("get", "discover-export", {}, (200, 200, 200, 404)),
    ("post", "discover-dismiss", {}, (302, 403, 302, 404)),
    ("post", "discover-restore", {}, (302, 403, 302, 404)),
    ("get", "found-video", {}, (200, 200, 200, 404)),
    ("post", "found-video-inspire", {}, (302, 403, 302, 404)),
    ("post", "found-video-note", {}, (302, 403, 302, 404)),
    ("get", "youtube-channel", {}, (200, 200, 200, 404)),
    ("get", "api-found-videos", {}, (200, 200, 200, 404)),
    ("get", "api-found-video", {}, (200, 200, 200, 404)),
    ("delete", "api-found-video", {}, (204, 403, 204, 404)),
    ("get", "ideas", {}, (200, 200, 200, 404)),
    ("post", "ideas", {"title": "i", "type": "short"}, (302, 403, 302, 404)),
    ("get", "idea", {}, (200, 200, 200, 404)),
    ("post", "idea", {"title": "i", "type": "short"}, (302, 403, 302, 404)),
    ("post", "idea-script", {}, (302, 403, 302, 404)),
    ("post", "ideas-delete", {}, (302, 403, 302, 404)),
    ("post", "ideas-restore", {}, (302, 403, 302, 404)),
    ("get", "proposals", {}, (200, 200, 200, 404)),
    ("post", "proposal-approve", {}, (302, 403, 302, 404)),
    ("post", "proposal-reject", {"reason": "no"}, (302, 403, 302, 404)),
    ("post", "proposal-reopen", {}, (302, 403, 302, 404)),
    ("post", "proposal-delete", {}, (302, 403, 302, 404)),
    ("post", "proposal-restore", {}, (404, 403, 404, 404)),
    ("get", "api-proposals", {}, (200, 200, 200, 404)),
    ("post", "api-proposals", {"title": "p"}, (201, 403, 201, 404)),
    ("get", "api-proposal", {}, (200, 200, 200, 404)),
    ("patch", "api-proposal", {"title": "p"}, (200, 403, 200, 404)),
    ("delete", "api-proposal", {}, (204, 403, 204, 404)),
    ("post", "api-proposal-answer", {"reason": "no"}, (200, 403, 200, 404)),
    ("get", "scripts", {}, (200, 200, 200, 404)),
    ("get", "script-new", {}, (200, 403, 200, 404)),
    ("post", "script-new", {"title": "s", "type": "short", "status": "draft"}, (302, 403, 302, 404)),
    ("post", "script-count", {"body": "one two"}, (200, 200, 200, 404)),
    ("get", "script", {}, (200, 200, 200, 404)),
    ("post", "script", {"title": "s", "type": "short", "status": "draft"}, (302, 403, 302, 404)),
    ("post", "script-save", {"title": "s", "type": "short", "body": "x"}, (200, 403, 200, 404)),
    ("post", "script-aside", {"title": "s", "type": "short", "body": "x"}, (302, 403, 302, 404)),
    ("post", "revision-accept", {}, (302, 403, 302, 404)),
    ("post", "revision-discard", {}, (302, 403, 302, 404)),
    ("post", "revision-restore", {}, (302, 403, 302, 404)),
    ("post", "claim-dismiss", {}, (302, 403, 302, 404)),
    ("post", "claim-restore", {}, (302, 403, 302, 404)),
    ("post", "script-status", {"status": "final"}, (302, 403, 302, 404)),
    ("post", "passage-apply", {}, (302, 403, 302, 404)),
    ("post", "passage-dismiss", {}, (302, 403, 302, 404)),
    ("post", "passage-undo", {}, (302, 403, 302, 404)),
    ("post", "passages-apply", {}, (302, 403, 302, 404)),
    ("post", "passages-undo", {}, (302, 403, 302, 404)),
    ("get", "api-passages", {}, (200, 200, 200, 404)),
    ("post", "api-passage-act", {}, (200, 403, 200, 404)),
    ("post", "script-delete", {}, (302, 403, 302, 404)),
    ("post", "script-restore", {}, (404, 403, 404, 404)),
    ("get", "audio-rooms", {}, (200, 200, 200, 404)),
    ("get", "audio-room", {}, (200, 200, 200, 404)),
    ("get", "audio-section", {}, (200, 200, 200, 404)),
    ("post", "section-pause", {"pause_ms": "100"}, (302, 403, 302, 404)),
    ("post", "take-choose", {}, (302, 403, 302, 404)),
    ("get", "take-sound", {}, (200, 200, 200, 404)),
    ("get", "api-channel", {}, (200, 200, 200, 404)),
    ("patch", "api-channel", {"name": "n"}, (200, 403, 200, 404)),
    ("delete", "api-channel", {}, (204, 403, 204, 404)),
    ("get", "api-notes", {}, (200, 200, 200, 404)),
    ("post", "api-notes", {"title": "n", "text": "t"}, (201, 403, 201, 404)),
    ("get", "api-note", {}, (200, 200, 200, 404)),
    ("patch", "api-note", {"title": "n"}, (200, 403, 200, 404)),
    ("delete", "api-note", {}, (204, 403, 204, 404)),
    ("get", "api-ideas", {}, (200, 200, 200, 404)),
    ("post", "api-ideas", {"title": "i"}, (201, 403, 201, 404)),
    ("get", "api-idea", {}, (200, 200, 200, 404)),
    ("patch", "api-idea", {"title": "i"}, (200, 403, 200, 404)),
    ("delete", "api-idea", {}, (204, 403, 204, 404)),
    ("post", "api-idea-script", {}, (201, 403, 200, 404)),
    ("get", "api-scripts", {}, (200, 200, 200, 404)),
    ("post", "api-scripts", {"title": "s"}, (201, 403, 201, 404)),
    ("get", "api-script", {}, (200, 200, 200, 404)),
    ("patch", "api-script", {"title": "s"}, (200, 403, 200, 404)),
    ("delete", "api-script", {}, (204, 403, 204, 404)),
    ("get", "api-script-claims", {}, (200, 200, 200, 404)),
    ("get", "api-script-revisions", {}, (200, 200, 200, 404)),
    ("get", "api-script-revision", {}, (200, 200, 200, 404)),
    ("post", "api-script-revision-accept", {}, (200, 403, 200, 404)),
    ("post", "api-script-revision-discard", {}, (200, 403, 200, 404)),
    ("post", "api-script-revision-restore", {}, (200, 403, 200, 404)),
    ("get", "api-audio-projects", {}, (200, 200, 200, 404)),
    ("post", "api-audio-projects", {}, (400, 403, 400, 404)),
    ("get", "api-audio-project", {}, (200, 200, 200, 404)),
    ("patch", "api-audio-project", {"voice_speed": 1.5}, (200, 403, 200, 404)),
    ("delete", "api-audio-project", {}, (204, 403, 204, 404)),
    ("patch", "api-audio-section", {"pause_ms": 100}, (200, 403, 200, 404)),
    ("get", "api-take-sound", {}, (200, 200, 200, 404)),
    ("get", "resources", {}, (200, 200, 200, 404)),
    ("post", "resources", {}, (400, 403, 400, 404)),
    ("get", "resource", {}, (200, 200, 200, 404)),
    ("post", "resource", {"title": "r", "licence_code": "by"}, (302, 403, 302, 404)),
    ("get", "resource-file", {}, (200, 200, 200, 404)),
    ("post", "resource-use", {}, (302, 403, 302, 404)),
    ("post", "resources-delete", {}, (302, 403, 302, 404)),
    ("post", "resources-restore", {}, (302, 403, 302, 404)),
    ("get", "gallery", {}, (200, 200, 200, 404)),
    ("post", "picture-delete", {}, (302, 403, 302, 404)),
    ("post", "picture-restore", {}, (302, 403, 302, 404)),
    ("get", "api-resources", {}, (200, 200, 200, 404)),
    ("post", "api-resources", {}, (400, 403, 400, 404)),
    ("get", "api-resource-credits", {}, (200, 200, 200, 404)),
    ("get", "api-resource", {}, (200, 200, 200, 404)),
    ("patch", "api-resource", {"title": "r"}, (200, 403, 200, 404)),
    ("delete", "api-resource", {}, (204, 403, 204, 404)),
    ("get", "api-resource-file", {}, (200, 200, 200, 404)),
    ("post", "resources-script", {}, (302, 403, 302, 404)),
    ("post", "uploads", {}, (400, 403, 400, 404)),
    ("get", "upload", {}, (204, 403, 404, 404)),
    ("patch", "upload", {}, (400, 403, 404, 404)),
    ("post", "upload-finish", {}, (409, 403, 404, 404)),
    ("post", "upload-cancel", {}, (302, 403, 404, 404)),
    ("get", "script-credits", {}, (200, 200, 200, 404)),
    ("get", "api-script-resources", {}, (200, 200, 200, 404)),
    ("get", "api-script-credits", {}, (200, 200, 200, 404)),
    ("put", "api-script-resource", {}, (204, 403, 204, 404)),
    ("delete", "api-script-resource", {}, (204, 403, 204, 404)),
]
WHO = ("ana", "ed", "root", "cy")


def ask(client: Client, world: World, method: str, name: str, body: dict[str, Any]) -> int:
    extra = ARGUMENTS[name](world) if name in ARGUMENTS else []
    slug = [] if name in WITHOUT_SLUG else [world.channel.slug]
    address = reverse(name, args=[*slug, *(extra or ([world.take.pk] if name in WITHOUT_SLUG else []))])
    json = {"content_type": "application/json"} if name.startswith("api-") else {}
    answer = getattr(client, method)(address, body, **json)
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return int(answer.status_code)


def test_the_table_names_every_address() -> None:
    named = {str(pattern.name) for pattern in [*urls.urlpatterns, *api_urls]}
    assert named - FOR_EVERYBODY == {name for _, name, _, _ in TABLE}


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name", "body", "expected"), TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_everybody_gets_what_their_role_allows(
    method: str, name: str, body: dict[str, Any], expected: tuple[int, ...], world: World
) -> None:
    people = {"ana": world.ana, "ed": factories.editor(), "root": factories.admin(), "cy": factories.stranger()}
    # The refused first: what the others change or delete must still be there.
    for who in sorted(WHO, key=lambda who: expected[WHO.index(who)] < 403):
        if (who == "root" and method == "delete") or (who == "root" and name.endswith("-delete") and method == "post"):
            continue  # Ana has just deleted it
        client = Client()
        client.force_login(people[who])
        assert ask(client, world, method, name, body) == expected[WHO.index(who)], who


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name", "body"), [row[:3] for row in TABLE], ids=[f"{r[0]} {r[1]}" for r in TABLE])
def test_nobody_gets_in_without_signing_in(method: str, name: str, body: dict[str, Any], world: World) -> None:
    assert ask(Client(), world, method, name, body) == (401 if name.startswith("api-") else 302)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["home", "channel-new"])
def test_pages_of_no_channel_ask_for_signing_in_too(name: str, client: Client) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign-in"))


@pytest.mark.django_db
def test_a_row_of_another_channel_is_not_found_through_ones_own(world: World) -> None:
    cy = factories.stranger()
    own = factories.channel(cy, "cys")
    client = Client()
    client.force_login(cy)
    for name, arguments in ARGUMENTS.items():
        if name in WITHOUT_SLUG:
            continue
        method = next(row[0] for row in TABLE if row[1] == name)
        extra = arguments(world)
        json = {"content_type": "application/json"} if name.startswith("api-") else {}
        assert getattr(client, method)(reverse(name, args=[own.slug, *extra]), {}, **json).status_code == 404, name


@pytest.mark.django_db
def test_an_admin_deletes_what_is_not_theirs(world: World) -> None:
    client = Client()
    client.force_login(factories.admin())
    assert client.delete(reverse("api-channel", args=[world.channel.slug])).status_code == 204
    assert not Channel.objects.exists()


@pytest.mark.django_db
class TestTheDoor:
    def test_tells_an_unknown_channel_and_a_foreign_one_alike(self, channel: Channel) -> None:
        cy = factories.stranger()
        with pytest.raises(Http404) as foreign:
            access.channel_for(cy, channel.slug)
        with pytest.raises(Http404) as unknown:
            access.channel_for(cy, "nowhere")
        assert str(foreign.value) == str(unknown.value)

    def test_lets_a_reader_read_and_says_why_not_more(self, channel: Channel) -> None:
        ed = factories.editor()
        assert access.channel_for(ed, channel.slug) == access.ChannelAccess(channel, may_change=False)
        with pytest.raises(PermissionDenied, match="read this channel but not change it"):
            access.changeable_channel_for(ed, channel.slug)

    def test_lets_an_editor_change_what_they_own(self, channel: Channel) -> None:
        ed = factories.editor()
        own = factories.channel(ed, "eds")
        assert access.changeable_channel_for(ed, "eds") == own
        assert set(access.channels_for(ed)) == {own, channel}

    def test_lists_only_ones_own_for_everybody_else(self, channel: Channel, ana: User) -> None:
        assert list(access.channels_for(factories.stranger())) == []
        assert list(access.channels_for(ana)) == [channel]

    def test_shows_the_unknown_nothing(self, client: Client, world: World, ana: User) -> None:
        client.force_login(ana)
        for name in ("note", "script", "audio-room", "audio-section", "take-sound"):
            assert client.get(reverse(name, args=[world.channel.slug, uuid4()])).status_code == 404, name
