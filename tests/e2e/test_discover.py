"""Discover in a real browser: videos appear one by one, stop here keeps them, and each may become an idea or a note."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_ideas import SHIFTS
from tests.e2e.test_pages import AXE
from tests.e2e.visiting import RunningStudio, Visitor, sign_in
from tests.fakes.youtube_world import YouTubeWorld
from tests.servers import wait_until

pytestmark = [pytest.mark.chromium, pytest.mark.redis]
PHONE = {"color_scheme": "light", "viewport": {"width": 390, "height": 844}}


def open_page(page: Page, studio: RunningStudio, path: str = "/c/demo/discover/") -> None:
    page.goto(f"{studio.base}{path}")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)


def titles(page: Page) -> list[str]:
    return page.locator("[data-video] h2").all_inner_texts()


def violations(page: Page) -> list[Any]:
    return [one["id"] for one in Axe().run(page, options=AXE).response["violations"]]


def ended(page: Page, state: str = "completed") -> None:
    expect(page.locator(".slot-job")).to_have_attribute("data-state", state, timeout=40_000)


def test_a_search_fills_the_grid_while_one_looks_and_stops_where_one_says(
    browser: Browser, live_studio: RunningStudio, made_up_youtube: YouTubeWorld
) -> None:
    visitor, phone = sign_in(browser, live_studio), sign_in(browser, live_studio, **PHONE)
    page = visitor.page
    open_page(page, live_studio)
    open_page(phone.page, live_studio)
    page.get_by_label("Look for", exact=True).fill("sourdough")
    page.get_by_label("Enough are").fill("200")
    # So few pass that the search has to ask again and again.
    page.get_by_label("Outlier, at least").fill("1.2")
    page.get_by_role("button", name="Search YouTube").click()
    expect(page.locator("[data-video]").first).to_be_visible(timeout=30_000)
    expect(page.locator("[data-video]").nth(2)).to_be_visible(timeout=30_000)
    # The figures move with it, on every screen.
    for one in (page, phone.page):
        kept = one.locator('[data-figure="kept"]')
        expect(kept).to_have_text(re.compile(r"^([3-9]|\d\d) of 200$"), timeout=15_000)
        expect(one.locator('[data-figure="channels looked up"]')).to_have_text(re.compile(r"[1-9]"))
        expect(one.locator("[data-video]").nth(2)).to_be_visible(timeout=15_000)
    seen = titles(page)
    page.get_by_role("button", name="Stop here").click()
    ended(page)
    expect(page.locator(".slot-told")).to_contain_text("Stopped here by a person.")
    # What was found stays where it stood, live and afresh.
    assert titles(page)[: len(seen)] == seen
    live = page.locator("[data-video]").count()
    open_page(page, live_studio)
    expect(page.locator("[data-video]")).to_have_count(live)
    assert titles(page)[: len(seen)] == seen
    assert page.evaluate("document.querySelector('.found-picture img').naturalWidth") == 320
    for one in (page, phone.page):
        assert violations(one) == []
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390

    dismiss_and_undo(page)
    inspire(page)
    for somebody in (visitor, phone):
        somebody.context.close()
        assert somebody.complaints == []


def dismiss_and_undo(page: Page) -> None:
    """By keyboard alone; the focus goes on to the next video."""
    before = titles(page)
    page.get_by_role("button", name=f"Dismiss {before[0]}").first.press("Enter")
    expect(page.locator("[data-video]")).to_have_count(len(before) - 1)
    expect(page.locator("[data-video] h2 a").first).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-video]")).to_have_count(len(before))
    assert titles(page) == before


def inspire(page: Page) -> None:
    """An idea that names its video, without leaving the grid."""
    title = titles(page)[0]
    page.get_by_role("button", name=f"Inspire an idea by {title}").first.click()
    page.get_by_role("button", name="Open the idea").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_label("The video it came from").get_by_role("link", name=title)).to_have_attribute(
        "href", re.compile(r"^https://www\.youtube\.com/(watch\?v=|shorts/)")
    )


def test_a_video_is_read_and_its_channel_looked_at(
    demo: Visitor, live_studio: RunningStudio, made_up_youtube: YouTubeWorld
) -> None:
    page = demo.page
    open_page(page, live_studio)
    if not page.locator("[data-video]").count():
        page.get_by_label("Look for", exact=True).fill("chess openings")
        page.get_by_label("Enough are").fill("4")
        page.get_by_role("button", name="Search YouTube").click()
        ended(page)
        expect(page.locator("[data-video]")).to_have_count(4)
    spoken = readable(page, made_up_youtube)
    open_page(page, live_studio, spoken)
    page.get_by_role("button", name="Fetch the transcript").click()
    expect(page.locator(".transcript-lines li").nth(2)).to_be_visible(timeout=20_000)
    ended(page)
    assert violations(page) == []
    page.get_by_role("button", name="Keep the transcript as note").click()
    expect(page.get_by_label("Text")).to_have_value(re.compile("Spoken in"))
    page.go_back()
    page.locator(".page-head p:not(.eyebrow) a").first.click()
    page.get_by_role("button", name="Look closer").click()
    ended(page)
    expect(page.get_by_text("likes and comments ÷ views of")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def readable(page: Page, world: YouTubeWorld) -> str:
    """The address of a found video that has captions."""
    for card in page.locator("[data-video]").all():
        picture = card.locator("img").get_attribute("src") or ""
        made = world.by_video[picture.split("/")[-2]]
        if made.has_captions and made.status == "public" and made.channel.layout == "new":
            return card.locator("h2 a").get_attribute("href") or ""
    raise AssertionError("no video with captions was found")


def test_when_youtube_slows_down_the_page_says_so_and_the_search_goes_on(
    demo: Visitor, live_studio: RunningStudio, made_up_youtube: YouTubeWorld
) -> None:
    page = demo.page
    open_page(page, live_studio)
    made_up_youtube.fails("search", "429", times=1, retry_after="4")
    page.get_by_label("Look for", exact=True).fill("city builders")
    page.get_by_label("Enough are").fill("3")
    page.get_by_label("Outlier, at least").fill("")
    page.get_by_role("button", name="Search YouTube").click()
    expect(page.locator('[data-f="meta"]')).to_contain_text("slowed by YouTube: asking again in 4 s", timeout=15_000)
    ended(page)
    expect(page.locator(".slot-told")).to_contain_text("3 videos kept")


def test_somebody_who_reads_the_grid_is_not_disturbed(
    browser: Browser, live_studio: RunningStudio, made_up_youtube: YouTubeWorld
) -> None:
    reader = sign_in(browser, live_studio)
    page = reader.page
    open_page(page, live_studio)
    wait_until(lambda: page.locator("[data-video]").count() > 0, 10, "videos that are there already")
    before = titles(page)
    page.evaluate("document.querySelector('[data-found-list]').scrollIntoView()")
    page.locator("[data-video] h2 a").first.focus()
    page.evaluate(SHIFTS)
    live_studio.manage(
        "job", "submit", "discover", "--channel", "demo", "--inputs", '{"query": "pixel art", "wanted": 2}', "--follow"
    )
    expect(page.get_by_role("button", name="Show 2 new videos")).to_be_visible(timeout=15_000)
    assert titles(page) == before
    page.get_by_role("button", name="Show 2 new videos").click()
    expect(page.locator("[data-video]")).to_have_count(min(len(before) + 2, 50))
    reader.context.close()
    assert reader.complaints == []
