// The page of proposals: new ones appear one by one, each where its score puts it, without moving what is being read.
// Without this script every form still works, and a reload shows the same.

import { morph } from "./morph.js";
import { fetchHtml } from "./requests.js";
import { tick } from "./time.js";
import { announce } from "./toast.js";

const page = document.querySelector("[data-proposals]");
const list = page?.querySelector("[data-proposal-list]");
const held = new Map();

const cardOf = (id) => list.querySelector(`[data-proposal="${CSS.escape(id)}"]`);
const isByScore = () => "byScore" in page.dataset;

// A reader who is in the list, or has scrolled into it, is not disturbed: what comes waits behind a button.
function mayInsert() {
  const isRead = list.contains(document.activeElement) || list.getBoundingClientRect().top <= 0;
  return isByScore() && (!list.children.length || !isRead);
}

function place(card) {
  const score = Number(card.dataset.score);
  const after = [...list.children].find((other) => Number(other.dataset.score) <= score);
  list.insertBefore(card, after ?? null);
}

function count(more) {
  const total = page.querySelector("[data-total]");
  total.textContent = Number(total.textContent) + more;
  page.querySelector("[data-empty]")?.remove();
  page.querySelector("[data-bar]").hidden = false;
}

function hold(id, card) {
  held.set(id, card);
  const bar = page.querySelector("[data-held]");
  bar.querySelector("button").textContent = held.size === 1 ? "Show 1 new proposal" : `Show ${held.size} new proposals`;
  bar.hidden = false;
}

function showHeld() {
  if (!isByScore()) return location.assign(page.dataset.url);
  const fresh = [...held.values()];
  held.clear();
  page.querySelector("[data-held]").hidden = true;
  fresh.forEach(place);
  count(fresh.length);
  fresh[0]?.scrollIntoView({ block: "nearest" });
}

async function arrive(id) {
  const query = new URLSearchParams(location.search);
  query.set("fragment", "proposal");
  query.set("id", id);
  const card = (await fetchHtml(`${page.dataset.url}?${query}`)).querySelector("[data-proposal]");
  // The filter hides it, or it has been answered or deleted meanwhile.
  if (!card) return;
  const here = cardOf(id);
  if (here) return tick(morph(here, card));
  announce(`New proposal: ${card.querySelector("h2").textContent}`);
  if (!mayInsert()) return hold(id, card);
  place(card);
  count(1);
}

// One request at a time keeps the order in which they came.
let queue = Promise.resolve();

if (page && list) {
  document.addEventListener("craft:panel", ({ detail }) => {
    if (detail.slot !== page.dataset.proposals || !detail.data?.proposal) return;
    queue = queue
      .then(() => arrive(detail.data.proposal))
      .catch((error) => console.error("a proposal could not be fetched", error));
  });
  page.querySelector("[data-held] button").addEventListener("click", showHeld);
}
