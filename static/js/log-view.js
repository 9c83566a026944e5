// The output of an attempt: numbered lines, appended in batches, following until the reader scrolls away.

const BLOCK = 200;
const LINES_IN_PAGE = 1000;
const FETCH_AT_MOST = 50;

export class LogView {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector("[data-log-box]");
    this.none = root.querySelector("[data-log-none]");
    this.followButton = root.querySelector("[data-log-follow]");
    this.next = Number(root.dataset.next);
    this.stage = "";
    this.queue = Promise.resolve();
    this.following = true;
    this.followButton.hidden = false;
    root.querySelector("[data-log-tools]").hidden = false;
    root.querySelectorAll("[data-no-script]").forEach((element) => (element.hidden = true));
    this.box.addEventListener("scroll", () => this.noticeScroll(), { passive: true });
    this.followButton.addEventListener("click", () => this.follow(!this.following));
    root.querySelector("[data-log-wrap]").addEventListener("click", (event) => this.toggle(event, "nowrap", false));
    root.querySelector("[data-log-times]").addEventListener("click", (event) => this.toggle(event, "times", true));
    this.toEnd();
  }

  toggle(event, name, on) {
    const button = event.currentTarget;
    const pressed = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(pressed));
    this.box.classList.toggle(name, pressed === on);
  }

  follow(on) {
    this.following = on;
    this.followButton.setAttribute("aria-pressed", String(on));
    if (on) this.toEnd();
  }

  toEnd() {
    this.expected = this.box.scrollHeight - this.box.clientHeight;
    this.box.scrollTop = this.expected;
  }

  noticeScroll() {
    const atEnd = this.box.scrollHeight - this.box.clientHeight - this.box.scrollTop < 24;
    if (this.following && !atEnd && this.box.scrollTop < (this.expected ?? 0)) this.follow(false);
  }

  // Lines from number `from` on: an overlap is cut, a hole is fetched, nothing is ever appended blindly.
  take(from, lines) {
    this.queue = this.queue.then(async () => {
      if (from > this.next) await this.fetchUntil(from);
      const fresh = lines.slice(Math.max(this.next - from, 0));
      if (fresh.length && from <= this.next) this.append(fresh);
    });
    return this.queue;
  }

  catchUp() {
    this.queue = this.queue.then(() => this.fetchUntil(Infinity));
    return this.queue;
  }

  async fetchUntil(end) {
    for (let turn = 0; this.next < end && turn < FETCH_AT_MOST; turn += 1) {
      const response = await fetch(`${this.root.dataset.output}?attempt=${this.root.dataset.attempt}&from=${this.next}`);
      if (!response.ok) return;
      const { lines } = await response.json();
      if (!lines.length) return;
      this.append(lines);
    }
  }

  append(lines) {
    const fragment = document.createDocumentFragment();
    for (const { at, stage, text } of lines) {
      if (stage && stage !== this.stage) {
        const heading = document.createElement("div");
        heading.className = "log-stage";
        heading.textContent = this.stage = stage;
        fragment.append(heading);
      }
      const line = document.createElement("div");
      line.className = "ln";
      line.dataset.n = String(this.next);
      line.dataset.at = at;
      if ("permalink" in this.root.dataset) line.id = `L${this.next}`;
      line.textContent = text;
      fragment.append(line);
      this.next += 1;
    }
    this.none.hidden = true;
    this.box.append(fragment);
    this.trim();
    if (this.following) this.toEnd();
  }

  // Long output keeps its newest thousand lines in the page; the raw output has all.
  trim() {
    const lines = this.box.getElementsByClassName("ln");
    if (lines.length <= LINES_IN_PAGE + BLOCK) return;
    while (lines.length > LINES_IN_PAGE) this.box.firstElementChild.remove();
    const older = this.root.querySelector("[data-log-older]");
    const link = older.querySelector("a");
    older.hidden = link.hidden = false;
    link.textContent = `The first ${Number(lines[0].dataset.n) - 1} lines are in the raw output.`;
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

export function applyLog(message) {
  for (const root of document.querySelectorAll(`[data-log="${CSS.escape(message.id)}"]`)) {
    if (Number(root.dataset.attempt) === message.attempt) logView(root).take(message.from, message.lines);
  }
}
