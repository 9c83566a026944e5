// Menus are native popovers; this keeps aria-expanded true, moves by arrows and places the menu under its button.

for (const button of document.querySelectorAll("button[popovertarget]")) {
  const menu = document.getElementById(button.getAttribute("popovertarget"));
  if (!menu) continue;
  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) menu.querySelector("a[href], button")?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("a[href], button")];
    const at = items.indexOf(document.activeElement);
    const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    items.at(move % items.length)?.focus();
  });
}
