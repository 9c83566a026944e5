// What shows a job: fields are patched in place, never replaced, so that focus, open details and players survive.

import { fetchHtml, sendForm, tellUnsent } from "./requests.js";
import { tick } from "./time.js";
import { announce, toast } from "./toast.js";

const ENDED = new Set(["completed", "failed", "cancelled"]);
const UNDO_SECONDS = 8;
const REMEMBERED = 500;
const AGAIN_MS = [0, 200, 1_000, 3_000];

// What the stream told last of each job, also of those that are not shown: a drawing that is on its way may be older.
const told = new Map();

export const isEnded = (state) => ENDED.has(state);

// Everything that shows this job: its row, and the slot of the panel that started it.
export const shown = (id) => document.querySelectorAll(`[data-job="${CSS.escape(id)}"]`);

const put = (element, text) => element.textContent === text || (element.textContent = text);

// As templates/jobs/_live.html draws it.
function progress(element, row) {
  const known = row.of > 0 && row.state !== "completed";
  const busy = row.state === "running" && !row.waiting_for;
  if (known || !busy) {
    element.max = known ? row.of : 1;
    element.value = known ? row.done : Number(row.state === "completed");
  } else {
    element.removeAttribute("max");
    element.removeAttribute("value");
  }
}

// Fields that are more than their text. Estimates are not part of the live picture: they end with the state they are of.
const SPECIAL = {
  done: progress,
  clock: (element, row) => Object.assign(element.dataset, { since: row.started_at ?? "", until: row.ended_at ?? "" }),
  retry_at(element, row) {
    element.dataset.in = row.retry_at ?? "";
    if (!row.retry_at) put(element, "");
  },
  place: (element, row) => row.state === "queued" || put(element, ""),
  starts_in: (element, row) => row.state === "queued" || put(element, ""),
  eta(element, row) {
    if (row.state === "running") return;
    element.dataset.left = "";
    put(element, "");
  },
};

// Bring one picture of a job to `row`. False if it knows better already; else whether the state has moved.
export function patch(root, row) {
  if (row.rev <= Number(root.dataset.rev)) return false;
  const moved = root.dataset.state !== row.state;
  Object.assign(root.dataset, { rev: row.rev, state: row.state, chip: row.chip, attempt: row.attempt });
  for (const element of root.querySelectorAll("[data-f]")) {
    const name = element.dataset.f;
    if (name in SPECIAL) SPECIAL[name](element, row);
    else if (name in row) put(element, String(row[name] ?? ""));
  }
  for (const element of root.querySelectorAll("[data-show]")) {
    if (element.dataset.show in row) element.hidden = !row[element.dataset.show];
    if ("showFrom" in element.dataset) element.dataset.showFrom = row.force_from ?? "";
  }
  tick(root);
  return moved ? "moved" : "changed";
}

function remember(id, row) {
  if (row.rev <= told.get(id)?.rev) return;
  told.delete(id);
  told.set(id, row);
  if (told.size > REMEMBERED) told.delete(told.keys().next().value);
}

const tellOf = (root, row, moved) => root.dispatchEvent(new CustomEvent("craft:job", { bubbles: true, detail: { row, moved } }));

export function applyJob({ id, row }) {
  const before = told.get(id);
  remember(id, row);
  // A drawing may have been ahead of the stream: that the job has moved is news all the same.
  const isNews = before?.rev < row.rev && before.state !== row.state;
  let announced = false;
  for (const root of shown(id)) {
    const change = patch(root, row);
    const moved = change === "moved" || isNews;
    if (!change && !moved) continue;
    if (moved && ENDED.has(row.state) && !announced) {
      announced = true;
      announce(`${root.dataset.title}: ${row.chip_label}`);
    }
    tellOf(root, row, moved);
  }
}

// Whether the server's drawing is of a state that one of its jobs has left.
function isOld(drawing) {
  return [...drawing.querySelectorAll("[data-job]")].some(({ dataset: { job, rev, state } }) =>
    [told.get(job), ...[...shown(job)].map(({ dataset }) => dataset)].some((known) => known && known.rev > Number(rev) && known.state !== state),
  );
}

// What the server draws at `url`, as a part of a page that has jobs in it. A drawing that is older than the stream is asked
// for again; should the server lag behind for long, less and less often.
export async function fetchDrawing(url, selector) {
  for (let tries = 0; ; tries += 1) {
    const fresh = (await fetchHtml(url)).querySelector(selector);
    if (!fresh || !isOld(fresh) || tries === AGAIN_MS.length) return fresh;
    await new Promise((on) => setTimeout(on, AGAIN_MS[tries]));
  }
}

// After the server's drawing of jobs has been put into the page: what the stream has told meanwhile is not told again.
export function catchUp(drawn) {
  const roots = drawn.matches("[data-job]") ? [drawn] : drawn.querySelectorAll("[data-job]");
  for (const root of roots) {
    const row = told.get(root.dataset.job);
    const change = row && patch(root, row);
    if (change) tellOf(root, row, change === "moved");
  }
}

// Why not, and the page that helps on: the job that is in the way.
function refused({ message, url, link }) {
  toast(message, { kind: "error", ...(url && link ? { action: link, onAction: () => location.assign(url) } : {}) });
}

// The acts are plain forms; here they are sent without leaving the page.
async function act(form) {
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await sendForm(form);
    if (!answer.ok) return refused(answer.error);
    const held = form.contains(document.activeElement) || document.activeElement === document.body;
    const root = form.closest("[data-job]");
    applyJob({ id: answer.row.id, row: answer.row });
    // The button that was pressed is gone now: the reader goes on from the job itself.
    if (held && form.hidden) (root.querySelector("form[data-act]:not([hidden]) button") ?? root).focus();
    // A job that was still waiting has lost nothing: queueing it again takes the cancel back.
    const retry = form.dataset.act === "cancel" && answer.row.can_retry && form.parentElement.querySelector('form[data-act="retry"]');
    toast(answer.message, retry ? { action: "Undo", onAction: () => act(retry), seconds: UNDO_SECONDS } : {});
  } catch (error) {
    tellUnsent(error);
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
}

export function listenForActs() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-act]");
    if (!form) return;
    event.preventDefault();
    act(form);
  });
}
