"""Five proposals arrive while one looks; one becomes an idea, one is rejected for good; all of it with and without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_pages import AXE
from tests.e2e.visiting import RunningStudio, sign_in, visit

pytestmark = [pytest.mark.chromium, pytest.mark.redis]
PAGE = "/c/undertow/proposals/"
# A channel of its own, which has searched already: what others look at in the shared studio stays as it is.
FIND = """
from accounts.models import User
from channels_app.models import Channel, FoundVideo, Proposal
from tests import factories
channel, _ = Channel.objects.get_or_create(
    slug="undertow", defaults={"owner": User.objects.get(username="demo"), "name": "Undertow", "topics": ["tides", "sea"]}
)
FoundVideo.objects.filter(channel=channel).delete()
Proposal.with_binned.filter(channel=channel).delete()
factories.found_set(channel)
"""


def open_page(page: Page, studio: RunningStudio, query: str = "") -> None:
    page.goto(f"{studio.base}{PAGE}{query}")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)


def titles(page: Page) -> list[str]:
    return page.locator("[data-proposal] h2").all_inner_texts()


def check(page: Page, width: int) -> None:
    """Nothing that axe objects to, nothing wider than the screen."""
    found = Axe().run(page, options=AXE)
    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_five_arrive_one_becomes_an_idea_and_a_rejected_one_does_not_come_back(
    browser: Browser, live_studio: RunningStudio
) -> None:
    live_studio.manage("shell", "-v0", "-c", FIND)
    visitor = sign_in(browser, live_studio)
    page = visitor.page
    open_page(page, live_studio)
    page.locator("[data-slot] select[name=model]").select_option("offline")
    page.get_by_role("button", name="Propose five").click()
    expect(page.locator("[data-proposal]")).to_have_count(5, timeout=30_000)
    # Live and afresh they stand in the same order: the best first.
    seen = titles(page)
    scores = [float(card.get_attribute("data-score") or "") for card in page.locator("[data-proposal]").all()]
    assert scores == sorted(scores, reverse=True)
    open_page(page, live_studio)
    assert titles(page) == seen
    best = page.locator("[data-proposal]").first
    expect(best).to_contain_text("Offline author")
    expect(best.locator("svg.plot")).to_have_count(5)

    # What a number came from is one key away.
    best.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(best.locator(".proposal-rows").first).to_contain_text("views ÷ (")
    check(page, 1280)

    best.get_by_role("button", name="make an idea of it").click()
    expect(page.get_by_text("is approved and has become an idea")).to_be_visible()
    expect(page.locator("[data-proposal]")).to_have_count(4)
    page.get_by_role("link", name="Open the idea").click()
    expect(page.get_by_role("heading", name=seen[0])).to_be_visible()
    expect(page.get_by_role("heading", name="The found videos it was proposed from")).to_be_visible()

    open_page(page, live_studio)
    rejected = seen[1]
    page.get_by_role("button", name=f"Reject {rejected}").click()
    dialog = page.get_by_role("dialog", name=f"Reject “{rejected}”")
    expect(dialog.get_by_label("Why not?")).to_be_focused()
    check(page, 1280)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name=f"Reject {rejected}").click()
    dialog.get_by_label("Why not?").fill("we have filmed this already")
    dialog.get_by_role("button", name="Reject it").click()
    expect(page.get_by_text("is rejected and will not be proposed again")).to_be_visible()
    expect(page.locator("[data-proposal]")).to_have_count(3)

    # A second run brings others, and not this one. Who is in the middle of the list is not disturbed by them.
    reader = visit(browser, storage_state=visitor.context.storage_state(), viewport={"width": 390, "height": 600})
    open_page(reader.page, live_studio)
    reader.page.evaluate("document.querySelectorAll('[data-proposal]')[1].scrollIntoView()")
    page.locator("[data-slot] select[name=model]").select_option("offline")
    page.get_by_role("button", name="Propose five again").click()
    expect(page.locator(".slot-job")).to_have_attribute("data-state", "completed", timeout=30_000)
    expect(page.get_by_text("Search for something else in Discover to have more.")).to_be_visible()
    held = reader.page.locator("[data-held] button")
    expect(held).to_have_text(re.compile("Show [12] new proposal"), timeout=15_000)
    assert len(titles(reader.page)) == 3
    held.click()
    open_page(page, live_studio)
    assert titles(reader.page) == titles(page)
    assert rejected not in titles(page)
    reader.context.close()
    open_page(page, live_studio, "?state=all")
    assert titles(page).count(rejected) == 1
    card = page.locator("[data-proposal]", has_text="Rejected because: we have filmed this already")
    card.get_by_role("button", name="Take back the answer").click()
    expect(page.get_by_text(f"“{rejected}” is open again.")).to_be_visible()
    assert rejected in titles(page)
    assert visitor.complaints == reader.complaints == []
    state = visitor.context.storage_state()
    visitor.context.close()

    # Both themes, a phone, and no script at all: the dialog is the browser's own.
    for options in (
        {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
        {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
    ):
        other = visit(browser, storage_state=state, **options)
        open_page(other.page, live_studio)
        other.page.locator("summary").first.click()
        check(other.page, options["viewport"]["width"])  # type: ignore[index]
        other.context.close()
        assert other.complaints == []
    plain = visit(browser, storage_state=state, java_script_enabled=False)
    plain.page.goto(f"{live_studio.base}{PAGE}")
    plain.page.get_by_role("button", name=f"Reject {rejected}").click()
    plain.page.get_by_role("dialog").get_by_label("Why not?").fill("no")
    plain.page.get_by_role("button", name="Reject it").click()
    expect(plain.page.get_by_text("will not be proposed again")).to_be_visible()
    plain.page.get_by_role("button", name="Undo").click()
    expect(plain.page.get_by_text(f"“{rejected}” is open again.")).to_be_visible()
    plain.context.close()


def test_with_nothing_found_one_is_told_where_to_search(browser: Browser, live_studio: RunningStudio) -> None:
    live_studio.manage("shell", "-v0", "-c", FIND.replace("factories.found_set(channel)", ""))
    visitor = sign_in(browser, live_studio)
    page = visitor.page
    open_page(page, live_studio)
    expect(page.get_by_role("heading", name="No proposals yet")).to_be_visible()
    page.get_by_role("button", name="Propose five").click()
    error = page.locator("[data-slot-error]")
    expect(error).to_contain_text("none has been found yet")
    expect(error.get_by_role("link", name="Open Discover")).to_have_attribute("href", "/c/undertow/discover/")
    check(page, 1280)
    visitor.context.close()
