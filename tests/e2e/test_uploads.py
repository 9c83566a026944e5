"""A large file is sent in pieces: a cut line, a closed page and a change of mind are nothing to the person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests import factories
from tests.e2e.visiting import RunningStudio, sign_in

pytestmark = [pytest.mark.chromium, pytest.mark.redis]
PIECE = 4 * 1024**2
FORGET = """
from channels_app.models import Resource
Resource.objects.filter(title__in=["cut", "closed"]).delete()
"""


@pytest.fixture
def page(browser: Browser, live_studio: RunningStudio) -> Iterator[Page]:
    """The library. What was cut on purpose is in the console, so nobody looks there."""
    visitor = sign_in(browser, live_studio)
    visitor.page.goto(f"{live_studio.base}/c/demo/resources/")
    yield visitor.page
    visitor.context.close()
    # The studio is shared: its library is as it was.
    live_studio.manage("shell", "-v0", "-c", FORGET)


def film(folder: Path, name: str, number: int) -> Path:
    """A picture of two and a half pieces."""
    path = folder / name
    path.write_bytes(factories.png(number) + bytes([number]) * (PIECE * 2 + PIECE // 2))
    return path


def send(page: Page, path: Path) -> None:
    page.locator('input[type="file"]').set_input_files(path)
    page.get_by_role("button", name="Keep the file").click()


def offsets(page: Page) -> list[str]:
    """At which byte each piece begins that is sent from now on."""
    begun: list[str] = []
    page.on("request", lambda asked: begun.append(asked.headers["upload-offset"]) if asked.method == "PATCH" else None)
    return begun


def test_goes_on_by_itself_after_the_line_was_cut(page: Page, tmp_path: Path) -> None:
    begun = offsets(page)
    cuts = [str(PIECE), str(PIECE * 2)]

    def cut(route: Route) -> None:
        at = route.request.headers.get("upload-offset", "")
        if at in cuts:
            cuts.remove(at)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/resources/uploads/*/", cut)
    send(page, film(tmp_path, "cut.png", 31))
    expect(page.locator("[data-uploads]")).to_contain_text("cut.png: kept", timeout=30_000)
    # Each cut piece is sent again, and no other.
    assert begun == ["0", str(PIECE), str(PIECE), str(PIECE * 2), str(PIECE * 2)]
    expect(page.locator("[data-resource]", has_text="cut")).to_have_count(1)


def test_goes_on_after_the_page_was_closed_and_can_be_cancelled(
    page: Page, live_studio: RunningStudio, tmp_path: Path
) -> None:
    address = f"{live_studio.base}/c/demo/resources/"
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route) if route.request.headers.get("upload-offset") == str(PIECE) else route.continue_()

    page.route("**/resources/uploads/*/", hold)
    path = film(tmp_path, "closed.png", 32)
    with page.expect_request(lambda asked: asked.headers.get("upload-offset") == str(PIECE)):
        send(page, path)
    page.goto(address)
    page.unroute("**/resources/uploads/*/", hold)
    broken = page.get_by_role("region", name="Broken off")
    expect(broken).to_contain_text("closed.png")
    expect(broken).to_contain_text("4.0 MB of 10.0 MB are here")
    begun = offsets(page)
    send(page, path)
    expect(page.locator("[data-uploads]")).to_contain_text("closed.png: kept", timeout=30_000)
    assert begun == [str(PIECE), str(PIECE * 2)]
    expect(broken).to_have_count(0)

    # Cancelled under way, nothing of it is left.
    page.route("**/resources/uploads/*/", hold)
    with page.expect_request(lambda asked: asked.headers.get("upload-offset") == str(PIECE)):
        send(page, film(tmp_path, "other.png", 33))
    with page.expect_response(lambda answer: answer.url.endswith("/cancel/")):
        page.get_by_role("button", name="Cancel the upload of other.png").click()
    expect(page.locator("[data-uploads]")).to_contain_text("other.png: cancelled")
    page.goto(address)
    expect(page.get_by_role("region", name="Broken off")).to_have_count(0)
