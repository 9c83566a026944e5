// Discover: kept videos appear one by one, acts on them do not leave the page, and what a job has told of one video or
// channel is put in its place. Without this script every form still works, and a reload shows the same.

import { morph } from "./morph.js";
import { fetchHtml, send, sendForm, soon, tellUnsent } from "./requests.js";
import { tick } from "./time.js";
import { announce, toast } from "./toast.js";

const UNDO_SECONDS = 10;
const page = document.querySelector("[data-discover]");
const list = document.querySelector("[data-found-list]");

const cardOf = (id) => list.querySelector(`[data-video="${CSS.escape(id)}"]`);
const cards = () => [...list.querySelectorAll("[data-video]")];

// --- those that arrive ---
const place = ({ dataset }) => [-Number(dataset.searched), Number(dataset.position)];
const isAfter = (one, other) => {
  const [[began, position], [otherBegan, otherPosition]] = [place(one), place(other)];
  return began > otherBegan || (began === otherBegan && position > otherPosition);
};

const held = new Set();

function hold(id) {
  held.add(id);
  const region = page.querySelector("[data-held]");
  region.querySelector("button").textContent = held.size === 1 ? "Show 1 new video" : `Show ${held.size} new videos`;
  region.hidden = false;
}

// What comes at the end of its own search disturbs nobody; what would push away what is being read waits.
function mayInsert(card) {
  if (!("asFound" in page.dataset)) return false;
  const isRead = list.contains(document.activeElement) || list.getBoundingClientRect().top <= 0;
  return !list.children.length || !isRead || cards().some((one) => one.dataset.searched === card.dataset.searched);
}

function count(more) {
  const total = page.querySelector("[data-total]");
  total.textContent = Number(total.textContent) + more;
  page.querySelector("[data-plural]").textContent = total.textContent === "1" ? "" : "s";
  page.querySelector("[data-empty]")?.remove();
  page.querySelector("[data-bar]").hidden = false;
}

async function fetchCard(id) {
  const query = new URLSearchParams(location.search);
  query.set("fragment", "video");
  query.set("id", id);
  return (await fetchHtml(`${page.dataset.url}?${query}`)).querySelector("[data-video]");
}

async function arrive(id) {
  const card = await fetchCard(id);
  // The filter hides it, or it has been dismissed meanwhile.
  if (!card) return;
  const here = cardOf(id);
  if (!here && !mayInsert(card)) return hold(id);
  if (!here) {
    announce(`Kept: ${card.querySelector("h2").textContent}`);
    count(1);
  }
  here?.remove();
  const following = cards().find((one) => isAfter(one, card));
  if (following) following.before(card);
  else list.append(card);
  tick(card);
}

// One request at a time keeps the order in which they came.
let queue = Promise.resolve();

function enqueue(work) {
  queue = queue.then(work).catch((error) => console.error("a video could not be fetched", error));
}

// --- acts on a video ---
async function bringBack(id, form) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  data.set("id", id);
  const answer = await send(page.dataset.restore, data);
  if (!answer.ok) return;
  toast(answer.message);
  enqueue(() => arrive(id));
}

function leave(card) {
  const next = card.nextElementSibling ?? card.previousElementSibling;
  card.remove();
  if (page) count(-1);
  (next?.querySelector("h2 a") ?? document.querySelector("main")).focus();
}

async function act(form) {
  const { foundAct: what } = form.dataset;
  const card = form.closest("[data-video]");
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await sendForm(form);
    if (!answer.ok) return toast(answer.error?.message ?? "That was refused.", { kind: "error" });
    if (what === "dismiss" || what === "restore") leave(card);
    const undo = what === "dismiss" && page ? { action: "Undo", onAction: () => bringBack(card.dataset.video, form) } : {};
    const open = answer.url ? { action: answer.link, onAction: () => location.assign(answer.url) } : {};
    toast(answer.message, { seconds: UNDO_SECONDS, ...undo, ...open });
  } catch (problem) {
    tellUnsent(problem);
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
}

if (list) {
  list.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-found-act]")) return;
    event.preventDefault();
    act(event.target);
  });
}

if (page && list) {
  document.addEventListener("craft:panel", ({ detail }) => {
    if (detail.slot === page.dataset.discover && detail.data?.video) enqueue(() => arrive(detail.data.video));
  });
  // The order, and the page of the list, may be others by now: the whole list is asked for.
  page.querySelector("[data-held] button").addEventListener("click", () => location.assign(page.dataset.url));
}

// --- the part of a page that a job has told more of ---
const parted = document.querySelector("[data-part]");

const TOGETHER_MS = 300;
const showPart = soon(async () => {
  const fresh = (await fetchHtml(parted.dataset.partUrl)).querySelector("[data-part-body]");
  if (fresh) tick(morph(parted.querySelector("[data-part-body]"), fresh));
}, TOGETHER_MS);

if (parted) {
  document.addEventListener("craft:panel", ({ detail }) => {
    if (detail.slot === parted.dataset.part) showPart();
  });
}
