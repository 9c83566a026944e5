// The region of a page that starts jobs of one kind and shows the newest one live.

import { catchUp, fetchDrawing } from "./job-row.js";
import { morph } from "./morph.js";
import { placeForms, sendForm, soon, tellUnsent } from "./requests.js";
import { tick } from "./time.js";

const TOGETHER_MS = 200;

// The number of the question whose answer each region shows.
const drawn = new WeakMap();
let asked = 0;

async function refresh(slot, pressed = false) {
  const number = (asked += 1);
  const fresh = await fetchDrawing(slot.dataset.slotUrl, "[data-slot]");
  if (!fresh) return;
  // A button that was switched off has let go of the focus.
  const held = slot.contains(document.activeElement) || (pressed && document.activeElement === document.body);
  // An answer that a later one has overtaken tells what was.
  if (number > (drawn.get(slot) ?? 0)) {
    drawn.set(slot, number);
    placeForms(fresh);
    settle(morph(slot, fresh));
  }
  // Who started a job goes on from it, not from its Cancel: that would go with the job, and a second Enter would press it.
  if (held && pressed) slot.querySelector("[data-job]")?.focus({ preventScroll: true });
  else if (held && !slot.contains(document.activeElement)) slot.querySelector("form:not([hidden]) button")?.focus();
}

// The page that helps on: the notes where they are too few, the job that is in the way.
function helpOn({ url, link }) {
  const made = document.createElement("a");
  made.href = url;
  made.textContent = link;
  return made;
}

async function submit(form) {
  const slot = form.closest("[data-slot]");
  const error = form.querySelector("[data-slot-error]");
  const button = form.querySelector("button[type=submit]");
  const pressed = form.contains(document.activeElement);
  button.disabled = true;
  error.hidden = true;
  try {
    const answer = await sendForm(form);
    if (answer.ok) return await refresh(slot, pressed);
    const fields = Object.values(answer.error.fields ?? {}).flat();
    error.textContent = fields.length ? fields.join(" ") : answer.error.message;
    if (answer.error.url && answer.error.link) error.append(" ", helpOn(answer.error));
    error.hidden = false;
  } catch (problem) {
    tellUnsent(problem);
  } finally {
    button.disabled = false;
  }
}

export const refreshSlots = soon(() => {
  for (const slot of document.querySelectorAll("[data-slot]")) refresh(slot).catch(() => {});
}, TOGETHER_MS);

export function startSlots() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-slot-form]");
    if (!form) return;
    event.preventDefault();
    submit(form);
  });
  document.addEventListener("craft:job", ({ target, detail }) => {
    const slot = target.closest("[data-slot]");
    if (slot && detail.moved) refresh(slot).catch(() => {});
  });
}

// --- text that a job streams into the page ---
// Offsets count characters as Python does; JavaScript's strings count an emoji twice.
const characters = (text) => Array.from(text);

// How many characters stand in a place. Each is counted once: to count all with every token would be felt in a long text.
const counted = new WeakMap();

function countOf(place) {
  if (!counted.has(place)) counted.set(place, characters(place.textContent).length);
  return counted.get(place);
}

async function fetchText(place, job, attempt, from) {
  const url = `/api/v1/jobs/${job}/output/?slot=${encodeURIComponent(place.dataset.stream)}&attempt=${attempt}&from=${from}`;
  const answer = await fetch(url);
  if (!answer.ok) return;
  const { lines } = await answer.json();
  // Meanwhile another attempt, or another job, may have begun to write here.
  if (place.dataset.streamJob !== job || Number(place.dataset.streamAttempt) !== attempt) return;
  for (const { n, text } of lines) addText(place, n, text);
}

// After the server's drawing of a region has been put into the page: what came while it was on its way is added.
export function settle(root) {
  tick(root);
  catchUp(root);
  for (const place of root.querySelectorAll("[data-stream]")) {
    const { streamJob, streamAttempt } = place.dataset;
    fetchText(place, streamJob, Number(streamAttempt), countOf(place)).catch(() => {});
  }
}

function addText(place, from, text) {
  const known = countOf(place);
  if (from > known) return false;
  const fresh = characters(text).slice(known - from);
  if (fresh.length) place.append(fresh.join(""));
  counted.set(place, known + fresh.length);
  return true;
}

function applyText({ id, attempt, slot, from, text }) {
  for (const place of document.querySelectorAll(`[data-stream="${CSS.escape(slot)}"]`)) {
    const before = Number(place.dataset.streamAttempt ?? attempt);
    if (attempt < before && place.dataset.streamJob === id) continue;
    if (place.dataset.streamJob !== id || attempt > before) {
      place.textContent = "";
      counted.set(place, 0);
    }
    Object.assign(place.dataset, { streamJob: id, streamAttempt: attempt });
    if (!addText(place, from, text)) fetchText(place, id, attempt, countOf(place)).catch(() => {});
  }
}

// Figures of a job at work: their names are the page's once it has drawn them; until then the region is fetched.
function applyFigures(id, figures) {
  for (const root of document.querySelectorAll(`.slot-job[data-job="${CSS.escape(id)}"]`)) {
    if (!root.querySelector("[data-figures]")) refresh(root.closest("[data-slot]")).catch(() => {});
    for (const place of root.querySelectorAll("[data-figure]")) {
      const told = figures[place.dataset.figure];
      if (told !== undefined && place.textContent !== told) place.textContent = told;
    }
  }
}

export function applyPanel(message) {
  if ("text" in message) applyText(message);
  else if (message.data?.figures) applyFigures(message.id, message.data.figures);
  else document.dispatchEvent(new CustomEvent("craft:panel", { detail: { slot: message.slot, data: message.data } }));
}

// A job of one of these regions may have been queued in another tab, or by another person.
export function noticeNew({ what }) {
  if (what === "new") refreshSlots();
}
