"""Language models: how long a word takes from the provider to the drawn page, in headless Chromium on this machine.

A whole studio beside a loopback provider; a person presses *Revise* on a script's desk, and the page is watched while
the text streams in. Both ends read the same clock. Half of the texts are cut off in their middle: what is shown must
still be the beginning of the text at every moment, and all of it in the end.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import BrowserContext

from bench.scratch_studio import percentile
from tests.e2e.visiting import RunningStudio, running_browser, running_studio, sign_in
from tests.fakes.llm import ModelServer
from tests.fakes.llm_openai import MODEL, Reply, openai_server
from tests.servers import MissingProgram, chromium, wait_until

TEXTS = int(os.environ.get("BENCH_TEXTS", "20"))
WORDS = [f"word{number} " for number in range(60)]
TEXT = "".join(WORDS)
THINKING_SECONDS, WORD_SECONDS = 1.0, 0.03
CLOCKS_APART_MS = 3
BODY = "The sea rises twice a day, and twice a day it falls.\n"
# The page has its stream to itself, so that it can be cut, as in the tests of the desk.
OWN_STREAM = """
    delete globalThis.SharedWorker;
    globalThis.sources = [];
    globalThis.EventSource = class extends EventSource {
        constructor(...given) {
            super(...given);
            sources.push(this);
        }
    };
"""
# The page puts text in its place within an animation frame; when the next frame begins, that one has been drawn.
WATCH = """() => {
    globalThis.drawn = [];
    let last = "";
    new MutationObserver(() => {
        const text = document.querySelector(".slot-job .stream")?.textContent ?? last;
        if (text === last) return;
        last = text;
        requestAnimationFrame(() => drawn.push([text, performance.timeOrigin + performance.now()]));
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
    return performance.timeOrigin + performance.now() - Date.now();
}"""
CUT = "() => { sources.at(-1).close(); sources.at(-1).onerror(); }"


@dataclass
class Delays:
    """Milliseconds from the sending of words to their being drawn."""

    first: list[float]
    every: list[float]
    whole: int = 0


def main() -> None:
    """Measure in a studio of its own, where there is a Chromium."""
    try:
        chromium()
    except MissingProgram as missing:
        print(missing)
        return
    with (
        openai_server(Reply(pieces=WORDS, first_delay=THINKING_SECONDS, delay=WORD_SECONDS)) as provider,
        running_studio(OPENAI_BASE_URL=provider.url) as studio,
        running_browser() as browser,
    ):
        visitor = sign_in(browser, studio)
        write(provider, studio, visitor.context)  # the first text loads what the later ones find loaded
        for is_cut in (False, True):
            told = "in which the connection is cut" if is_cut else "over a connection that holds"
            found = Delays([], [])
            for _ in range(TEXTS):
                late, is_whole = write(provider, studio, visitor.context, is_cut=is_cut)
                found.first.append(late[0])
                found.every += late
                found.whole += is_whole
            print(f"{TEXTS} texts {told}: {found.whole} came whole, nothing lost or twice")
            for name, values in (("first word", found.first), ("every word", found.every)):
                p50, p99 = percentile(values, 50), percentile(values, 99)
                print(f"  sent by the provider → drawn, {name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms (n = {len(values)})")


def write(
    provider: ModelServer, studio: RunningStudio, context: BrowserContext, *, is_cut: bool = False
) -> tuple[list[float], bool]:
    """Have one text written on a desk of its own: each word's delay, and whether nothing was lost or came twice."""
    page = context.new_page()
    page.add_init_script(OWN_STREAM)
    page.goto(f"{new_desk(studio, context)}?tab=revise")
    page.locator('[data-live="live"]').wait_for()
    assert abs(page.evaluate(WATCH)) < CLOCKS_APART_MS, "the page's clock is not this machine's"
    provider.sent_at.clear()
    page.get_by_label("What should change?").fill("Turn it round")
    page.locator("select[name=model]").select_option(f"compatible/{MODEL}")
    page.get_by_role("button", name=re.compile("^Revise")).click()
    if is_cut:
        wait_until(lambda: len(provider.sent_at) > len(WORDS) // 3, 60, "a third of a text")
        page.evaluate(CUT)
    page.locator(".proposal").wait_for(timeout=30_000)
    drawn = page.evaluate("drawn")
    page.close()
    return delays(provider.sent_at, drawn), is_faultless([text for text, _ in drawn])


def new_desk(studio: RunningStudio, context: BrowserContext) -> str:
    """The address of a new script's desk."""
    cookies: list[Any] = context.cookies()
    token = next(str(cookie["value"]) for cookie in cookies if cookie["name"] == "csrftoken")
    answer = context.request.post(
        f"{studio.base}/api/v1/channels/demo/scripts/",
        data={"title": "Tides", "body": BODY},
        headers={"X-CSRFToken": token, "Referer": studio.base},
    )
    assert answer.status == 201, answer.text()
    return f"{studio.base}/c/demo/scripts/{answer.json()['id']}/"


def delays(sent: list[float], drawn: list[tuple[str, float]]) -> list[float]:
    """For each word the milliseconds from its sending to the first drawing that has its last character."""
    late, end = [], 0
    for word, at in zip(WORDS, sent, strict=True):
        end += len(word)
        late.append(next(when for text, when in drawn if len(text) >= end) - 1000 * at)
    return late


def is_faultless(texts: list[str]) -> bool:
    """Whether the text only grew, was its own beginning at every moment, and is whole in the end."""
    grew = all(len(before) < len(after) for before, after in pairwise(texts))
    return grew and all(TEXT.startswith(text) for text in texts) and texts[-1] == TEXT


if __name__ == "__main__":
    main()
