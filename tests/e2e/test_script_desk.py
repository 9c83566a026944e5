"""The script desk in a real browser: no keystroke is lost, nobody's text is written over, what streams in can be
accepted, and all of it works without JavaScript."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.test_pages import AXE
from tests.e2e.visiting import PASSWORD, RunningStudio, Visitor, sign_in, visit
from tests.fakes.llm import ModelServer
from tests.fakes.llm_openai import MODEL, Reply
from tests.servers import wait_until

pytestmark = [pytest.mark.chromium, pytest.mark.redis]

BODY = "### One\n\nThe sea 🌊 rises twice a day.\n\n### Two\n\nThe Moon pulls on everything.\n"
NEW = "### One\n\nTwice a day the sea 🌊 rises, and twice it falls.\n\n### Two\n\nThe Moon pulls on the sea.\n"
# Without the shared worker the page has its stream to itself, so that a test can cut it.
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
# How many characters of texts the page takes apart, to count them.
COUNTING = """
    globalThis.takenApart = 0;
    const from = Array.from;
    Array.from = (given, ...more) => {
        if (typeof given === "string") takenApart += given.length;
        return from(given, ...more);
    };
"""
SAVE = re.compile(r"/save/$")
OUTPUT = re.compile(r"/output/\?")
READER = """
from accounts.models import User
from accounts.roles import Role
User.objects.create_user("reader", "%s", roles=frozenset({Role.EDITOR}))
"""
MakeScript = Callable[..., str]


@pytest.fixture(scope="module")
def signed_in(browser: Browser, live_studio: RunningStudio) -> Any:
    """The cookies of the demo user."""
    visitor = sign_in(browser, live_studio)
    state = visitor.context.storage_state()
    visitor.context.close()
    return state


@pytest.fixture
def demo(browser: Browser, signed_in: Any) -> Iterator[Visitor]:
    """The demo user in a fresh browser context, without a sign-in for every test."""
    visitor = visit(browser, storage_state=signed_in)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []


@pytest.fixture
def make_script(live_studio: RunningStudio, demo: Visitor) -> MakeScript:
    """Makes a script of the demo channel and gives the address of its desk."""

    def make(body: str = BODY, title: str = "Tides", **fields: Any) -> str:
        answer = demo.context.request.post(
            f"{live_studio.base}/api/v1/channels/demo/scripts/",
            data={"title": title, "body": body, **fields},
            headers={"X-CSRFToken": token(demo), "Referer": live_studio.base},
        )
        assert answer.status == 201, answer.text()
        return f"{live_studio.base}/c/demo/scripts/{answer.json()['id']}/"

    return make


def token(visitor: Visitor) -> str:
    cookies: list[Any] = visitor.context.cookies()
    return next(str(cookie["value"]) for cookie in cookies if cookie["name"] == "csrftoken")


def body_of(visitor: Visitor, desk: str) -> str:
    """What the server says the text is."""
    answer = visitor.context.request.get(desk.replace("/c/demo/", "/api/v1/channels/demo/"))
    return str(answer.json()["body"])


def open_desk(page: Page, address: str, tab: str = "revise") -> None:
    page.goto(f"{address}?tab={tab}")
    expect(page.locator(".cm-content")).to_be_visible()
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=15_000)


def type_at_end(page: Page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def text_of(page: Page) -> str:
    """What the editor shows."""
    return "\n".join(page.locator(".cm-line").all_inner_texts()).replace("\u200b", "")


def is_saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved", timeout=10_000)


def states_of(page: Page) -> Callable[[], list[str]]:
    """Every state of the text's saving that the page shows from now on, however short."""
    page.locator("[data-save-state]").evaluate(
        """place => {
            globalThis.states = [];
            new MutationObserver(() => globalThis.states.push(place.dataset.state))
                .observe(place, { attributeFilter: ["data-state"] });
        }"""
    )
    return lambda: list(page.evaluate("globalThis.states"))


