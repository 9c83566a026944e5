// The script desk: editor, autosave, marks and tabs work together. Without this script all of it is plain forms.

import { Autosave } from "./autosave.js";
import { DraftStore } from "./draft-store.js";
import { mountEditor } from "./editor.js";
import { followCards, markStaleCards, marksExtension, showMarks } from "./editor-marks.js";
import { startModelPickers } from "./model-picker.js";
import { morph } from "./morph.js";
import { fragment, send } from "./requests.js";
import { followStreams, startTabs } from "./script-tabs.js";
import { announce, toast } from "./toast.js";

const COUNT_QUIET_MS = 600;

const desk = document.querySelector("[data-desk]");
const form = document.getElementById("script-form");
const { csrfmiddlewaretoken, title, type, version } = form.elements;
const mayChange = form.dataset.mayChange === "1";
const most = Number(form.dataset.most);
const find = (name) => desk.querySelector(`[data-${name}]`);
const tab = () => document.getElementById("desk-tab");

let autosave;
// The text that the server has confirmed last, and what has been typed since: the places of the cards are those of it.
let saved;
let since;
// What has been typed since a save that is still on its way was sent: `since`, once that save is confirmed.
let sinceSent;

const editor = mountEditor({
  textarea: form.querySelector("textarea[name=body]"),
  parent: find("editor"),
  readOnly: !mayChange,
  extensions: [marksExtension],
  onChange({ changes, view }) {
    since = since ? since.compose(changes) : changes;
    sinceSent = sinceSent ? sinceSent.compose(changes) : changes;
    markStaleCards(view);
    edited();
  },
});
saved = editor.text();

const read = () => ({ title: title.value, type: type.value, body: editor.text() });

function edited() {
  const length = editor.view.state.doc.length;
  find("too-long").hidden = length <= most || Array.from(editor.text()).length <= most;
  autosave?.changed();
  clearTimeout(counting);
  counting = setTimeout(count, COUNT_QUIET_MS);
}

// --- marks ---
function drawMarks() {
  // Drawn for another text than the confirmed one: the next save brings both together again.
  showMarks(editor.view, tab().querySelectorAll("[data-mark]"), saved, since);
}

const tabs = startTabs(desk, () => {
  drawMarks();
  startModelPickers(tab());
});
followStreams(desk);
followCards(editor.view, desk.querySelector(".desk-side"));
drawMarks();

// --- counting ---
let counting;
let counted = 0;

function showCount({ words, time }) {
  find("count-words").textContent = words;
  find("count-time").textContent = time;
  const target = find("count-progress").dataset[type.value];
  find("count-target").textContent = target;
  Object.assign(find("count-progress"), { max: target, value: words });
}

async function count() {
  const number = ++counted;
  const pacing = tab().querySelector("[data-pacing]");
  const data = new FormData();
  data.set("body", editor.text());
  data.set("csrfmiddlewaretoken", csrfmiddlewaretoken.value);
  if (pacing) data.set("type", type.value);
  try {
    const answer = await fetch(form.dataset.countUrl, { method: "POST", body: data, credentials: "same-origin" });
    if (!answer.ok || answer.redirected || number !== counted) return;
    if (!pacing) return showCount(await answer.json());
    const fresh = fragment(await answer.text()).querySelector("[data-pacing]");
    if (pacing.isConnected) morph(pacing, fresh);
    showCount(fresh.dataset);
  } catch {
    // Away from the network the count waits for the next key.
  }
}

// --- saving ---
function showState(state, words) {
  const place = find("save-state");
  if (place.dataset.state !== state && (state === "failed" || state === "conflict")) announce(words);
  place.dataset.state = state;
  find("save-word").textContent = words;
}

function onSaved(answer, values) {
  version.value = answer.version;
  const isNow = values.body === editor.text();
  [saved, since] = [values.body, isNow ? undefined : sinceSent];
  if (isNow) showCount(answer);
  document.querySelector("h1").textContent = values.title;
  // Diffs, cards and versions on the tab are those of the text before.
  if (!autosave.isDirty && tab().dataset.tab !== "pacing") tabs.refreshSoon();
}

function onSend() {
  sinceSent = undefined;
}

function onConflict({ html, theirs }) {
  const place = find("conflict");
  place.replaceChildren(fragment(html));
  place.firstElementChild.scrollIntoView({ block: "nearest" });
  place.firstElementChild.focus({ preventScroll: true });
  place.querySelector("[data-keep-mine]").addEventListener("click", (event) => {
    event.preventDefault();
    autosave.version = theirs.version;
    settleConflict(autosave.flush({ over: "1" }), "Your text is saved. The other one is in the history.");
  });
  place.querySelector("[data-take-theirs]").addEventListener("click", (event) => {
    event.preventDefault();
    settleConflict(takeTheirs(theirs), "The other text is here. Yours is in the history.");
  });
}

