"""The Jobs panel in a real browser: by keys alone, under load, in several tabs, and without disturbing its reader."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, BrowserContext, Locator, Page, Route, expect

from tests.e2e.test_pages import AXE
from tests.e2e.visiting import RunningStudio, Visitor

pytestmark = [pytest.mark.chromium, pytest.mark.redis]

LAYOUT_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift" });
"""


ATTEMPTS_KEY = "4"


def submit(page: Page, studio: RunningStudio, **inputs: object) -> str:
    """Start a drill over the API, as the signed-in person; its id."""
    cookies = {cookie.get("name"): cookie.get("value", "") for cookie in page.context.cookies()}
    answer = page.context.request.post(
        f"{studio.base}/api/v1/channels/demo/jobs/",
        data=json.dumps({"kind": "drill", "inputs": inputs}),
        headers={"Content-Type": "application/json", "X-CSRFToken": cookies["csrftoken"], "Referer": studio.base},
    )
    assert answer.status == 201, answer.text()
    return str(answer.json()["id"])


def watch(page: Page, studio: RunningStudio, query: str = "") -> None:
    """Open the Jobs page and wait until it is live."""
    page.goto(f"{studio.base}/c/demo/jobs/{query}")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)


def row(page: Page, job: str) -> Locator:
    return page.locator(f"#job-{job}")


def newest(page: Page) -> Locator:
    return page.locator("article.job-row").first


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def choose(page: Page, field: str, value: str) -> None:
    """An option by keys alone. Arrows, because letters that come too slowly begin another word."""
    page.locator(field).focus()
    press(page, "Home")
    for _ in range(page.locator(f"{field} option").count()):
        if page.locator(field).input_value() == value:
            break
        press(page, "ArrowDown")
    expect(page.locator(field)).to_have_value(value)


def violations(page: Page) -> list[str]:
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in Axe().run(page, options=AXE).response["violations"]
    ]


def test_a_job_is_started_followed_cancelled_and_run_again_by_keys_alone(
    live_studio: RunningStudio, demo: Visitor
) -> None:
    page = demo.page
    page.goto(f"{live_studio.base}/c/demo/jobs/new/drill/")
    choose(page, "#id_order", "wait")
    press(page, "Tab", "Tab", "Tab", "Enter")
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}/$"))
    expect(page.locator("article.job-row")).to_have_attribute("data-state", "running", timeout=15_000)

    watch(page, live_studio)
    press(page, "j")
    expect(newest(page)).to_be_focused()
    press(page, "Enter")
    expect(newest(page).locator(".ln").first).to_have_text("order: wait")
    press(page, "3")
    expect(newest(page).locator('[data-tab-link="stages"]')).to_have_attribute("aria-current", "page")
    expect(newest(page)).to_be_focused()
    press(page, "c")
    expect(focused(page)).to_have_accessible_name("Cancel Drill: wait")
    press(page, "Enter")
    expect(newest(page)).to_have_attribute("data-state", "cancelled", timeout=15_000)
    # The pressed button is gone; the reader stands on the job's next act.
    expect(page.locator("article.job-row:focus-within")).to_have_attribute("data-state", "cancelled")

    press(page, "r")
    page.wait_for_url(re.compile(r"/rerun/"))
    expect(page.locator("#id_order")).to_have_value("wait")
    choose(page, "#id_order", "ok")
    press(page, "Tab", "Tab", "Tab", "Tab")
    expect(focused(page)).to_have_text("Start")
    press(page, "Enter")
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}/$"))
    expect(page.locator("article.job-row")).to_have_attribute("data-state", "completed", timeout=15_000)


def test_the_sheet_of_keys_opens_closes_and_switches_them_off(live_studio: RunningStudio, demo: Visitor) -> None:
    page = demo.page
    watch(page, live_studio)
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Single keys act").uncheck()
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    press(page, "/")
    expect(page.locator("#filter-text")).not_to_be_focused()
    press(page, "?")
    page.get_by_label("Single keys act").check()
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    press(page, "/")
    expect(page.locator("#filter-text")).to_be_focused()


def test_what_is_read_stays_where_it_is_while_jobs_come_and_change(live_studio: RunningStudio, demo: Visitor) -> None:
    page = demo.page
    job = submit(page, live_studio, order="wait")
    watch(page, live_studio)
    expect(row(page, job)).to_have_attribute("data-state", "running", timeout=15_000)
    row(page, job).locator(".job-toggle").click()
    expect(row(page, job).locator(".ln").first).to_be_visible()
    place = row(page, job).bounding_box()
    page.evaluate(LAYOUT_SHIFTS)
    others = [submit(page, live_studio, order="lines", count=50) for _ in range(4)]
    pill = page.locator("[data-new-rows]")
    expect(pill).to_have_text("4 new jobs", timeout=15_000)
    assert row(page, job).bounding_box() == place
    assert page.evaluate("window.shifted") <= 0.02

    pill.click()
    row(page, job).get_by_role("button", name="Cancel").click()
    expect(row(page, job)).to_have_attribute("data-state", "cancelled", timeout=15_000)
    for other in others:
        expect(row(page, other)).to_have_attribute("data-state", "completed", timeout=30_000)
    expect(row(page, job).locator(".ln").first).to_be_visible()


def test_tabs_share_one_stream_and_all_follow(live_studio: RunningStudio, demo: Visitor) -> None:
    pages = [demo.page, demo.context.new_page(), demo.context.new_page()]
    job = submit(demo.page, live_studio, order="wait")
    for page in pages:
        watch(page, live_studio)
    assert sum("/live/" in url for page in pages for url in requests_of(page)) == 0
    demo.page.bring_to_front()
    row(demo.page, job).get_by_role("button", name="Cancel").click()
    for page in pages:
        page.bring_to_front()
        expect(row(page, job)).to_have_attribute("data-state", "cancelled", timeout=15_000)


