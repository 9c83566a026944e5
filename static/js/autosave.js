// Saves a script while it is typed. What the server has not confirmed stays in the DraftStore; what is shown is true.

const QUIET_MS = 1_000;
const LATEST_MS = 5_000;
const PAUSES = [1, 2, 4, 8, 15, 30];
// Browsers carry no more than 64 KB beyond the end of a page.
const FAREWELL_BYTES = 60_000;

export class Autosave {
  // read() gives {title, type, body}; onSend() follows it when that is sent; onSaved(answer), onConflict(answer) and
  // show(state, words) tell the page. Nothing is sent before the promise `ready`, but what is typed is kept.
  constructor({ form, store, version, ready, read, onSend, onSaved, onConflict, show }) {
    Object.assign(this, { form, store, version, ready, read, onSend, onSaved, onConflict, show });
    this.edits = this.confirmed = this.failures = 0;
    this.sending = undefined;
    this.conflict = false;
    addEventListener("online", () => this.isDirty && this.send());
    addEventListener("offline", () => this.isDirty && this.fail("you are offline"));
    document.addEventListener("visibilitychange", () => document.hidden && this.isDirty && this.send());
    addEventListener("pagehide", () => this.leave());
  }

  get isDirty() {
    return this.edits > this.confirmed;
  }

  // Something has been typed.
  changed() {
    this.edits += 1;
    this.dirtySince ??= performance.now();
    const draft = this.read();
    this.store.keep(() => ({ ...this.read(), version: this.version }), draft.body.length);
    if (this.conflict) return;
    if (!this.failures) this.show("waiting", "Not saved yet");
    this.wait(Math.min(QUIET_MS, Math.max(this.dirtySince + LATEST_MS - performance.now(), 0)));
  }

  wait(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), milliseconds);
  }

  // Save what there is now; true when all of it has reached the server.
  async flush(options) {
    if (!this.isDirty && !options) return !this.conflict;
    await this.send(options);
    // What was typed meanwhile, or waited for the request before this one.
    if (this.isDirty && !this.failures && !this.conflict) await this.send(options);
    return !this.isDirty && !this.conflict;
  }

  // One request at a time.
  async send(options = {}) {
    clearTimeout(this.timer);
    await this.ready;
    while (this.sending) await this.sending;
    if (this.conflict && !options.over) return;
    if (!this.isDirty && !options.named && !options.over) return;
    this.sending = this.post(options);
    try {
      await this.sending;
    } finally {
      this.sending = undefined;
    }
  }

  body(values, options = {}) {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    for (const [name, value] of Object.entries({ ...values, version: this.version, ...options })) data.set(name, value);
    return data;
  }

  async post(options) {
    const edits = this.edits;
    const values = this.read();
    this.onSend();
    this.show("saving", "Saving …");
    let answer;
    let told;
    try {
      answer = await fetch(this.form.dataset.saveUrl, {
        method: "POST",
        body: this.body(values, options),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      told = await answer.json().catch(() => null);
    } catch {
      return this.fail(navigator.onLine ? "the studio cannot be reached" : "you are offline");
    }
    if (answer.redirected || !told) return this.fail(answer.redirected ? "you are signed out" : `the studio answered ${answer.status}`);
    if (answer.status === 409) {
      this.conflict = true;
      this.failures = 0;
      this.show("conflict", "Not saved: changed in another place");
      return this.onConflict(told, values);
    }
    if (!answer.ok) {
      // The text itself is refused: asking again would not help.
      this.failures = 0;
      return this.show("failed", `Not saved: ${told.error ?? `the studio answered ${answer.status}`}`);
    }
    this.version = told.version;
    this.confirmed = edits;
    this.failures = 0;
    this.conflict = false;
    this.dirtySince = this.isDirty ? performance.now() : undefined;
    if (this.isDirty) this.wait(QUIET_MS);
    else this.store.clear();
    this.show(this.isDirty ? "waiting" : "saved", this.isDirty ? "Not saved yet" : "Saved");
    this.onSaved(told, values);
  }

  fail(why) {
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)];
    this.failures += 1;
    this.show("failed", `Not saved: ${why}. Your text is kept here; trying again in ${pause} s`);
    this.wait(pause * 1000);
  }

  // The other text is the one now; nothing of ours is left to be saved.
  settle(version) {
    clearTimeout(this.timer);
    Object.assign(this, { version, confirmed: this.edits, conflict: false, failures: 0, dirtySince: undefined });
    this.store.clear();
    this.show("saved", "Saved");
  }

  leave() {
    if (!this.isDirty) return;
    this.store.settle();
    const body = new URLSearchParams(this.body(this.read()));
    // A longer text waits in the DraftStore for the next visit.
    if (!this.conflict && body.toString().length < FAREWELL_BYTES) {
      fetch(this.form.dataset.saveUrl, { method: "POST", body, keepalive: true, headers: { Accept: "application/json" } }).catch(() => {});
    }
  }
}
