"""The search of sources: a place for each at once, each answer by itself, and every reason why there is none."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from queue import Queue
from typing import Any

import pytest
from django.test import AsyncClient, Client

from accounts import keys
from channels_app import resources
from channels_app.models import Channel
from jobs import politeness, source_answers
from jobs.steps import sources
from jobs.steps.ask_sources import Asking
from tests import factories
from tests.fakes.source_world import SourceWorld, source_world
from tests.servers import free_port

pytestmark = pytest.mark.django_db
SEARCH = "/c/tidal/resources/search/"
ASK = f"{SEARCH}?q=rock&source=wikimedia-commons"
KEYED = ("pexels", "pixabay", "unsplash", "freesound", "europeana", "smithsonian")


@pytest.fixture
def world(settings: Any) -> Iterator[SourceWorld]:
    """All sources; Wikimedia Commons has three pictures. Nobody has a key."""
    politeness.forget()
    with source_world(apart=True) as fake:
        fake.put(bell=("Bell Rock", "by-sa"), pool=("Rock pool", "cc0"), hen=("Chicken Rock", "own"))
        settings.SOURCE_URLS = {**settings.SOURCE_URLS, **fake.urls}
        yield fake


@pytest.fixture
def page(client: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Ana's browser, for whom no host has a queue."""
    monkeypatch.setattr(sources.Turns, "__call__", lambda *_: 0.0)
    client.force_login(channel.owner)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_page_asks_nobody_and_has_a_place_for_each(page: Client, world: SourceWorld) -> None:
    assert "One question, 14 sources" in text(page.get(SEARCH))
    answer = page.get(f"{SEARCH}?q=rock")
    shown = text(answer)
    assert f'data-stream="{SEARCH}?q=rock&amp;fragment=stream"' in shown
    assert shown.count("data-waits") == 8 and shown.count("wants a key of yours") == 6
    assert shown.index("Ask Wikimedia Commons") < shown.index("wants a key of yours")
    assert 'href="/me/keys/">Open your keys' in shown
    assert not world.asked
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https: http://127.0.0.1" in policy
    assert all(f"{name} 'self';" in f"{policy};" for name in ("media-src", "script-src", "connect-src"))
    # On this page only.
    assert "https:" not in page.get("/c/tidal/resources/").headers["Content-Security-Policy"]


def test_a_source_answers_by_itself_and_unknown_terms_are_left_out(page: Client, world: SourceWorld) -> None:
    shown = text(page.get(ASK))
    assert shown.count('name="item"') == 2
    assert shown.index("Bell Rock") < shown.index("Rock pool")
    assert 'value="wikimedia-commons:File:bell.png"' in shown
    assert "CC BY-SA" in shown
    assert "1 left out by their licence" in shown
    # The number is of those that one may choose from.
    assert '<span class="chip ok">2</span>' in shown
    assert '<span class="chip ok">3</span>' in text(page.get(f"{ASK}&licence=any"))
    assert 'href="https://commons.wikimedia.org" rel="noreferrer noopener" target="_blank">Go to' in shown
    assert "Chicken Rock" in text(page.get(f"{ASK}&licence=any"))
    assert text(page.get(f"{ASK}&licence=free")).count('name="item"') == 1


def test_every_type_is_asked_for_or_one(page: Client, world: SourceWorld) -> None:
    world.shelf = {}
    asked = f"{SEARCH}?q=rock&source=nasa"
    shown = text(page.get(asked))
    assert [query["media_type"] for path, query, _ in world.asked] == [["image"], ["video"], ["audio"]]
    assert all(word in shown for word in ("Picture", "Film", "Sound"))
    # More of each goes on where it ended.
    more = f"{asked}&after=image.2%2Cvideo.2%2Caudio.2"
    assert more.replace("&", "&amp;") in shown
    page.get(more)
    assert [query["page"] for path, query, _ in world.asked[3:]] == [["2"]] * 3
    page.get(f"{asked}&type=video")
    assert world.asked[6][1]["media_type"] == ["video"]
    assert "It has no texts." in text(page.get(f"{asked}&type=text"))
    assert len(world.asked) == 7


def test_what_is_in_the_library_is_marked(page: Client, channel: Channel, world: SourceWorld) -> None:
    factories.resource(channel, source="wikimedia-commons", source_id="File:pool.png")
    assert text(page.get(ASK)).count("In the library") == 1


def test_for_a_script_its_own_are_marked_and_the_download_is_for_it(
    page: Client, channel: Channel, world: SourceWorld
) -> None:
    script = factories.script(channel)
    row = factories.resource(channel, source="wikimedia-commons", source_id="File:pool.png")
    resources.use_in_script(row, script)
    shown = text(page.get(f"{ASK}&script={script.pk}"))
    assert shown.count("Used in this script") == 1
    assert "In the library" not in shown
    assert f'<option value="{script.pk}" selected>' in shown
    # The search goes on for the same script.
    assert f"script={script.pk}&amp;source=nasa" in text(page.get(f"{SEARCH}?q=rock&script={script.pk}"))


