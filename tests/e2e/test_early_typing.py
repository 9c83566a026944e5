"""What is typed into a script before its page is ready: not a key is lost, and nothing that was left is written over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.test_late_answers import BODY, api
from tests.e2e.test_script_desk import body_of, is_saved, text_of, type_at_end
from tests.e2e.visiting import RunningStudio, Visitor
from tests.servers import wait_until

pytestmark = [pytest.mark.chromium, pytest.mark.redis]

# Locks of this page's drafts are not given before the test says so: the DraftStore does not open.
SLOW_LOCKS = """
    const request = navigator.locks?.request.bind(navigator.locks);
    const mayGo = new Promise((go) => (globalThis.letGo = go));
    if (request) navigator.locks.request = async (name, ...more) => {
        if (name.startsWith("craft draft")) await mayGo;
        return request(name, ...more);
    };
"""


@pytest.fixture
def desk(live_studio: RunningStudio, demo: Visitor) -> str:
    made = api(demo, live_studio)("channels/demo/scripts/", title="Tides", body=BODY).json()["id"]
    return f"{live_studio.base}/c/demo/scripts/{made}/"


@pytest.fixture
def left(demo: Visitor, desk: str) -> Page:
    """A tab that was closed without a network: its text lies in its own place in this browser, and nowhere else."""
    page = demo.page
    page.goto(desk)
    # A page's last word does not pass through the routes of a test.
    page.evaluate("() => { globalThis.fetch = () => Promise.reject(new Error('there is no network')); }")
    type_at_end(page, "Left behind.")
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "failed", timeout=10_000)
    page.goto("about:blank")
    return page


def test_what_is_typed_before_the_place_for_drafts_is_open_is_saved(demo: Visitor, desk: str) -> None:
    page = demo.page
    page.add_init_script(SLOW_LOCKS)
    page.goto(desk)
    type_at_end(page, "At once.")
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "waiting")
    page.evaluate("letGo()")
    is_saved(page)
    assert body_of(demo, desk) == BODY + "At once."


def test_a_title_typed_before_the_place_for_drafts_is_open_is_saved(demo: Visitor, desk: str) -> None:
    page = demo.page
    page.add_init_script(SLOW_LOCKS)
    page.goto(desk)
    page.get_by_label("Title", exact=True).fill("Ebb and flow")
    page.evaluate("letGo()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ebb and flow", timeout=10_000)


def test_a_page_closed_before_the_place_for_drafts_is_open_has_told_the_studio(demo: Visitor, desk: str) -> None:
    page = demo.page
    page.add_init_script(SLOW_LOCKS)
    page.goto(desk)
    type_at_end(page, "At once.")
    page.goto("about:blank")
    wait_until(lambda: body_of(demo, desk) == BODY + "At once.", 10, "the last word of a page that was closed")


def test_what_was_left_and_what_is_typed_while_it_is_looked_for_are_both_kept(
    left: Page, demo: Visitor, desk: str
) -> None:
    left.add_init_script(SLOW_LOCKS)
    left.goto(desk)
    type_at_end(left, " And at once.")
    left.evaluate("letGo()")
    expect(left.locator(".toast")).to_contain_text("is back")
    assert text_of(left).endswith("Left behind. And at once.")
    is_saved(left)
    assert body_of(demo, desk) == BODY + "Left behind. And at once."


def test_what_is_typed_before_the_scripts_have_come_is_there_and_saved(demo: Visitor, desk: str) -> None:
    page, held = demo.page, list[Route]()
    page.route(re.compile(r"/script-editor[^/]*\.js$"), lambda route: held.append(route))
    page.goto(desk, wait_until="commit")
    page.locator("textarea[name=body]").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("At")
    wait_until(lambda: page.evaluate("1") and held, 10, "a question for the script")
    held[0].continue_()
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type(" once. ")
    is_saved(page)
    assert body_of(demo, desk) == "At once. " + BODY
