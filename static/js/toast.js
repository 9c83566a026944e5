// Short messages at the corner of the page; a failure stays until it is dismissed.

const SECONDS = 6;
const AT_MOST = 3;

export function toast(text, { kind = "success", action, onAction } = {}) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const element = document.createElement("div");
  element.className = `toast ${kind}`;
  if (kind === "error") element.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  element.append(words);
  const close = () => element.remove();
  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button small";
    made.textContent = label;
    made.addEventListener("click", () => {
      close();
      act?.();
    });
    element.append(made);
  };
  if (action) button(action, onAction);
  if (kind === "error") button("Dismiss");
  place.append(element);
  while (place.children.length > AT_MOST) place.firstElementChild.remove();
  if (kind === "error") return;
  let timer = setTimeout(close, SECONDS * 1000);
  const wait = () => clearTimeout(timer);
  const go = () => (timer = setTimeout(close, SECONDS * 1000));
  element.addEventListener("mouseenter", wait);
  element.addEventListener("focusin", wait);
  element.addEventListener("mouseleave", go);
  element.addEventListener("focusout", go);
}

let announcedAt = 0;

// The page's one polite live region; at most one announcement in five seconds.
export function announce(text) {
  const region = document.getElementById("announcer");
  if (!region || performance.now() - announcedAt < 5000) return;
  announcedAt = performance.now();
  region.textContent = text;
}
