// The page of proposals: new ones appear one by one, each where its score puts it, without moving what is being read.
// Without this script every form still works, and a reload shows the same.

import { Arrivals } from "./arrivals.js";

const page = document.querySelector("[data-proposals]");
const list = page?.querySelector("[data-proposal-list]");

if (page && list) {
  const follows = (other, card) => Number(other.dataset.score) <= Number(card.dataset.score);
  const { proposals: slot } = page.dataset;
  new Arrivals(page, list, { noun: "proposal", many: "proposals", slot, told: "New proposal", follows });
}