class TestAutosave:
    """What is typed is kept."""

    def test_what_is_typed_is_saved_counted_and_there_after_a_reload(
        self, demo: Visitor, make_script: MakeScript
    ) -> None:
        page, desk = demo.page, make_script()
        open_desk(page, desk)
        shown = states_of(page)
        type_at_end(page, "It never hurries.")
        is_saved(page)
        assert shown()[0] == "waiting"
        assert body_of(demo, desk) == BODY + "It never hurries."
        expect(page.locator("[data-count-words]")).to_have_text("14")
        page.reload()
        expect(page.locator(".cm-content")).to_contain_text("It never hurries.")
        page.get_by_role("link", name="History").click()
        expect(page.locator(".revisions li")).to_have_count(2)

    def test_a_tab_that_dies_without_a_network_has_lost_nothing(self, demo: Visitor, make_script: MakeScript) -> None:
        desk = make_script()
        doomed = demo.context.new_page()
        open_desk(doomed, desk)
        demo.context.set_offline(True)
        type_at_end(doomed, "Kept here.")
        expect(doomed.locator("[data-save-word]")).to_contain_text("you are offline")
        # It crashes: one that is closed has a last word to the server, and may be heard.
        with doomed.expect_event("crash"), contextlib.suppress(PlaywrightError):
            doomed.goto("chrome://crash", timeout=2_000)
        doomed.close()
        demo.context.set_offline(False)
        assert body_of(demo, desk) == BODY
        open_desk(demo.page, desk)
        expect(demo.page.locator(".toast")).to_contain_text("is back")
        expect(demo.page.locator(".cm-content")).to_contain_text("Kept here.")
        demo.complaints.clear()  # what was asked for while it was offline
        is_saved(demo.page)
        assert body_of(demo, desk) == BODY + "Kept here."

    def test_what_a_living_tab_has_not_saved_yet_stays_its_own(self, demo: Visitor, make_script: MakeScript) -> None:
        page, desk = demo.page, make_script()
        open_desk(page, desk)
        page.route(SAVE, lambda route: route.abort())
        type_at_end(page, "Not saved yet.")
        expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "failed", timeout=10_000)
        other = demo.context.new_page()
        open_desk(other, desk)
        # It has looked at what was left once it takes keys, which it tells by saving them.
        type_at_end(other, "By the other.")
        is_saved(other)
        assert body_of(demo, desk) == BODY + "By the other."
        expect(page.locator(".cm-content")).to_contain_text("Not saved yet.")
        other.close()
        demo.complaints.clear()  # the requests that were meant to fail

    def test_a_tab_that_is_still_letting_go_is_waited_for(self, demo: Visitor, make_script: MakeScript) -> None:
        desk = make_script()
        doomed = demo.context.new_page()
        open_desk(doomed, desk)
        demo.context.set_offline(True)
        type_at_end(doomed, "Kept here.")
        expect(doomed.locator("[data-save-word]")).to_contain_text("you are offline")
        with doomed.expect_event("crash"), contextlib.suppress(PlaywrightError):
            doomed.goto("chrome://crash", timeout=2_000)
        doomed.close()
        demo.context.set_offline(False)
        # As a closed tab does for a moment: its lock is held until somebody waits for it.
        holder = demo.context.new_page()
        holder.goto(desk.rpartition("scripts/")[0] + "scripts/")
        holder.evaluate(
            """() => {
                const key = Object.keys(localStorage).find((key) => localStorage.getItem(key).includes("Kept here."));
                navigator.locks.request(key, async () => {
                    const isAwaited = ({ pending }) => pending.some(({ name }) => name === key);
                    while (!isAwaited(await navigator.locks.query())) await new Promise((on) => setTimeout(on, 20));
                });
            }"""
        )
        open_desk(demo.page, desk)
        expect(demo.page.locator(".cm-content")).to_contain_text("Kept here.", timeout=10_000)
        holder.close()
        demo.complaints.clear()  # what was asked for while it was offline
        is_saved(demo.page)

    def test_it_tries_again_until_the_studio_answers(self, demo: Visitor, make_script: MakeScript) -> None:
        page, desk = demo.page, make_script()
        open_desk(page, desk)
        failures = iter(range(2))

        def sometimes(route: Route) -> None:
            route.abort() if next(failures, None) is not None else route.continue_()

        page.route(SAVE, sometimes)
        type_at_end(page, "Again.")
        is_saved(page)
        assert body_of(demo, desk) == BODY + "Again."
        demo.complaints.clear()  # the requests that were meant to fail

    def test_a_text_too_long_is_said_and_stays(self, demo: Visitor, make_script: MakeScript) -> None:
        page, desk = demo.page, make_script("x" * 199_999)
        open_desk(page, desk)
        type_at_end(page, "yz")
        expect(page.locator("[data-save-word]")).to_contain_text("at most 200,000 characters")
        expect(page.locator("[data-too-long]")).to_be_visible()
        page.keyboard.press("Backspace")
        is_saved(page)
        demo.complaints.clear()  # the 400


