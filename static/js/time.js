// Clocks of the page: one timer ticks every label. Formats are those of jobs/templatetags/jobs.py.

export function clock(seconds) {
  const whole = Math.max(Math.trunc(seconds), 0);
  const [hours, minutes, rest] = [Math.trunc(whole / 3600), Math.trunc(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

// How far this machine's clock is ahead of the server's, in milliseconds; learnt from answers' Date headers.
let skew = 0;

export function learnSkew(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  // The header counts whole seconds.
  if (Number.isFinite(date)) skew = Math.abs(Date.now() - date) > 2000 ? Date.now() - date : 0;
}

export const now = () => Date.now() - skew;

function ago(seconds) {
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.trunc(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.trunc(seconds / 3600)} h ago`;
  return `${Math.trunc(seconds / 86400)} d ago`;
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const until = (moment, at) => clock((Date.parse(moment) - at) / 1000);

// Stages side by side on one time axis: SVG attributes, because styles may not be written into the page.
function drawAxis(table, at) {
  const bars = [...table.querySelectorAll("[data-bar-since]")].filter((bar) => bar.dataset.barSince);
  const spans = bars.map(({ dataset }) => [Date.parse(dataset.barSince), dataset.barUntil ? Date.parse(dataset.barUntil) : at]);
  const start = Math.min(...spans.map(([from]) => from));
  const whole = Math.max(...spans.map(([, to]) => to)) - start || 1;
  bars.forEach((bar, index) => {
    const [from, to] = spans[index];
    const run = bar.querySelector(".axis-run");
    run.setAttribute("x", `${((100 * (from - start)) / whole).toFixed(2)}%`);
    run.setAttribute("width", `${Math.max((100 * (to - from)) / whole, 0.5).toFixed(2)}%`);
  });
}

export function tick(root = document) {
  const at = now();
  for (const element of root.querySelectorAll("time[data-since]")) {
    const { since, until: end } = element.dataset;
    put(element, since ? clock(((end ? Date.parse(end) : at) - Date.parse(since)) / 1000) : "");
  }
  for (const element of root.querySelectorAll("time[data-in]")) if (element.dataset.in) put(element, until(element.dataset.in, at));
  for (const element of root.querySelectorAll("time[data-left]")) {
    // An estimate that has passed says nothing any more.
    const { left } = element.dataset;
    element.parentElement.hidden = !left || Date.parse(left) <= at;
    if (left) put(element, until(left, at));
  }
  for (const element of root.querySelectorAll("time[data-ago]")) {
    const moment = new Date(element.dataset.ago);
    if (!element.title) element.title = `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    put(element, ago((at - moment) / 1000));
  }
  for (const element of root.querySelectorAll("[data-show-from]")) {
    if (element.dataset.showFrom && Date.parse(element.dataset.showFrom) <= at) element.hidden = false;
  }
  for (const table of root.querySelectorAll("[data-axis]")) drawAxis(table, at);
}

export function startClock() {
  tick();
  setInterval(() => document.hidden || tick(), 1000);
}
