"""The gallery as plain pages: what is in it, who may do what, and deleting with one undo."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from channels_app import resources
from channels_app.models import Channel, Resource
from tests import factories

pytestmark = pytest.mark.django_db
GALLERY = "/c/tidal/resources/gallery/"


def picture(channel: Channel, title: str = "Two tides", **fields: Any) -> Resource:
    made = {
        "source": Resource.COMPOSED,
        "creator": "Tidal",
        "licence_code": "own",
        "width": 1,
        "height": 1,
    }
    return factories.resource(channel, title, **{**made, **fields})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def delete(page: Client, row: Resource) -> Any:
    return page.post(f"{GALLERY}{row.pk}/delete/")


class TestWhatIsInIt:
    def test_what_the_studio_made_for_the_channel_the_newest_first(
        self, page: Client, channel: Channel, ana: User
    ) -> None:
        picture(channel, "Composed one")
        picture(channel, "Painted one", source=Resource.PAINTED, creator="gpt-image-2", is_ai_made=True)
        factories.resource(channel, "Found one")
        picture(factories.channel(ana, "second"), "Elsewhere")
        shown = text(page.get(GALLERY))
        assert shown.index("Painted one") < shown.index("Composed one")
        assert "Found one" not in shown.split("data-pictures")[1]
        assert "Elsewhere" not in shown
        painted, composed = shown.split("data-pictures")[1].split("data-picture=")[1:]
        assert "AI-made" in painted
        assert "gpt-image-2" in painted
        assert "AI-made" not in composed
        assert "Composed in the studio" in composed

    def test_empty_it_says_what_to_do(self, page: Client, channel: Channel) -> None:
        assert "Give a title above" in text(page.get(GALLERY))

    def test_one_card_is_fetched_by_itself_and_204_when_it_is_not_there(self, page: Client, channel: Channel) -> None:
        row = picture(channel)
        assert f'data-picture="{row.pk}"' in text(page.get(GALLERY, {"fragment": "picture", "id": str(row.pk)}))
        other = factories.resource(channel, "Found one")
        for bad in (str(other.pk), "7", ""):
            assert page.get(GALLERY, {"fragment": "picture", "id": bad}).status_code == 204

    def test_a_picture_is_chosen_as_background_by_a_link(self, page: Client, channel: Channel) -> None:
        row = picture(channel, "The harbour")
        shown = text(page.get(GALLERY, {"background": str(row.pk)}))
        assert "Background: “The harbour”." in shown
        assert f'name="background" value="{row.pk}"' in shown
        # What is not there is no background.
        assert "Background: “" not in text(page.get(GALLERY, {"background": "7"}))

    def test_titles_are_text(self, page: Client, channel: Channel) -> None:
        picture(channel, "<script>alert(1)</script>")
        assert "<script>alert" not in text(page.get(GALLERY))

    def test_few_queries_however_many_there_are(
        self, page: Client, channel: Channel, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(30):
            picture(channel, content=factories.png(number))
        page.get(GALLERY)
        with django_assert_max_num_queries(22):
            page.get(GALLERY)


class TestDeleting:
    def test_one_click_deletes_and_one_brings_it_back_into_the_channel(self, page: Client, channel: Channel) -> None:
        row = picture(channel)
        assert delete(page, row).status_code == 302
        shown = text(page.get(GALLERY))
        assert "“Two tides” is deleted" in shown
        assert f'data-picture="{row.pk}"' not in shown
        assert not Resource.objects.filter(pk=row.pk).exists()
        page.post(f"{GALLERY}restore/")
        assert f'data-picture="{row.pk}"' in text(page.get(GALLERY))
        assert row.channels.get() == channel
        assert "nothing to bring back" in text(page.post(f"{GALLERY}restore/", follow=True))

    def test_it_comes_back_where_it_was_taken_away_and_nowhere_else(
        self, page: Client, channel: Channel, ana: User
    ) -> None:
        row, second = picture(channel), factories.channel(ana, "second")
        delete(page, row)
        elsewhere = "/c/second/resources/gallery/"
        assert "is deleted" not in text(page.get(elsewhere))
        page.post(f"{elsewhere}restore/")
        assert not second.resources.exists()
        page.post(f"{GALLERY}restore/")
        assert row.channels.get() == channel

    def test_while_another_channel_uses_it_nothing_happens(self, page: Client, channel: Channel, ana: User) -> None:
        row = picture(channel)
        resources.assign(row, factories.channel(ana, "second"))
        answer = delete(page, row)
        assert answer.status_code == 409
        assert "is used by “second”" in text(answer).lower()
        assert set(row.channels.values_list("slug", flat=True)) == {"tidal", "second"}

    def test_what_is_not_in_the_gallery_is_not_deleted_by_it(self, page: Client, channel: Channel) -> None:
        assert delete(page, factories.resource(channel, "Found one")).status_code == 404


class TestWhoMay:
    def test_a_stranger_sees_nothing_and_a_reader_changes_nothing(self, client: Client, channel: Channel) -> None:
        row = picture(channel)
        client.force_login(factories.stranger("cy"))
        assert client.get(GALLERY).status_code == 404
        assert delete(client, row).status_code == 404
        assert client.post(f"{GALLERY}restore/").status_code == 404
        client.force_login(factories.user("ed", Role.EDITOR))
        shown = text(client.get(GALLERY))
        assert "Two tides" in shown
        assert "picture-acts" in shown
        assert "/delete/" not in shown
        assert "Make images</button>" not in shown
        assert delete(client, row).status_code == 403
        assert client.post(f"{GALLERY}restore/").status_code == 403
        assert Resource.objects.filter(pk=row.pk).exists()

    def test_a_standard_user_makes_pictures(self, client: Client) -> None:
        plain = factories.user("plain")
        factories.channel(plain, "plain")
        client.force_login(plain)
        assert "Make images" in text(client.get("/c/plain/resources/gallery/"))

    def test_nobody_changes_anything_by_a_link(self, page: Client, channel: Channel) -> None:
        assert page.get(f"{GALLERY}{picture(channel).pk}/delete/").status_code == 405
