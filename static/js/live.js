// The page's end of the live stream: hands each message to whoever listens, in animation frames, while the tab is seen.

import { SharedStream } from "./live-stream.js";

const WORDS = { live: "live", "catching-up": "catching up", polling: "polling", offline: "offline", connecting: "connecting" };
const HELD_AT_MOST = 5_000;
const SLACK_MS = 2_000;
// The server ends every stream after a while; the reconnection that follows at once is not worth a word.
const PATIENCE_MS = 1_500;

const listeners = [];
let waiting = [];
let scheduled = false;

// Call `listener` with every message. {k: "gap"} means: fetch again what you show; {k: "poll"}: there is no stream now.
export function onMessage(listener) {
  listeners.push(listener);
}

function apply() {
  scheduled = false;
  const messages = waiting;
  waiting = [];
  for (const message of messages) {
    for (const listener of listeners) {
      try {
        listener(message);
      } catch (error) {
        console.error(`a ${message.k} message could not be applied`, error);
      }
    }
  }
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

let showing;

function show(state) {
  clearTimeout(showing);
  const dot = document.querySelector("[data-live]");
  if (!dot) return;
  const write = () => {
    dot.dataset.live = state;
    dot.querySelector("[data-live-word]").textContent = WORDS[state] ?? state;
  };
  if (state === "catching-up" && dot.dataset.live === "live") showing = setTimeout(write, PATIENCE_MS);
  else write();
}

// A lock that lives as long as this page does; others learn from it that the page has gone.
function holdLock(name) {
  return new Promise((held) => {
    if (!navigator.locks) return held();
    navigator.locks.request(name, () => (held(), new Promise(() => {})));
  });
}

async function byWorker(url, { user, channel, after }) {
  const tab = `craft-tab ${crypto.randomUUID()}`;
  const worker = new SharedWorker(url, { type: "module", name: `craft ${user}` });
  worker.port.onmessage = ({ data }) => receive(data);
  worker.onerror = () => show("offline");
  await holdLock(tab);
  const from = () => Date.now() - performance.now() - SLACK_MS;
  worker.port.postMessage({ follow: { channel, after, from: from(), tab } });
  addEventListener("pagehide", () => worker.port.postMessage({ leave: true }));
  addEventListener("pageshow", (event) => {
    if (event.persisted) worker.port.postMessage({ follow: { channel, after: "", from: 0, tab } });
    if (event.persisted) receive({ message: { k: "gap" } });
  });
}

// Without SharedWorker: the tab that gets the lock leads and tells the others.
function byLeader({ user, channel, after }) {
  const name = `craft-live ${user} ${channel}`;
  const bus = new BroadcastChannel(name);
  let shared;
  bus.onmessage = ({ data }) => {
    if (shared && data.joined) for (const told of shared.catchUp(0)) bus.postMessage({ told, cursor: shared.cursor });
    if (shared || !data.told) return;
    after = data.cursor || after;
    receive(data.told);
  };
  bus.postMessage({ joined: true });
  navigator.locks.request(name, () => {
    shared = new SharedStream(channel, after, (told) => {
      receive(told);
      bus.postMessage({ told, cursor: shared?.cursor });
    });
    return new Promise(() => {});
  });
  addEventListener("pagehide", () => shared?.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function byTab({ channel, after }) {
  const shared = new SharedStream(channel, after, receive);
  addEventListener("pagehide", () => shared.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

export function connect() {
  const { liveChannel: channel, liveAfter: after, liveUser: user, liveWorker: worker } = document.body.dataset;
  if (!channel) return;
  const wanted = { user, channel, after };
  document.addEventListener("visibilitychange", schedule);
  // What was asked for while offline was not answered, even if no message was missed.
  addEventListener("online", () => receive({ message: { k: "gap" } }));
  if (worker && "SharedWorker" in globalThis) byWorker(worker, wanted);
  else if (navigator.locks && "BroadcastChannel" in globalThis) byLeader(wanted);
  else byTab(wanted);
}
