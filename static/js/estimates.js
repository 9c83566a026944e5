// Places in line and estimates: asked for again when a job of the channel comes, starts or ends, never counted here.

import { fetchHtml, soon } from "./requests.js";
import { refreshSlots } from "./slot.js";
import { tick } from "./time.js";

const EVERY_MS = 2_000;

function take(fresh, here) {
  // A picture that is older than what is shown tells of another state.
  if (fresh.dataset.state !== here.dataset.state) return;
  for (const name of ["place", "starts_in", "eta"]) {
    const [from, to] = [fresh, here].map((row) => row.querySelector(`[data-f="${name}"]`));
    if (!from || !to) continue;
    if (name === "eta") to.dataset.left = from.dataset.left;
    else if (to.textContent !== from.textContent) to.textContent = from.textContent;
  }
  tick(here);
}

async function refresh() {
  if (document.querySelector('[data-slot] [data-state="queued"]')) refreshSlots();
  const row = document.querySelector("article.job-row");
  if (!row) return;
  const listed = document.querySelector("[data-job-list]");
  const url = new URL(listed ? location.href : row.dataset.url, location.href);
  url.searchParams.set("fragment", listed ? "rows" : "row");
  for (const fresh of (await fetchHtml(url)).querySelectorAll("article.job-row")) {
    const here = document.getElementById(fresh.id);
    if (here) take(fresh, here);
  }
}

const refreshSoon = soon(refresh, EVERY_MS);

// Another job of the channel has come or moved: those that wait may stand elsewhere in line now.
export function noticeQueue() {
  if (document.querySelector('[data-job][data-state="queued"]')) refreshSoon();
}

export function startEstimates() {
  document.addEventListener("craft:job", ({ detail }) => {
    if (detail.moved && ["queued", "running"].includes(detail.row.state)) refreshSoon();
  });
}