class TestTwoTabs:
    """Whoever saves second is shown both texts."""

    @pytest.fixture
    def second(self, demo: Visitor, make_script: MakeScript) -> tuple[Page, str]:
        """A tab whose text is older than the script's."""
        desk = make_script()
        page = demo.context.new_page()
        open_desk(page, desk)
        page.evaluate("document.addEventListener('visibilitychange', event => event.stopImmediatePropagation(), true)")
        open_desk(demo.page, desk)
        type_at_end(demo.page, "From the first tab.")
        is_saved(demo.page)
        type_at_end(page, "From the second tab.")
        expect(page.locator("#conflict")).to_be_visible(timeout=10_000)
        demo.complaints.clear()  # the 409
        return page, desk

    def test_both_are_shown_and_keeping_mine_keeps_theirs_in_the_history(
        self, demo: Visitor, second: tuple[Page, str]
    ) -> None:
        page, desk = second
        expect(page.locator("#conflict del")).to_contain_text(["first"])
        expect(page.locator("#conflict ins")).to_contain_text(["second"])
        page.get_by_role("button", name="Keep mine").click()
        expect(page.locator("#conflict")).to_have_count(0)
        is_saved(page)
        assert body_of(demo, desk) == BODY + "From the second tab."
        page.get_by_role("link", name="History").click()
        page.get_by_role("link", name=re.compile("^2 ")).click()
        expect(page.locator(".diff del")).to_contain_text(["first"])
        page.close()

    def test_taking_theirs_keeps_mine_in_the_history(self, demo: Visitor, second: tuple[Page, str]) -> None:
        page, desk = second
        page.get_by_role("button", name="Take the other tab’s").click()
        expect(page.locator("#conflict")).to_have_count(0)
        expect(page.locator(".cm-content")).to_contain_text("From the first tab.")
        expect(page.locator(".cm-content")).not_to_contain_text("From the second tab.")
        assert body_of(demo, desk) == BODY + "From the first tab."
        page.get_by_role("link", name="History").click()
        expect(page.locator(".revisions")).to_contain_text("Set aside")
        type_at_end(page, " More.")
        is_saved(page)
        page.close()

    def test_an_idle_tab_is_brought_up_to_date_when_it_is_looked_at(
        self, demo: Visitor, make_script: MakeScript
    ) -> None:
        desk = make_script()
        open_desk(demo.page, desk)
        other = demo.context.new_page()
        open_desk(other, desk)
        type_at_end(other, "From elsewhere.")
        is_saved(other)
        other.close()
        demo.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(demo.page.locator(".cm-content")).to_contain_text("From elsewhere.")


