// The tabs beside the script: fetched without leaving the page, so that the text, its caret and its undo stay.

import { fetchDrawing } from "./job-row.js";
import { onMessage } from "./live.js";
import { morph } from "./morph.js";
import { placeForms, soon } from "./requests.js";
import { settle } from "./slot.js";
import { toast } from "./toast.js";

const TOGETHER_MS = 150;
const PANELS = { script: "revise", facts: "facts", style: "humanize" };

const tabNow = () => document.getElementById("desk-tab");
const address = (query) => {
  const asked = new URLSearchParams(query);
  asked.set("fragment", "tab");
  return `${location.pathname}?${asked}`;
};

async function fetchTab(query) {
  const fresh = await fetchDrawing(address(query), "#desk-tab");
  if (!fresh) throw new Error("there is no such tab");
  placeForms(fresh);
  return fresh;
}

// onDrawn() follows every drawing of a tab.
export function startTabs(desk, onDrawn) {
  const { desk: script } = desk.dataset;
  const links = desk.querySelector("[data-desk-tabs]");
  // The tab that was asked for last; within it, the drawing that was asked for last, and the one that is shown.
  let asked = 0;
  let turn = 0;
  let shown = 0;

  function show(name, label) {
    for (const link of links.querySelectorAll("[data-tab-link]")) {
      if (link.dataset.tabLink === name) {
        link.setAttribute("aria-current", "page");
        link.removeAttribute("data-news");
        link.textContent = label;
      } else link.removeAttribute("aria-current");
    }
  }

  async function open(query, { push = true, focus = false } = {}) {
    const number = ++asked;
    if (push) history.pushState(null, "", query);
    let fresh;
    try {
      fresh = await fetchTab(location.search);
    } catch (error) {
      return toast(`The tab could not be opened: ${error.message}. Try again.`, { kind: "error" });
    }
    if (number !== asked) return;
    tabNow().replaceWith(fresh);
    fresh.scrollIntoView({ block: "nearest" });
    show(fresh.dataset.tab, fresh.dataset.tabLabel);
    settle(fresh);
    if (focus) fresh.focus({ preventScroll: true });
    onDrawn();
  }

  async function refresh() {
    const number = asked;
    const mine = (turn += 1);
    const fresh = await fetchTab(location.search);
    if (number !== asked || fresh.dataset.tab !== tabNow().dataset.tab) return;
    // An answer that a later one has overtaken tells what was.
    if (mine < shown) return;
    shown = mine;
    const old = tabNow();
    const held = old.contains(document.activeElement);
    show(fresh.dataset.tab, fresh.dataset.tabLabel);
    settle(morph(old, fresh));
    if (held && !old.contains(document.activeElement)) old.focus({ preventScroll: true });
    onDrawn();
  }

  const refreshSoon = soon(refresh, TOGETHER_MS);

  desk.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="?tab="]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(link.getAttribute("href"), { focus: !links.contains(link) });
  });
  addEventListener("popstate", () => open(location.search, { push: false }));

  document.addEventListener("craft:panel", ({ detail }) => {
    const [kind, id] = detail.slot.split(":");
    if (id !== script || !(kind in PANELS)) return;
    if (tabNow().dataset.tab === PANELS[kind]) return refreshSoon();
    const link = links.querySelector(`[data-tab-link="${PANELS[kind]}"]`);
    if (link) link.dataset.news = "";
  });
  document.addEventListener("craft:job", ({ target, detail }) => {
    if (detail.moved && tabNow().contains(target)) refreshSoon();
  });
  onMessage(({ k }) => k === "gap" && refreshSoon());
  return { refreshSoon };
}

// A stream is read at its end, unless its reader has scrolled away.
export function followStreams(desk) {
  let atEnd = true;
  desk.addEventListener("scroll", ({ target }) => {
    if (target.matches?.("[data-stream]")) atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 40;
  }, true);
  new MutationObserver((changes) => {
    const place = changes.map(({ target }) => (target.closest ? target : target.parentElement)?.closest("[data-stream]")).find(Boolean);
    if (place && atEnd) place.scrollTop = place.scrollHeight;
  }).observe(desk, { childList: true, characterData: true, subtree: true });
}
