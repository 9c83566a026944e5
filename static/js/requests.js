// Asking the studio from a page: for HTML that is put into it, and with forms that are sent without leaving it.

import { learnSkew } from "./time.js";
import { toast } from "./toast.js";

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export async function fetchHtml(url, options = {}) {
  const response = await fetch(url, { headers: { Accept: "text/html" }, ...options });
  // 400 is a form that was refused: its errors are in the answer.
  const isRefusal = options.method === "POST" && response.status === 400;
  if (response.redirected || !(response.ok || isRefusal)) throw new Error(`${url} answered ${response.status}`);
  learnSkew(response);
  return fragment(await response.text());
}

// A part of a page that was asked for by itself does not know which page it is on.
export function placeForms(part) {
  for (const input of part.querySelectorAll('input[name="next"]')) input.value = location.pathname + location.search;
}

export async function send(url, data) {
  const response = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const answer = await response.json().catch(() => null);
  if (!answer) throw new Error(`it answered ${response.status}`);
  return { ok: response.ok, ...answer };
}

export const sendForm = (form) => send(form.action, new FormData(form));

export const tellUnsent = (error) => toast(`That did not reach the studio: ${error.message}. Try again.`, { kind: "error" });

// Many reasons within a moment become one request.
export function soon(ask, milliseconds) {
  let due;
  return () => {
    due ??= setTimeout(async () => {
      due = undefined;
      // Without an answer the page stays as it is.
      await Promise.resolve(ask()).catch(() => {});
    }, milliseconds);
  };
}
