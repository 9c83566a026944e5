"""The gallery in the browser: two pictures are asked for and appear in their places without a reload; one becomes a
background, one is deleted and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_resources import check_looks
from tests.e2e.visiting import RunningStudio, sign_in

pytestmark = [pytest.mark.chromium, pytest.mark.redis]


@pytest.fixture(autouse=True)
def _leaves_the_library_as_it_was(live_studio: RunningStudio) -> Iterator[None]:
    """The studio is shared: other tests count what is in its library."""
    yield
    forget = "from channels_app.models import Resource; Resource.with_binned.filter(source='composed').delete()"
    live_studio.manage("shell", "-v0", "-c", forget)


def open_gallery(page: Page, studio: RunningStudio) -> None:
    page.goto(f"{studio.base}/c/demo/resources/gallery/")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)


def pictures(page: Page) -> list[str]:
    return [str(card.get_attribute("data-picture")) for card in page.locator("[data-picture]").all()]


def all_are_drawn(page: Page) -> bool:
    """Whether every picture has come whole, in its own size."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-picture] img')].every(image => (image.loading = 'eager', image.complete))"
    )
    sizes = page.locator("[data-picture] img").evaluate_all(
        "all => all.map(one => [one.naturalWidth, one.naturalHeight])"
    )
    return all(size in ([1280, 720], [1080, 1920]) for size in sizes)


def test_pictures_appear_as_they_are_made(browser: Browser, live_studio: RunningStudio) -> None:
    visitor, watcher = sign_in(browser, live_studio), sign_in(browser, live_studio, username="standard")
    library = sign_in(browser, live_studio)
    page = visitor.page
    library.page.goto(f"{live_studio.base}/c/demo/resources/?source=composed")
    expect(library.page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)
    open_gallery(page, live_studio)
    check_looks(page)
    page.get_by_label("Title or description").fill("Why there are two high tides a day")
    page.get_by_label("How many").fill("2")
    page.get_by_role("button", name="Make images").click()
    expect(page.locator("[data-place]").first).to_be_visible(timeout=15_000)
    expect(page.locator("[data-picture]")).to_have_count(2, timeout=60_000)
    expect(page.locator(".slot-job")).to_have_attribute("data-state", "completed", timeout=15_000)
    expect(page.locator("[data-place]")).to_have_count(0)
    assert all_are_drawn(page)
    seen = pictures(page)
    expect(page.locator("[data-picture]").first).to_contain_text("Composed in the studio")
    # In another tab the library has them too, and a fresh page has the same in the same order.
    expect(library.page.locator("[data-resource]")).to_have_count(2, timeout=15_000)
    open_gallery(page, live_studio)
    assert pictures(page) == seen
    check_looks(page)

    # By keyboard: one as the background of a vertical picture.
    page.locator("[data-picture]").first.get_by_role("link", name="Use as background").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Background: “Why there are two high tides a day”.")).to_be_visible()
    page.get_by_label("Title or description").fill("Ebb and flow")
    page.get_by_label("How many").fill("1")
    page.get_by_label("Format").select_option("vertical")
    page.get_by_role("button", name="Make images again").press("Enter")
    expect(page.locator("[data-picture]")).to_have_count(3, timeout=60_000)
    expect(page.locator("[data-picture]").first).to_contain_text("1080 × 1920")
    assert all_are_drawn(page)
    check_looks(page)

    # Large, and as a file.
    with page.expect_download() as saved:
        page.locator("[data-picture]").first.get_by_role("link", name="Save").click()
    assert saved.value.suggested_filename == "Ebb and flow.jpg"
    page.locator("[data-picture]").first.locator("h2 a").click()
    expect(page.get_by_role("heading", name="Ebb and flow")).to_be_visible()
    page.go_back()

    page.locator("[data-picture]").first.get_by_role("button", name="Delete").click()
    expect(page.locator("[data-picture]")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-picture]")).to_have_count(3)

    # A stranger to the channel finds nothing.
    watcher.page.goto(f"{live_studio.base}/c/demo/resources/gallery/")
    expect(watcher.page.get_by_role("heading", name="Gallery")).to_have_count(0)
    for one in (visitor, library, watcher):
        one.context.close()
    assert visitor.complaints == library.complaints == []
