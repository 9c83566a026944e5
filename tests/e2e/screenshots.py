"""`make screenshots`: docs/screenshots anew, from a studio that really speaks; every page in both themes and on a phone."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.visiting import ROOT, RunningStudio, running_browser, running_studio, sign_in
from tests.fakes.llm_openai import MODEL, Reply, openai_server
from tests.servers import wait_until

FOLDER = ROOT / "docs" / "screenshots"
LOOKS: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
}
# A closed port: the network voice fails as it does for somebody who is offline.
NOBODY_LISTENS = "ws://127.0.0.1:9/"
REVISED = """\
### Two high tides

*(a quiet harbour at dawn)*

Stand on a beach for a whole day, and you will see the sea rise twice. Most people know the Moon does it. Hardly anybody \
can say why there are two high tides and not one.

### The pull

The Moon pulls on everything, and it pulls hardest on what is nearest. So the water on the side that faces it is drawn \
up into a gentle bulge. That is the first high tide.

### The leftover

Now the strange part. The Moon pulls the Earth itself a little harder than it pulls the water on the far side. The \
Earth is tugged away, and that far water is left behind: the second bulge.

### Try it

Tonight, look up a tide table for any harbour. Then look for the Moon, and stand on a beach.
"""
LONG_SCRIPT = """
from channels_app.models import Channel, Script
body = Script.objects.get().body
parts = [f"## Chapter {number}\\n\\nThis is chapter {number} of our year of tides.\\n\\n"
         + body.replace("##", "###").replace("moon", "Moon" if number % 2 else "moon") for number in range(1, 31)]
script = Script.objects.create(channel=Channel.objects.get(), title="A year of tides, chapter by chapter",
                               body="\\n\\n".join(parts), status="review")
