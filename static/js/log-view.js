// The output of an attempt: numbered lines in blocks of 200. It follows the end until the reader looks elsewhere. Up to
// a thousand lines everything stays in the page; beyond that only blocks near the reader are filled, the others are empty
// boxes of the same height, refilled from memory.

import { write } from "./ansi.js";
import { toast } from "./toast.js";

const BLOCK = 200;
const ALL_IN_PAGE = 1_000;
const IN_MEMORY = 50_000;
const FETCH_AT_MOST = 60;
const NEAR_END = 24;

const two = (number) => String(number).padStart(2, "0");

function time(at) {
  const moment = new Date(at);
  return `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;
}

export class LogView {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector("[data-log-box]");
    this.followButton = root.querySelector("[data-log-follow]");
    this.lines = [];
    this.next = Number(root.dataset.next);
    this.queue = Promise.resolve();
    this.following = true;
    this.unread = 0;
    this.near = new IntersectionObserver((entries) => this.window(entries), { root: this.box, rootMargin: "200% 0px" });
    this.adopt();
    this.listen();
    this.showUnread(0);
    if (!this.showHash()) this.toEnd();
  }

  // Whether the reader is watching the newest lines.
  get isAtLatest() {
    return this.following;
  }

  // --- lines and blocks ---
  // The lines that the server has drawn become the first blocks.
  adopt() {
    const lines = [];
    let stage = "";
    for (const drawn of this.box.children) {
      if (drawn.matches(".log-stage")) stage = drawn.textContent;
      else lines.push({ at: drawn.dataset.at, stage, text: drawn.textContent });
    }
    this.first = this.next = Number(this.box.querySelector(".ln")?.dataset.n ?? this.next);
    this.box.replaceChildren();
    this.append(lines);
  }

  append(lines) {
    for (let at = 0; at < lines.length; ) {
      let block = this.box.lastElementChild;
      if (!block || block.end - block.start >= BLOCK) {
        block?.classList.add("sealed");
        block = this.makeBlock(this.next);
        this.box.append(block);
        this.near.observe(block);
      }
      const some = lines.slice(at, at + BLOCK - (block.end - block.start));
      for (const line of some) this.lines.push(line);
      block.end += some.length;
      if (block.filled) this.draw(block, block.end - some.length, block.end);
      this.next += some.length;
      at += some.length;
    }
    this.forget();
    this.root.dataset.next = this.next;
    this.root.querySelector("[data-log-none]").hidden = this.lines.length > 0;
    this.showOlder();
    if (this.following) this.toEnd();
    else this.showUnread(this.unread + lines.length);
  }

  makeBlock(start) {
    const block = document.createElement("div");
    block.className = "log-block";
    return Object.assign(block, { start, end: start, filled: true });
  }

  lineAt(number) {
    return this.lines[number - this.first];
  }

  draw(block, start, end) {
    const fragment = document.createDocumentFragment();
    for (let number = start; number < end; number += 1) {
      const { at, stage, text } = this.lineAt(number);
      if (stage && stage !== this.lineAt(number - 1)?.stage) {
        const heading = document.createElement("div");
        heading.className = "log-stage";
        heading.textContent = stage;
        fragment.append(heading);
      }
      const line = document.createElement("div");
      line.className = "ln";
      line.dataset.n = number;
      line.dataset.t = time(at);
      if (this.isHit(number)) line.classList.add("hit");
      write(line, text);
      fragment.append(line);
    }
    block.append(fragment);
  }

  empty(block, height) {
    block.filled = false;
    block.style.height = `${height}px`;
    block.replaceChildren();
  }

  fill(block) {
    block.filled = true;
    this.draw(block, block.start, block.end);
    block.style.height = "";
  }

  window(entries) {
    for (const { target: block, isIntersecting, boundingClientRect } of entries) {
      if (isIntersecting && !block.filled) this.fill(block);
      else if (!isIntersecting && block.filled && this.lines.length > ALL_IN_PAGE && block !== this.box.lastElementChild) {
        if (boundingClientRect.height && !this.holdsSelection(block)) this.empty(block, boundingClientRect.height);
      }
    }
    if (this.following) this.toEnd();
  }

  // Beyond the cap the oldest blocks go; the bar above says where they are.
  forget() {
    while (this.lines.length > IN_MEMORY) {
      const block = this.box.firstElementChild;
      this.near.unobserve(block);
      this.lines.splice(0, block.end - block.start);
      this.first = block.end;
      block.remove();
    }
  }

  // --- keeping up ---
  // Lines from number `from` on: an overlap is cut, a hole is fetched, nothing is ever appended blindly.
  take(from, lines) {
    return this.enqueue(async () => {
      if (from > this.next) await this.fetchUntil(from);
      const fresh = lines.slice(Math.max(this.next - from, 0));
      if (fresh.length && from <= this.next) this.append(fresh);
    });
  }

  catchUp() {
    return this.enqueue(() => this.fetchUntil(Infinity));
  }

  enqueue(work) {
    this.queue = this.queue.then(work).catch((error) => console.warn("output lines are missing", error));
    return this.queue;
  }

  async fetchLines(from) {
    const response = await fetch(`${this.root.dataset.output}?attempt=${this.root.dataset.attempt}&from=${from}`);
    if (!response.ok) throw new Error(`the output answered ${response.status}`);
    return (await response.json()).lines;
  }

  async fetchUntil(end) {
    for (let turn = 0; this.next < end && turn < FETCH_AT_MOST; turn += 1) {
      const lines = await this.fetchLines(this.next);
      if (!lines.length) return;
      this.append(lines);
    }
  }

  // --- older lines ---
  showOlder() {
    const older = this.root.querySelector("[data-log-older]");
    older.hidden = this.first <= 1;
    if (!older.hidden) older.querySelector("[data-log-missing]").textContent = `${(this.first - 1).toLocaleString()} older lines`;
  }

  loadOlder(from = Math.max(this.first - ALL_IN_PAGE, 1)) {
    this.follow(false);
    return this.enqueue(async () => {
      const end = this.first;
      const lines = [];
      while (from + lines.length < end) {
        const some = await this.fetchLines(from + lines.length);
        if (!some.length) return;
        lines.push(...some);
      }
      this.prepend(lines.slice(0, end - from), from);
    });
  }

  prepend(lines, from) {
    const height = this.box.scrollHeight;
    const top = this.box.scrollTop;
    const before = this.box.firstElementChild;
    this.lines.unshift(...lines);
    this.first = from;
    for (let start = from; start < from + lines.length; start += BLOCK) {
      const block = this.makeBlock(start);
      block.end = Math.min(start + BLOCK, from + lines.length);
      this.box.insertBefore(block, before);
      this.draw(block, block.start, block.end);
      block.classList.add("sealed");
      this.near.observe(block);
    }
    this.box.scrollTop = top + this.box.scrollHeight - height;
    this.showOlder();
  }

  // --- following ---
  follow(on) {
    this.following = on;
    if (on) this.toEnd();
    this.showUnread(0);
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.top = this.box.scrollTop;
  }

  showUnread(count) {
    this.unread = count;
    this.followButton.setAttribute("aria-pressed", String(this.following));
    this.followButton.textContent = count ? `▼ ${count.toLocaleString()} new line${count === 1 ? "" : "s"}` : this.following ? "Following" : "Follow";
  }

  // Any upward scroll lets go; reaching the end by hand takes hold again.
  onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    if (this.following && scrollTop < this.top - 2 && scrollHeight - clientHeight - scrollTop > NEAR_END) this.follow(false);
    this.top = scrollTop;
  }

  holdsSelection(element = this.box) {
    const selection = document.getSelection();
    return Boolean(selection && !selection.isCollapsed && selection.rangeCount && selection.getRangeAt(0).intersectsNode(element));
  }

  // --- links to lines ---
  isHit(number) {
    return Boolean(this.hit && number >= this.hit[0] && number <= this.hit[1]);
  }

  // On the job's own page #L120 and #L120-L140 lead to lines.
  showHash() {
    const found = "permalink" in this.root.dataset && /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash);
    if (!found) return false;
    this.mark(Number(found[1]), Number(found[2] ?? found[1]));
    return true;
  }

  mark(start, end) {
    this.hit = [Math.min(start, end), Math.max(start, end)];
    this.follow(false);
    const show = () => {
      for (const block of this.box.children) {
        if (this.hit[0] >= block.start && this.hit[0] < block.end && !block.filled) this.fill(block);
      }
      for (const line of this.box.querySelectorAll(".ln")) line.classList.toggle("hit", this.isHit(Number(line.dataset.n)));
      const line = this.box.querySelector(`[data-n="${this.hit[0]}"]`);
      if (line) this.box.scrollTop += line.getBoundingClientRect().top - this.box.getBoundingClientRect().top - this.box.clientHeight / 3;
    };
    if (this.hit[0] < this.first) this.loadOlder(this.hit[0]).then(show);
    else show();
  }

  // A click on a line's number is a link to the line, with Shift to the range.
  async link(line, extend) {
    const number = Number(line.dataset.n);
    const from = extend && this.hit ? this.hit[0] : number;
    const hash = from === number ? `#L${number}` : `#L${Math.min(from, number)}-L${Math.max(from, number)}`;
    const { attempt } = this.root.dataset;
    const url = new URL(`${this.root.closest("[data-url]").dataset.url}?tab=output&attempt=${attempt}${hash}`, location.href);
    const top = this.box.scrollTop;
    this.mark(from, number);
    this.box.scrollTop = top;
    if ("permalink" in this.root.dataset) history.replaceState(null, "", url);
    await navigator.clipboard?.writeText(url.href).then(() => toast("The link to the line is copied."), () => {});
  }

  // --- the reader ---
  listen() {
    const { box } = this;
    box.addEventListener("scroll", () => this.onScroll(), { passive: true });
    box.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && this.following && box.scrollTop > 0 && this.follow(false), { passive: true });
    box.addEventListener("keydown", (event) => {
      if (event.key === "End") this.follow(true);
      else if (["ArrowUp", "PageUp", "Home"].includes(event.key)) this.follow(false);
      else return;
      if (event.key === "End") event.preventDefault();
    });
    box.addEventListener("pointerup", (event) => {
      const line = event.target.closest(".ln");
      if (this.following && this.holdsSelection()) this.follow(false);
      else if (line && event.clientX - line.getBoundingClientRect().left < parseFloat(getComputedStyle(line).paddingLeft)) this.link(line, event.shiftKey);
    });
    this.followButton.addEventListener("click", () => this.follow(!this.following || this.unread > 0));
    this.root.querySelector("[data-log-load]").addEventListener("click", () => this.loadOlder());
    for (const [name, className, on] of [["wrap", "nowrap", false], ["times", "times", true]]) {
      this.root.querySelector(`[data-log-${name}]`).addEventListener("click", ({ currentTarget: button }) => {
        const pressed = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(pressed));
        box.classList.toggle(className, pressed === on);
        if (this.following) this.toEnd();
      });
    }
    if ("permalink" in this.root.dataset) addEventListener("hashchange", () => this.root.isConnected && this.showHash());
  }
}

const views = new WeakMap();

export function logView(root) {
  if (!views.has(root)) views.set(root, new LogView(root));
  return views.get(root);
}

export function startLogs(root = document) {
  root.querySelectorAll("[data-log]").forEach(logView);
}

export function applyLog({ id, attempt, from, lines }) {
  for (const root of document.querySelectorAll(`[data-log="${CSS.escape(id)}"]`)) {
    if (Number(root.dataset.attempt) === attempt) logView(root).take(from, lines);
  }
}
