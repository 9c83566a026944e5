"""Which script uses which resource: its credits alone, and nothing that it uses is deleted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db.models import ProtectedError
from django.test import Client

from channels_app import actions, queries, resources
from channels_app.models import Channel, Resource, Script, ScriptUse
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/c/tidal/resources/"
CREDIT = "“Bell” by A. Keeper, CC BY"


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def script(channel: Channel) -> Script:
    return factories.script(channel)


@pytest.fixture
def bell(channel: Channel, script: Script) -> Resource:
    """Used in the script; another resource is used in its channel only."""
    factories.resource(channel, "Horn")
    row = factories.resource(channel, "Bell")
    resources.use_in_script(row, script)
    return row


class TestUse:
    def test_a_script_uses_it_once_and_so_does_its_channel(self, channel: Channel, script: Script) -> None:
        row = factories.resource(channel, use=False)
        resources.use_in_script(row, script)
        resources.use_in_script(row, script)
        assert list(queries.resources_used_in(script)) == [row]
        assert set(row.channels.all()) == {channel}
        resources.take_off_script(row, script)
        assert not queries.resources_used_in(script)
        assert set(row.channels.all()) == {channel}

    def test_it_is_neither_taken_off_nor_deleted_while_a_script_uses_it(
        self, channel: Channel, script: Script, bell: Resource
    ) -> None:
        with pytest.raises(ProtectedError, match=r"used in the script “Why two tides”. Take it off there first"):
            resources.take_off(bell, channel)
        with pytest.raises(ProtectedError, match="used by “Tidal”, “Why two tides”"):
            resources.bin_resource(bell)
        resources.take_off_script(bell, script)
        resources.take_off(bell, channel)
        resources.bin_resource(bell)
        assert not Resource.objects.filter(pk=bell.pk).exists()

    def test_a_script_in_the_bin_holds_nothing_and_comes_back_without_it(
        self, channel: Channel, script: Script, bell: Resource
    ) -> None:
        actions.bin_row(script)
        resources.take_off(bell, channel)
        resources.bin_resource(bell)
        actions.restore_row(script)
        actions.restore_row(bell)
        assert not queries.resources_used_in(script)

    def test_a_script_that_is_gone_for_good_leaves_the_library(self, script: Script, bell: Resource) -> None:
        script.delete()
        assert not ScriptUse.objects.exists()
        assert Resource.objects.filter(pk=bell.pk).exists()


class TestPages:
    def test_the_tab_shows_its_credits_alone(self, page: Client, script: Script, bell: Resource) -> None:
        shown = text(page.get(f"/c/tidal/scripts/{script.pk}/?tab=credits"))
        assert CREDIT in shown
        assert "“Horn” by" not in shown
        # What the channel has besides may be chosen.
        assert ">Horn</option>" in shown

    def test_the_credits_are_a_text_file_named_after_the_script(
        self, page: Client, script: Script, bell: Resource
    ) -> None:
        answer = page.get(f"/c/tidal/scripts/{script.pk}/credits.txt")
        assert text(answer) == f"{CREDIT}\n"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="why-two-tides-credits.txt"'
        resources.take_off_script(bell, script)
        assert page.get(f"/c/tidal/scripts/{script.pk}/credits.txt").status_code == 404

    def test_several_are_linked_from_the_library_which_then_says_so(
        self, page: Client, channel: Channel, script: Script
    ) -> None:
        rows = [factories.resource(channel, f"R{at}", use=False) for at in range(2)]
        body = {"id": [row.pk for row in rows], "script": str(script.pk)}
        shown = text(page.post(f"{LIST}script/", body, follow=True))
        assert "2 resources are used in the script “Why two tides”." in shown
        assert shown.count("Used in this script") == 2
        assert text(page.get(LIST)).count("In 1 script<") == 2

    def test_a_resources_page_links_and_takes_off(self, page: Client, channel: Channel, script: Script) -> None:
        row = factories.resource(channel)
        body = {"id": str(row.pk), "script": str(script.pk), "back": "resource"}
        shown = text(page.post(f"{LIST}script/", body, follow=True))
        assert "Used in this script" in shown
        shown = text(page.post(f"{LIST}script/", {**body, "use": "0"}, follow=True))
        assert "No script of this channel uses it" in shown

    @pytest.mark.parametrize(("what", "said"), [("script", "Script: choose one"), ("id", "none was selected")])
    def test_foreign_ones_are_refused(
        self, page: Client, channel: Channel, script: Script, what: str, said: str
    ) -> None:
        theirs = factories.channel(factories.stranger(), "cys")
        foreign = {"script": factories.script(theirs).pk, "id": factories.resource(theirs).pk}
        body = {"script": script.pk, "id": factories.resource(channel).pk, what: foreign[what]}
        assert said in text(page.post(f"{LIST}script/", body, follow=True))
        assert not ScriptUse.objects.exists()

    def test_taking_off_the_channel_is_refused_with_the_scripts_name(
        self, page: Client, script: Script, bell: Resource
    ) -> None:
        refused = page.post(f"{LIST}{bell.pk}/use/", {"use": "0"}, headers={"Accept": "application/json"})
        assert (refused.status_code, "Why two tides" in refused.json()["error"]["message"]) == (409, True)
        assert page.post(f"{LIST}{bell.pk}/use/", {"use": "0"}).status_code == 409


class TestApi:
    def test_links_lists_credits_and_takes_off(self, page: Client, channel: Channel, script: Script) -> None:
        row = factories.resource(channel, "Bell", use=False)
        base = f"/api/v1/channels/tidal/scripts/{script.pk}"
        assert page.put(f"{base}/resources/{row.pk}/").status_code == 204
        assert [one["title"] for one in page.get(f"{base}/resources/").json()["results"]] == ["Bell"]
        assert page.get(f"{base}/credits/").json() == {"text": CREDIT}
        shown = page.get(f"/api/v1/channels/tidal/resources/{row.pk}/").json()
        assert (shown["used_here"], shown["scripts_here"]) == (True, 1)
        assert page.delete(f"{base}/resources/{row.pk}/").status_code == 204
        assert page.get(f"{base}/credits/").json() == {"text": ""}

    def test_foreign_rows_are_not_there(self, page: Client, channel: Channel, script: Script) -> None:
        theirs = factories.channel(factories.stranger(), "cys")
        foreign, own = factories.resource(theirs), factories.resource(channel)
        base = "/api/v1/channels/tidal/scripts"
        assert page.put(f"{base}/{script.pk}/resources/{foreign.pk}/").status_code == 404
        assert page.put(f"{base}/{factories.script(theirs).pk}/resources/{own.pk}/").status_code == 404
        assert page.get(f"{base}/{uuid4()}/credits/").status_code == 404
