// Rows of jobs: fields are patched in place, never replaced, so that focus, open details and players survive.

import { announce, toast } from "./toast.js";
import { learnSkew, tick } from "./time.js";

const ENDED = new Set(["completed", "failed", "cancelled"]);
const asDate = { clock: (element, row) => Object.assign(element.dataset, { since: row.started_at ?? "", until: row.ended_at ?? "" }),
  retry_at: (element, row) => (element.dataset.in = row.retry_at ?? ""),
  eta: () => {} };

export async function fetchHtml(url) {
  const response = await fetch(url, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  learnSkew(response);
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content;
}

// Everything that shows this job: its row, and the slot of the panel that started it.
export const shown = (id) => document.querySelectorAll(`[data-job="${CSS.escape(id)}"]`);

export function patch(root, row) {
  if (row.rev <= Number(root.dataset.rev)) return false;
  // An attempt that has ended stays ended: a late "running" of the same attempt cannot revive it.
  if (ENDED.has(root.dataset.state) && !ENDED.has(row.state) && row.attempt < Number(root.dataset.attempt)) return false;
  const before = root.dataset.state;
  Object.assign(root.dataset, { rev: row.rev, state: row.state, chip: row.chip, attempt: row.attempt });
  for (const element of root.querySelectorAll("[data-f]")) {
    const name = element.dataset.f;
    if (name === "done") setProgress(element, row);
    else if (name in asDate) asDate[name](element, row);
    else if (name in row) {
      const text = String(row[name] ?? "");
      if (element.textContent !== text) element.textContent = text;
    } else if (name === "place" || name === "starts_in") element.textContent = row.state === "queued" ? element.textContent : "";
  }
  for (const element of root.querySelectorAll("[data-show]")) {
    if (element.dataset.show in row) element.hidden = !row[element.dataset.show];
    if ("showFrom" in element.dataset) element.dataset.showFrom = row.force_from ?? "";
  }
  tick(root);
  if (before !== row.state && ENDED.has(row.state)) {
    const title = root.querySelector(".job-title")?.textContent.trim() ?? "The job";
    announce(`${title}: ${row.chip_label}`);
  }
  return before !== row.state || "changed";
}

function setProgress(element, row) {
  if (row.of > 0) {
    element.max = row.of;
    element.value = row.done;
  } else {
    element.removeAttribute("max");
    element.removeAttribute("value");
  }
}

// The acts are plain forms; here they are sent without leaving the page.
export async function sendForm(form) {
  const response = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
  });
  const answer = await response.json().catch(() => null);
  if (!answer) throw new Error(`the studio answered ${response.status}`);
  return { ok: response.ok, ...answer };
}

async function act(form) {
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await sendForm(form);
    if (!answer.ok) return toast(answer.error.message, { kind: "error" });
    for (const root of shown(answer.row.id)) patch(root, answer.row);
    const undo = form.dataset.act === "cancel" && answer.row.state === "cancelled";
    const retry = undo && form.parentElement.querySelector('form[data-act="retry"]');
    toast(answer.message, retry ? { action: "Undo", onAction: () => act(retry) } : {});
  } catch (error) {
    toast(`That did not reach the studio (${error.message}). Try again.`, { kind: "error" });
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

export function applyJob(message) {
  for (const root of shown(message.id)) {
    const change = patch(root, message.row);
    if (change) root.dispatchEvent(new CustomEvent("craft:job", { bubbles: true, detail: { message, change } }));
  }
}
