// The region of a page that starts jobs of one kind and shows the newest one live.

import { fetchHtml, sendForm } from "./job-row.js";
import { tick } from "./time.js";
import { toast } from "./toast.js";

async function refresh(slot) {
  const fresh = (await fetchHtml(slot.dataset.slotUrl)).querySelector("[data-slot]");
  if (!fresh) return;
  // A playing file goes on playing: its player moves into the fresh region.
  for (const media of slot.querySelectorAll("audio, video")) {
    if (media.paused) continue;
    const twin = [...fresh.querySelectorAll("audio, video")].find((one) => one.getAttribute("src") === media.getAttribute("src"));
    if (!twin) return;
    twin.replaceWith(media);
  }
  // Without a request of its own the fragment does not know which page it is on.
  fresh.querySelectorAll('input[name="next"]').forEach((input) => (input.value = location.pathname + location.search));
  slot.replaceWith(fresh);
  tick(fresh);
}

async function submit(form) {
  const slot = form.closest("[data-slot]");
  const error = form.querySelector("[data-slot-error]");
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  error.hidden = true;
  try {
    const answer = await sendForm(form);
    if (answer.ok) return await refresh(slot);
    const fields = Object.values(answer.error.fields ?? {}).flat();
    error.textContent = fields.length ? fields.join(" ") : answer.error.message;
    error.hidden = false;
  } catch (problem) {
    toast(`That did not reach the studio (${problem.message}). Try again.`, { kind: "error" });
  } finally {
    button.disabled = false;
  }
}

export function startSlots() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-slot-form]");
    if (!form) return;
    event.preventDefault();
    submit(form);
  });
  document.addEventListener("craft:job", ({ target, detail }) => {
    const slot = target.closest("[data-slot]");
    if (slot && detail.change !== "changed") refresh(slot).catch(() => {});
  });
}

export function applyPanel(message) {
  if (message.data) {
    document.dispatchEvent(new CustomEvent("craft:panel", { detail: { slot: message.slot, data: message.data } }));
    return;
  }
  for (const place of document.querySelectorAll(`[data-stream="${CSS.escape(message.slot)}"]`)) {
    const known = place.textContent.length;
    if (message.from <= known) place.textContent += message.text.slice(known - message.from);
  }
}

export function refreshSlots() {
  document.querySelectorAll("[data-slot]").forEach((slot) => refresh(slot).catch(() => {}));
}

// A job of this slot that another tab or person has queued.
export function noticeNew(message) {
  if (message.what === "new" && document.querySelector("[data-slot]")) refreshSlots();
}