class TestWriting:
    """A model's text streams in beside the script."""

    def ask(self, page: Page) -> None:
        page.get_by_label("What should change?").fill("Turn it round")
        page.locator("select[name=model]").select_option(f"compatible/{MODEL}")
        page.get_by_role("button", name=re.compile("^Revise")).click()

    def test_it_streams_over_a_lost_connection_and_is_accepted(
        self, live_studio: RunningStudio, model_server: ModelServer, demo: Visitor, make_script: MakeScript
    ) -> None:
        pieces = re.findall(r"\S+\s*|\s+", NEW)
        model_server.replies[:] = [Reply(NEW, delay=0.15)]
        page, desk = demo.page, make_script()
        page.add_init_script(OWN_STREAM + COUNTING)
        open_desk(page, desk)
        self.ask(page)
        stream = page.locator(".slot-job .stream")
        expect(stream).to_contain_text(pieces[6].strip(), timeout=20_000)
        seen = self.watch(page, stream)
        page.evaluate("sources.at(-1).close(); sources.at(-1).onerror()")
        wait_until(lambda: page.evaluate("sources.length") == 2, 10, "a new stream")
        proposal = page.locator(".proposal")
        expect(proposal).to_be_visible(timeout=30_000)
        # Whatever was shown while it came: the beginning of the text, nothing missing and nothing twice.
        texts = seen()
        assert all(NEW.startswith(text) for text in texts), texts
        assert len(max(texts, key=len)) > 0.8 * len(NEW)
        # Each character is counted about once, however many pieces they come in.
        assert page.evaluate("takenApart") < 3 * len(NEW)
        assert body_of(demo, desk) == BODY
        expect(proposal.locator("ins").first).to_be_visible()
        page.get_by_role("button", name="Accept").click()
        expect(page.locator(".message.success")).to_contain_text("Accepted")
        expect(page.locator(".cm-content")).to_contain_text("and twice it falls")
        assert body_of(demo, desk) == NEW
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".message.success")).to_contain_text("is the script's text again")
        assert body_of(demo, desk) == BODY

    @staticmethod
    def watch(page: Page, stream: Any) -> Callable[[], list[str]]:
        """Every text that the stream shows from now on."""
        stream.evaluate(
            """place => {
                globalThis.seen = [place.textContent];
                new MutationObserver(() => globalThis.seen.push(place.textContent))
                    .observe(place, { childList: true, characterData: true, subtree: true });
            }"""
        )
        return lambda: list(page.evaluate("globalThis.seen"))

    def test_a_piece_that_was_missed_is_fetched_and_never_put_into_the_next_attempts_text(
        self, model_server: ModelServer, demo: Visitor, make_script: MakeScript
    ) -> None:
        model_server.replies[:] = [Reply(NEW, delay=0.01, stall_after=4)]
        page, desk = demo.page, make_script()
        page.add_init_script(OWN_STREAM)
        open_desk(page, desk)
        self.ask(page)
        stream = page.locator(".slot-job .stream")
        came = "".join(re.findall(r"\S+\s*|\s+", NEW)[:4])
        expect(stream).to_have_text(came, use_inner_text=False, timeout=20_000)
        asked: list[Route] = []
        page.route(OUTPUT, lambda route: asked.append(route))

        def hear(attempt: int, start: int, text: str) -> None:
            message = {"k": "panel", "attempt": attempt, "from": start, "text": text}
            stream.evaluate(
                """(place, message) => {
                    const data = { ...message, id: place.dataset.streamJob, slot: place.dataset.stream };
                    sources.at(-1).onmessage(new MessageEvent("message", { data: JSON.stringify(data) }));
                }""",
                message,
            )

        def answer(text: str) -> None:
            asked.pop().fulfill(json={"lines": [{"n": len(came), "text": text}], "next": None})

        # The page has missed a piece before this one: it asks for all that it lacks.
        hear(1, 500, "The end.")
        wait_until(lambda: page.evaluate("true") and bool(asked), 10, "a question for what is missing")
        assert f"from={len(came)}" in asked[0].request.url
        answer("a piece.")
        expect(stream).to_contain_text("a piece.")
        # Once more, but before the answer comes the next attempt has begun, with a text as long.
        hear(1, 900, "The end.")
        wait_until(lambda: page.evaluate("true") and bool(asked), 10, "a question for what is missing")
        hear(2, 0, "x" * len(came))
        expect(stream).to_contain_text("xxx")
        answer("of the first try")
        hear(2, len(came), " and on")
        expect(stream).to_contain_text("x and on")
        expect(stream).not_to_contain_text("first try")
        page.unroute_all()
        page.keyboard.press("Escape")
        expect(page.locator(".slot-job")).to_contain_text("cancelled", ignore_case=True, timeout=20_000)

    def test_esc_stops_it_and_what_came_can_be_used(
        self, model_server: ModelServer, demo: Visitor, make_script: MakeScript
    ) -> None:
        model_server.replies[:] = [Reply(NEW, delay=0.05, stall_after=8)]
        page, desk = demo.page, make_script()
        open_desk(page, desk)
        self.ask(page)
        expect(page.locator(".slot-job .stream")).to_contain_text("Twice a day", timeout=20_000)
        page.keyboard.press("Escape")
        left = page.locator(".draft-left")
        expect(left).to_contain_text("Twice a day", timeout=20_000)
        left.get_by_role("button").click()
        expect(page.locator(".proposal")).to_contain_text("What came before it was stopped")
        page.get_by_role("button", name="Discard").click()
        expect(page.locator(".message.success")).to_contain_text("Discarded")
        assert body_of(demo, desk) == BODY

    def test_accepting_after_typing_tells_and_loses_nothing(
        self, model_server: ModelServer, demo: Visitor, make_script: MakeScript
    ) -> None:
        model_server.replies[:] = [Reply(NEW)]
        page, desk = demo.page, make_script()
        open_desk(page, desk)
        self.ask(page)
        expect(page.locator(".proposal")).to_be_visible(timeout=20_000)
        held: list[Route] = []
        page.route(SAVE, lambda route: held.append(route))
        type_at_end(page, "Meanwhile.")
        # Pressed before the text has been saved, and so before the page could say that it has changed.
        page.get_by_role("button", name="Accept").click()
        wait_until(lambda: page.evaluate("1") and held, 10, "the save that Accept waits for")
        held[0].continue_()
        page.unroute(SAVE)
        expect(page.locator(".proposal .message")).to_contain_text("You have changed the script since")
        expect(page.locator(".proposal del", has_text="Meanwhile")).to_be_visible()
        assert body_of(demo, desk) == BODY + "Meanwhile."
        is_saved(page)
        page.get_by_role("button", name="Accept").click()
        expect(page.locator(".message.success")).to_contain_text("Accepted")
        assert body_of(demo, desk) == NEW


