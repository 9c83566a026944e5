// Short messages at the corner of the page; a failure stays until it is dismissed. And the page's one polite voice.

const AT_MOST = 3;
const PACE_MS = 5_000;

export function toast(text, { kind = "success", seconds = 6, action, onAction } = {}) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const element = document.createElement("div");
  element.className = `toast ${kind}`;
  if (kind === "error") element.setAttribute("role", "alert");
  else announce(text);
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
  let timer;
  const go = () => (timer = setTimeout(close, seconds * 1000));
  const wait = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) element.addEventListener(name, wait);
  for (const name of ["mouseleave", "focusout"]) element.addEventListener(name, go);
  go();
}

let spokenAt = -PACE_MS;
let speaking;
const unspoken = [];

function speak() {
  speaking = undefined;
  spokenAt = performance.now();
  const said = unspoken.splice(0);
  const region = document.getElementById("announcer");
  if (region) region.textContent = said.length > 3 ? `${said.length} changes. The last: ${said.at(-1)}` : said.join(". ");
}

// At most one announcement in five seconds; what comes faster is told together.
export function announce(text) {
  unspoken.push(text);
  speaking ??= setTimeout(speak, Math.max(spokenAt + PACE_MS - performance.now(), 0));
}
