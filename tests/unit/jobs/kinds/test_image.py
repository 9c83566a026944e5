"""Images: composed or painted, one by one into the gallery, with honest terms; what is refused before it is queued."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from accounts import keys
from channels_app import files, queries, resources
from channels_app.models import Channel, Resource
from channels_app.niches import Niche
from jobs import actions, panel
from jobs.actions import InvalidInputs
from jobs.kinds.image import ImageForm
from jobs.models import Job, State
from jobs.spec import NeedMissing, UserError
from jobs.steps import make_images, painters
from tests import factories
from tests.fakes.images_openai import Answer, ImageServer, image_server, picture
from tests.unit.jobs.conftest import Engine

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "sk-a-key-that-nobody-must-see-0123456789"


def submit(engine: Engine, **inputs: Any) -> Job:
    given = {"prompt": "Why the sea rises twice", **inputs}
    return actions.submit(engine.channel, engine.channel.owner, "image", given).job


def make(engine: Engine, **inputs: Any) -> Job:
    submit(engine, **inputs)
    return engine.run("media")


def result_of(job: Job) -> dict[str, Any]:
    assert job.result is not None, panel.attempts(job)
    return job.result


def said(job: Job) -> str:
    return "\n".join(line["text"] for line in panel.output(job)["lines"])


def rows(channel: Channel) -> list[Resource]:
    return list(queries.gallery_of(channel).order_by("job_position"))


def stored(row: Resource) -> Image.Image:
    from django.core.files.storage import default_storage

    with default_storage.open(row.file) as file:
        image = Image.open(io.BytesIO(file.read()))
    image.load()
    return image


def photo(channel: Channel, title: str = "Bell Rock", **fields: Any) -> Resource:
    return factories.resource(channel, title, content=picture((120, 160, 200), (400, 300)), **fields)


@pytest.fixture
def service(settings: Any) -> Iterator[ImageServer]:
    """An image server that the studio's operator has set up."""
    with image_server(Answer.image()) as server:
        settings.IMAGE_BASE_URL, settings.IMAGE_MODEL = server.url, "painter-xl"
        yield server