class TestMarks:
    """Passages that a tab's cards speak of."""

    CLAIMS = """
from uuid import uuid4
from channels_app.models import Claim, Script
script = Script.objects.get(pk={script!r})
for position, (text, verdict) in enumerate({claims!r}):
    start = script.body.index(text)
    claim = Claim.objects.create(
        script=script, start=start, end=start + len(text), text=text, verdict=verdict, reason="judged",
        made_by_job=uuid4(), job_position=position,
    )
    print(claim.pk)
"""

    def test_they_stand_where_python_says_move_with_edits_and_lead_both_ways(
        self, live_studio: RunningStudio, demo: Visitor, make_script: MakeScript
    ) -> None:
        page, desk = demo.page, make_script()
        claims = [("sea 🌊 rises", "verified"), ("The Moon pulls on everything.", "disputed")]
        code = self.CLAIMS.format(script=desk.rstrip("/").rpartition("/")[2], claims=claims)
        first, second = live_studio.manage("shell", "-v0", "-c", code).split()
        open_desk(page, desk, "facts")
        texts = [text for text, _ in claims]
        marks = page.locator("mark.passage")
        expect(marks).to_have_text(texts)
        expect(marks.first).to_have_attribute("title", "Verified")
        page.locator(".cm-content").click()
        page.keyboard.press("Control+Home")
        page.keyboard.type("👩‍🚀 ")
        expect(marks).to_have_text(texts)
        page.locator(f'[data-mark-id="{second}"] [data-goto]').click()
        page.wait_for_function("text => getSelection().toString() === text", arg=texts[1])
        marks.first.click()
        expect(page.locator("[data-mark-id].is-active")).to_have_attribute("data-mark-id", first)
        page.locator(f'[data-mark-id="{second}"] [data-goto]').click()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Backspace")
        expect(marks).to_have_text(texts[:1])
        expect(page.locator(f'[data-mark-id="{second}"]')).to_have_attribute("data-stale", "")
        is_saved(page)

    def test_marks_drawn_while_somebody_types_on_stand_right(self, demo: Visitor, make_script: MakeScript) -> None:
        page = demo.page
        open_desk(page, make_script(), "facts")
        page.get_by_role("button", name="Check the facts").click()
        marks = page.locator("mark.passage")
        found = ["The sea 🌊 rises twice a day.", "The Moon pulls on everything."]
        expect(marks).to_have_text(found, timeout=30_000)
        held: list[Route] = []
        # The first save is held up, and none comes after it: the server's places are those of the first.
        page.route(SAVE, lambda route: route.abort() if held else held.append(route))
        page.locator(".cm-content").click()
        page.keyboard.press("Control+Home")
        with page.expect_request(SAVE):
            page.keyboard.type("Look.\n\n")
        page.keyboard.type("Now.\n\n")
        with page.expect_response(SAVE):
            held[0].continue_()
        for tab in ("Pacing", "Facts"):
            page.get_by_role("link", name=tab).click()
            expect(page.locator("#desk-tab")).to_have_attribute("data-tab", tab.lower())
        expect(page.locator("[data-mark]")).to_have_count(2)
        expect(marks).to_have_text(found)
        demo.complaints.clear()  # those of the saves that were refused

    def test_what_a_job_finds_is_marked_as_it_comes_and_stays_marked(
        self, demo: Visitor, make_script: MakeScript
    ) -> None:
        page = demo.page
        open_desk(page, make_script(), "facts")
        page.get_by_role("button", name="Check the facts").click()
        marks = page.locator("mark.passage")
        expect(marks).to_have_text(["The sea 🌊 rises twice a day.", "The Moon pulls on everything."], timeout=30_000)
        page.locator(".cm-content").click()
        page.keyboard.press("Control+Home")
        page.keyboard.type("👩‍🚀 Look.\n\n")
        is_saved(page)
        page.reload()
        expect(marks).to_have_text(["The sea 🌊 rises twice a day.", "The Moon pulls on everything."])
        expect(page.locator("[data-mark][data-stale]")).to_have_count(0)


