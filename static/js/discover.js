// Discover: kept videos appear one by one, acts on them do not leave the page, and what a job has told of one video or
// channel is put in its place. Without this script every form still works, and a reload shows the same.

import { Arrivals } from "./arrivals.js";
import { onMessage } from "./live.js";
import { morph } from "./morph.js";
import { fetchHtml, send, sendForm, soon, tellUnsent } from "./requests.js";
import { tick } from "./time.js";
import { toast } from "./toast.js";

const UNDO_SECONDS = 10;
const page = document.querySelector("[data-discover]");
const list = document.querySelector("[data-found-list]");

// --- those that arrive ---
// The newest search stands first; within a search they stand as they were found.
const place = ({ dataset }) => [-Number(dataset.searched), Number(dataset.position)];

function follows(other, card) {
  const [[otherBegan, otherPosition], [began, position]] = [place(other), place(card)];
  return otherBegan > began || (otherBegan === began && otherPosition > position);
}

// What comes at the end of its own search disturbs nobody; what would push away what is being read waits.
const isWelcome = ({ dataset }) => arrivals.cards.some((one) => one.dataset.searched === dataset.searched);

const arrivals =
  page && list && new Arrivals(page, list, { noun: "video", many: "videos", slot: page.dataset.discover, told: "Kept", follows, isWelcome });

// --- acts on a video ---
async function bringBack(id, form) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  data.set("id", id);
  const answer = await send(page.dataset.restore, data);
  if (!answer.ok) return;
  toast(answer.message);
  arrivals.enqueue(() => arrivals.arrive(id, { isAwaited: true }));
}

function leave(card) {
  const next = card.nextElementSibling ?? card.previousElementSibling;
  card.remove();
  arrivals?.count(-1);
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
  onMessage(({ k }) => (k === "gap" || k === "poll") && showPart());
}