def requests_of(page: Page) -> list[str]:
    """What the page itself has asked for; the stream is held by the worker that all tabs share."""
    return list(page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)"))


def test_a_page_that_was_offline_catches_up(live_studio: RunningStudio, demo: Visitor) -> None:
    page = demo.page
    job = submit(page, live_studio, order="wait")
    page.goto(f"{live_studio.base}/c/demo/jobs/{job}/?tab=output")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)
    expect(page.locator("article.job-row")).to_have_attribute("data-state", "running", timeout=15_000)
    go(demo.context, offline=True)
    live_studio.manage("job", "cancel", job)
    other = submit_from_outside(live_studio)
    go(demo.context, offline=False)
    expect(page.locator("article.job-row")).to_have_attribute("data-state", "cancelled", timeout=20_000)
    watch(page, live_studio)
    expect(row(page, other)).to_have_attribute("data-state", "completed", timeout=15_000)
    demo.complaints[:] = [text for text in demo.complaints if "ERR_INTERNET_DISCONNECTED" not in text]


def go(context: BrowserContext, *, offline: bool) -> None:
    context.set_offline(offline)


def submit_from_outside(studio: RunningStudio) -> str:
    said = studio.manage("job", "submit", "drill", "--channel", "demo", "--inputs", '{"order": "ok"}', "--json")
    return str(json.loads(said.splitlines()[0])["id"])


def test_ten_thousand_lines_are_followed_without_drowning_the_page(live_studio: RunningStudio, demo: Visitor) -> None:
    page = demo.page
    watch(page, live_studio)
    base = page.evaluate("document.querySelectorAll('*').length")
    job = submit(page, live_studio, order="lines", count=10_000)
    page.locator("[data-new-rows]").click()
    row(page, job).locator(".job-toggle").click()
    # Whichever tab a busy machine opened with: a job that is over shows its result.
    first = row(page, job).locator("[data-detail]").element_handle()
    row(page, job).locator('[data-tab-link="output"]').click()
    page.wait_for_function("detail => !detail.isConnected", arg=first)
    last = row(page, job).locator(".ln").last
    expect(last).to_have_text("line 9999", timeout=60_000)
    numbers = row(page, job).locator(".ln").evaluate_all("lines => lines.map(line => Number(line.dataset.n))")
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 10_001
    assert page.evaluate("document.querySelectorAll('*').length") - base <= 1_500
    assert violations(page) == []


def test_what_happens_while_a_tab_is_being_fetched_is_shown_in_it(live_studio: RunningStudio, demo: Visitor) -> None:
    page = demo.page
    job = submit(page, live_studio, order="wait")
    watch(page, live_studio)
    expect(row(page, job)).to_have_attribute("data-state", "running", timeout=15_000)
    held: list[tuple[Route, APIResponse]] = []
    attempts = "**/*fragment=detail*tab=attempts*"
    page.route(attempts, lambda route: held.append((route, route.fetch())), times=1)
    row(page, job).focus()
    with page.expect_request(attempts):
        press(page, ATTEMPTS_KEY)
    row(page, job).get_by_role("button", name="Cancel").click()
    expect(row(page, job)).to_have_attribute("data-state", "cancelled", timeout=15_000)
    [(route, early)] = held
    assert "attempt-running" in early.text()
    route.fulfill(response=early)
    expect(row(page, job).locator(".attempt .chip")).to_have_text("cancelled", timeout=15_000)


def test_places_in_line_and_estimates_follow_without_a_reload(live_studio: RunningStudio, demo: Visitor) -> None:
    page = demo.page
    for _ in range(5):
        submit(page, live_studio, order="ok")
    watch(page, live_studio)
    expect(page.locator('article.job-row[data-state="queued"]')).to_have_count(0, timeout=20_000)
    first, second, third = (submit(page, live_studio, order="wait") for _ in range(3))
    page.goto(f"{live_studio.base}/c/demo/jobs/")
    expect(row(page, first)).to_have_attribute("data-state", "running", timeout=15_000)
    place = row(page, third).locator('[data-f="place"]')
    expect(place).to_have_text("number 2 in line", timeout=15_000)
    expect(row(page, third).locator('[data-f="starts_in"]')).to_contain_text("starts in about")
    row(page, first).get_by_role("button", name="Cancel").click()
    expect(row(page, second)).to_have_attribute("data-state", "running", timeout=15_000)
    expect(place).to_have_text("number 1 in line", timeout=15_000)
    expect(row(page, second).locator('[data-f="eta"]')).to_have_attribute("data-left", re.compile("Z$"), timeout=15_000)
    for job in (second, third):
        row(page, job).get_by_role("button", name="Cancel").click()
        expect(row(page, job)).to_have_attribute("data-state", "cancelled", timeout=15_000)


def test_a_retry_that_another_job_stands_in_the_way_of_leads_to_that_job(
    live_studio: RunningStudio, demo: Visitor
) -> None:
    page = demo.page
    failed = submit(page, live_studio, order="user_error", subject="cover")
    watch(page, live_studio)
    expect(row(page, failed)).to_have_attribute("data-state", "failed", timeout=15_000)
    active = submit(page, live_studio, order="wait", subject="cover")
    row(page, failed).get_by_role("button", name="Retry").click()
    page.get_by_role("alert").get_by_role("button", name="Open that job").click()
    page.wait_for_url(re.compile(f"/jobs/{active}/$"))
    # The browser itself tells of the refusal.
    demo.complaints[:] = [one for one in demo.complaints if "409" not in one]
    page.get_by_role("button", name="Cancel").click()
    expect(row(page, active)).to_have_attribute("data-state", "cancelled", timeout=15_000)
