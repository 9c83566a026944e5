"""Resources in the browser: a slow source holds nobody, what is downloaded appears in the library while one looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.e2e.test_pages import AXE
from tests.e2e.visiting import RunningStudio, sign_in
from tests.fakes.source_world import SourceWorld

pytestmark = [pytest.mark.chromium, pytest.mark.redis]


@pytest.fixture
def world(world_of_sources: SourceWorld) -> Iterator[SourceWorld]:
    """Every source has something; Wikimedia Commons two pictures."""
    world_of_sources.put(bell=("Bell Rock at night", "by-sa"), pool=("Rock pool", "cc0"))
    world_of_sources.released.clear()
    yield world_of_sources
    world_of_sources.faults.clear()
    world_of_sources.delays.clear()
    world_of_sources.released.set()


def violations(page: Page) -> list[str]:
    return [one["id"] for one in Axe().run(page, options=AXE).response["violations"]]


def check_looks(page: Page) -> None:
    """Both themes, wide and narrow."""
    for theme in ("dark", "light"):
        page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
        assert violations(page) == [], theme
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def test_search_download_use_and_delete(browser: Browser, live_studio: RunningStudio, world: SourceWorld) -> None:
    visitor = sign_in(browser, live_studio)
    watcher = sign_in(browser, live_studio)
    page, other = visitor.page, watcher.page
    other.goto(f"{live_studio.base}/c/demo/resources/")
    expect(other.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)

    # One source is slow, one is broken, and some want a key: the others are there and can be chosen from.
    world.delays = {"wikimedia-commons": 12.0}
    world.break_("/met/", "500")
    page.goto(f"{live_studio.base}/c/demo/resources/search/")
    page.get_by_label("Look for").fill("rock")
    page.get_by_label("Type").select_option("image")
    page.get_by_role("button", name="Search").click()
    region = page.locator('[data-source="wikimedia-commons"]')
    expect(page.locator('[data-source="nasa"]').get_by_role("checkbox")).to_have_count(1, timeout=15_000)
    expect(page.locator('[data-source="pexels"]')).to_contain_text("Go to Pexels")
    expect(page.locator('[data-source="met"]')).to_contain_text("answers with error 500")
    expect(page.locator('[data-source="unsplash"]').get_by_role("link", name="Open your keys")).to_be_visible()
    expect(region).to_have_attribute("aria-busy", "true")
    expect(page.locator("[data-found]")).to_contain_text("1 still asked")
    page.locator('[data-source="nasa"]').get_by_role("checkbox").check()
    world.released.set()
    expect(region.get_by_role("checkbox")).to_have_count(2, timeout=15_000)
    expect(page.get_by_role("button", name="Download (1)")).to_be_enabled()
    page.locator('[data-source="nasa"]').get_by_role("checkbox").uncheck()
    expect(page.locator("[data-found]")).not_to_contain_text("still asked")
    check_looks(page)

    region.get_by_label("Choose Bell Rock at night").check()
    region.get_by_label("Choose Rock pool").check()
    page.get_by_role("button", name="Download (2)").click()
    page.get_by_role("button", name="Open the library").click()
    page.wait_for_url(f"{live_studio.base}/c/demo/resources/")
    # In another tab they appear without a reload.
    expect(other.locator("[data-resource]")).to_have_count(2, timeout=30_000)
    expect(other.locator("[data-resource]", has_text="Bell Rock at night")).to_contain_text("CC BY-SA")
    check_looks(other)

    other.locator('input[type="file"]').set_input_files(
        [
            {"name": "own.png", "mimeType": "image/png", "buffer": factories.png(200)},
            {"name": "bad.png", "mimeType": "image/png", "buffer": b"<html>"},
        ]
    )
    other.get_by_role("button", name="Keep the file").click()
    expect(other.locator("[data-resource]")).to_have_count(3, timeout=15_000)
    expect(other.locator("[data-uploads]")).to_contain_text("this is not a picture")
    other.get_by_role("button", name="Take own off this channel").click()
    expect(other.get_by_role("button", name="Use own in this channel")).to_be_focused()
    other.get_by_label("Select own").check()
    other.get_by_role("button", name="Delete selected (1)").click()
    expect(other.locator("[data-resource]")).to_have_count(2)
    other.get_by_role("button", name="Undo").click()
    expect(other.locator("[data-resource]")).to_have_count(3)
    other.get_by_text("Generate attribution").click()
    credits = other.get_by_label("Attribution").input_value()
    assert "“Bell Rock at night” by Ada & Bo" in credits and "via Wikimedia Commons" in credits
    for one in (visitor, watcher):
        one.context.close()
    assert visitor.complaints == []
    # The refused upload is the only thing the console speaks of.
    assert all("400" in complaint for complaint in watcher.complaints)
