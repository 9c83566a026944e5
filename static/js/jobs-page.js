// The Jobs page: rows open in place, new jobs wait behind a pill, counts follow.

import { catchUp, isEnded, shown } from "./job-row.js";
import { logView, startLogs } from "./log-view.js";
import { morph } from "./morph.js";
import { fetchHtml } from "./requests.js";
import { tick } from "./time.js";
import { toast } from "./toast.js";

const COUNTS_EVERY_MS = 1_000;
const DETAIL_EVERY_MS = 300;

const unseen = new Set();
const asked = new WeakMap();
const due = new WeakMap();
const chosen = new WeakSet();

const detailOf = (row) => row.querySelector(".job-detail");
const isOpen = (row) => !detailOf(row).hidden;
const failed = (error) => toast(`The studio could not be asked: ${error.message}.`, { kind: "error" });

// Show the details of a row, with the tab that `query` names or the one that tells most now.
async function open(row, query = "") {
  const turn = {};
  asked.set(row, turn);
  const wasOver = isEnded(row.dataset.state);
  const content = await fetchHtml(`${row.dataset.url}?fragment=detail${query}`);
  if (asked.get(row) !== turn) return;
  const detail = detailOf(row);
  detail.replaceChildren(content);
  detail.hidden = false;
  row.querySelector(".job-toggle")?.setAttribute("aria-expanded", "true");
  startLogs(detail);
  tick(detail);
  // While the answer was on its way the job went on: what was told meanwhile was told to what stood here before.
  if (!wasOver) refreshSoon(row);
}

function close(row) {
  asked.delete(row);
  detailOf(row).hidden = true;
  row.querySelector(".job-toggle")?.setAttribute("aria-expanded", "false");
}

// The reader has picked a tab: it stays, whatever the job does.
export function choose(row, query) {
  chosen.add(row);
  return open(row, query).catch(failed);
}

export const toggle = (row) => (isOpen(row) ? close(row) : open(row).catch(failed));

const logsOf = (row) => [...row.querySelectorAll("[data-log]")].map(logView);

// Bring what an open row shows up to date without taking anything out of the reader's hands.
async function refreshDetail(row) {
  const panel = row.querySelector("[data-detail]");
  if (!panel || !isOpen(row)) return;
  if (panel.dataset.tab === "output") {
    const logs = logsOf(row);
    await Promise.all(logs.map((log) => log.catchUp()));
    const another = logs.some((log) => log.isAtLatest && Number(log.root.dataset.attempt) < Number(row.dataset.attempt));
    if (another) await open(row, "&tab=output");
    return;
  }
  const fresh = (await fetchHtml(`${row.dataset.url}?fragment=detail&tab=${panel.dataset.tab}`)).querySelector("[data-detail]");
  if (fresh) tick(morph(panel, fresh));
}

function refreshSoon(row) {
  if (due.has(row)) return;
  const timer = setTimeout(() => {
    due.delete(row);
    refreshDetail(row).catch(() => {});
  }, DETAIL_EVERY_MS);
  due.set(row, timer);
}

// A stage, an attempt or a file has come: only an open row shows them.
export function applyPart({ id }) {
  for (const row of shown(id)) if (row.matches("article.job-row") && isOpen(row)) refreshSoon(row);
}

// A job has ended: who only watched its output is shown what came of it. Who scrolled, chose a tab or marked text is left alone.
async function showEnd(row) {
  const panel = row.querySelector("[data-detail]");
  const logs = logsOf(row);
  await Promise.all(logs.map((log) => log.catchUp()));
  const watching = panel?.dataset.tab === "output" && !chosen.has(row) && logs.every((log) => log.isAtLatest);
  if (!watching || detailOf(row).contains(document.activeElement)) return refreshDetail(row);
  await open(row);
}

function onJob({ target: row, detail }) {
  if (!detail.moved || !row.matches("article.job-row") || !isOpen(row)) return;
  if (isEnded(detail.row.state)) showEnd(row).catch(() => {});
  else refreshSoon(row);
}

