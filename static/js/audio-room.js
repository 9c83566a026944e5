// The audio room: sections are fetched afresh as they turn ready, without disturbing what is being played.

const room = document.querySelector("[data-audio-room]");
const list = room?.querySelector("[data-sections]");

async function html(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content;
}

const busy = (element) =>
  element.contains(document.activeElement) || [...element.querySelectorAll("audio")].some((audio) => !audio.paused);

async function refreshSection(id) {
  const old = list.querySelector(`[data-section="${CSS.escape(id)}"]`);
  if (!old) return refreshAll();
  const fresh = (await html(old.dataset.sectionUrl)).querySelector("[data-section]");
  if (!fresh || busy(old)) return;
  const open = old.querySelector("details")?.open;
  old.replaceWith(fresh);
  if (open) fresh.querySelector("details").open = true;
}

async function refreshAll() {
  const content = await html(room.dataset.sectionsUrl);
  if (!busy(list)) list.replaceChildren(content);
}

// One request at a time, so that a later answer is never overtaken by an earlier one.
let queue = Promise.resolve();

if (room && list) {
  document.addEventListener("craft:panel", (event) => {
    const { slot, data } = event.detail;
    if (slot !== room.dataset.audioRoom || !data) return;
    queue = queue
      .then(() => (data.section ? refreshSection(data.section) : refreshAll()))
      .catch((error) => console.error("the section could not be refreshed", error));
  });
}