def test_a_person_who_asks_too_much_waits_and_nobody_else_does(
    page: Client, client: Client, channel: Channel, world: SourceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_answers, "SEARCHES", replace(source_answers.SEARCHES, tries=1))
    # Opening the page asks nobody yet, and so costs nothing.
    page.get(f"{SEARCH}?q=rock")
    assert page.get(ASK).status_code == 200
    asked = len(world.asked)
    refused = page.get(f"{ASK}&type=image")
    assert refused.status_code == 429
    assert "One person may ask 1 questions in 5 minutes. Too many tries. Try again in " in text(refused)
    assert len(world.asked) == asked
    client.force_login(factories.admin())
    assert client.get(ASK).status_code == 200


@pytest.mark.parametrize(
    ("fault", "word", "why"),
    [
        ("429", "Wait", "asks for patience: too many requests. Try again in 60 s."),
        ("403", "Blocked", "blocks requests from this studio for now."),
        ("500", "Out of reach", "answers with error 500."),
        ("html", "Failed", "answered something that cannot be read."),
        ("broken", "Failed", "answered something that cannot be read."),
    ],
)
def test_a_source_that_fails_says_why(page: Client, world: SourceWorld, fault: str, word: str, why: str) -> None:
    world.break_("/wikimedia-commons/", fault, retry_after="60" if fault == "429" else "")
    answer = page.get(ASK)
    assert answer.status_code == 200
    assert f">{word}</span>" in text(answer)
    assert f"Wikimedia Commons {why}" in text(answer)


def test_what_was_found_before_a_failure_stays(page: Client, world: SourceWorld) -> None:
    world.break_("/nasa/search", "", times=1)
    world.break_("/nasa/search", "500", times=1)
    shown = text(page.get(f"{SEARCH}?q=rock&source=nasa"))
    assert "Dawn" in shown and "Out of reach" in shown and "answers with error 500." in shown
    # What is left can be asked for again.
    assert "after=image.2%2Cvideo.0%2Caudio.0" in shown


def test_one_out_of_reach_or_switched_off_or_without_a_hit_says_so(
    page: Client, world: SourceWorld, settings: Any
) -> None:
    assert "It has nothing like that" in text(page.get(ASK.replace("rock", "zebra")))
    settings.SOURCE_URLS = {**settings.SOURCE_URLS, "wikimedia-commons": f"http://127.0.0.1:{free_port()}"}
    assert "is not reachable" in text(page.get(ASK))
    settings.SOURCE_URLS = {**settings.SOURCE_URLS, "wikimedia-commons": "", "web-search": ""}
    assert "switched it off" in text(page.get(ASK))
    assert "SEARXNG_URL" in text(page.get(SEARCH))


def test_a_wrong_key_leads_to_the_keys(page: Client, channel: Channel, world: SourceWorld) -> None:
    keys.save(channel.owner, "pexels", "anas-very-own-key")
    world.break_("/pexels/", "403")
    shown = text(page.get(f"{SEARCH}?q=rock&source=pexels"))
    assert "does not accept the API key" in shown and 'href="/me/keys/">Open your keys' in shown
    assert "very-own" not in shown


def test_the_web_is_shown_only_to_who_asks_for_any_licence(page: Client, world: SourceWorld) -> None:
    asked = f"{SEARCH}?q=rock&source=web-search&type=image"
    shown = text(page.get(asked))
    assert "1 left out by their licence" in shown and "a web search names none" in shown
    shown = text(page.get(f"{asked}&licence=any"))
    # A link; nothing to choose, and no stranger's picture.
    assert "https://harbours.example/old" in shown
    assert 'name="item"' not in shown and 'class="hit-view"' in shown and "<img" not in shown.partition("hit-view")[2]


def test_no_text_of_a_source_becomes_markup(page: Client, world: SourceWorld) -> None:
    world.put(bad=('<script>alert(1)</script>rock"', "cc0"))
    assert "<script>alert" not in text(page.get(ASK))


@pytest.mark.parametrize("query", ["?source=nowhere&q=x", "?source=nowhere"])
def test_an_unknown_source_is_not_found(page: Client, channel: Channel, query: str) -> None:
    assert page.get(f"{SEARCH}{query}").status_code == 404


@pytest.mark.parametrize(
    "query", ["q=rock%00", "q=rock&after=abc", "q=rock&after=image.../x,video.-1,,", "q=rock&type=huge&licence=x"]
)
def test_odd_questions_are_answered(page: Client, world: SourceWorld, query: str) -> None:
    assert page.get(f"{SEARCH}?source=wikimedia-commons&{query}").status_code == 200


def test_strangers_find_nothing_and_readers_choose_nothing(
    client: Client, channel: Channel, world: SourceWorld
) -> None:
    assert client.get(SEARCH).status_code == 302
    client.force_login(factories.stranger())
    assert client.get(SEARCH).status_code == 404
    assert client.get(f"{SEARCH}?q=rock&fragment=stream").status_code == 404
    assert not world.asked
    client.force_login(factories.editor())
    shown = text(client.get(ASK))
    assert "Bell Rock" in shown
    assert 'name="item"' not in shown


