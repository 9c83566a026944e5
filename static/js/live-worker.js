// Holds the one live stream of this browser and shares it among its tabs (a SharedWorker, or imported by a page).

const PAUSES = [1, 2, 4, 8, 15];
const SILENT_SECONDS = 35;
const FAILURES_BEFORE_POLLING = 3;
const POLL_SECONDS = 5;

export class LiveStream {
  constructor(channel, after, tell) {
    Object.assign(this, { channel, cursor: after, tell, failures: 0, source: null, heardAt: 0, since: Date.now() });
    this.open();
    this.watch = setInterval(() => this.check(), 1000);
  }

  open() {
    const query = new URLSearchParams({ channel: this.channel });
    if (this.cursor) query.set("after", this.cursor);
    this.heardAt = Date.now();
    this.source = new EventSource(`/live/?${query}`);
    this.source.onopen = () => {
      this.failures = 0;
      this.stopPolling();
      this.state("live");
    };
    this.source.onmessage = (event) => {
      this.heardAt = this.since = Date.now();
      if (event.lastEventId) this.cursor = event.lastEventId;
      this.tell({ message: JSON.parse(event.data) });
    };
    this.source.addEventListener("ping", () => (this.heardAt = Date.now()));
    this.source.onerror = () => {
      this.state("catching-up");
      // A refused reconnection closes an EventSource for good: open a new one ourselves.
      if (this.source.readyState === EventSource.CLOSED) this.reopen();
    };
  }

  reopen() {
    this.source.close();
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)] * (1 + Math.random() / 4);
    this.failures += 1;
    if (this.failures >= FAILURES_BEFORE_POLLING) this.startPolling();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), pause * 1000);
  }

  check() {
    if (this.source.readyState === EventSource.OPEN && Date.now() - this.heardAt > SILENT_SECONDS * 1000) this.reopen();
  }

  state(word) {
    if (this.word !== word) this.tell({ state: (this.word = word) });
  }

  startPolling() {
    this.polling ??= setInterval(() => this.poll(), POLL_SECONDS * 1000);
  }

  stopPolling() {
    clearInterval(this.polling);
    this.polling = undefined;
  }

  async poll() {
    const since = new Date(this.since - 5000).toISOString();
    try {
      const answer = await fetch(`/api/v1/channels/${this.channel}/jobs/?since=${encodeURIComponent(since)}`);
      if (!answer.ok) throw new Error(String(answer.status));
      for (const row of (await answer.json()).results) this.tell({ message: { k: "job", id: row.id, rev: row.rev, row } });
      this.since = Date.now();
      this.state("polling");
    } catch {
      this.state("offline");
    }
  }

  close() {
    this.source.close();
    clearInterval(this.watch);
    clearTimeout(this.timer);
    this.stopPolling();
  }
}

// As a SharedWorker: one stream per channel, closed when its last tab has gone.
if (typeof SharedWorkerGlobalScope !== "undefined" && globalThis instanceof SharedWorkerGlobalScope) {
  const streams = new Map();
  globalThis.onconnect = ({ ports: [port] }) => {
    let key;
    port.onmessage = ({ data }) => {
      if (data.follow) {
        const { user, channel, after } = data.follow;
        key = `${user} ${channel}`;
        let shared = streams.get(key);
        if (!shared) {
          shared = { ports: new Set() };
          shared.stream = new LiveStream(channel, after, (told) => shared.ports.forEach((one) => one.postMessage(told)));
          streams.set(key, shared);
        } else {
          // What came between this tab's page and now is fetched again by the tab.
          port.postMessage({ state: shared.stream.word ?? "connecting" });
          port.postMessage({ message: { k: "gap" } });
        }
        shared.ports.add(port);
      } else if (data.leave) {
        const shared = streams.get(key);
        shared?.ports.delete(port);
        if (shared && !shared.ports.size) {
          shared.stream.close();
          streams.delete(key);
        }
      }
    };
  };
}
