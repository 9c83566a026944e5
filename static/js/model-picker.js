// Brings the models of every picker up to date: the page draws those that the studio remembers, asking takes a moment.

import { fetchHtml } from "./requests.js";

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
    if (select.dataset.filled) continue;
    select.dataset.filled = "1";
    // Without an answer the remembered models stay.
    fill(select).catch(() => {});
  }
}
