// One channel's live stream: server-sent events that resume by cursor, and polling while they cannot be had.

const PAUSES = [1, 2, 4, 8, 15];
const SILENT_MS = 35_000;
const FAILURES_BEFORE_POLLING = 3;
const POLL_MS = 5_000;
const POLL_BACK_MS = 10_000;
const HELD_MS = 60_000;
const HELD_AT_MOST = 2_000;

class LiveStream {
  // tell({message}) for every message, tell({state}) for every change of: live, catching-up, polling, offline.
  constructor(channel, after, tell) {
    Object.assign(this, { channel, cursor: after, tell, failures: 0, heardAt: Date.now(), since: 0 });
    this.open();
    this.watch = setInterval(() => this.check(), 1000);
  }

  open() {
    const query = new URLSearchParams({ channel: this.channel });
    if (this.cursor) query.set("after", this.cursor);
    this.heardAt = Date.now();
    const source = (this.source = new EventSource(`/live/?${query}`));
    source.onopen = () => {
      this.failures = 0;
      this.stopPolling();
      this.state("live");
    };
    source.onmessage = (event) => {
      this.heardAt = Date.now();
      if (event.lastEventId) this.cursor = event.lastEventId;
      this.tell({ message: JSON.parse(event.data) });
    };
    source.addEventListener("ping", () => (this.heardAt = Date.now()));
    source.onerror = () => {
      if (source !== this.source) return;
      if (!this.polling) this.state("catching-up");
      // One refused reconnection closes an EventSource for good: then a new one is opened, with the cursor.
      if (source.readyState === EventSource.CLOSED) this.reopen();
    };
  }

  reopen() {
    this.source.close();
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)] * (1000 + Math.random() * 250);
    this.failures += 1;
    if (this.failures >= FAILURES_BEFORE_POLLING) this.startPolling();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), pause);
  }

  check() {
    if (this.source.readyState === EventSource.CLOSED || Date.now() - this.heardAt < SILENT_MS) return;
    this.heardAt = Date.now();
    this.reopen();
  }

  state(word) {
    if (this.word !== word) this.tell({ state: (this.word = word) });
  }

  startPolling() {
    if (this.polling) return;
    // From the server's clock, which this machine's may differ from: known from the first answer on.
    this.since = 0;
    this.polling = setInterval(() => this.poll(), POLL_MS);
    this.poll();
  }

  stopPolling() {
    clearInterval(this.polling);
    this.polling = undefined;
  }

  async poll() {
    const since = new Date(this.since || this.heardAt - HELD_MS).toISOString();
    try {
      let cursor = "";
      let began;
      do {
        const query = new URLSearchParams({ since, cursor });
        const answer = await fetch(`/api/v1/channels/${this.channel}/jobs/?${query}`, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const { results, next } = await answer.json();
        began ??= Date.parse(answer.headers.get("Date") ?? "") || Date.now();
        if (!this.polling) return;
        this.state("polling");
        for (const row of results) this.tell({ message: { k: "job", id: row.id, rev: row.rev, row } });
        cursor = next;
      } while (cursor);
      // From when the first page was asked for: what has changed since comes next time, if it did not come already.
      this.since = began - POLL_BACK_MS;
      this.tell({ message: { k: "poll" } });
    } catch {
      if (this.polling) this.state("offline");
    }
  }

  close() {
    this.source.close();
    clearInterval(this.watch);
    clearTimeout(this.timer);
    this.stopPolling();
  }
}

// A stream with what it lately said, for the tabs that join later.
export class SharedStream {
  constructor(channel, after, send) {
    this.held = [];
    this.gapAt = 0;
    this.stream = new LiveStream(channel, after, (told) => {
      const now = Date.now();
      if (told.message) this.held.push({ at: now, message: told.message });
      while (this.held.length > HELD_AT_MOST) this.gapAt = this.held.shift().at;
      while (this.held.length && now - this.held[0].at > HELD_MS) this.gapAt = this.held.shift().at;
      send(told);
    });
    this.startedAt = Date.now();
  }

  // What a page needs that was asked for at `from` (this machine's clock), or a gap: then it fetches again.
  catchUp(from) {
    const complete = this.stream.word === "live" && from > this.startedAt && from > this.gapAt;
    const missed = complete ? this.held.filter(({ at }) => at >= from).map(({ message }) => message) : [{ k: "gap" }];
    return [{ state: this.stream.word ?? "connecting" }, ...missed.map((message) => ({ message }))];
  }

  get cursor() {
    return this.stream.cursor;
  }

  close() {
    this.stream.close();
  }
}
