"""`make screenshots`: docs/screenshots anew, from a studio that really speaks; every page in both themes and on a phone.

`python -m tests.e2e.screenshots ideas keys` takes only those scenes anew.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.visiting import ROOT, RunningStudio, running_browser, running_studio, sign_in
from tests.fakes.llm import ModelServer
from tests.fakes.llm_openai import MODEL, Reply, openai_server
from tests.fakes.pictures import seascape
from tests.fakes.source_world import SourceWorld, source_world
from tests.fakes.youtube_world import youtube_world
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
script = Script.objects.create(channel=Channel.objects.get(slug="demo"), title="A year of tides, chapter by chapter",
                               body="\\n\\n".join(parts), status="review")
print(script.pk)
"""

# What notes say and what they contradict; what nobody says, and what is only thought.
CHECKED = """\
### The highest tides in the world

The highest tides in the world run in the Bay of Fundy, between Nova Scotia and New Brunswick. At Burntcoat Head the water \
can rise and fall by about 26 metres between low and high tide.

### Why so high

A lunar day lasts 24 hours and 50 minutes. The Sun is about 27 million times more massive than the Moon, but it is also \
about 390 times farther away. I think this is the strangest thing about the sea.

### Go and see

The tower at Cape Enrage has 117 steps. Climb it at low tide, and wait.
"""
# As nobody speaks.
STIFF = """\
### The lamp that crossed the sea

In today's fast-paced world, lighthouses are easy to forget. It is worth noting that their lenses were a testament to \
human ingenuity. Moreover, they played a crucial role in the tapestry of maritime trade.

### A lens in rings

Augustin Fresnel cut the front of a lens into rings. Each ring bends the light a little, and together they throw it out \
to sea. You can see the same trick in the lens of a torch.

### What remains

In order to utilize less glass, engineers began to delve into plastics. It is not just a lens, but a whole new way of \
seeing.
"""
# On a shelf of Wikimedia Commons: a name, a title, and the licence that it is under.
LIGHTHOUSES = (
    ("bell", "Bell Rock lighthouse in a gale", "by-sa"),
    ("eddystone", "Eddystone lighthouse, about 1880", "pd"),
    ("fastnet", "Fastnet lighthouse from the sea", "by"),
    ("lamp", "The lamp of a lighthouse, seen from below", "cc0"),
    ("skerry", "Skerryvore lighthouse at dusk", "by-sa"),
)
MADE = """
from channels_app import revisions
from channels_app.models import Channel, Script
import json, sys
script = Script(channel=Channel.objects.get(slug="demo"), **json.loads(%r))
revisions.begin(script, user=script.channel.owner)
print(script.pk)
"""

# A channel of its own, and what a search in Discover would have found for it.
UNDERTOW = """
from accounts.models import User
from channels_app.models import Channel
Channel.objects.create(
    slug="undertow", name="Undertow", owner=User.objects.get(username="demo"), topics=["tides", "the sea"]
)
"""
FOUND = """
from channels_app.models import Channel
from tests import factories
factories.found_set(Channel.objects.get(slug="undertow"))
"""


class Photographer:
    """One visitor per look, who go to the same pages together."""

    def __init__(self, browser: Browser, studio: RunningStudio, model: ModelServer, world: SourceWorld) -> None:
        self.studio, self.model, self.world = studio, model, world
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
def photographer(
    browser: Browser, studio: RunningStudio, model: ModelServer, world: SourceWorld
) -> Iterator[Photographer]:
    """A signed-in photographer."""
    one = Photographer(browser, studio, model, world)
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


def ideas(view: Photographer) -> None:
    """The page of ideas: empty, on their way, and all there."""
    view.visit("/c/demo/ideas/")
    view.shoot("ideas-empty")
    asking = view.visitors["dark"].page
    usual = list(view.model.replies)
    view.model.replies[:] = [Reply("{}", first_delay=60)]
    slot = asking.locator("[data-slot]")
    slot.locator("select[name=model]").select_option(f"compatible/{MODEL}")
    slot.get_by_role("button", name="Have ideas").click()
    view.each(lambda page: expect(page.locator(".slot-job")).to_have_attribute("data-state", "running", timeout=20_000))
    expect(asking.locator(".idea-place").first).to_be_visible(timeout=10_000)
    view.shoot("ideas-running")
    slot.get_by_role("button", name="Cancel").click()
    expect(asking.locator(".slot-job")).to_have_attribute("data-state", "cancelled", timeout=20_000)
    view.model.replies[:] = usual
    slot.locator("select[name=model]").select_option("offline")
    slot.get_by_role("button", name="Have ideas").click()
    view.each(lambda page: expect(page.locator("[data-idea]")).to_have_count(5, timeout=30_000))
    view.visit("/c/demo/ideas/")
    view.visitors["phone"].page.locator(".idea-bar").scroll_into_view_if_needed()
    view.visitors["phone"].page.locator("[data-idea]").nth(1).scroll_into_view_if_needed()
    view.shoot("ideas")