function showPill() {
  const pill = document.querySelector("[data-new-rows]");
  if (!pill) return;
  pill.hidden = !unseen.size;
  pill.textContent = unseen.size === 1 ? "1 new job" : `${unseen.size} new jobs`;
}

// The page as the server would draw it now. Rows that are here stay where they are; of the others only those in `wanted` are added.
async function refreshRows(wanted = new Set()) {
  const content = await fetchHtml(location.href);
  const list = document.querySelector("[data-job-list]");
  let place = list.firstElementChild;
  for (const fresh of content.querySelectorAll("article.job-row")) {
    const here = document.getElementById(fresh.id);
    if (here) {
      tick(morph(here, fresh));
      catchUp(here);
      place = here.nextElementSibling;
      if (isOpen(here)) refreshSoon(here);
    } else if (wanted.has(fresh.dataset.job)) {
      list.insertBefore(fresh, place);
      tick(fresh);
      catchUp(fresh);
    } else if (wanted.size === 0 && !location.search) {
      unseen.add(fresh.dataset.job);
    }
  }
  if (list.querySelector("article")) document.querySelector("[data-empty]")?.remove();
}

export async function insertNew() {
  if (!unseen.size) return;
  const first = [...unseen];
  unseen.clear();
  showPill();
  await refreshRows(new Set(first)).catch(failed);
  document.getElementById(`job-${first.at(-1)}`)?.focus({ preventScroll: true });
}

let countsDue;
let countsAsked = 0;
let countsShown = 0;

function refreshCounts() {
  const url = document.body.dataset.counts;
  if (!url || countsDue) return;
  countsDue = setTimeout(async () => {
    countsDue = undefined;
    const number = (countsAsked += 1);
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const { counts } = await answer.json();
    // An answer that a later one has overtaken tells what was.
    if (number < countsShown) return;
    countsShown = number;
    for (const element of document.querySelectorAll("[data-count]")) element.textContent = counts[element.dataset.count] ?? "";
    for (const element of document.querySelectorAll("[data-count-running]")) element.textContent = counts.running;
    for (const element of document.querySelectorAll("[data-running]")) element.hidden = counts.running === "0";
  }, COUNTS_EVERY_MS);
}

export function applyList({ id, what }) {
  refreshCounts();
  // A filtered or older page stays what it is; the newest page tells of what is new.
  if (what !== "new" || !document.querySelector("[data-jobs-page]") || location.search || shown(id).length) return;
  unseen.add(id);
  showPill();
}

export function applyGap() {
  refreshCounts();
  if (document.querySelector("[data-job-list]")) refreshRows().then(showPill, () => {});
}

// Without a stream the open logs ask by themselves.
export function applyPoll() {
  refreshCounts();
  for (const root of document.querySelectorAll("[data-log]")) if (!isEnded(root.closest("[data-job]")?.dataset.state)) logView(root).catchUp();
}

function onClick(event) {
  if (event.target.closest("[data-new-rows]")) return insertNew();
  const row = event.target.closest("article.job-row");
  if (!row) return;
  if (event.target.closest(".job-toggle")) return toggle(row);
  const tab = event.target.closest("[data-tab-link]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const name = tab.dataset.tabLink;
  const attempt = tab.dataset.tabAttempt ? `&attempt=${tab.dataset.tabAttempt}` : "";
  choose(row, `&tab=${name}${attempt}`).then(() => {
    if (location.pathname === new URL(tab.href).pathname) history.replaceState(null, "", tab.href);
    row.querySelector(`.tabs [data-tab-link="${name}"]`)?.focus();
  });
}

export function startJobs() {
  startLogs();
  // On a small screen the chosen state may lie beyond the edge.
  document.querySelector(".jobs-filter .tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  refreshCounts();
  document.addEventListener("craft:job", onJob);
  document.addEventListener("click", onClick);
  document.addEventListener("change", ({ target }) => {
    const row = target.matches("[data-attempt-choice]") && target.closest("article.job-row");
    if (row) choose(row, `&tab=output&attempt=${target.value}`);
  });
}
