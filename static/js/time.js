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
  if (Number.isFinite(date) && Math.abs(Date.now() - date) > 2000) skew = Date.now() - date;
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

export function tick(root = document) {
  const at = now();
  for (const element of root.querySelectorAll("time[data-since]")) {
    const { since, until } = element.dataset;
    if (since) put(element, clock(((until ? Date.parse(until) : at) - Date.parse(since)) / 1000));
    else put(element, "");
  }
  for (const element of root.querySelectorAll("time[data-in]")) {
    if (element.dataset.in) put(element, clock((Date.parse(element.dataset.in) - at) / 1000));
  }
  for (const element of root.querySelectorAll("time[data-left]")) {
    if (element.dataset.left) put(element, clock((Date.parse(element.dataset.left) - at) / 1000));
  }
  for (const element of root.querySelectorAll("time[data-ago]")) {
    const moment = new Date(element.dataset.ago);
    element.title = `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    put(element, ago((at - moment) / 1000));
  }
  for (const element of root.querySelectorAll("[data-show-from]")) {
    if (element.dataset.showFrom && Date.parse(element.dataset.showFrom) <= at) element.hidden = false;
  }
}

export function startClock() {
  tick();
  setInterval(() => document.hidden || tick(), 1000);
}
