// The Jobs page: rows open in place, new jobs wait behind a pill, counts follow.

import { fetchHtml, shown } from "./job-row.js";
import { startLogs, logView } from "./log-view.js";
import { tick } from "./time.js";

const COUNTS_EVERY = 2000;

const list = () => document.querySelector("[data-job-list]");
const unseen = new Set();

async function open(row, query = "") {
  const detail = row.querySelector(".job-detail");
  detail.replaceChildren(await fetchHtml(`${row.dataset.url}?fragment=detail${query}`));
  detail.hidden = false;
  row.classList.add("is-open");
  row.querySelector(".job-toggle")?.setAttribute("aria-expanded", "true");
  startLogs(detail);
  tick(detail);
}

function close(row) {
  row.querySelector(".job-detail").hidden = true;
  row.classList.remove("is-open");
  row.querySelector(".job-toggle")?.setAttribute("aria-expanded", "false");
}

export function toggle(row) {
  return row.classList.contains("is-open") ? close(row) : open(row);
}

function prepare(root) {
  root.querySelectorAll(".job-toggle").forEach((button) => (button.hidden = false));
  startLogs(root);
  tick(root);
}

async function insert(id) {
  const place = list();
  if (!place || shown(id).length) return;
  const content = await fetchHtml(`${place.closest("[data-jobs-page]").dataset.list}${id}/?fragment=row`);
  if (shown(id).length) return;
  prepare(content);
  place.prepend(content);
  document.querySelector("[data-empty]")?.remove();
}

function showPill() {
  const pill = document.querySelector("[data-new-rows]");
  if (!pill) return;
  pill.hidden = !unseen.size;
  pill.textContent = unseen.size === 1 ? "1 new job" : `${unseen.size} new jobs`;
}

export async function insertNew() {
  for (const id of [...unseen]) await insert(id);
  unseen.clear();
  showPill();
}

let countsDue = 0;

function refreshCounts() {
  if (!document.body.dataset.counts || countsDue) return;
  countsDue = setTimeout(async () => {
    countsDue = 0;
    const answer = await fetch(document.body.dataset.counts, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { counts } = await answer.json();
    document.querySelectorAll("[data-count]").forEach((element) => (element.textContent = counts[element.dataset.count] ?? ""));
    document.querySelectorAll("[data-count-running]").forEach((element) => {
      element.textContent = counts.running;
      element.hidden = counts.running === "0" && element.matches(".menu-count");
    });
    document.querySelectorAll("[data-running]").forEach((element) => (element.hidden = counts.running === "0"));
  }, COUNTS_EVERY / 4);
}

export function applyList(message) {
  refreshCounts();
  const page = document.querySelector("[data-jobs-page]");
  if (message.what !== "new" || !page || new URLSearchParams(location.search).size) return;
  if (!shown(message.id).length) {
    unseen.add(message.id);
    showPill();
  }
}

async function refresh(row) {
  const fresh = (await fetchHtml(`${row.dataset.url}?fragment=row`)).querySelector("[data-job]");
  if (!fresh || row.contains(document.activeElement) || row.classList.contains("is-open")) {
    row.querySelectorAll("[data-log]").forEach((root) => logView(root).catchUp());
    return;
  }
  prepare(fresh);
  row.replaceWith(fresh);
}

export function applyGap() {
  refreshCounts();
  document.querySelectorAll("article.job-row").forEach((row) => refresh(row).catch(() => {}));
}

// A job that ends, or begins another attempt, changes what its open detail shows.
function onJob({ target, detail: { message, change } }) {
  if (!target.matches("article.job-row.is-open") || change === "changed") return;
  const panel = target.querySelector("[data-detail]");
  const tab = panel?.dataset.tab ?? "";
  const playing = [...target.querySelectorAll("audio, video")].some((media) => !media.paused);
  if (playing) return;
  const ended = ["completed", "failed", "cancelled"].includes(message.row.state);
  const wanted = ended && tab === "output" ? (message.row.state === "completed" ? "result" : "attempts") : tab;
  const logs = [...target.querySelectorAll("[data-log]")].map((root) => logView(root).catchUp());
  Promise.all(logs).then(() => open(target, `&tab=${wanted}`));
}

export function startJobs() {
  prepare(document);
  refreshCounts();
  document.addEventListener("craft:job", onJob);
  document.addEventListener("click", (event) => {
    const row = event.target.closest("article.job-row");
    if (event.target.closest("[data-new-rows]")) return insertNew();
    if (row && event.target.closest(".job-toggle")) return toggle(row);
    const tab = event.target.closest("[data-tab-link]");
    if (row && tab && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      return open(row, `&tab=${tab.dataset.tabLink}`).then(() => {
        if (location.pathname === new URL(tab.href).pathname) history.replaceState(null, "", tab.href);
        row.querySelector(`[data-tab-link="${tab.dataset.tabLink}"]`)?.focus();
      });
    }
  });
  document.addEventListener("change", (event) => {
    const choice = event.target.closest("[data-attempt-choice]");
    const row = choice?.closest("article.job-row");
    if (row) open(row, `&tab=output&attempt=${choice.value}`);
  });
}
