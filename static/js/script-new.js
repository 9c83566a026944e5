// A new script, while somebody writes: the count follows, a text that is too long is said at once, and leaving with unsaved
// changes is asked about. The server does the counting, so that there is one way of counting.

const QUIET = 600; // milliseconds without a key

const form = document.querySelector("[data-script-form]");
const body = form?.querySelector("textarea[name=body]");

if (body) {
  const wordsShown = document.querySelector("[data-count-words]");
  const timeShown = document.querySelector("[data-count-time]");
  const tooLong = form.querySelector("[data-too-long]");
  const unsaved = form.querySelector("[data-unsaved]");
  const most = Number(form.dataset.most);
  const snapshot = () => JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const saved = snapshot();
  let timer = 0;
  let asked = 0;
  let leaving = false;

  const isChanged = () => snapshot() !== saved;

  async function count() {
    const number = ++asked;
    const data = new FormData();
    data.set("body", body.value);
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    try {
      const answer = await fetch(form.dataset.countUrl, { method: "POST", body: data, credentials: "same-origin" });
      if (!answer.ok || number !== asked) return;
      const counted = await answer.json();
      wordsShown.textContent = counted.words;
      timeShown.textContent = counted.time;
    } catch {
      // Away from the network the count waits for the next key.
    }
  }

  form.addEventListener("input", (event) => {
    unsaved.hidden = !isChanged();
    if (event.target !== body) return;
    tooLong.hidden = body.value.length <= most;
    clearTimeout(timer);
    if (body.value.length <= most) timer = setTimeout(count, QUIET);
  });
  form.addEventListener("submit", () => {
    leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && isChanged()) event.preventDefault();
  });
}
