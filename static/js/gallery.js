// The gallery: places are kept for pictures that a job makes, and each picture takes its own the moment it is ready.
// Without this script every form and link works, and a reload shows the same.

import { Arrivals } from "./arrivals.js";

const page = document.querySelector("[data-gallery]");
const list = page?.querySelector("[data-pictures]");
let isTall = false;

// Places have the shape of what is to come: nothing moves when they are filled.
function makePlace() {
  const place = document.createElement("li");
  const view = document.createElement("div");
  const words = document.createElement("p");
  place.className = `picture picture-place${isTall ? " tall" : ""}`;
  view.className = "picture-view";
  words.className = "picture-text";
  words.textContent = "A picture is on its way";
  place.append(view, words);
  return place;
}

if (page && list) {
  document.addEventListener("submit", (event) => {
    const format = event.target.querySelector?.("select[name=format]");
    if (format) isTall = format.value === "vertical";
  });
  const { gallery: slot } = page.dataset;
  new Arrivals(page, list, { noun: "picture", many: "pictures", slot, told: "New picture" }).reserveFor("image:", makePlace);
}
