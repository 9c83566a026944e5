// Buttons that copy what a field holds, also those of a part that is drawn later.

import { toast } from "./toast.js";

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Without leave to write to the clipboard the text is chosen, for the reader's own keys.
    field.focus();
    field.select();
    return toast("Press Ctrl+C to copy.");
  }
  toast("Copied.");
});