print(script.pk)
"""


class Photographer:
    """One visitor per look, who go to the same pages together."""

    def __init__(self, browser: Browser, studio: RunningStudio) -> None:
        self.studio = studio
        self.visitors = {look: sign_in(browser, studio, **options) for look, options in LOOKS.items()}

    def visit(self, path: str) -> None:
        """Everybody opens a page and waits until it is live."""
        for visitor in self.visitors.values():
            visitor.page.goto(f"{self.studio.base}{path}")
            expect(visitor.page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)

    def each(self, act: Callable[[Page], None]) -> None:
        """Everybody does the same."""
        for visitor in self.visitors.values():
            act(visitor.page)

    def shoot(self, name: str) -> None:
        """A picture of what everybody sees now."""
        for look, visitor in self.visitors.items():
            shoot(visitor.page, f"{name}-{look}")

    def close(self) -> None:
        """Everybody leaves; nobody may have had anything to complain about."""
        complaints = [text for visitor in self.visitors.values() for text in visitor.complaints]
        for visitor in self.visitors.values():
            visitor.context.close()
        assert complaints == [], complaints


def shoot(page: Page, name: str) -> None:
    """One picture, without a blinking caret or a half-done transition."""
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")


@contextlib.contextmanager
def photographer(browser: Browser, studio: RunningStudio) -> Iterator[Photographer]:
    """A signed-in photographer."""
    one = Photographer(browser, studio)
    yield one
    one.close()


def sign_in_page(browser: Browser, studio: RunningStudio) -> None:
    """What a stranger sees first."""
    for look, options in LOOKS.items():
        with contextlib.closing(browser.new_context(**options)) as context:
            page = context.new_page()
            page.goto(f"{studio.base}/sign-in/")
            shoot(page, f"sign-in-{look}")


def jobs_pages(view: Photographer) -> None:
    """The Jobs panel: empty, at work, and what came of it."""
    view.visit("/c/demo/jobs/")
    view.shoot("jobs-empty")

    demo = view.studio.manage(
        "shell", "-v0", "-c", "from channels_app.models import Script; print(Script.objects.get().pk)"
    )
    long_one = view.studio.manage("shell", "-v0", "-c", LONG_SCRIPT)
    submit(view.studio, demo, follow=True)
    submit(view.studio, demo, voice="edge/en-US-AriaNeural")
    wait_until(lambda: "failed" in view.studio.manage("job", "list", "--channel", "demo"), 60, "a job that fails")
    submit(view.studio, long_one)

    view.visit("/c/demo/jobs/")
    view.each(lambda page: expect(newest(page)).to_have_attribute("data-state", "running", timeout=15_000))
    view.each(
        lambda page: expect(newest(page).locator("[data-f=meta]")).to_have_text(
            re.compile("[1-9][0-9]"), timeout=30_000
        )
    )
    view.shoot("jobs-running")
    view.each(open_row)
    view.each(lambda page: expect(newest(page).locator(".ln").nth(12)).to_be_visible(timeout=30_000))
    view.shoot("jobs-expanded")

    view.visit("/c/demo/jobs/?state=failed")
    view.each(open_row)
    view.each(lambda page: expect(newest(page).locator("[data-detail]")).to_be_visible())
    view.shoot("jobs-failed")
    view.visit("/c/demo/jobs/?state=completed")
    view.each(open_row)
    view.each(lambda page: expect(newest(page).locator("audio").first).to_be_visible())
    view.shoot("jobs-completed")


def audio_room(view: Photographer) -> None:
    """The Audio room of a script that has been spoken."""
    view.visit("/c/demo/audio/")
    view.each(lambda page: page.get_by_role("link", name="Why there are two high tides").first.click())
    view.each(lambda page: expect(page.locator('[data-section][data-state="ready"]')).to_have_count(4))
    view.shoot("audio-room")


def script_desk(view: Photographer) -> None:
    """The script desk: the text, a revision on its way, the proposal, and the tabs beside it."""
    view.visit("/c/demo/scripts/")
    view.shoot("scripts")
    view.each(lambda page: page.get_by_role("link", name="Why there are two high tides", exact=True).click())
    view.each(lambda page: expect(page.locator(".cm-content")).to_be_visible())
    view.shoot("script-desk")
    asking = view.visitors["dark"].page
    asking.get_by_label("What should change?").fill("Open with the beach, and let the end lead back to it")
    asking.locator("select[name=model]").select_option(f"compatible/{MODEL}")
    asking.get_by_role("button", name="Revise").click()
    view.each(lambda page: expect(page.locator(".slot-job .stream")).to_contain_text("The pull", timeout=30_000))
    view.each(lambda page: page.locator(".slot-job").scroll_into_view_if_needed())
    view.shoot("script-streaming")
    view.each(lambda page: expect(page.locator(".proposal")).to_be_visible(timeout=60_000))
    view.each(lambda page: page.locator(".proposal").scroll_into_view_if_needed())
    view.shoot("script-proposal")
    for tab in ("pacing", "history"):
        view.each(lambda page, tab=tab: page.locator(f"[data-tab-link={tab}]").click())  # type: ignore[misc]
        view.each(lambda page, tab=tab: expect(page.locator("#desk-tab")).to_have_attribute("data-tab", tab))  # type: ignore[misc]
        view.shoot(f"script-{tab}")


def submit(studio: RunningStudio, script: str, *, voice: str = "auto", follow: bool = False) -> None:
    """Start a narration from the command line."""
    inputs = json.dumps({"script": script.strip(), "voice": voice})
    extra = ["--follow"] if follow else []
    studio.manage("job", "submit", "tts", "--channel", "demo", "--inputs", inputs, *extra)


def newest(page: Page) -> Any:
    """The first row."""
    return page.locator("article.job-row").first


def open_row(page: Page) -> None:
    """Open the first row."""
    newest(page).locator(".job-toggle").click()


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        openai_server(Reply(REVISED, delay=0.1)) as model,
        running_studio(EDGE_TTS_URL=NOBODY_LISTENS, OPENAI_BASE_URL=model.url) as studio,
        running_browser() as browser,
    ):
        sign_in_page(browser, studio)
        with photographer(browser, studio) as view:
            jobs_pages(view)
            audio_room(view)
            script_desk(view)


if __name__ == "__main__":
    main()
