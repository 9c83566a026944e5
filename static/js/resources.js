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

// --- uploading ---
function startUploads(form, arrive) {
  const drop = form.querySelector("[data-drop]");
  const rows = form.querySelector("[data-uploads]");
  const input = form.querySelector("input[type=file]");

  function row(name) {
    const element = document.createElement("li");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    words.textContent = name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Uploading ${name}`);
    element.append(words, bar);
    rows.append(element);
    return { bar, say: (text, tone) => ((words.textContent = `${name}: ${text}`), (element.className = tone), bar.remove()) };
  }

  // XMLHttpRequest, because fetch tells nothing of how far an upload is.
  function send(file, fields) {
    const shown = row(file.name);
    const data = new FormData();
    for (const [name, value] of fields) data.append(name, value);
    data.append("file", file);
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.getAttribute("action").split("#")[0]);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", ({ loaded, total }) => (shown.bar.value = total ? loaded / total : 0));
      request.addEventListener("load", () => {
        const answer = request.response;
        if (request.status < 300 && answer) {
          shown.say("kept", "kept");
          arrive(answer.id);
          announce(answer.message);
        } else {
          const told = request.status === 413 ? "it is larger than 500 MB" : (answer?.error?.message ?? `it answered ${request.status}`);
          shown.say(told, "refused");
          announce(`${file.name}: ${told}`);
        }
        done();
      });
      request.addEventListener("error", () => (shown.say("it did not reach the studio. Try again", "refused"), done()));
      request.send(data);
    });
  }

  async function all(files, only) {
    const fields = [...new FormData(form)].filter(([name]) => name !== "file" && (only || name !== "title"));
    for (const file of files) await send(file, fields);
  }

  // Sent one by one, so several may be chosen; the plain form takes one.
  input.multiple = true;
  drop.hidden = false;
  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    if (!files.length) return;
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    await all(files, files.length === 1);
    input.value = "";
    button.disabled = false;
  });
  // Anywhere on the page: nobody has to aim.
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    drop.dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || delete drop.dataset.over);
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    delete drop.dataset.over;
    form.scrollIntoView({ block: "nearest" });
    all([...event.dataTransfer.files], false);
  });
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
