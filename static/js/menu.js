// Menus are native popovers: this keeps aria-expanded true, moves by arrows, and jumps by typing.

const TYPING_MS = 700;

function prepare(button, menu) {
  const items = () => [...menu.querySelectorAll("a[href], button")];
  let typed = "";
  let timer;

  function jump(key) {
    clearTimeout(timer);
    timer = setTimeout(() => (typed = ""), TYPING_MS);
    typed += key.toLowerCase();
    items()
      .find((item) => item.textContent.trim().toLowerCase().startsWith(typed))
      ?.focus();
  }

  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) items()[0]?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all.at(to % all.length)?.focus();
    } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      jump(event.key);
    }
  });
}

for (const button of document.querySelectorAll("button[popovertarget]")) {
  const menu = document.getElementById(button.getAttribute("popovertarget"));
  // Other popovers are dialogs: what is typed in them is theirs.
  if (menu?.classList.contains("menu")) prepare(button, menu);
}
