"""A channel's page, whatever is missing on it."""

from __future__ import annotations

import copy
import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.tools.youtube import walker
from tests.fakes import youtube_pages as pages
from tests.fakes.youtube_seed import made

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
CHANNEL = next(one for one in made(7, 40, NOW) if one.layout == "new" and len(one.of("long")) > 20)
ITEMS = [pages.grid_item(video, NOW, "https://i") for video in CHANNEL.of("long")]
PAGE = pages.channel_page(CHANNEL, "videos", ITEMS, "https://i")


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place within a page."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inside for place in places(one, (*path, key)))]


def changed(page: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The page with something else at a place."""
    if not path:
        return value
    page = copy.deepcopy(page)
    at = page
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return page


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [None], {"content": None}, [[{"a": 1}]]])
def test_no_page_is_too_broken(value: Any) -> None:
    """One place after another becomes something else: what can still be read is read, and nothing is raised."""
    plain = {"richItemRenderer": {"content": pages.found(CHANNEL.of("long")[2], NOW, "https://i")}}
    page = pages.channel_page(CHANNEL, "videos", [ITEMS[0], plain], "https://i")
    for path in places(page):
        broken = changed(page, path, value)
        facts = walker.channel(broken, CHANNEL.id, NOW)
        assert facts.id == CHANNEL.id
        walker.about_token(broken)
        walker.is_open(broken, "videos")
        json.dumps(facts.as_json())
    panel = pages.about_panel(CHANNEL, NOW)
    for path in places(panel):
        walker.about(changed(panel, path, value))


def test_items_of_other_kinds_are_passed_over() -> None:
    lockup = copy.deepcopy(ITEMS[0])
    lockup["richItemRenderer"]["content"]["lockupViewModel"]["contentType"] = "LOCKUP_CONTENT_TYPE_PODCAST"
    page = pages.channel_page(CHANNEL, "videos", [lockup, {"adSlotRenderer": {}}, *ITEMS[1:4], ITEMS[1]], "https://i")
    assert [video.id for video in walker.videos_on(page, NOW)] == [video.id for video in CHANNEL.of("long")[1:4]]


@pytest.mark.parametrize(
    ("views", "when", "badge", "expected"),
    [
        ("28K views", "3 weeks ago", "12:34", ("long", 28_000, 754)),
        ("1.2M views", "Streamed 2 days ago", "2:00:00", ("live", 1_200_000, 7200)),
        ("123 watching", "", "LIVE", ("live", None, None)),
        ("5 waiting", "Scheduled for 6/20/26", "UPCOMING", ("live", None, None)),
        ("No views", "1 minute ago", "0:15", ("long", 0, 15)),
    ],
)
def test_an_item_says_what_kind_it_is(views: str, when: str, badge: str, expected: tuple[object, ...]) -> None:
    item = pages.grid_item(
        random.Random(1).choice([video for video in CHANNEL.of("long") if not video.is_bare]), NOW, "https://i"
    )
    model = item["richItemRenderer"]["content"]["lockupViewModel"]
    rows = model["metadata"]["lockupMetadataViewModel"]["metadata"]["contentMetadataViewModel"]["metadataRows"]
    rows[0]["metadataParts"] = [{"text": {"content": text}} for text in (views, when) if text]
    overlay = model["contentImage"]["thumbnailViewModel"]["overlays"][0]["thumbnailBottomOverlayViewModel"]
    overlay["badges"][0]["thumbnailBadgeViewModel"]["text"] = badge
    page = pages.channel_page(CHANNEL, "videos", [item], "https://i")
    (video,) = walker.videos_on(page, NOW)
    assert (video.format, video.views, video.seconds) == expected
    assert (video.published is not None) == ("ago" in when)


def test_the_tab_that_is_open_is_told_by_its_address() -> None:
    assert walker.is_open(PAGE, "videos")
    assert not walker.is_open(PAGE, "shorts")
    assert not walker.is_open(pages.channel_page(CHANNEL, "featured", [], ""), "videos")
