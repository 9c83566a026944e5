// The Humanize tab: its acts are plain forms; here they are sent without leaving the page. What comes back is the text as
// it is now; the editor takes it over (`craft:script`), and without an editor the page is loaded anew.

import { send, tellUnsent } from "./requests.js";
import { toast } from "./toast.js";

const UNDO_SECONDS = 12;

async function act(url, data) {
  const told = await send(url, data);
  if (!told.ok) return toast(told.error.message, { kind: "error" });
  const event = new CustomEvent("craft:script", { cancelable: true, detail: { body: told.body, version: told.version } });
  if (document.dispatchEvent(event)) return location.reload();
  const token = data.get("csrfmiddlewaretoken");
  toast(told.message, told.undo ? { action: "Undo", seconds: UNDO_SECONDS, onAction: () => undo(told.undo, token) } : {});
}

function undo({ url, passages }, token) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", token);
  // In one field: a form may have a thousand of them at most, and so many fixes may have been applied at once.
  data.set("passage", passages.join(" "));
  attempt(url, data);
}

async function attempt(url, data) {
  try {
    await act(url, data);
  } catch (error) {
    tellUnsent(error);
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-style-act]");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  // The card goes; its reader goes on from the next one, or else from the tab.
  const held = form.contains(document.activeElement);
  const next = form.closest("[data-mark]")?.nextElementSibling;
  await attempt(form.action, new FormData(form));
  buttons.forEach((button) => (button.disabled = false));
  if (held && !document.activeElement?.closest("form")) {
    (next?.isConnected ? next : document.getElementById("desk-tab"))?.focus({ preventScroll: true });
  }
});