def discover(view: Photographer) -> None:
    """Discover: a search at work, what it kept, one video with its transcript, one channel looked at closer."""
    view.visit("/c/demo/discover/")
    view.shoot("discover-empty")
    asking = view.visitors["dark"].page
    asking.get_by_label("Look for", exact=True).fill("sourdough")
    asking.get_by_label("Enough are").fill("60")
    asking.get_by_label("Outlier, at least").fill("1.5")
    asking.get_by_role("button", name="Search YouTube").click()
    view.each(lambda page: expect(page.locator("[data-video]").nth(3)).to_be_visible(timeout=60_000))
    view.shoot("discover-running")
    asking.get_by_role("button", name="Stop here").click()
    expect(asking.locator(".slot-job")).to_have_attribute("data-state", "completed", timeout=20_000)
    view.visit("/c/demo/discover/?sort=outlier")
    view.each(lambda page: page.locator("[data-bar]").scroll_into_view_if_needed())
    view.each(lambda page: page.locator("[data-video]").nth(1).scroll_into_view_if_needed())
    view.shoot("discover")
    video = asking.locator("[data-video] h2 a").first.get_attribute("href") or ""
    channel = asking.locator(".found-by a").first.get_attribute("href") or ""
    view.visit(video)
    asking.get_by_role("button", name="Fetch the transcript").click()
    expect(asking.locator(".slot-job")).to_have_attribute("data-state", "completed", timeout=30_000)
    view.visit(video)
    view.shoot("discover-video")
    view.visit(channel)
    asking.get_by_role("button", name="Look closer").click()
    expect(asking.locator(".slot-job")).to_have_attribute("data-state", "completed", timeout=60_000)
    view.visit(channel)
    view.each(lambda page: page.locator(".dive-figures").scroll_into_view_if_needed())
    view.shoot("discover-channel")


def proposals(view: Photographer) -> None:
    """The page of proposals: with nothing found yet, and five with their figures."""
    view.studio.manage("shell", "-v0", "-c", UNDERTOW)
    view.visit("/c/undertow/proposals/")
    view.shoot("proposals-empty")
    view.studio.manage("shell", "-v0", "-c", FOUND)
    asking = view.visitors["dark"].page
    slot = asking.locator("[data-slot]")
    slot.locator("select[name=model]").select_option("offline")
    slot.get_by_role("button", name="Propose five").click()
    view.each(lambda page: expect(page.locator("[data-proposal]")).to_have_count(5, timeout=30_000))
    view.visit("/c/undertow/proposals/")
    view.each(lambda page: page.locator("[data-proposal] summary").first.click())
    view.each(lambda page: page.evaluate("document.querySelector('[data-proposal]').scrollIntoView()"))
    view.shoot("proposals")


def facts(view: Photographer) -> None:
    """What is said of the claims of a script."""
    address = desk_of(view, "The highest tides in the world", CHECKED)
    view.studio.manage("job", "submit", "fact-check", "--channel", "demo", "--follow", "--inputs", offline(address))
    view.visit(f"{address}?tab=facts")
    view.each(lambda page: expect(page.locator("[data-mark=facts]").first).to_be_visible())
    view.each(lambda page: expect(page.locator(".cm-content")).to_be_visible())
    view.visitors["phone"].page.locator(".facts-head").scroll_into_view_if_needed()
    view.shoot("script-facts")


def humanize(view: Photographer) -> None:
    """What sounds machine-made in a script."""
    address = desk_of(view, "The lamp that crossed the sea", STIFF)
    view.studio.manage("job", "submit", "humanize", "--channel", "demo", "--follow", "--inputs", offline(address))
    view.visit(f"{address}?tab=humanize")
    view.each(lambda page: expect(page.locator("[data-mark=style]").first).to_be_visible())
    view.each(lambda page: expect(page.locator(".cm-content")).to_be_visible())
    view.visitors["phone"].page.locator(".style-card").first.scroll_into_view_if_needed()
    view.shoot("script-humanize")


