// Resources: what a job has fetched appears in the library, files are uploaded by dropping them, credits are copied; on
// the search page every source shows what it has when it answers, so that a slow one holds nobody up. Without this
// script every form and link still works.

import "./copy.js";
import { Arrivals } from "./arrivals.js";
import { morph } from "./morph.js";
import { fragment, sendForm, tellUnsent } from "./requests.js";
import { startSelection } from "./selection.js";
import { refreshSlots } from "./slot.js";
import { announce, toast } from "./toast.js";
import { startUploads } from "./uploads.js";

// --- the library ---
function startLibrary(page) {
  const list = page.querySelector("[data-resource-list]");
  const { resources: slot } = page.dataset;
  const arrivals = new Arrivals(page, list, { noun: "resource", many: "resources", slot, told: "New in the library" });
  startSelection(page, list);

  async function use(form) {
    const id = form.closest("[data-resource]").dataset.resource;
    try {
      const answer = await sendForm(form);
      if (!answer.ok) return toast(answer.error.message, { kind: "error" });
      toast(answer.message);
      document.activeElement?.blur();
      await arrivals.enqueue(() => arrivals.arrive(id));
      arrivals.cardOf(id)?.querySelector("[data-use] button")?.focus();
    } catch (problem) {
      tellUnsent(problem);
    }
  }

  list.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-use]")) return;
    event.preventDefault();
    use(event.target);
  });
  const upload = page.querySelector("[data-upload]");
  if (upload) startUploads(upload, (id) => arrivals.enqueue(() => arrivals.arrive(id, { isAwaited: true })));
}

// --- searching ---
function startSearch(page) {
  const form = page.querySelector("[data-download]");

  const regionOf = (slug) => page.querySelector(`[data-source="${CSS.escape(slug)}"]`);
  const waiting = () => [...page.querySelectorAll("[data-waits]")];

  // Every source answers in its own time, on a line of its own; a later line of the same source holds the earlier one.
  function fill(line) {
    const { source, html } = JSON.parse(line);
    const here = regionOf(source);
    const fresh = fragment(html).querySelector("[data-source]");
    if (here && fresh) morph(here, fresh);
    showChosen();
  }

  async function askAll() {
    for (const region of waiting()) {
      region.setAttribute("aria-busy", "true");
      region.querySelector("[data-said]").textContent = "Asked…";
    }
    let said = "It did not answer. Search again.";
    try {
      const response = await fetch(page.dataset.stream, { headers: { Accept: "application/x-ndjson" } });
      if (response.redirected || !response.ok) throw new Error(`it answered ${response.status}`);
      let rest = "";
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const lines = (rest + part.value).split("\n");
        rest = lines.pop();
        lines.forEach(fill);
      }
    } catch (problem) {
      said = `The studio could not be asked: ${problem.message}. Search again.`;
    }
    for (const region of waiting()) {
      region.removeAttribute("aria-busy");
      region.removeAttribute("data-waits");
      region.querySelector("[data-said]").textContent = said;
    }
    showChosen();
  }

  function showChosen() {
    const boxes = [...page.querySelectorAll("[name=item]")];
    const chosen = boxes.filter((box) => box.checked).length;
    const asked = waiting().length;
    if (!form) return;
    page.querySelector("[data-chosen]").textContent = chosen ? ` (${chosen})` : "";
    form.querySelector("button[type=submit]").disabled = !chosen;
    page.querySelector("[data-found]").textContent = `${boxes.length} found${asked ? `, ${asked} still asked` : ""}`;
  }

  async function download(event) {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      const answer = await sendForm(form);
      if (!answer.ok) return toast(Object.values(answer.error.fields ?? {}).flat().join(" ") || answer.error.message, { kind: "error" });
      for (const box of page.querySelectorAll("[name=item]:checked")) box.checked = false;
      // How far it is stands above, out of sight for whoever chose further down.
      toast(answer.message, { action: "Open the library", onAction: () => location.assign(form.elements.next.value) });
      refreshSlots();
    } catch (problem) {
      tellUnsent(problem);
    } finally {
      showChosen();
    }
  }

  form?.addEventListener("submit", download);
  page.addEventListener("change", (event) => event.target.matches("[name=item]") && showChosen());
  // A picture that its source does not give leaves a plain place, not a torn one.
  page.addEventListener("error", (event) => event.target.matches("img") && event.target.remove(), true);
  if (page.dataset.stream) askAll();
  showChosen();
}

const library = document.querySelector("[data-resources]");
if (library) startLibrary(library);
const search = document.querySelector("[data-source-search]");
if (search) startSearch(search);
