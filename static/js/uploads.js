// Files are sent in pieces, so that an upload goes on where the line was cut, and after the page has been closed: the same
// file chosen again is known by its name, size, date and first bytes. Without this script the form sends one file whole.

import { announce } from "./toast.js";

const HEAD_BYTES = 65536;
const WAITS_MS = [1000, 2000, 4000, 8000, 15000, 30000, 30000, 30000];

// FNV-1a of the first bytes: tells files of one name apart, nothing more depends on it.
async function identityOf(file) {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${file.lastModified}-${hash.toString(16)}`;
}

class Cancelled extends Error {}
// The studio has said no: asking again changes nothing.
class Refused extends Error {}
// The line was cut, or the studio is being started anew.
class Cut extends Error {}

// XMLHttpRequest, because fetch tells nothing of how far an upload is.
function request(method, url, { body, headers = {}, onProgress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.open(method, url);
    for (const [name, value] of Object.entries({ Accept: "application/json", ...headers })) asked.setRequestHeader(name, value);
    asked.responseType = "json";
    asked.upload.addEventListener("progress", ({ loaded }) => onProgress?.(loaded));
    asked.addEventListener("load", () => {
      const { status, response } = asked;
      if (status >= 502 && status <= 504) return reject(new Cut());
      // A session that has ended leads to the sign-in page.
      if (!asked.responseURL.endsWith(url)) return reject(new Refused("you are signed out. Sign in, then choose it again"));
      if (status >= 400 && status !== 409) return reject(new Refused(response?.error?.message ?? `it answered ${status}`));
      resolve({ status, answer: response, offset: Number(asked.getResponseHeader("Upload-Offset") ?? NaN) });
    });
    asked.addEventListener("error", () => reject(new Cut()));
    asked.addEventListener("abort", () => reject(new Cancelled()));
    signal?.addEventListener("abort", () => asked.abort(), { once: true });
    if (signal?.aborted) return reject(new Cancelled());
    asked.send(body);
  });
}

// Until the time is over, the machine is on line again, or nobody wants it any more.
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    }
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}

// What was broken off is under way again.
function takeUp(id) {
  const waiting = document.querySelector(`[data-unfinished="${id}"]`);
  const list = waiting?.closest("[data-broken-off]");
  waiting?.remove();
  if (list && !list.querySelector("[data-unfinished]")) list.remove();
}

// Sends one file; resolves with the answer {id, message}. show(bytes, words) tells how far it is.
async function sendFile(file, base, token, fields, show, signal) {
  const secret = { "X-CSRFToken": token };
  const form = (entries) => {
    const data = new FormData();
    for (const [name, value] of entries) data.append(name, value);
    return data;
  };
  let failures = 0;
  // Tries again after a cut line; whatever comes through lets the patience begin anew.
  async function persist(work) {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Cut)) throw error;
        if (failures >= WAITS_MS.length) throw new Refused("the studio cannot be reached. Choose the file again, and it goes on from there");
        show(null, "the line is cut, it goes on by itself");
        await pause(WAITS_MS[failures++], signal);
        if (signal.aborted) throw new Cancelled();
      }
    }
  }
  const identity = await identityOf(file);
  const begin = () => request("POST", base, { body: form([["name", file.name], ["size", file.size], ["identity", identity]]), headers: secret, signal });
  const { answer } = await persist(begin);
  const url = `${base}${answer.id}/`;
  takeUp(answer.id);
  try {
    let { offset } = answer;
    while (offset < file.size) {
      const from = offset;
      const sent = await persist(async () => {
        // After a cut the studio knows what has come.
        if (failures) {
          const { offset: here } = await request("HEAD", url, { signal });
          if (here !== from) return { offset: here };
        }
        show(from, "");
        const piece = file.slice(from, from + answer.piece);
        const headers = { ...secret, "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" };
        return request("PATCH", url, { body: piece, headers, onProgress: (loaded) => show(from + Math.min(loaded, piece.size), ""), signal });
      });
      if (Number.isNaN(sent.offset)) throw new Refused("it did not say how much has come. Choose the file again");
      // Where another page sends the same file, nothing moves: it is left to that one for a moment.
      if (sent.status === 409 && sent.offset === from) await pause(1000, signal);
      if (sent.offset > from) failures = 0;
      offset = sent.offset;
    }
    show(file.size, "being looked at");
    const finished = await persist(() => request("POST", `${url}finish/`, { body: form(fields), headers: secret, signal }));
    if (finished.status === 409) throw new Refused(finished.answer.error.message);
    return finished.answer;
  } catch (error) {
    if (error instanceof Cancelled) await request("POST", `${url}cancel/`, { headers: secret }).catch(() => {});
    throw error;
  }
}

export function startUploads(form, arrive) {
  const drop = form.querySelector("[data-drop]");
  const rows = form.querySelector("[data-uploads]");
  const input = form.querySelector("input[type=file]");
  const base = form.dataset.upload;

  function row(file, onCancel) {
    const element = document.createElement("li");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    const cancel = document.createElement("button");
    words.textContent = file.name;
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Uploading ${file.name}`);
    cancel.type = "button";
    cancel.className = "button small quiet";
    cancel.textContent = "Cancel";
    cancel.setAttribute("aria-label", `Cancel the upload of ${file.name}`);
    cancel.addEventListener("click", onCancel);
    element.append(words, bar, cancel);
    rows.append(element);
    return {
      show(bytes, said) {
        if (bytes !== null) bar.value = bytes;
        words.textContent = `${file.name}: ${said || `${Math.floor((100 * bar.value) / bar.max)} %`}`;
      },
      end(text, tone) {
        words.textContent = `${file.name}: ${text}`;
        element.className = tone;
        bar.remove();
        cancel.remove();
      },
    };
  }

  async function send(file, fields) {
    const stop = new AbortController();
    const shown = row(file, () => stop.abort());
    try {
      const answer = await sendFile(file, base, form.elements.csrfmiddlewaretoken.value, fields, shown.show, stop.signal);
      shown.end("kept", "kept");
      arrive(answer.id);
      announce(answer.message);
    } catch (error) {
      const told = error instanceof Cancelled ? "cancelled" : error.message;
      shown.end(told, error instanceof Cancelled ? "" : "refused");
      announce(`${file.name}: ${told}`);
    }
  }

  async function all(files, only) {
    const fields = [...new FormData(form)].filter(([name]) => name !== "file" && (only || name !== "title"));
    for (const file of files) await send(file, fields);
  }

  // Sent one by one, so several may be chosen; the plain form takes one.
  input.multiple = true;
  drop.hidden = false;
  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    if (!files.length) return;
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    await all(files, files.length === 1);
    input.value = "";
    button.disabled = false;
  });
  // Anywhere on the page: nobody has to aim.
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    drop.dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || delete drop.dataset.over);
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    delete drop.dataset.over;
    form.scrollIntoView({ block: "nearest" });
    all([...event.dataTransfer.files], false);
  });
}
