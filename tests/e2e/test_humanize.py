"""The Humanize tab in a real browser: marked, applied into the editor, undone, without leaving the page."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.visiting import RunningStudio, Visitor

pytestmark = [pytest.mark.chromium, pytest.mark.redis]

BODY = (
    "### Tides\n\nThe sea rises twice a day. 🌊 Nobody sees it hurry.\n\nMoreover, the tide stands as a testament to the Moon. "
    "In 1998 Foster wrote “we delve into it”.\n\nIt is a bustling and vibrant harbour of 31,000 people.\n"
)
MAKE = """
import json
from channels_app.models import Channel, Script
body = json.loads({body!r})
print(Script.objects.create(channel=Channel.objects.get(slug="demo"), title="Plainly", body=body, status="review").pk)
"""


@pytest.fixture
def page(demo: Visitor, live_studio: RunningStudio) -> Page:
    """The tab of a script of which two passages are to be marked."""
    pk = live_studio.manage("shell", "-v0", "-c", MAKE.format(body=json.dumps(BODY))).strip()
    demo.page.goto(f"{live_studio.base}/c/demo/scripts/{pk}/?tab=humanize")
    demo.page.locator(".desk-side select[name=model]").select_option("offline")
    demo.page.get_by_role("button", name=re.compile("^Humanize")).click()
    expect(demo.page.locator(".style-card")).to_have_count(2, timeout=20_000)
    return demo.page


def test_a_fix_goes_into_the_text_and_comes_back(page: Page) -> None:
    text = page.locator(".cm-content")
    first = page.locator(".style-card").first
    expect(text.locator("mark.passage-style").first).to_contain_text("Moreover")
    first.get_by_role("button", name="Apply this").click()
    expect(text).to_contain_text("The tide shows the Moon. In 1998 Foster wrote “we delve into it”.")
    expect(page.locator(".style-card")).to_have_count(1)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(text).to_contain_text("Moreover, the tide stands as a testament to the Moon.")
    expect(page.locator(".style-card")).to_have_count(2)


def test_what_is_being_typed_is_saved_first_and_kept(page: Page) -> None:
    text = page.locator(".cm-content")
    text.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Typed just now. ")
    page.get_by_role("button", name="Apply all (2)").click()
    expect(text).to_contain_text("It is a busy and lively harbour of 31,000 people.")
    expect(text).to_contain_text("Typed just now.")
    page.locator(".style-answered summary").click()
    page.get_by_role("button", name="Take back every applied fix (2)").click()
    expect(text).to_contain_text("bustling and vibrant")
    expect(text).to_contain_text("Typed just now.")


def test_a_card_leads_to_its_passage_and_an_edit_dims_it(page: Page) -> None:
    second = page.locator(".style-card").nth(1)
    second.get_by_role("button", name="Show in the text").click()
    page.keyboard.type("It is a harbour.")
    expect(page.locator(".style-card[data-stale]")).to_have_count(1, timeout=10_000)
    second.get_by_role("button", name="Keep as it is").click()
    expect(page.locator(".style-card")).to_have_count(1)


def test_nobody_is_kept_out(page: Page) -> None:
    tab = page.locator("#desk-tab")
    expect(tab.locator(".style-measures, .style-rules").first).to_be_visible()
    found = Axe().run(page, context="#desk-tab")
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
