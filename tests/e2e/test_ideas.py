"""Ideas arrive while one looks, without moving what is read; several go and come back; one becomes a script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_pages import AXE
from tests.e2e.visiting import RunningStudio, Visitor, sign_in
from tests.fakes.llm import ModelServer
from tests.fakes.llm_openai import MODEL, Reply

pytestmark = [pytest.mark.chromium, pytest.mark.redis]
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift" });
"""


def open_ideas(page: Page, studio: RunningStudio) -> None:
    page.goto(f"{studio.base}/c/demo/ideas/")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)


def titles(page: Page) -> list[str]:
    return page.locator("[data-idea] h2").all_inner_texts()


def test_ideas_arrive_are_changed_deleted_brought_back_and_written_on(
    browser: Browser, live_studio: RunningStudio
) -> None:
    visitor = sign_in(browser, live_studio)
    reader = sign_in(browser, live_studio, viewport={"width": 390, "height": 600})
    page = visitor.page
    open_ideas(page, live_studio)
    before = len(titles(page))
    page.get_by_role("button", name="Have ideas").click()
    expect(page.locator("[data-idea]")).to_have_count(before + 5, timeout=30_000)
    # Live and afresh they stand in the same order, and no place is left empty.
    expect(page.locator("[data-place]")).to_have_count(0)
    seen = titles(page)
    open_ideas(page, live_studio)
    assert titles(page) == seen
    expect(page.locator("[data-idea]").first).to_contain_text("Offline author")

    # Somebody who is in the middle of the list is not disturbed: new ones wait behind a button.
    open_ideas(reader.page, live_studio)
    reader.page.evaluate("document.querySelectorAll('[data-idea]')[3].scrollIntoView()")
    reader.page.evaluate(SHIFTS)
    page.get_by_role("button", name="Have ideas again").click()
    expect(page.locator("[data-idea]")).to_have_count(before + 10, timeout=30_000)
    expect(reader.page.get_by_role("button", name="Show 5 new ideas")).to_be_visible(timeout=15_000)
    assert len(titles(reader.page)) == before + 5
    assert reader.page.evaluate("window.shifted") <= 0.02
    reader.page.get_by_role("button", name="Show 5 new ideas").click()
    expect(reader.page.locator("[data-idea]")).to_have_count(before + 10)
    assert titles(reader.page) == titles(page)

    # Changed in its place, by keyboard alone.
    card = page.locator("[data-idea]").first
    edit = card.locator(".idea-edit > summary")
    edit.focus()
    page.keyboard.press("Enter")
    card.get_by_label("Title").fill("A title of my own")
    found = Axe().run(page, options=AXE)
    assert [one["id"] for one in found.response["violations"]] == []
    card.get_by_role("button", name="Save the idea").press("Enter")
    expect(card.locator("h2")).to_have_text("A title of my own")
    expect(edit).to_be_focused()

    # All of the page deleted at once, and one undo.
    page.get_by_label("Select all").check()
    page.get_by_role("button", name=f"Delete selected ({before + 10})").click()
    expect(page.get_by_text(f"{before + 10} ideas are deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-idea]")).to_have_count(before + 10)

    page.get_by_role("button", name="Make a script of A title of my own").click()
    expect(page.get_by_role("heading", name="A title of my own")).to_be_visible()
    for one in (visitor, reader):
        one.context.close()
        assert one.complaints == []


def test_places_are_kept_for_what_is_to_come_after_a_reload_as_well(
    live_studio: RunningStudio, model_server: ModelServer, demo: Visitor
) -> None:
    model_server.replies[:] = [Reply("Never said.", stall_after=0)]
    page = demo.page
    open_ideas(page, live_studio)
    page.locator(".slot-form select[name=model]").select_option(f"compatible/{MODEL}")
    page.get_by_role("button", name="Have ideas").click()
    expect(page.locator("[data-place]")).to_have_count(5, timeout=20_000)
    page.reload()
    expect(page.locator("[data-place]")).to_have_count(5)
    page.locator(".slot-job").get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-place]")).to_have_count(0, timeout=20_000)