async function settleConflict(work, words) {
  const done = await work;
  if (!done) return;
  find("conflict").replaceChildren();
  toast(words);
  editor.view.focus();
  tabs.refreshSoon();
}

async function setAside(values) {
  const answer = await send(form.dataset.asideUrl, autosave.body(values)).catch(() => null);
  return Boolean(answer?.ok);
}

async function takeTheirs(theirs) {
  if (!(await setAside(read()))) {
    toast("Your text could not be put into the history, so nothing was changed. Try again.", { kind: "error" });
    return false;
  }
  become(theirs);
  return true;
}

// The desk shows another text of the server's, in one step that can be undone.
function become(theirs) {
  const before = autosave;
  autosave = undefined;
  title.value = theirs.title;
  type.value = theirs.type;
  editor.setText(theirs.body);
  autosave = before;
  [saved, since, sinceSent] = [theirs.body, undefined, undefined];
  version.value = theirs.version;
  autosave.settle(theirs.version);
  count();
}

// Texts that a crash, or a page closed without a network, has left in this browser. What has been typed while they were
// looked for stays.
async function restoreLeft(store) {
  await store.opened;
  const [newest, ...older] = (await store.left()).filter((draft) => {
    const same = draft.body === saved && draft.title === title.defaultValue;
    if (same) store.forget(draft);
    return !same;
  });
  if (newest) restore(newest, store);
  return older;
}

function restore(draft, store) {
  const before = { title: title.value, body: editor.text() };
  // Typed on an older text than the one that is here now: saving it will say so, and show both.
  autosave.version = draft.version;
  if (title.value === title.defaultValue) title.value = draft.title;
  editor.setText(draft.body, { old: saved, since });
  autosave.changed();
  store.settle();
  store.forget(draft);
  const when = new Date(draft.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  toast(`What was typed at ${when} and had not been saved is back.`, {
    action: "Undo",
    seconds: 20,
    onAction() {
      title.value = before.title;
      editor.setText(before.body);
    },
  });
}

// --- the desk's forms wait until the text is saved ---
document.addEventListener(
  "submit",
  async (event) => {
    if (event.target === form || !desk.contains(event.target) || !autosave?.isDirty) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target, submitter } = event;
    if (await autosave.flush()) target.requestSubmit(submitter?.isConnected ? submitter : null);
    else toast("First your text has to be saved, and that did not work. Nothing else was done.", { kind: "error" });
  },
  true,
);

// A script that was changed elsewhere while nothing is unsaved here is simply brought up to date.
async function catchUp() {
  if (document.hidden || !autosave || autosave.isDirty || autosave.conflict) return;
  const answer = await fetch(form.dataset.apiUrl, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || autosave.isDirty) return;
  const theirs = await answer.json();
  if (theirs.version <= autosave.version || autosave.isDirty) return;
  become(theirs);
  tabs.refreshSoon();
  announce("The script was changed in another place; this is the text now.");
}

// An act on a tab has changed the text on the server. What has been typed meanwhile is saved, or told, as ever.
document.addEventListener("craft:script", (event) => {
  if (!autosave) return;
  event.preventDefault();
  if (autosave.isDirty || autosave.conflict) return;
  if (event.detail.version !== autosave.version) become({ title: title.value, type: type.value, ...event.detail });
  tabs.refreshSoon();
});

async function start() {
  const store = new DraftStore(form.dataset.user, form.dataset.script);
  let isReady;
  const ready = new Promise((settled) => (isReady = settled));
  autosave = new Autosave({ form, store, version: Number(version.value), ready, read, onSend, onSaved, onConflict, show: showState });
  for (const field of [title, type]) field.addEventListener("input", edited);
  // What was typed before this script had come.
  editor.takeOver();
  if (document.activeElement === title && title.value !== title.defaultValue) edited();
  title.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    editor.view.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    autosave.flush({ named: "1" });
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      autosave.flush({ named: "1" });
    }
    // Esc stops what is being written.
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open], :popover-open")) {
      tab().querySelector('.slot-job form[data-act="cancel"]:not([hidden])')?.requestSubmit();
    }
  });
  desk.addEventListener("focusout", () => autosave.isDirty && !autosave.conflict && autosave.send());
  const older = await restoreLeft(store).finally(isReady);
  document.addEventListener("visibilitychange", catchUp);
  if (!saved && !autosave.isDirty) editor.view.focus();
  for (const draft of older) if (await setAside({ ...read(), title: draft.title, body: draft.body })) store.forget(draft);
}

if (mayChange) start();
