"""Image models over HTTP: what is asked in the provider's format, and what every fault of it becomes."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs.tools.images import painting, prices
from jobs.tools.images.painting import Painted, Painter, PaintingRefused, PaintingUnavailable, paint
from tests.fakes.images_openai import Answer, ImageServer, image_server, picture
from tests.servers import free_port

KEY = "sk-a-key-that-nobody-must-see-0123456789"


def nothing() -> None:
    """Nobody stops it."""


def ask(
    server: ImageServer, tmp_path: Path, *, model: str = "gpt-image-2", tall: bool = False,
    check: Callable[[], None] = nothing, **more: Any,
) -> Painted:  # fmt: skip
    painter = Painter(url=server.url, model=model, key=KEY, **{"patience": 0.5, "seconds": 20.0, **more})
    return paint(painter, "A lighthouse at dusk", tmp_path / "raw", tall=tall, check=check)


class TestGood:
    def test_the_request_is_openais_and_the_picture_and_its_tokens_come_back(self, tmp_path: Path) -> None:
        with image_server(Answer.image()) as server:
            made = ask(server, tmp_path)
        assert server.asked == [
            {
                "path": "/v1/images/generations",
                "model": "gpt-image-2",
                "prompt": "A lighthouse at dusk",
                "n": 1,
                "size": "1536x1024",
                "quality": "medium",
            }
        ]
        assert server.keys == [f"Bearer {KEY}"]
        assert made.path.read_bytes() == picture()
        assert (made.spent.input_tokens, made.spent.output_tokens, made.spent.is_measured) == (20, 1568, True)

    @pytest.mark.parametrize(
        ("model", "tall", "size", "wants"),
        [
            ("gpt-image-1-mini", True, "1024x1536", "quality"),
            ("dall-e-3", False, "1792x1024", "response_format"),
            ("stablediffusion", False, "1280x720", "response_format"),
            ("stablediffusion", True, "720x1280", "response_format"),
        ],
    )
    def test_each_family_of_models_is_asked_as_it_understands(
        self, tmp_path: Path, model: str, tall: bool, size: str, wants: str
    ) -> None:
        with image_server(Answer.image(measured=False)) as server:
            made = ask(server, tmp_path, model=model, tall=tall)
        assert server.asked[0]["size"] == size
        assert wants in server.asked[0]
        assert not made.spent.is_measured
        assert made.spent.output_tokens == prices.PICTURE_TOKENS

    def test_a_picture_at_an_address_of_the_service_is_fetched_with_the_key(self, tmp_path: Path) -> None:
        with image_server() as server:
            server.files["/made/1.png"] = picture()
            server.answers = [Answer.of([{"url": "/made/1.png", "revised_prompt": "A lighthouse"}])]
            made = ask(server, tmp_path)
        assert made.path.read_bytes() == picture()
        assert server.fetched == [("/made/1.png", f"Bearer {KEY}")]

    def test_a_picture_elsewhere_is_fetched_without_the_key_and_only_where_downloads_may_go(
        self, tmp_path: Path
    ) -> None:
        with image_server() as server, image_server() as elsewhere:
            elsewhere.files["/1.png"] = picture()
            address = elsewhere.url.removesuffix("/v1") + "/1.png"
            server.answers = [Answer.of([{"url": address}])]
            with pytest.raises(PaintingUnavailable, match="could not be fetched"):
                ask(server, tmp_path)
            assert elsewhere.fetched == []
            ask(server, tmp_path, allow_hosts=(elsewhere.host,))
            assert elsewhere.fetched == [("/1.png", None)]

    def test_a_data_address_is_a_picture_too(self, tmp_path: Path) -> None:
        encoded = "data:image/png;base64," + base64.b64encode(picture()).decode()
        for row in ({"url": encoded}, {"b64_json": encoded}):
            with image_server(Answer.of([row])) as server:
                assert ask(server, tmp_path).path.read_bytes() == picture()


class TestFaults:
    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Answer.error(401, f"Incorrect API key provided: {KEY}"), "did not accept the key"),
            (Answer.error(402, "pay"), "asks for payment"),
            (Answer.error(403, "no"), "does not allow this"),
            (Answer.error(404, "no such model"), "does not know this model"),
            (Answer.error(400, "Your request was rejected", "moderation_blocked"), "against its content policy"),
            (Answer.error(400, "Rejected", "content_policy_violation"), "against its content policy"),
            (Answer.error(429, "You exceeded your quota", "insufficient_quota"), "no credit left"),
            (Answer.error(400, "limit", "billing_hard_limit_reached"), "no credit left"),
            (Answer.error(400, f"size must be one of … {KEY}", "invalid"), "(status 400): size must be one of"),
            (Answer(400, b"<html>" * 50_000, {"Content-Type": "text/html"}), "refused the request (status 400)"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_what_a_person_must_mend_is_refused_for_good(self, tmp_path: Path, answer: Answer, said: str) -> None:
        with image_server(answer) as server, pytest.raises(PaintingRefused) as caught:
            ask(server, tmp_path)
        assert said in str(caught.value)
        assert KEY not in str(caught.value)
        assert len(server.asked) == 1

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Answer(body=b"<!doctype html><title>Welcome</title>"), "something else than a picture"),
            (Answer(body=b"[" * 100_000), "something else than a picture"),
            (Answer(body=b""), "something else than a picture"),
            (Answer(body=b'"fine"'), "something else than a picture"),
            (Answer.of([]), "sent no picture"),
            (Answer.of({"b64_json": "x"}), "sent no picture"),
            (Answer.of([{"b64_json": 7}]), "sent no picture"),
            (Answer.of([{"b64_json": "not base 64 !"}]), "cannot be read"),
            (Answer.of([{"url": "http://127.0.0.1:9/x.png"}]), "could not be fetched"),
            (Answer.of([{"url": "file:///etc/passwd"}]), "could not be fetched"),
            (Answer.of([{"url": "http://169.254.169.254/latest/"}]), "could not be fetched"),
            (Answer(body=Answer.image().body, cut=True), "broke off"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_what_may_pass_is_tried_again_later(self, tmp_path: Path, answer: Answer, said: str) -> None:
        with image_server(answer) as server, pytest.raises(PaintingUnavailable) as caught:
            ask(server, tmp_path)
        assert said in str(caught.value)
        assert "composed in the studio" in caught.value.told

    def test_a_busy_service_is_waited_for_as_long_as_it_asks(self, tmp_path: Path) -> None:
        busy = Answer.error(429, "slow down", "rate_limit_exceeded", Retry_After="0.2")
        with image_server(busy, Answer.error(500, "oops"), Answer.image()) as server:
            began = time.monotonic()
            ask(server, tmp_path, patience=5.0)
            assert time.monotonic() - began >= 0.2
        assert len(server.asked) == 3

    def test_who_asks_for_too_much_patience_is_left_to_the_retry(self, tmp_path: Path) -> None:
        busy = Answer.error(429, "slow down", "rate_limit_exceeded", Retry_After="3600")
        with image_server(busy) as server, pytest.raises(PaintingUnavailable) as caught:
            ask(server, tmp_path)
        assert len(server.asked) == 1
        assert caught.value.retry_after == 3600

    def test_a_body_without_an_end_is_given_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(painting, "MOST_ANSWER_BYTES", 1_000_000)
        with (
            image_server(Answer(endless=True)) as server,
            pytest.raises(PaintingUnavailable, match="more than a picture"),
        ):
            ask(server, tmp_path)

    def test_silence_ends_in_time_and_may_cost(self, tmp_path: Path) -> None:
        with image_server(Answer(stall=True)) as server:
            with pytest.raises(PaintingUnavailable, match="did not answer within 0 seconds") as caught:
                ask(server, tmp_path, seconds=0.3)
            server.released.set()
        assert caught.value.may_cost

    def test_who_cancels_does_not_wait_for_the_service(self, tmp_path: Path) -> None:
        class Enough(BaseException):
            pass

        heard = threading.Event()

        def check() -> None:
            if heard.is_set():
                raise Enough

        with image_server(Answer(stall=True)) as server:
            server.before = heard.set
            began = time.monotonic()
            with pytest.raises(Enough):
                ask(server, tmp_path, check=check)
            assert time.monotonic() - began < 5
            server.released.set()

    @pytest.mark.parametrize(
        ("url", "error"),
        [
            ("http://127.0.0.1:{port}/v1", PaintingUnavailable),
            ("ftp://x/v1", PaintingRefused),
            ("nonsense", PaintingRefused),
        ],
    )
    def test_a_wrong_address_says_so(self, tmp_path: Path, url: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            ask(ImageServer(url=url.format(port=free_port())), tmp_path)

    def test_the_key_is_in_no_representation(self) -> None:
        assert KEY not in repr(Painter(url="http://x/v1", model="m", key=KEY))


class TestPrices:
    def test_known_models_have_one_by_token(self) -> None:
        price = prices.price_of("gpt-image-2-2026-04-21", is_here=False)
        assert price is not None
        assert float(price.of(20, 1568)) == pytest.approx(0.04714)

    def test_others_do_not_and_one_on_this_machine_is_free(self) -> None:
        assert prices.price_of("stablediffusion", is_here=False) is None
        free = prices.price_of("stablediffusion", is_here=True)
        assert free is not None
        assert not free.of(1000, 1000)
        assert Painter(url="http://localhost:8080/v1", model="m").is_here
        assert not Painter(url="https://api.openai.com/v1", model="m").is_here


def test_fake_answers_are_openais(tmp_path: Path) -> None:
    told = json.loads(Answer.image().body)
    assert set(told) == {"created", "data", "usage"}
    assert set(told["data"][0]) == {"b64_json"}
