// The page of ideas: new ones appear one by one without moving what is being read, several are chosen at once, and an
// idea is changed in its place. Without this script every form still works, and a reload shows the same.

import { Arrivals } from "./arrivals.js";
import { morph } from "./morph.js";
import { fetchHtml, tellUnsent } from "./requests.js";
import { startSelection } from "./selection.js";
import { tick } from "./time.js";
import { toast } from "./toast.js";

const page = document.querySelector("[data-ideas]");
const list = page?.querySelector("[data-idea-list]");

function makePlace() {
  const place = document.createElement("li");
  place.className = "idea idea-place";
  place.textContent = "An idea is on its way";
  return place;
}

// --- an idea changed in its place ---
async function save(form) {
  const card = form.closest("[data-idea]");
  const data = new FormData(form);
  data.set("fragment", "idea");
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const fresh = (await fetchHtml(form.action, { method: "POST", body: data })).querySelector("[data-idea]");
    if (!fresh) throw new Error("it answered something else");
    document.activeElement?.blur();
    tick(morph(card, fresh));
    const edit = card.querySelector(".idea-edit");
    const refused = edit.querySelector("[aria-invalid=true]");
    if (refused) return refused.focus();
    edit.open = false;
    edit.querySelector("summary").focus();
    toast("The idea is saved.");
  } catch (problem) {
    tellUnsent(problem);
  } finally {
    button.disabled = false;
  }
}

if (page && list) {
  const { ideas: slot } = page.dataset;
  new Arrivals(page, list, { noun: "idea", many: "ideas", slot, told: "New idea" }).reserveFor("idea:", makePlace);
  startSelection(page, list);
  list.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-idea-form]")) return;
    event.preventDefault();
    save(event.target);
  });
}