class TestComposed:
    def test_pictures_come_into_the_gallery_and_say_that_they_were_composed(
        self, engine: Engine, channel: Channel
    ) -> None:
        job = make(engine, count=2)
        made = rows(channel)
        assert [one["id"] for one in result_of(job)["images"]] == [str(row.pk) for row in made]
        assert result_of(job)["made_by"] == "Composed in the studio"
        assert len({row.sha256 for row in made}) == 2
        for row in made:
            assert (row.title, row.media_type) == ("Why the sea rises twice", "image/jpeg")
            assert (row.width, row.height) == stored(row).size == (1280, 720)
            assert (row.source, row.creator, row.licence_code) == ("composed", "Tidal", "own")
            assert (row.is_ai_made, row.made_by_job) == (False, job.pk)
        assert resources.attribution_block(made) == ""
        assert job.cost_usd == 0

    def test_one_is_made_when_nobody_says_how_many_and_vertical_ones_are(
        self, engine: Engine, channel: Channel
    ) -> None:
        make(engine, format="vertical")
        (row,) = rows(channel)
        assert stored(row).size == (row.width, row.height) == (1080, 1920)

    def test_a_background_passes_its_terms_on(self, engine: Engine, channel: Channel) -> None:
        background = photo(channel, licence_code="by-sa", landing_url="https://commons.example/bell")
        make(engine, background=str(background.pk))
        (row,) = rows(channel)
        assert row.licence_code == "by-sa"
        assert row.attribution.startswith("Background: “Bell Rock” by A. Keeper (https://commons.example/bell)")
        assert row.attribution in resources.attribution_block([row])
        # Its colours are the background's, not drawn ones.
        assert stored(row).getcolors(1) is None

    @pytest.mark.parametrize(("licence", "is_ai"), [("cc0", False), ("own", True), ("ai", True)])
    def test_a_free_background_leaves_the_picture_ones_own_and_an_ai_made_one_its_mark(
        self, engine: Engine, channel: Channel, licence: str, is_ai: bool
    ) -> None:
        background = photo(channel, licence_code=licence, is_ai_made=is_ai)
        make(engine, background=str(background.pk))
        (row,) = rows(channel)
        assert row.licence_code == ("ai" if licence == "ai" else "own")
        assert row.is_ai_made is is_ai

    def test_a_picture_of_the_gallery_is_a_background_again(self, engine: Engine, channel: Channel) -> None:
        make(engine)
        make(engine, prompt="Once more", background=str(rows(channel)[0].pk))
        assert {row.title for row in rows(channel)} == {"Why the sea rises twice", "Once more"}

    def test_what_cannot_be_drawn_is_told(
        self, engine: Engine, channel: Channel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        from jobs.tools.images import fonts

        monkeypatch.setattr(fonts, "INSTALLED", (tmp_path,))
        fonts.installed.cache_clear()
        job = make(engine, prompt="Sushi 寿司", count=2)
        fonts.installed.cache_clear()
        assert "This machine cannot draw 寿, 司" in result_of(job)["told"]
        assert said(job).count("This machine cannot draw") == 1

    def test_a_retry_makes_only_what_is_missing_and_goes_on_with_the_same_designs(
        self, engine: Engine, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, made = make_images.composed, []

        def break_at_second(ctx: Any, position: int) -> Any:
            made.append(position)
            if position == 1:
                raise RuntimeError("the plug was pulled")
            return real(ctx, position)

        submit(engine, count=3)
        with monkeypatch.context() as patched:
            patched.setattr(make_images, "composed", break_at_second)
            engine.run("media")
        kept = {row.pk for row in rows(channel)}
        assert len(kept) == 1
        job = engine.run("media")
        assert job.state == State.COMPLETED
        assert kept < {row.pk for row in rows(channel)}
        assert [row.job_position for row in rows(channel)] == [0, 1, 2]
        assert len(result_of(job)["images"]) == 3

    def test_its_job_leads_to_the_gallery(self, engine: Engine, client: Client) -> None:
        job = make(engine)
        client.force_login(engine.channel.owner)
        shown = client.get(f"/c/tidal/jobs/{job.pk}/?tab=result").content.decode()
        assert '<a class="button small" href="/c/tidal/resources/gallery/">Open the gallery</a>' in shown

    def test_a_niche_of_ones_own_has_colours_too(self, engine: Engine, channel: Channel) -> None:
        channel.niche, channel.custom_niche = Niche.CUSTOM, "Lace making"
        assert make_images.niche_of(channel) == "lace making"
        channel.niche = Niche.FOOD
        assert make_images.niche_of(channel) == "food"


class TestPainted:
    def test_each_is_marked_priced_and_cut_to_the_format(
        self, engine: Engine, channel: Channel, settings: Any, service: ImageServer
    ) -> None:
        settings.IMAGE_MODEL = "gpt-image-2"
        service.answers = [Answer.image(picture((1, 2, 3))), Answer.image(picture((200, 2, 3)))]
        job = make(engine, count=2)
        assert result_of(job)["made_by"] == "gpt-image-2"
        for row in rows(channel):
            assert (row.source, row.creator, row.licence_code) == ("image-model", "gpt-image-2", "ai")
            assert row.is_ai_made
            assert row.attribution == "“Why the sea rises twice”, made with gpt-image-2 (AI)"
            assert stored(row).size == (1280, 720)
        assert [one["prompt"] for one in service.asked] == ["Why the sea rises twice"] * 2
        assert job.tokens == 2 * 1588
        # It runs on this machine: nobody charges for it.
        assert job.cost_usd == 0

    def test_openai_is_paid_by_its_list_and_the_day_knows(
        self, engine: Engine, channel: Channel, settings: Any, service: ImageServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from jobs import spending
        from jobs.tools.images.painting import Painter

        settings.IMAGE_MODEL = "gpt-image-2"
        monkeypatch.setattr(Painter, "is_here", False)
        job = make(engine)
        assert job.cost_usd == Decimal("0.04714")
        assert spending.spent_today(channel.owner) == Decimal("0.04714")
        assert "20 tokens in, 1,568 out, $0.0471" in said(job)

    def test_an_unknown_price_is_said(
        self, engine: Engine, service: ImageServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from jobs.tools.images.painting import Painter

        monkeypatch.setattr(Painter, "is_here", False)
        assert "price unknown" in said(make(engine))

    def test_a_picture_that_would_pass_the_days_limit_is_not_asked_for(
        self, engine: Engine, channel: Channel, settings: Any, service: ImageServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from jobs.tools.images.painting import Painter

        settings.IMAGE_MODEL = "gpt-image-2"
        monkeypatch.setattr(Painter, "is_here", False)
        channel.owner.daily_spend_limit_usd = Decimal("0.07")
        channel.owner.save()
        job = make(engine, count=3)
        assert job.state == State.FAILED
        assert "daily spend limit" in job.error
        # The first one fits, and is kept; nobody asks for the second.
        assert len(service.asked) == len(rows(channel)) == 1

    def test_pictures_that_came_are_kept_when_the_next_one_is_refused(
        self, engine: Engine, channel: Channel, service: ImageServer
    ) -> None:
        service.answers = [Answer.image(), Answer.error(400, "no", "moderation_blocked")]
        job = make(engine, count=3)
        assert job.state == State.FAILED
        assert "against its content policy" in job.error
        assert len(rows(channel)) == 1
        assert len(list(files.stored_names())) == 1

    def test_a_fault_that_may_pass_is_tried_again_and_pays_nothing_twice(
        self, engine: Engine, channel: Channel, service: ImageServer
    ) -> None:
        service.answers = [Answer.image(), Answer(body=b"<html>"), Answer.image(picture((9, 9, 9)))]
        job = make(engine, count=2)
        assert job.state == State.QUEUED
        job = engine.run("media")
        assert job.state == State.COMPLETED
        assert len(rows(channel)) == 2
        assert len(service.asked) == 3

    @pytest.mark.parametrize("data", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\nno"])
    def test_what_is_no_picture_never_enters_the_gallery(
        self, engine: Engine, channel: Channel, service: ImageServer, data: bytes
    ) -> None:
        service.answers = [Answer.image(data)]
        job = make(engine)
        assert job.state != State.COMPLETED
        assert not rows(channel)
        assert not list(files.stored_names())

    def test_a_broken_picture_that_was_paid_for_is_not_asked_for_again_by_itself(
        self, engine: Engine, channel: Channel, service: ImageServer
    ) -> None:
        service.answers = [Answer.image(b"\x89PNG\r\n\x1a\nno")]
        job = make(engine)
        assert job.state == State.FAILED
        assert "Retry the job to ask it again." in job.error
        assert len(service.asked) == 1

    def test_the_same_picture_is_one_record(self, engine: Engine, channel: Channel, service: ImageServer) -> None:
        job = make(engine, count=2)
        assert len(rows(channel)) == len(list(files.stored_names())) == 1
        assert len(result_of(job)["images"]) == 1

    def test_cancelled_amid_a_silent_service_it_ends_at_once_and_keeps_what_came(
        self, engine: Engine, channel: Channel, service: ImageServer
    ) -> None:
        from django.db import connections

        service.answers = [Answer.image(), Answer(stall=True)]
        job, hears = submit(engine, count=3), threading.Event()
        service.before = lambda: hears.set() if len(service.asked) == 2 else None

        def cancel() -> None:
            assert hears.wait(20)
            actions.cancel(engine.fresh(job))
            connections.close_all()

        other = threading.Thread(target=cancel)
        other.start()
        engine.run("media")
        other.join()
        service.released.set()
        assert engine.fresh(job).state == State.CANCELLED
        assert len(rows(channel)) == 1

    def test_the_key_stays_out_of_everything_that_can_be_read(
        self, engine: Engine, channel: Channel, settings: Any, service: ImageServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.SERVER_KEYS = {**settings.SERVER_KEYS, "openai": KEY}
        service.answers = [Answer.error(400, f"what is {KEY}?")]
        with caplog.at_level("DEBUG"):
            job = make(engine)
        assert service.keys == [f"Bearer {KEY}"]
        told = "\n".join([job.error, said(job), caplog.text, *(one["error"] for one in panel.attempts(job))])
        assert KEY not in told
        assert KEY[:12] not in told


class TestWhoMakesThem:
    def test_without_a_model_the_composer_does_and_a_model_asked_for_is_refused_with_the_way_out(
        self, engine: Engine
    ) -> None:
        assert result_of(make(engine))["made_by"] == "Composed in the studio"
        with pytest.raises(NeedMissing) as caught:
            submit(engine, maker="model")
        assert caught.value.message == "No image model is set up."
        assert "Add an OpenAI key on your keys page" in caught.value.way_out

    def test_a_server_of_the_studios_own_serves_everybody_and_never_gets_a_persons_key(
        self, channel: Channel, service: ImageServer
    ) -> None:
        plain = factories.user("plain")
        keys.save(plain, "openai", KEY)
        found = painters.service_for(plain)
        assert (found.url, found.model, found.key, found.reason) == (service.url, "painter-xl", "", "")

    def test_a_persons_key_comes_before_the_studios_and_goes_to_openai(self, ana: Any, settings: Any) -> None:
        settings.SERVER_KEYS = {**settings.SERVER_KEYS, "openai": "sk-the-studios-own-key-1234"}
        assert painters.service_for(ana).key == "sk-the-studios-own-key-1234"
        keys.save(ana, "openai", KEY)
        found = painters.service_for(ana)
        assert (found.url, found.key, found.reason) == ("https://api.openai.com/v1", KEY, "")
        # The studio's key belongs to another server then.
        settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
        keys.delete(ana, "openai")
        assert painters.service_for(ana).key == ""

    def test_a_standard_user_gets_the_composer_where_only_a_paid_model_is(self, settings: Any) -> None:
        settings.SERVER_KEYS = {**settings.SERVER_KEYS, "openai": KEY}
        plain = factories.channel(factories.user("plain"), "plain")
        with pytest.raises(NeedMissing) as caught:
            actions.submit(plain, plain.owner, "image", {"prompt": "Tides", "maker": "model"})
        assert "premium" in caught.value.way_out
        assert actions.submit(plain, plain.owner, "image", {"prompt": "Tides"}).created

    def test_the_form_says_what_automatic_means_now(self, engine: Engine, service: ImageServer, settings: Any) -> None:
        def told() -> str:
            form = ImageForm(channel=engine.channel, user=engine.channel.owner)
            return str(form.fields["maker"].help_text)

        assert told() == "Automatic: painted by painter-xl, at no cost; composed upon a background."
        settings.IMAGE_BASE_URL = "https://images.example/v1"
        assert "painted by painter-xl, price unknown" in told()
        settings.IMAGE_MODEL = "gpt-image-2"
        assert "painted by gpt-image-2, about $0.05 each" in told()
        settings.IMAGE_BASE_URL = ""
        assert told() == "Automatic: composed in the studio."

    def test_who_chooses_the_composer_asks_no_model(self, engine: Engine, service: ImageServer) -> None:
        make(engine, maker="composer")
        assert service.asked == []

    def test_with_a_background_the_composer_does_it_and_a_model_is_refused(
        self, engine: Engine, channel: Channel, service: ImageServer
    ) -> None:
        background = str(photo(channel).pk)
        with pytest.raises(UserError, match="paints from words alone"):
            submit(engine, background=background, maker="model")
        make(engine, background=background)
        assert service.asked == []


class TestInputs:
    @pytest.mark.parametrize(
        ("given", "field", "told"),
        [
            ({"prompt": ""}, "prompt", "say what the pictures should say"),
            ({"prompt": "x" * 1001}, "prompt", "1000"),
            ({"count": 0}, "count", "1"),
            ({"count": 7}, "count", "6"),
            ({"count": "many"}, "count", "number"),
            ({"format": "square"}, "format", "“square” is none"),
            ({"maker": "me"}, "maker", "“me” is none"),
            ({"background": "7"}, "background", "no such picture"),
            ({"seed": 7}, "seed", "no such input"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_are_refused_with_a_sentence(self, engine: Engine, given: dict[str, Any], field: str, told: str) -> None:
        with pytest.raises(InvalidInputs) as caught:
            submit(engine, **given)
        assert list(caught.value.fields) == [field]
        assert told in " ".join(caught.value.fields[field])

    def test_only_pictures_that_the_channel_uses_are_backgrounds(self, engine: Engine, channel: Channel) -> None:
        unused = photo(channel, use=False)
        film = factories.resource(channel, "A film", media_type="video/mp4")
        for row in (unused, film):
            with pytest.raises(InvalidInputs):
                submit(engine, background=str(row.pk))

    def test_a_licence_that_allows_no_changes_is_refused(self, engine: Engine, channel: Channel) -> None:
        row = photo(channel, licence_code="by-nd")
        with pytest.raises(UserError, match="allows no changes"):
            submit(engine, background=str(row.pk))

    def test_a_background_that_is_no_picture_or_is_gone_fails_for_good_and_says_so(
        self, engine: Engine, channel: Channel
    ) -> None:
        broken = factories.resource(channel, "Torn", content=b"\x89PNG\r\n\x1a\n torn")
        job = make(engine, background=str(broken.pk))
        assert (job.state, "“Torn” cannot be used" in job.error) == (State.FAILED, True)
        gone = photo(channel)
        submit(engine, background=str(gone.pk))
        resources.take_off(gone, channel)
        job = engine.run("media")
        assert (job.state, "no longer used in the channel" in job.error) == (State.FAILED, True)
