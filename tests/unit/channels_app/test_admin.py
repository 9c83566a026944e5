"""Channels in Django's admin."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from channels_app import actions, revisions, youtube_facts
from channels_app.models import Channel, Note, Script, SearchedPage
from jobs import actions as jobs
from tests import factories
from tests.unit.channels_app.conftest import World

pytestmark = pytest.mark.django_db
MODELS = (
    "channel",
    "note",
    "idea",
    "proposal",
    "script",
    "revision",
    "audioproject",
    "audiosection",
    "take",
    "foundvideo",
    "youtubechannel",
    "searchedpage",
)


@pytest.fixture
def admin(client: Client) -> Client:
    """Root's browser."""
    client.force_login(factories.admin())
    return client


def rows(world: World) -> dict[str, object]:
    proposed = revisions.propose(world.script, "Other words.", user=None, origin="model")
    kept = (
        world.channel,
        world.note,
        world.idea,
        factories.proposal(world.channel),
        world.script,
        proposed,
        world.project,
        world.section,
        world.take,
        factories.found_video(world.channel),
        youtube_facts.remember_gone("UC", "It is gone."),
        SearchedPage.objects.create(key="k", number=0, fetched_at=timezone.now()),
    )
    return dict(zip(MODELS, (row.pk for row in kept), strict=True))


def test_every_list_and_every_row_opens(admin: Client, world: World) -> None:
    for model, pk in rows(world).items():
        assert admin.get(reverse(f"admin:channels_app_{model}_changelist"), {"q": "x"}).status_code == 200, model
        assert admin.get(reverse(f"admin:channels_app_{model}_change", args=[pk])).status_code == 200, model


def test_nobody_else_gets_in(client: Client, world: World) -> None:
    client.force_login(world.ana)
    for model in MODELS:
        assert client.get(reverse(f"admin:channels_app_{model}_changelist")).status_code == 302, model


def test_it_shows_what_is_in_the_bin(admin: Client, world: World) -> None:
    actions.bin_row(world.script)
    shown = admin.get(reverse("admin:channels_app_script_changelist"))
    assert world.script.title in shown.content.decode()


def test_it_says_why_something_cannot_be_deleted(admin: Client, world: World) -> None:
    jobs.submit(world.channel, world.ana, "drill", {"order": "ok", "subject": str(world.script.pk)})
    one = admin.post(reverse("admin:channels_app_script_delete", args=[world.script.pk]), {"post": "yes"}, follow=True)
    assert "a job is still at work on it" in one.content.decode()
    many = admin.post(
        reverse("admin:channels_app_channel_changelist"),
        {"action": "delete_selected", "_selected_action": [str(world.channel.pk)], "post": "yes"},
        follow=True,
    )
    assert "a job is still at work on it" in many.content.decode()
    assert Channel.objects.exists()
    assert Script.objects.exists()


def test_it_deletes_what_may_be_deleted(admin: Client, world: World) -> None:
    admin.post(reverse("admin:channels_app_note_delete", args=[world.note.pk]), {"post": "yes"})
    assert not Note.with_binned.exists()
    admin.post(reverse("admin:channels_app_channel_delete", args=[world.channel.pk]), {"post": "yes"})
    assert not Channel.objects.exists()


def test_takes_are_not_made_by_hand(admin: Client, world: World) -> None:
    assert admin.get(reverse("admin:channels_app_take_add")).status_code == 403


def test_a_text_changed_here_is_in_the_history_and_the_history_is_only_read(admin: Client, world: World) -> None:
    sent = {
        "channel": world.channel.pk,
        "title": "Other",
        "body": "Other words.",
        "type": "long",
        "status": "final",
    }
    answer = admin.post(reverse("admin:channels_app_script_change", args=[world.script.pk]), sent)
    assert answer.status_code == 302
    world.script.refresh_from_db()
    assert (world.script.body, world.script.type, world.script.version) == ("Other words.", "long", 2)
    newest, first = world.script.revisions.all()
    assert (newest.note, first.body) == ("In the admin", factories.BODY)
    assert newest.author and newest.author.username == "root"
    change = reverse("admin:channels_app_revision_change", args=[newest.pk])
    assert 'name="body"' not in admin.get(change).content.decode()
    assert admin.post(change, {"body": "x"}).status_code == 403
    assert admin.get(reverse("admin:channels_app_revision_add")).status_code == 403
