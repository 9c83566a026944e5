// Cards that arrive in a list while one looks at it: each is fetched by its id, put where it belongs, and never in the way
// of what is being read. What the stream has missed is found by asking for the page anew.
//
// The page holds the list, [data-total], [data-bar], [data-empty] and [data-held]; data-url is its address, and
// data-takes-new stands on it where new cards belong: on the first page of its own order.

import { onMessage } from "./live.js";
import { morph } from "./morph.js";
import { fetchHtml, soon } from "./requests.js";
import { tick } from "./time.js";
import { announce } from "./toast.js";

const TOGETHER_MS = 200;

export class Arrivals {
  // noun, many: "idea", "ideas". A card has its id as data-<noun>; the stream names it so in the panel `slot`, and
  // ?fragment=<noun>&id= draws it. told: what a screen reader is told before its title.
  // follows(other, card): whether `other` stands behind it; without it the newest stands first.
  // isWelcome(card): whether it disturbs no reader, wherever the list stands.
  constructor(page, list, { noun, many, slot, told, follows, isWelcome = () => false }) {
    Object.assign(this, { page, list, noun, many, told, follows, isWelcome, held: new Map(), reserved: new Set() });
    this.queue = Promise.resolve();
    document.addEventListener("craft:panel", ({ detail }) => {
      if (detail.slot === slot && detail.data?.[noun]) this.enqueue(() => this.arrive(detail.data[noun]));
    });
    const askForMissed = soon(() => this.enqueue(() => this.arriveMissed()), TOGETHER_MS);
    onMessage(({ k }) => (k === "gap" || k === "poll") && askForMissed());
    page.querySelector("[data-held] button").addEventListener("click", () => this.showHeld());
  }

  get takesNew() {
    return "takesNew" in this.page.dataset;
  }

  get cards() {
    return [...this.list.querySelectorAll(`[data-${this.noun}]`)];
  }

  get places() {
    return [...this.list.querySelectorAll("[data-place]")];
  }

  cardOf(id) {
    return this.list.querySelector(`[data-${this.noun}="${CSS.escape(id)}"]`);
  }

  // One request at a time keeps the order in which they came.
  enqueue(work) {
    this.queue = this.queue.then(work).catch((error) => console.error(`a card (${this.noun}) could not be fetched`, error));
    return this.queue;
  }

  // isAwaited: the reader has asked for this very card, by an upload or an undo.
  async arrive(id, { isAwaited = false } = {}) {
    const query = new URLSearchParams(location.search);
    query.set("fragment", this.noun);
    query.set("id", id);
    const card = (await fetchHtml(`${this.page.dataset.url}?${query}`)).querySelector(`[data-${this.noun}]`);
    if (card) this.show(card, isAwaited);
    else this.leave(id);
  }

  // The filter hides it, or it has been deleted meanwhile.
  leave(id) {
    const here = this.cardOf(id);
    if (!here) return;
    here.remove();
    this.count(-1);
  }

  show(card, isAwaited = false) {
    const id = card.dataset[this.noun];
    const here = this.cardOf(id);
    if (here) {
      tick(morph(here, card));
      if (this.follows) this.move(here);
      return;
    }
    announce(`${this.told}: ${card.querySelector("h2").textContent}`);
    const mayInsert = this.places.length || (isAwaited && this.takesNew) || this.mayInsert(card);
    if (!mayInsert) return this.hold(id, card);
    this.put(card);
    this.count(1);
  }

  // A reader who is in the list, or has scrolled into it, is not disturbed.
  mayInsert(card) {
    if (!this.takesNew) return false;
    const isRead = this.list.contains(document.activeElement) || this.list.getBoundingClientRect().top <= 0;
    return !this.list.children.length || !isRead || Boolean(card && this.isWelcome(card));
  }

  behind(card) {
    return this.cards.find((other) => other !== card && (!this.follows || this.follows(other, card))) ?? null;
  }

  put(card) {
    // The newest stands first, so the places are filled from the last one up.
    const place = this.places.at(-1);
    if (place) place.replaceWith(card);
    else this.list.insertBefore(card, this.behind(card));
    tick(card);
  }

  move(card) {
    const behind = this.behind(card);
    if (card.nextElementSibling !== behind) this.list.insertBefore(card, behind);
  }

  count(more) {
    const total = this.page.querySelector("[data-total]");
    total.textContent = Number(total.textContent) + more;
    const plural = this.page.querySelector("[data-plural]");
    if (plural) plural.textContent = total.textContent === "1" ? "" : "s";
    this.page.querySelector("[data-empty]")?.remove();
    this.page.querySelector("[data-bar]").hidden = false;
  }

  // --- those that wait behind a button ---
  hold(id, card) {
    this.held.set(id, card);
    const region = this.page.querySelector("[data-held]");
    region.querySelector("button").textContent = `Show ${this.held.size} new ${this.held.size === 1 ? this.noun : this.many}`;
    region.hidden = false;
  }

  showHeld() {
    if (!this.takesNew) return location.assign(this.page.dataset.url);
    const fresh = [...this.held.values()];
    this.held.clear();
    this.page.querySelector("[data-held]").hidden = true;
    for (const card of fresh) this.put(card);
    this.count(fresh.length);
    const first = this.cards.find((card) => fresh.includes(card));
    first?.querySelector("a")?.focus();
    first?.scrollIntoView({ block: "nearest" });
  }

  // --- those that the stream has not told of ---
  async arriveMissed() {
    if (!this.takesNew) return;
    const drawn = [...(await fetchHtml(location.href)).querySelectorAll(`[data-${this.noun}]`)];
    const known = drawn.findIndex((card) => this.cardOf(card.dataset[this.noun]));
    // Newest first, only what stands before all that is here is new: what stands behind has moved up from the next page.
    const missed = this.follows || known < 0 ? drawn : drawn.slice(0, known);
    for (const card of missed.reverse()) if (!this.held.has(card.dataset[this.noun])) this.show(card);
  }

  // --- places for those that are to come ---
  // As soon as a job in a slot that begins with `slot` says how many it makes; makePlace() draws one.
  reserveFor(slot, makePlace) {
    document.addEventListener("craft:job", ({ target, detail }) => {
      if (target.closest(`[data-slot^="${slot}"]`)) this.enqueue(() => this.reserve(detail.row, makePlace));
    });
    // A job that runs already when the page is opened.
    const job = document.querySelector(`[data-slot^="${slot}"] [data-job]`);
    const { value: done, max: of } = job?.querySelector("progress[max]") ?? {};
    if (of) this.reserve({ id: job.dataset.job, state: job.dataset.state, done, of }, makePlace);
  }

  reserve({ id, state, done, of }, makePlace) {
    if (state !== "running") {
      if (state !== "queued") for (const place of this.places) place.remove();
      return;
    }
    if (!of || this.reserved.has(id) || !this.mayInsert()) return;
    this.reserved.add(id);
    for (let left = of - (done ?? 0); left > 0; left -= 1) {
      const place = makePlace();
      place.dataset.place = "";
      this.list.prepend(place);
    }
  }
}