class TestTogether:
    """All sources at once."""

    def ask(self, user: Any, **options: Any) -> list[tuple[float, str, sources.Answer | None]]:
        """What each answers, and after how many seconds."""
        clients = {
            state.slug: sources.client_of(user, state.slug, lambda: None)
            for state in sources.states(user)
            if state.is_ready
        }
        arrived: Queue[tuple[str, sources.Answer | None]] = Queue()
        began = time.monotonic()
        asking = Asking(clients, "rock", media=options.get("media", ""), put=arrived.put)
        found: list[tuple[float, str, sources.Answer | None]] = []
        while asking.left:
            slug, answer = arrived.get(timeout=40)
            found.append((time.monotonic() - began, slug, answer))
            asking.left -= answer is None
        return found

    def test_a_slow_one_and_a_broken_one_hold_nobody_up(
        self, channel: Channel, world: SourceWorld, settings: Any
    ) -> None:
        settings.SERVER_KEYS = {**settings.SERVER_KEYS, **dict.fromkeys(KEYED, "the-servers-own-key")}
        world.delays = {"nasa": 3.0, **{slug: 0.1 * place for place, slug in enumerate(KEYED)}}
        world.break_("/europeana/", "500")
        found = self.ask(channel.owner, media="image")
        assert len({slug for _, slug, _ in found}) == 14
        last = {slug: at for at, slug, _ in found}
        # The Met asks for a pause between its works, which it tells one by one: 3 of them, half a second apart.
        assert max(at for slug, at in last.items() if slug not in ("nasa", "met")) < 2.5
        assert 3.0 <= last["nasa"] < 3.3
        words = {slug: answer.word for _, slug, answer in found if answer}
        assert words["europeana"] == "Out of reach" and words["nasa"] == "1"
        assert words["freesound"] == words["arxiv"] == "Nothing"

    def test_each_type_is_shown_as_it_comes(self, channel: Channel, world: SourceWorld) -> None:
        answers = [answer for _, slug, answer in self.ask(channel.owner) if slug == "nasa" and answer]
        assert [(len(one.hits), one.is_whole) for one in answers] == [(1, False), (2, False), (3, True)]


@pytest.mark.redis
def test_the_same_question_again_asks_nobody(
    page: Client, channel: Channel, world: SourceWorld, redis_server: str, settings: Any
) -> None:
    settings.SERVER_KEYS = {**settings.SERVER_KEYS, "pexels": "the-servers-own-key"}
    for source in ("wikimedia-commons", "pexels"):
        first = text(page.get(f"{SEARCH}?q=rock&source={source}&type=image"))
        asked = len(world.asked)
        assert text(page.get(f"{SEARCH}?q=%20Rock%20&source={source}&type=image")).count("<h3") == first.count("<h3")
        assert len(world.asked) == asked
    # It is kept for everybody, without anybody's key, and not for ever.
    import redis

    with redis.Redis.from_url(redis_server) as kept:
        names = [name for name in kept.scan_iter("craft:answer:*")]
        assert len(names) == 2
        assert all(0 < kept.ttl(name) <= 600 for name in names)
        assert not any(b"servers-own" in name for name in kept.scan_iter())
    # What failed is not kept.
    world.break_("/met/", "500", times=1)
    assert "error 500" in text(page.get(f"{SEARCH}?q=rock&source=met"))
    assert "Harbour" in text(page.get(f"{SEARCH}?q=rock&source=met"))


@pytest.mark.django_db(transaction=True)
async def test_the_stream_has_a_line_for_each(channel: Channel, world: SourceWorld) -> None:
    browser = AsyncClient()
    await browser.aforce_login(channel.owner)
    world.break_("/nasa/", "500")
    answer: Any = await browser.get(f"{SEARCH}?q=rock&type=image&fragment=stream")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in b"".join([part async for part in answer]).splitlines()]
    html = {line["source"]: line["html"] for line in lines}
    assert len(html) == 7 and "arxiv" not in html
    assert "Bell Rock" in html["wikimedia-commons"] and 'name="item"' in html["wikimedia-commons"]
    assert "answers with error 500." in html["nasa"]
    assert all(not line["html"].strip().startswith("<html") for line in lines)


@pytest.mark.django_db(transaction=True)
async def test_a_stream_that_is_refused_says_so_in_every_place_and_asks_nobody(
    channel: Channel, world: SourceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_answers, "SEARCHES", replace(source_answers.SEARCHES, tries=0))
    browser = AsyncClient()
    await browser.aforce_login(channel.owner)
    answer: Any = await browser.get(f"{SEARCH}?q=rock&type=image&fragment=stream")
    lines = [json.loads(line) for line in b"".join([part async for part in answer]).splitlines()]
    assert len(lines) == 7 and all("Try again in " in line["html"] for line in lines)
    assert not world.asked
