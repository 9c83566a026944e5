// Passages of the script that a tab's cards speak of, marked in the text: they move with every edit, and what is changed
// is no longer what was judged. The cards stand in the page: data-mark, data-mark-id, data-start, data-end, data-tone.

import { Decoration, EditorSelection, EditorView, StateEffect, StateField } from "../vendor/codemirror/codemirror.js";

const setMarks = StateEffect.define();
const setActive = StateEffect.define();

// Places count characters as Python does; JavaScript's strings count an emoji twice.
function inJavaScript(text, places) {
  if (!/[\ud800-\udbff]/.test(text)) return (place) => Math.min(place, text.length);
  const found = new Map();
  let at = 0;
  let index = 0;
  for (const place of [...new Set(places)].sort((one, other) => one - other)) {
    while (at < place && index < text.length) {
      index += text.codePointAt(index) > 0xffff ? 2 : 1;
      at += 1;
    }
    found.set(place, index);
  }
  return (place) => found.get(place);
}

function touched(changes, { from, to }) {
  let hit = false;
  changes.iterChangedRanges((start, end) => (hit ||= start < to && end > from));
  return hit;
}

const moved = (marks, changes) =>
  marks.map((mark) => ({
    ...mark,
    stale: mark.stale || touched(changes, mark),
    from: changes.mapPos(mark.from, 1),
    to: changes.mapPos(mark.to, -1),
  }));

function drawn({ marks, active }) {
  const ranges = marks
    .filter(({ from, to, stale }) => from < to && !stale)
    .map(({ id, from, to, tone, kind, words }) =>
      Decoration.mark({
        tagName: "mark",
        class: `passage passage-${kind} tone-${tone}${id === active ? " is-active" : ""}`,
        attributes: { "data-passage": id, title: words },
      }).range(from, to),
    );
  return Decoration.set(ranges, true);
}

const field = StateField.define({
  create: () => ({ marks: [], active: "", shown: Decoration.none }),
  update(value, { changes, docChanged, effects }) {
    let next = value;
    if (docChanged && value.marks.length) next = { ...next, marks: moved(next.marks, changes) };
    for (const effect of effects) {
      if (effect.is(setMarks)) next = { ...next, marks: effect.value };
      if (effect.is(setActive)) next = { ...next, active: effect.value };
    }
    return next === value ? value : { ...next, shown: drawn(next) };
  },
  provide: (from) => EditorView.decorations.from(from, ({ shown }) => shown),
});

const cardOf = (id) => document.querySelector(`[data-mark-id="${CSS.escape(id)}"]`);

function activate(view, id, { scroll = false } = {}) {
  const { active } = view.state.field(field);
  if (id === active) return;
  document.querySelector("[data-mark-id].is-active")?.classList.remove("is-active");
  const card = id && cardOf(id);
  if (card) {
    card.classList.add("is-active");
    if (scroll) card.scrollIntoView({ block: "nearest" });
  }
  view.dispatch({ effects: setActive.of(id) });
}

const passageAt = (view, place) =>
  view.state.field(field).marks.find(({ from, to, stale }) => !stale && from <= place && place <= to);

// A click only shows the card: the caret stays where it was put. Alt+Enter goes to it.
export const marksExtension = [
  field,
  EditorView.domEventHandlers({
    click(event, view) {
      const id = event.target.closest?.("[data-passage]")?.dataset.passage;
      if (id) activate(view, id, { scroll: true });
    },
    keydown(event, view) {
      if (event.key !== "Enter" || !event.altKey) return false;
      const mark = passageAt(view, view.state.selection.main.head);
      const card = mark && cardOf(mark.id);
      if (!card) return false;
      event.preventDefault();
      activate(view, mark.id, { scroll: true });
      (card.querySelector("button, a, summary") ?? card).focus();
      return true;
    },
  }),
];

// What the editor says when asked for the marks of a text that was drawn on the server: `saved` is that text, and
// `since` what has been typed after it.
export function showMarks(view, cards, saved, since) {
  const read = [...cards].filter((card) => !("stale" in card.dataset));
  const places = read.flatMap(({ dataset }) => [Number(dataset.start), Number(dataset.end)]);
  const at = inJavaScript(saved, places);
  const marks = read
    .map((card) => ({
      id: card.dataset.markId,
      kind: card.dataset.mark,
      tone: card.dataset.tone || "idle",
      words: (card.querySelector("[data-mark-words], .chip")?.textContent ?? "").trim(),
      from: at(Number(card.dataset.start)),
      to: at(Number(card.dataset.end)),
      stale: false,
    }))
    .filter(({ from, to }) => from < to);
  view.dispatch({ effects: setMarks.of(since ? moved(marks, since) : marks) });
  // The server does not know which card is looked at.
  const { active } = view.state.field(field);
  if (active) cardOf(active)?.classList.add("is-active");
}

// Cards whose passage is being changed say so at once; the server says it with the next save.
export function markStaleCards(view) {
  for (const { id, stale } of view.state.field(field).marks) if (stale) cardOf(id)?.setAttribute("data-stale", "");
}

// The cards lead to their passages.
export function followCards(view, place) {
  place.addEventListener("click", (event) => {
    const card = event.target.closest("[data-goto]")?.closest("[data-mark-id]");
    const mark = card && view.state.field(field).marks.find(({ id }) => id === card.dataset.markId);
    if (!mark) return;
    activate(view, mark.id);
    const range = EditorSelection.range(mark.from, mark.to);
    view.dispatch({ selection: range, effects: EditorView.scrollIntoView(range, { y: "center" }) });
    view.focus();
  });
  for (const name of ["mouseover", "focusin"]) {
    place.addEventListener(name, (event) => {
      const card = event.target.closest("[data-mark-id]");
      if (card) activate(view, card.dataset.markId);
    });
  }
}
