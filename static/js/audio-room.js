// The audio room: sections are fetched afresh as they turn ready, part by part, so that what is being played or typed
// is left alone. Without this script every form still works, and a reload shows the same.

import { fetchHtml, tellUnsent } from "./requests.js";

const room = document.querySelector("[data-audio-room]");
const list = room?.querySelector("[data-sections]");

const sectionOf = (id) => list.querySelector(`[data-section="${CSS.escape(id)}"]`);
const partOf = (section, name) => section.querySelector(`[data-part="${name}"]`);
const isPlaying = (part) => [...part.querySelectorAll("audio")].some((audio) => !audio.paused && !audio.ended);
const isTyping = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
// The token of a form is a new one every time; it says nothing.
const shown = (part) => part.outerHTML.replace(/<input[^>]*csrfmiddlewaretoken[^>]*>/g, "").replace(/ open=""/g, "");

function patchPart(old, fresh) {
  if (shown(old) === shown(fresh) || isTyping(old)) return;
  if (isPlaying(old)) {
    // The new sound appears when the old one has been heard.
    const { section } = old.closest("[data-section]").dataset;
    old.addEventListener("pause", () => enqueue(section, () => refreshSection(section)), { once: true, capture: true });
    return;
  }
  const open = old.querySelector("details")?.open;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  if (open) fresh.querySelector("details")?.setAttribute("open", "");
  if (focused) (focused.id && document.getElementById(focused.id) || fresh.querySelector("summary, button, input:not([type=hidden])"))?.focus();
}

function patchSection(old, fresh) {
  old.dataset.state = fresh.dataset.state;
  for (const part of fresh.querySelectorAll("[data-part]")) patchPart(partOf(old, part.dataset.part), part.cloneNode(true));
}

async function refreshSection(id) {
  const old = sectionOf(id);
  if (!old) return refreshAll();
  const fresh = (await fetchHtml(old.dataset.sectionUrl)).querySelector("[data-section]");
  if (fresh) patchSection(old, fresh);
}

async function refreshAll() {
  const fresh = [...(await fetchHtml(room.dataset.sectionsUrl)).children];
  const kept = new Set();
  let before = null;
  for (const item of fresh) {
    let here = item.dataset.section ? sectionOf(item.dataset.section) : null;
    if (here) patchSection(here, item);
    else here = item;
    kept.add(here);
    // Only what stands in the wrong place is moved: moving a player stops it.
    const next = before ? before.nextElementSibling : list.firstElementChild;
    if (next !== here) list.insertBefore(here, next);
    before = here;
  }
  for (const item of [...list.children]) if (!kept.has(item)) item.remove();
}

// One request at a time, so that an answer is never overtaken by an earlier one. Many events while one is under way
// become one more request.
let queue = Promise.resolve();
const waiting = new Set();

function enqueue(key, work) {
  if (waiting.has(key)) return;
  waiting.add(key);
  queue = queue
    .then(() => {
      waiting.delete(key);
      return work();
    })
    .catch((error) => console.error("the sections could not be refreshed", error));
}

// In the same line: a section that was asked for before is not drawn over what is saved now.
function submit(form, submitter) {
  const section = form.closest("[data-section]");
  const data = new FormData(form);
  submitter?.setAttribute("disabled", "");
  enqueue({}, async () => {
    try {
      const content = await fetchHtml(`${form.action}?fragment=1`, { method: "POST", body: data });
      document.activeElement?.matches("input") && form.contains(document.activeElement) && document.activeElement.blur();
      patchSection(section, content.querySelector("[data-section]"));
    } catch (error) {
      if (form.isConnected) form.submit();
      else tellUnsent(error);
    } finally {
      submitter?.removeAttribute("disabled");
    }
  });
}

if (room && list) {
  document.addEventListener("craft:panel", (event) => {
    const { slot, data } = event.detail ?? {};
    if (slot !== room.dataset.audioRoom) return;
    if (data?.section) enqueue(data.section, () => refreshSection(data.section));
    else enqueue("", refreshAll);
  });
  list.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-section-form]")) return;
    event.preventDefault();
    submit(event.target, event.submitter);
  });
  // Only one thing is heard at a time.
  list.addEventListener(
    "play",
    (event) => {
      for (const audio of list.querySelectorAll("audio")) if (audio !== event.target) audio.pause();
    },
    true,
  );
}
