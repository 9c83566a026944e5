// Single keys for the Jobs page. They act only in the list and outside of fields, and can be switched off in their sheet.

import { choose, insertNew, toggle } from "./jobs-page.js";

const OFF = "craft-keys-off";
const TABS = ["result", "output", "stages", "attempts", "input"];

const here = () => document.activeElement?.closest("article.job-row");

function move(step) {
  const all = [...document.querySelectorAll("article.job-row")];
  const at = all.indexOf(here());
  all.at(Math.min(Math.max(at + step, 0), all.length - 1))?.focus();
}

const find = (selector) => here()?.querySelector(selector);

const KEYS = [
  ["j", "Next job", () => move(1)],
  ["k", "Previous job", () => move(-1)],
  ["Enter", "Open or close the job", () => here()?.matches(":focus") && toggle(here())],
  ["1–5", "Result, Output, Stages, Attempts, Input of the job"],
  ["f", "Follow the output", () => find("[data-log-follow]")?.click()],
  ["c", "To the job’s Cancel button", () => find('form[data-act="cancel"]:not([hidden]) button')?.focus()],
  ["r", "Run the job again", () => find('a[data-act="rerun"]:not([hidden])')?.click()],
  [".", "Show new jobs", () => insertNew()],
  ["/", "To the filter", () => document.getElementById("filter-text")?.focus()],
  ["?", "This sheet", () => sheet().showModal()],
];

let dialog;

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function sheet() {
  if (dialog) return dialog;
  const title = Object.assign(element("h2", "Keys"), { id: "keys-title" });
  const list = element("dl");
  for (const [key, words] of KEYS) list.append(element("dt", "", element("kbd", key)), element("dd", words));
  const off = Object.assign(element("input"), { type: "checkbox", checked: !localStorage.getItem(OFF) });
  off.addEventListener("change", () => (off.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  const close = Object.assign(element("button", "Close"), { className: "button", type: "submit" });
  const form = Object.assign(element("form", "", Object.assign(element("label", "", off, " Single keys act"), { className: "row" }), close), { method: "dialog" });
  dialog = Object.assign(element("dialog", "", title, list, form), { className: "keys" });
  dialog.setAttribute("aria-labelledby", "keys-title");
  document.body.append(dialog);
  return dialog;
}

// Whether keys are text or a control's own. What has just closed may hold the focus until the next frame.
function isTaken(target) {
  if (target.closest("dialog:not([open])")) return false;
  return target.closest("input, textarea, select, dialog, [popover], [contenteditable]");
}

function onKey(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(target)) return;
  if (key !== "?" && localStorage.getItem(OFF)) return;
  const tab = TABS[Number(key) - 1];
  const row = here();
  if (tab && row) {
    event.preventDefault();
    // What was focused may have been in the tab that is gone.
    choose(row, `&tab=${tab}`).then(() => row.contains(document.activeElement) || row.focus());
    return;
  }
  const found = KEYS.find(([name]) => name === key);
  if (!found?.[2] || (key === "Enter" && !target.matches("article.job-row"))) return;
  event.preventDefault();
  found[2]();
}

export function startKeys() {
  if (!document.querySelector("[data-jobs-page]")) return;
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => event.target.closest("[data-keys-sheet]") && sheet().showModal());
}
