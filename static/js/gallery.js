// The gallery: places are kept for pictures that a job makes, and each picture takes its own the moment it is ready.
// Without this script every form and link works, and a reload shows the same.

import { morph } from "./morph.js";
import { fetchHtml } from "./requests.js";
import { tick } from "./time.js";
import { announce } from "./toast.js";

const page = document.querySelector("[data-gallery]");
const list = page?.querySelector("[data-pictures]");
const places = () => [...list.querySelectorAll("[data-place]")];
const cardOf = (id) => list.querySelector(`[data-picture="${CSS.escape(id)}"]`);

// One request at a time keeps the order in which they came.
let queue = Promise.resolve();

function enqueue(work) {
  queue = queue.then(work).catch((error) => console.error("a picture could not be fetched", error));
}

async function arrive(id) {
  const query = new URLSearchParams({ fragment: "picture", id });
  const card = (await fetchHtml(`${page.dataset.url}?${query}`)).querySelector("[data-picture]");
  const here = cardOf(id);
  // It has been deleted meanwhile.
  if (!card) return here?.remove();
  if (here) return morph(here, card);
  announce(`New picture: ${card.querySelector("h2").textContent}`);
  const total = page.querySelector("[data-total]");
  total.textContent = Number(total.textContent) + 1;
  page.querySelector("[data-bar]").hidden = false;
  page.querySelector("[data-empty]")?.remove();
  if (!("newestFirst" in page.dataset)) return;
  // The newest stands first, so the places are filled from the last one up.
  const place = places().at(-1);
  tick(card);
  if (place) place.replaceWith(card);
  else list.prepend(card);
}

const reservedFor = new Set();

// Places of the right shape are kept as soon as a job says how many it will make: nothing moves when they are filled.
function reserve({ id, state, done, of }, tall) {
  if (state !== "running") {
    if (state !== "queued") for (const place of places()) place.remove();
    return;
  }
  if (!of || reservedFor.has(id) || !("newestFirst" in page.dataset)) return;
  reservedFor.add(id);
  for (let left = of - (done ?? 0); left > 0; left -= 1) {
    const place = document.createElement("li");
    const view = document.createElement("div");
    const words = document.createElement("p");
    place.className = `picture picture-place${tall ? " tall" : ""}`;
    place.dataset.place = "";
    view.className = "picture-view";
    words.className = "picture-text";
    words.textContent = "A picture is on its way";
    place.append(view, words);
    list.prepend(place);
  }
}

if (page && list) {
  let tall = false;
  document.addEventListener("submit", (event) => {
    const format = event.target.querySelector?.("select[name=format]");
    if (format) tall = format.value === "vertical";
  });
  document.addEventListener("craft:panel", ({ detail }) => {
    if (detail.slot === page.dataset.gallery && detail.data?.resource) enqueue(() => arrive(detail.data.resource));
  });
  document.addEventListener("craft:job", ({ target, detail }) => {
    if (target.closest('[data-slot^="image:"]')) enqueue(() => reserve(detail.row, tall));
  });
}
