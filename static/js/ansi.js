// Terminal colours as classes: text goes through textContent only, and every other escape sequence is dropped.

const SEQUENCE = /\x1b\[([0-9;:]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g;

// One of the sixteen colours that is nearest to one of 256 or of 16 million.
function nearest(red, green, blue) {
  const bright = Math.max(red, green, blue) > 210 ? 8 : 0;
  const low = Math.max(red, green, blue) * 0.6;
  return bright + (red > low ? 1 : 0) + (green > low ? 2 : 0) + (blue > low ? 4 : 0);
}

function indexed(number) {
  if (number < 16) return number;
  if (number > 231) return number > 243 ? 7 : 8;
  const level = (part) => (part ? 55 + part * 40 : 0);
  const rest = number - 16;
  return nearest(level(Math.trunc(rest / 36)), level(Math.trunc(rest / 6) % 6), level(rest % 6));
}

function extended(codes) {
  const mode = codes.shift();
  if (mode === 5) return indexed(codes.shift() ?? 0);
  if (mode === 2) return nearest(...codes.splice(0, 3));
  return undefined;
}

function change(style, parameters) {
  const codes = parameters.split(/[;:]/).map(Number);
  while (codes.length) {
    const code = codes.shift();
    if (code === 0) for (const name of Object.keys(style)) delete style[name];
    else if (code === 1) style.bold = "b";
    else if (code === 2) style.dim = "d";
    else if (code === 3) style.italic = "i";
    else if (code === 4) style.under = "u";
    else if (code === 22) delete style.bold, delete style.dim;
    else if (code === 23) delete style.italic;
    else if (code === 24) delete style.under;
    else if (code >= 30 && code <= 37) style.fore = `f${code - 30}`;
    else if (code >= 90 && code <= 97) style.fore = `f${code - 82}`;
    else if (code === 38) style.fore = `f${extended(codes)}`;
    else if (code === 39) delete style.fore;
    else if (code === 48) extended(codes);
  }
}

// Write `text` into `element`. A line that was rewritten by carriage returns shows its last state.
export function write(element, text) {
  if (!/[\x00-\x08\x0b-\x1f\x7f]/.test(text)) {
    element.textContent = text;
    return;
  }
  const last = text.replace(/\r+$/, "").split("\r").pop();
  const style = {};
  const put = (piece) => {
    if (!piece) return;
    const classes = Object.values(style);
    if (!classes.length) return element.append(piece);
    const span = document.createElement("span");
    span.className = classes.map((name) => `a-${name}`).join(" ");
    span.textContent = piece;
    element.append(span);
  };
  let at = 0;
  for (const found of last.matchAll(SEQUENCE)) {
    put(last.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[1] !== undefined) change(style, found[1]);
  }
  put(last.slice(at));
}
