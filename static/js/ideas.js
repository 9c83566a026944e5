// The page of ideas: new ones appear one by one without moving what is being read, several are chosen at once, and an
// idea is changed in its place. Without this script every form still works, and a reload shows the same.

import { onMessage } from "./live.js";
import { morph } from "./morph.js";
import { fetchHtml, soon, tellUnsent } from "./requests.js";
import { tick } from "./time.js";
import { announce, toast } from "./toast.js";

const TOGETHER_MS = 200;

const page = document.querySelector("[data-ideas]");
const list = page?.querySelector("[data-idea-list]");

const cardOf = (id) => list.querySelector(`[data-idea="${CSS.escape(id)}"]`);
const places = () => [...list.querySelectorAll("[data-place]")];

// --- those that arrive ---
// A reader who is in the list, or has scrolled into it, is not disturbed: what comes waits behind a button.
function mayInsert() {
  const isRead = list.contains(document.activeElement) || list.getBoundingClientRect().top <= 0;
  return "newestFirst" in page.dataset && (!list.children.length || !isRead);
}

const held = new Map();

function hold(id, card) {
  held.set(id, card);
  const place = page.querySelector("[data-held]");
  place.querySelector("button").textContent = held.size === 1 ? "Show 1 new idea" : `Show ${held.size} new ideas`;
  place.hidden = false;
}

function showHeld() {
  if (!("newestFirst" in page.dataset)) return location.assign(page.dataset.url);
  const fresh = [...held.values()];
  held.clear();
  page.querySelector("[data-held]").hidden = true;
  for (const card of fresh) list.prepend(card);
  count(fresh.length);
  list.querySelector("[data-idea] a")?.focus();
}

function count(more) {
  const total = page.querySelector("[data-total]");
  total.textContent = Number(total.textContent) + more;
  page.querySelector("[data-empty]")?.remove();
  page.querySelector("[data-bar]").hidden = false;
}

async function fetchCard(id) {
  const query = new URLSearchParams(location.search);
  query.set("fragment", "idea");
  query.set("id", id);
  return (await fetchHtml(`${page.dataset.url}?${query}`)).querySelector("[data-idea]");
}

async function arrive(id) {
  const card = await fetchCard(id);
  // The filter hides it, or it has been deleted meanwhile.
  if (card) show(card);
}

function show(card) {
  const { idea: id } = card.dataset;
  const here = cardOf(id);
  if (here) return tick(morph(here, card));
  announce(`New idea: ${card.querySelector("h2").textContent}`);
  // The newest stands first, so the places are filled from the last one up.
  const place = places().at(-1);
  if (!place && !mayInsert()) return hold(id, card);
  if (place) place.replaceWith(card);
  else list.prepend(card);
  count(1);
}

// The stream has missed something, or there is none: what stands before all that is here has come meanwhile.
async function arriveMissed() {
  if (!("newestFirst" in page.dataset)) return;
  const drawn = [...(await fetchHtml(location.href)).querySelectorAll("[data-idea]")];
  const known = drawn.findIndex(({ dataset }) => cardOf(dataset.idea));
  const missed = known < 0 ? drawn : drawn.slice(0, known);
  for (const card of missed.reverse()) if (!held.has(card.dataset.idea)) show(card);
}

// One request at a time keeps the order in which they came.
let queue = Promise.resolve();

function enqueue(work) {
  queue = queue.then(work).catch((error) => console.error("an idea could not be fetched", error));
}

const reservedFor = new Set();

// Places are kept as soon as a job says how many it will have.
function reserve({ id, state, done, of }) {
  if (state !== "running") {
    if (state !== "queued") for (const place of places()) place.remove();
    return;
  }
  if (!of || reservedFor.has(id) || !mayInsert()) return;
  reservedFor.add(id);
  for (let left = of - (done ?? 0); left > 0; left -= 1) {
    const place = document.createElement("li");
    place.className = "idea idea-place";
    place.dataset.place = "";
    place.textContent = "An idea is on its way";
    list.prepend(place);
  }
}

// A job that runs already when the page is opened.
function reserveForDrawn() {
  const job = document.querySelector('[data-slot^="idea:"] [data-job]');
  const { value: done, max: of } = job?.querySelector("progress[max]") ?? {};
  if (of) reserve({ id: job.dataset.job, state: job.dataset.state, done, of });
}

// --- several at once ---
const boxes = () => [...list.querySelectorAll("[data-select]")];

function showSelected() {
  const chosen = boxes().filter((box) => box.checked).length;
  page.querySelector("[data-selected]").textContent = chosen ? ` (${chosen})` : "";
  page.querySelector("[data-bulk] button").disabled = !chosen;
  const all = page.querySelector("[data-select-all] input");
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
}

// --- an idea changed in its place ---
async function save(form) {
  const card = form.closest("[data-idea]");
  const data = new FormData(form);
  data.set("fragment", "idea");
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const fresh = (await fetchHtml(form.action, { method: "POST", body: data })).querySelector("[data-idea]");
    if (!fresh) throw new Error("it answered something else");
    document.activeElement?.blur();
    tick(morph(card, fresh));
    const edit = card.querySelector(".idea-edit");
    const refused = edit.querySelector("[aria-invalid=true]");
    if (refused) return refused.focus();
    edit.open = false;
    edit.querySelector("summary").focus();
    toast("The idea is saved.");
  } catch (problem) {
    tellUnsent(problem);
  } finally {
    button.disabled = false;
  }
}

if (page && list) {
  document.addEventListener("craft:panel", ({ detail }) => {
    if (detail.slot === page.dataset.ideas && detail.data?.idea) enqueue(() => arrive(detail.data.idea));
  });
  document.addEventListener("craft:job", ({ target, detail }) => {
    if (target.closest('[data-slot^="idea:"]')) enqueue(() => reserve(detail.row));
  });
  const askForMissed = soon(() => enqueue(arriveMissed), TOGETHER_MS);
  onMessage(({ k }) => (k === "gap" || k === "poll") && askForMissed());
  reserveForDrawn();
  page.querySelector("[data-held] button").addEventListener("click", showHeld);
  const all = page.querySelector("[data-select-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("change", (event) => {
      for (const box of boxes()) box.checked = event.target.checked;
      showSelected();
    });
    list.addEventListener("change", (event) => event.target.matches("[data-select]") && showSelected());
    showSelected();
  }
  list.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-idea-form]")) return;
    event.preventDefault();
    save(event.target);
  });
}
