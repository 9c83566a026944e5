"""How soon a kept video is on the screen after the answers that held it, and what a whole search costs in the studio.

A real studio, Chromium, and the made-up YouTube. The first video of a search needs two answers: the page of results, and
its channel's page. Then 6000 results as a job, with every row, event and remembered page; and the same search again.

Run: python -m bench.discover_page
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from typing import Any

from tests.e2e.visiting import RunningStudio, running_browser, running_studio, sign_in
from tests.fakes.youtube_world import YouTubeWorld, youtube_world

QUERIES = ("sourdough", "street food", "chess openings", "city builders", "pixel art", "index funds", "roguelikes")
BAR_SECONDS = 1.0
HUNT = {
    "query": "street food",
    "wanted": 200,
    "filters": {"duration": "under_4", "max_subscribers": 10_000, "min_outlier": 5},
}
SEEN = """
window.firstVideo = new Promise((seen) => {
  const look = () => document.querySelector("[data-video]") && seen(Date.now());
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
});
"nobody waits for it yet"
"""


class Clock(threading.Thread):
    """Writes down when the first request to each endpoint came: the made-up YouTube answers at once."""

    def __init__(self, world: YouTubeWorld) -> None:
        super().__init__(daemon=True)
        self.world, self.came = world, dict[str, float]()
        self.is_over = threading.Event()

    def run(self) -> None:
        """Look every millisecond."""
        while not self.is_over.wait(0.001):
            for endpoint in ("search", "browse"):
                if endpoint not in self.came and self.world.count(endpoint):
                    self.came[endpoint] = time.time()


def first_video(page: Any, studio: RunningStudio, world: YouTubeWorld, query: str) -> tuple[float, float]:
    """Seconds from the page of results, and from its channel's page, to the card on the screen."""
    studio.manage("shell", "-v0", "-c", "from channels_app.models import FoundVideo; FoundVideo.objects.all().delete()")
    page.goto(f"{studio.base}/c/demo/discover/")
    page.wait_for_selector('[data-live="live"]')
    page.evaluate(SEEN)
    world.asked.clear()
    clock = Clock(world)
    clock.start()
    page.get_by_label("Look for", exact=True).fill(query)
    page.get_by_label("Enough are").fill("3")
    page.get_by_role("button", name="Search YouTube").click()
    seen = page.evaluate("window.firstVideo") / 1000
    clock.is_over.set()
    clock.join()
    page.wait_for_selector('.slot-job[data-state="completed"]')
    return seen - clock.came["search"], seen - clock.came["browse"]


def whole_search(studio: RunningStudio) -> tuple[dict[str, Any], float]:
    """The result of the hunt as a job of the studio, and its seconds."""
    began = time.monotonic()
    told = studio.manage("job", "submit", "discover", "--channel", "demo", "--inputs", json.dumps(HUNT), "--json")
    job = json.loads(told.splitlines()[0])["id"]
    studio.manage("job", "follow", job)
    shown = json.loads(studio.manage("job", "show", job, "--json").splitlines()[0])
    return shown["result"], time.monotonic() - began


def main() -> None:
    """Measure and print."""
    with (
        youtube_world(seed=6, channels=900, thumbnails="here") as world,
        running_studio(**world.environment, YOUTUBE_PICTURES=world.proxy, YOUTUBE_PER_SECOND="100000") as studio,
    ):
        with running_browser() as browser:
            visitor = sign_in(browser, studio)
            taken = [first_video(visitor.page, studio, world, query) for query in QUERIES]
            visitor.context.close()
        for name, waits in zip(("page of results", "channel's page"), zip(*taken, strict=True), strict=True):
            print(
                f"first kept video on the screen after its {name}: median {statistics.median(waits) * 1000:.0f} ms, "
                f"slowest {max(waits) * 1000:.0f} ms of {len(waits)}"
            )
        assert statistics.median(one for one, _ in taken) <= BAR_SECONDS
        result, seconds = whole_search(studio)
        print(
            f"{result['results']} results as a job: {result['requests']} requests, {result['channels']} channels, "
            f"{result['kept']} kept in {seconds:.0f} s"
        )
        again, seconds = whole_search(studio)
        print(f"the same search again: {again['requests']} requests, {again['kept']} kept in {seconds:.0f} s")
        assert again["requests"] == 0


if __name__ == "__main__":
    main()
