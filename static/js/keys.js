// Single keys for the Jobs page; they act only outside of fields and can be done without.

import { insertNew, toggle } from "./jobs-page.js";

const rows = () => [...document.querySelectorAll("article.job-row")];

function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
}

const here = () => document.activeElement?.closest("article.job-row");

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  ".": insertNew,
  "/": () => document.getElementById("filter-text")?.focus(),
  Enter: () => document.activeElement.matches("article.job-row") && toggle(document.activeElement),
  c: () => here()?.querySelector('form[data-act="cancel"]:not([hidden]) button')?.focus(),
  r: () => here()?.querySelector('a[data-act="rerun"]:not([hidden])')?.click(),
};

export function startKeys() {
  if (!document.querySelector("[data-jobs-page]")) return;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in ACTS)) return;
    if (event.key === "Enter" && !event.target.matches("article.job-row")) return;
    event.preventDefault();
    ACTS[event.key]();
  });
}
