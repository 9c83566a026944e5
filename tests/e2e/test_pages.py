"""Every page in both themes and on a phone: nothing that axe objects to, nothing wider than the screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e.visiting import RunningStudio, sign_in

pytestmark = [pytest.mark.chromium, pytest.mark.redis]

PAGES = (
    "/c/demo/discover/",
    "/c/demo/jobs/new/discover/",
    "/c/demo/ideas/",
    "/c/demo/proposals/",
    "/c/demo/scripts/",
    "/c/demo/scripts/new/",
    "/c/demo/notes/",
    "/c/demo/audio/",
    "/c/demo/settings/",
    "/c/demo/jobs/",
    "/c/demo/jobs/new/tts/",
    "/me/",
    "/me/keys/",
    "/me/password/",
    "/c/new/",
)
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.mark.parametrize(("theme", "width"), [("dark", 1440), ("light", 390)])
def test_every_page_is_accessible_and_fits(
    browser: Browser, live_studio: RunningStudio, theme: str, width: int
) -> None:
    visitor = sign_in(browser, live_studio, color_scheme=theme, viewport={"width": width, "height": 900})
    page = visitor.page
    problems: list[str] = []
    for path in PAGES:
        page.goto(f"{live_studio.base}{path}")
        found = Axe().run(page, options=AXE)
        problems += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{path}: wider than {width} px")
    visitor.context.close()
    assert problems == []
    assert visitor.complaints == []


def test_the_sign_in_page_is_accessible(browser: Browser, live_studio: RunningStudio) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{live_studio.base}/sign-in/")
    found = Axe().run(page, options=AXE)
    assert [one["id"] for one in found.response["violations"]] == []
    context.close()
