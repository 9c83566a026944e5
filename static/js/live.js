// The page's end of the live stream: hands each message to whoever listens, in animation frames, while the tab is seen.

import { LiveStream } from "./live-worker.js";

const WORDS = { live: "live", "catching-up": "catching up", polling: "polling", offline: "offline", connecting: "connecting" };
const HELD_AT_MOST = 5000;

const listeners = [];
let waiting = [];
let scheduled = false;

// Call `listener` with every message; `{k: "gap"}` means: fetch again what you show.
export function onMessage(listener) {
  listeners.push(listener);
}

function apply() {
  scheduled = false;
  const messages = waiting;
  waiting = [];
  for (const message of messages) for (const listener of listeners) listener(message);
}

function schedule() {
  if (scheduled || document.hidden || !waiting.length) return;
  scheduled = true;
  requestAnimationFrame(apply);
}

function receive({ message, state }) {
  if (state) show(state);
  if (!message) return;
  waiting.push(message);
  // A tab that was hidden for long fetches again instead of replaying everything.
  if (waiting.length > HELD_AT_MOST) waiting = [{ k: "gap" }];
  schedule();
}

function show(state) {
  const dot = document.querySelector("[data-live]");
  if (!dot) return;
  dot.dataset.live = state;
  dot.querySelector("[data-live-word]").textContent = WORDS[state] ?? state;
}

export function connect() {
  const { liveChannel: channel, liveAfter: after, liveUser: user, liveWorker: worker } = document.body.dataset;
  if (!channel) return;
  document.addEventListener("visibilitychange", schedule);
  addEventListener("offline", () => show("offline"));
  if (worker && "SharedWorker" in globalThis) {
    const shared = new SharedWorker(worker, { type: "module", name: `live ${user}` });
    shared.port.onmessage = ({ data }) => receive(data);
    shared.port.postMessage({ follow: { user, channel, after } });
    addEventListener("pagehide", () => shared.port.postMessage({ leave: true }));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  } else {
    const stream = new LiveStream(channel, after, receive);
    addEventListener("pagehide", () => stream.close());
  }
}
