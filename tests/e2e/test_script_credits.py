"""Credits of a script in the browser: linked beside the text, copied, saved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.test_resources import check_looks
from tests.e2e.visiting import RunningStudio, sign_in

pytestmark = [pytest.mark.chromium, pytest.mark.redis]
MAKE = """
from channels_app.models import Channel
from tests import factories
channel = Channel.objects.get(slug="demo")
factories.resource(channel, "Bell Rock at dusk", content=factories.png(41))
print(factories.script(channel, "A script that owes").pk)
"""
FORGET = """
from channels_app.models import Resource, Script
Script.objects.filter(title="A script that owes").delete()
Resource.objects.filter(title="Bell Rock at dusk").delete()
"""


def test_links_copies_and_saves(browser: Browser, live_studio: RunningStudio) -> None:
    script = live_studio.manage("shell", "-v0", "-c", MAKE).split()[-1]
    visitor = sign_in(browser, live_studio, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    try:
        page.goto(f"{live_studio.base}/c/demo/scripts/{script}/")
        # Drawn without leaving the page: its buttons work all the same.
        page.get_by_role("link", name="Credits").click()
        expect(page.get_by_text("No resource is linked to this script")).to_be_visible()
        page.get_by_label("From this channel").select_option(label="Bell Rock at dusk")
        page.get_by_role("button", name="Use in this script").click()
        expect(page.get_by_label("Credits, for the description")).to_have_value(
            "“Bell Rock at dusk” by A. Keeper, CC BY"
        )
        page.get_by_role("link", name="Pacing").click()
        page.get_by_role("link", name="Credits").click()
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("region", name="Notices").get_by_text("Copied.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == "“Bell Rock at dusk” by A. Keeper, CC BY"
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download").click()
        assert saved.value.suggested_filename == "a-script-that-owes-credits.txt"
        check_looks(page)
        page.get_by_role("link", name="Choose from the library").click()
        card = page.locator("[data-resource]", has_text="Bell Rock at dusk")
        expect(card).to_contain_text("Used in this script")
        check_looks(page)
        page.get_by_role("link", name="Back to its credits").click()
        page.get_by_role("button", name="Take off Bell Rock at dusk").click()
        expect(page.get_by_text("No resource is linked to this script")).to_be_visible()
    finally:
        visitor.context.close()
        live_studio.manage("shell", "-v0", "-c", FORGET)
    assert visitor.complaints == []
