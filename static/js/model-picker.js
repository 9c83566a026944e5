// Brings the models of every picker up to date: the page draws those that the studio remembers, asking takes a moment.

import { fetchHtml } from "./requests.js";

// Not a mark on the element: drawing the tab afresh would take it away. By then the studio remembers the models itself.
const asked = new WeakSet();

async function fill(select) {
  const chosen = select.value;
  const url = new URL(select.dataset.models, location.href);
  url.searchParams.set("chosen", chosen);
  const fresh = await fetchHtml(url);
  // Whoever chose meanwhile keeps their choice.
  if (select.value !== chosen || select.matches(":focus")) return;
  select.replaceChildren(...fresh.children);
  select.value = chosen;
}

export function startModelPickers(root = document) {
  for (const select of root.querySelectorAll("select[data-models]")) {
    if (asked.has(select)) continue;
    asked.add(select);
    // Without an answer the remembered models stay.
    fill(select).catch(() => {});
  }
}