def test_without_javascript_the_desk_is_plain_forms(browser: Browser, signed_in: Any, make_script: MakeScript) -> None:
    desk = make_script()
    visitor = visit(browser, storage_state=signed_in, java_script_enabled=False)
    page = visitor.page
    page.goto(desk)
    stale = visitor.context.new_page()
    stale.goto(desk)
    page.get_by_label("Script", exact=True).fill(BODY + "By hand.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".message.success")).to_have_text("The script is saved.")
    for tab in ("Pacing", "History"):
        page.get_by_role("link", name=tab).click()
        expect(page.get_by_role("link", name=tab)).to_have_attribute("aria-current", "page")
    stale.get_by_label("Script", exact=True).fill(BODY + "Too late.")
    stale.get_by_role("button", name="Save").click()
    expect(stale.locator("#conflict")).to_contain_text("changed in another place")
    expect(stale.get_by_label("Script", exact=True)).to_have_value(BODY + "Too late.")
    stale.get_by_role("button", name="Keep mine").click()
    expect(stale.locator(".message.success")).to_have_text("The script is saved.")
    assert body_of(visitor, desk) == BODY + "Too late."
    visitor.context.close()


def test_who_starts_a_job_goes_on_from_it_and_not_from_its_cancel(demo: Visitor, make_script: MakeScript) -> None:
    page, desk = demo.page, make_script()
    open_desk(page, desk, "facts")
    page.locator("#desk-tab select[name=model]").select_option("offline")
    page.get_by_role("button", name="Check the facts").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".slot-job")).to_be_focused()
    expect(page.locator(".slot-job")).to_have_attribute("data-state", "completed", timeout=20_000)
    expect(page.locator(".slot-job")).to_be_focused()


def test_a_reader_scrolls_the_desk_by_the_keyboard(
    browser: Browser, live_studio: RunningStudio, make_script: MakeScript
) -> None:
    live_studio.manage("shell", "-v0", "-c", READER % PASSWORD)
    desk = make_script("A line that is long enough to be read.\n\n" * 60)
    visitor = sign_in(browser, live_studio, "reader", viewport={"width": 1440, "height": 700})
    page = visitor.page
    for tab in ("revise", "pacing", "history"):
        open_desk(page, desk, tab)
        found = Axe().run(page, options=AXE)
        assert [one["id"] for one in found.response["violations"]] == [], tab
    expect(page.get_by_label("Title")).to_be_disabled()
    assert text_of(page).startswith("A line")
    assert visitor.complaints == []
    visitor.context.close()


@pytest.mark.parametrize(("theme", "width"), [("dark", 1440), ("light", 390)])
def test_every_tab_is_accessible_and_fits(
    browser: Browser, signed_in: Any, make_script: MakeScript, theme: str, width: int
) -> None:
    desk, empty = make_script(), make_script("", "Nothing yet")
    size = {"width": width, "height": 900}
    visitor = visit(browser, storage_state=signed_in, color_scheme=theme, viewport=size)
    page = visitor.page
    problems: list[str] = []

    def look(what: str) -> None:
        found = Axe().run(page, options=AXE)
        problems.extend(f"{what}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"])
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{what}: wider than {width} px")

    open_desk(page, desk)
    type_at_end(page, "More.")
    page.keyboard.press("Control+f")
    expect(page.locator(".cm-search")).to_be_visible()
    look("search")
    page.keyboard.press("Escape")
    is_saved(page)
    for address, tabs in ((empty, ("revise", "pacing")), (desk, ("revise", "facts", "humanize", "pacing", "history"))):
        open_desk(page, address)
        for tab in tabs:
            page.locator(f"[data-tab-link={tab}]").click()
            expect(page.locator("#desk-tab")).to_have_attribute("data-tab", tab)
            look(f"{tab} of {address}")
    page.get_by_role("link", name=re.compile("^1 ")).click()
    expect(page.locator(".revision .diff")).to_be_visible()
    look("a revision")
    page.evaluate("document.addEventListener('visibilitychange', event => event.stopImmediatePropagation(), true)")
    other = visitor.context.new_page()
    open_desk(other, desk)
    type_at_end(other, "Elsewhere.")
    is_saved(other)
    type_at_end(page, "Here.")
    expect(page.locator("#conflict")).to_be_visible(timeout=10_000)
    look("a conflict")
    visitor.context.close()
    assert problems == []
