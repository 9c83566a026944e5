// What has been typed but not yet saved, in this browser: so that neither a crash nor a dead network takes a keystroke.
// Every tab has a place of its own, and holds a lock as long as it lives: what lies in a place without a lock was left.

const PREFIX = "craft draft";
// Writing a long text on every key would be felt; it waits so many milliseconds at most.
const LONG = 50_000;
const LONG_WAIT_MS = 250;
const LETTING_GO_MS = 1_000;

function tabName(fresh = false) {
  const known = sessionStorage.getItem(`${PREFIX} tab`);
  if (known && !fresh) return known;
  const made = Math.random().toString(36).slice(2);
  sessionStorage.setItem(`${PREFIX} tab`, made);
  return made;
}

// True as soon as the lock is ours, false when another tab has it (a duplicated tab brings its opener's name along).
function hold(name) {
  return new Promise((answer) => {
    if (!navigator.locks) return answer(true);
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      answer(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

// Whether nobody holds this place. A tab that was closed a moment ago may still be letting go of it.
async function isLeft(key) {
  if (!navigator.locks) return true;
  try {
    return await navigator.locks.request(key, { signal: AbortSignal.timeout(LETTING_GO_MS) }, () => true);
  } catch {
    return false;
  }
}

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};

export class DraftStore {
  constructor(user, script) {
    this.prefix = `${PREFIX} ${user} ${script} `;
    this.opened = this.open();
  }

  // Find this tab's own place. What is typed before it is known is written as soon as it is.
  async open() {
    let tab = tabName();
    if (!(await hold(this.prefix + tab))) await hold(this.prefix + (tab = tabName(true)));
    this.key = this.prefix + tab;
    await this.moveLeft();
    this.isOpen = true;
    this.settle();
  }

  // What this tab left before it was loaded anew makes room for what is typed now: neither is written over the other.
  async moveLeft() {
    const draft = read(this.key);
    if (!draft) return;
    const key = this.prefix + Math.random().toString(36).slice(2);
    await hold(key);
    this.own = { key, ...draft };
    localStorage.removeItem(this.key);
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch {
      // Another tab has taken its room just now: until it is shown it stands in this page alone.
    }
  }

  // Keep a text; `take()` gives it, and is called later for a long one.
  keep(take, length) {
    this.take = take;
    if (length < LONG) return this.settle();
    this.timer ??= setTimeout(() => this.settle(), LONG_WAIT_MS);
  }

  settle() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.take || !this.isOpen) return;
    this.write(this.take());
    this.take = undefined;
  }

  write(draft) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ ...draft, at: Date.now() }));
    } catch {
      // No room, or not allowed here: the server is the other place, and the page says when that is out of reach.
    }
  }

  clear() {
    clearTimeout(this.timer);
    this.timer = this.take = undefined;
    localStorage.removeItem(this.key);
  }

  // Texts that tabs have left behind, this one before it was loaded anew among them, the newest first.
  async left() {
    const mine = [this.key, this.own?.key];
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix) && !mine.includes(key));
    const gone = await Promise.all(keys.map(isLeft));
    const others = keys.filter((_, index) => gone[index]).map((key) => ({ key, ...read(key) }));
    return [...others, this.own].filter((draft) => typeof draft?.body === "string").sort((one, other) => other.at - one.at);
  }

  forget(draft) {
    localStorage.removeItem(draft.key);
  }
}