def resources(view: Photographer) -> None:
    """The library while it is empty, the search while a source is slow and when all have answered, and what was kept."""
    world = view.world
    world.put(**{name: (title, licence) for name, title, licence in LIGHTHOUSES})
    names = [*world.shelf, "harbour.png", "harbour two.png"]
    world.files |= {name: seascape(seed) for seed, name in enumerate(names, 1)}
    view.visit("/c/demo/resources/")
    view.shoot("resources-empty")
    view.visit("/c/demo/resources/search/")
    view.shoot("resource-sources")
    world.delays = {"nasa": 14.0}
    world.break_("/met/", "500")
    # Nobody waits until the page is live: a source may take as long only.
    view.each(lambda page: page.goto(f"{view.studio.base}/c/demo/resources/search/?q=lighthouse&type=image"))
    view.each(lambda page: expect(page.locator("[data-found]")).to_contain_text("1 still asked", timeout=20_000))
    view.shoot("resource-search-running")
    world.released.set()
    view.each(lambda page: expect(page.locator("[data-found]")).not_to_contain_text("asked", timeout=20_000))
    view.visit("/c/demo/resources/search/?q=lighthouse&type=image")
    view.each(lambda page: expect(page.locator("[data-found]")).not_to_contain_text("asked", timeout=20_000))
    commons = '[data-source="wikimedia-commons"]'
    view.each(lambda page: expect(page.locator(f"{commons} [name=item]")).to_have_count(5))
    view.each(lambda page: page.locator(commons).scroll_into_view_if_needed())
    asking = view.visitors["dark"].page
    for box in asking.locator(f"{commons} [name=item]").all():
        box.check()
    view.shoot("resource-search")
    asking.get_by_role("button", name="Download (5)").click()
    expect(asking.locator(".slot-job")).to_have_attribute("data-state", "completed", timeout=60_000)
    view.visit("/c/demo/resources/")
    view.each(lambda page: expect(page.locator("[data-resource]")).to_have_count(5))
    view.shoot("resources")
    view.each(lambda page: page.get_by_text("Generate attribution").click())
    view.each(lambda page: page.get_by_label("Attribution").scroll_into_view_if_needed())
    view.shoot("resources-credits")
    view.each(lambda page: page.locator("[data-resource] h2 a").first.click())
    view.shoot("resource")


def gallery(view: Photographer) -> None:
    """The gallery while pictures are on their way, and with all of them; upon a photograph, one is vertical."""
    view.visit("/c/demo/resources/gallery/")
    view.shoot("gallery-empty")
    asking = view.visitors["dark"].page
    asking.get_by_label("Title or description").fill("Why there are two high tides a day")
    asking.get_by_label("How many").fill("6")
    asking.get_by_role("button", name="Make images").click()
    view.each(lambda page: expect(page.locator("[data-picture]").first).to_be_visible(timeout=60_000))
    view.shoot("gallery-running")
    view.each(lambda page: expect(page.locator("[data-picture]")).to_have_count(6, timeout=90_000))
    view.visit("/c/demo/resources/gallery/")
    view.each(lambda page: page.locator("[data-pictures]").scroll_into_view_if_needed())
    view.each(
        lambda page: page.wait_for_function(
            "() => [...document.querySelectorAll('[data-picture] img')]"
            ".every(image => (image.loading = 'eager', image.complete))"
        )
    )
    view.shoot("gallery")


def keys(view: Photographer) -> None:
    """A person's keys, and what the studio's own servers answered."""
    for visitor in view.visitors.values():
        visitor.page.goto(f"{view.studio.base}/me/keys/")
    view.shoot("keys")


def desk_of(view: Photographer, title: str, body: str) -> str:
    """The address of a new script in review."""
    fields = json.dumps({"title": title, "body": body, "status": "review", "type": "short"})
    made = view.studio.manage("shell", "-v0", "-c", MADE % fields).strip()
    return f"/c/demo/scripts/{made}/"


def offline(address: str) -> str:
    """The inputs of a job about a script that no model has a part in."""
    return json.dumps({"script": address.strip("/").split("/")[-1], "model": "offline"})


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


SCENES: dict[str, Callable[[Photographer], None]] = {
    "jobs": jobs_pages,
    "audio": audio_room,
    "desk": script_desk,
    "ideas": ideas,
    "discover": discover,
    "proposals": proposals,
    "facts": facts,
    "humanize": humanize,
    "resources": resources,
    "gallery": gallery,
    "keys": keys,
}


def main(wanted: list[str]) -> None:
    """Take them all, or the scenes that are named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        openai_server(Reply(REVISED, delay=0.1)) as model,
        youtube_world(channels=80, thumbnails="here") as youtube,
        source_world(apart=True) as world,
        running_studio(
            EDGE_TTS_URL=NOBODY_LISTENS,
            OPENAI_BASE_URL=model.url,
            **youtube.environment,
            YOUTUBE_PICTURES=youtube.proxy,
            SOURCE_URLS=json.dumps(world.urls),
            DOWNLOAD_ALLOW_HOSTS=",".join(world.allowed),
            PEXELS_API_KEY="the-servers-own-key",
        ) as studio,
        running_browser() as browser,
    ):
        if not wanted:
            sign_in_page(browser, studio)
        with photographer(browser, studio, model, world) as view:
            for name in wanted or SCENES:
                SCENES[name](view)


if __name__ == "__main__":
    main(sys.argv[1:])
