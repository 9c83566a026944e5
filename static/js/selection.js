// Several cards of a list chosen at once: a box on each, one for all of them, and a form that takes what is chosen.

export function startSelection(page, list) {
  const all = page.querySelector("[data-select-all]");
  if (!all) return;
  const boxes = () => [...list.querySelectorAll("[data-select]")];

  function show() {
    const chosen = boxes().filter((box) => box.checked).length;
    page.querySelector("[data-selected]").textContent = chosen ? ` (${chosen})` : "";
    for (const button of page.querySelectorAll("[data-bulk] button")) button.disabled = !chosen;
    const box = all.querySelector("input");
    box.checked = chosen > 0 && chosen === boxes().length;
    box.indeterminate = chosen > 0 && !box.checked;
  }

  all.hidden = false;
  all.addEventListener("change", (event) => {
    for (const box of boxes()) box.checked = event.target.checked;
    show();
  });
  list.addEventListener("change", (event) => event.target.matches("[data-select]") && show());
  show();
}
