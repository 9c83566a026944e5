// The script editor: CodeMirror over the form's textarea, which stays the field that is sent.

import {
  Decoration,
  defaultKeymap,
  defineLanguageFacet,
  drawSelection,
  EditorState,
  EditorView,
  HighlightStyle,
  history,
  historyKeymap,
  keymap,
  Language,
  markdown,
  MatchDecorator,
  placeholder,
  search,
  searchKeymap,
  Strikethrough,
  syntaxHighlighting,
  tags,
  ViewPlugin,
} from "../vendor/codemirror/codemirror.js";

// Classes, not colours: static/css/script-editor.css gives both themes.
const LOOKS = HighlightStyle.define([
  { tag: tags.heading, class: "tok-heading" },
  { tag: tags.processingInstruction, class: "tok-mark" },
  { tag: tags.emphasis, class: "tok-emphasis" },
  { tag: tags.strong, class: "tok-strong" },
  { tag: tags.strikethrough, class: "tok-strike" },
  { tag: [tags.link, tags.url], class: "tok-link" },
  { tag: tags.monospace, class: "tok-code" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: tags.quote, class: "tok-quote" },
  { tag: tags.contentSeparator, class: "tok-divider" },
]);

// What stands in *(brackets)* is not spoken.
const directions = new MatchDecorator({
  regexp: /[*_]{1,3}\([^()]{0,2000}\)[*_]{1,3}/g,
  decoration: Decoration.mark({ class: "tok-direction" }),
});
const showDirections = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = directions.createDeco(view);
    }

    update(update) {
      this.decorations = directions.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

// Every line reads in the direction of its own script.
const autoDirection = Decoration.line({ attributes: { dir: "auto" } });
function linesOf(view) {
  const lines = [];
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      lines.push(autoDirection.range(line.from));
      at = line.to + 1;
    }
  }
  return Decoration.set(lines, true);
}
const readEachLine = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = linesOf(view);
    }

    update(update) {
      if (update.docChanged || update.viewportChanged) this.decorations = linesOf(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

// Put an editor in place of the textarea. onChange() follows every change of the text; `extensions` come from elsewhere.
export function mountEditor({ textarea, parent, readOnly, onChange, extensions }) {
  const describedBy = textarea.getAttribute("aria-describedby");
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: textarea.defaultValue,
      extensions: [
        history(),
        drawSelection(),
        search({ top: true }),
        new Language(defineLanguageFacet(), markdown.configure([Strikethrough]), [], "markdown").extension,
        syntaxHighlighting(LOOKS),
        showDirections,
        readEachLine,
        EditorView.perLineTextDirection.of(true),
        EditorView.lineWrapping,
        EditorState.tabSize.of(2),
        EditorState.readOnly.of(readOnly),
        EditorView.editable.of(!readOnly),
        placeholder("Write what is to be said. ### begins a section."),
        EditorView.contentAttributes.of({
          "aria-label": "Script",
          ...(describedBy ? { "aria-describedby": describedBy } : {}),
          tabindex: "0",
          spellcheck: "true",
          autocorrect: "on",
          autocapitalize: "sentences",
        }),
        // Tab leaves the editor, as it leaves every other field.
        keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update);
        }),
        ...extensions,
      ],
    }),
  });
  // A page may be typed in before its scripts have come. A field without the focus may have been filled by the browser.
  const { value, selectionStart, selectionEnd } = textarea;
  const early = document.activeElement === textarea && { text: value, anchor: selectionStart, head: selectionEnd };
  const fields = textarea.closest("fieldset");
  if (fields?.disabled) {
    // In a fieldset that is switched off, assistive programs take the text for unreachable: its fields are, one by one.
    for (const field of fields.elements) field.disabled = true;
    fields.disabled = false;
  }
  textarea.hidden = true;
  parent.hidden = false;
  const text = () => view.state.doc.toString();
  textarea.form.addEventListener("formdata", ({ formData }) => formData.has("body") && formData.set("body", text()));
  const editor = {
    view,
    text,
    // Goes on from what has been typed into the textarea.
    takeOver() {
      if (!early) return;
      editor.setText(early.text);
      view.focus();
      view.dispatch({ selection: { anchor: early.anchor, head: early.head } });
    },
    // One step that can be undone: only what differs is replaced, so that the caret and the marks stay. With `since`,
    // what has been typed since the text was `old`, that is kept as well.
    setText(fresh, { old = text(), since } = {}) {
      let start = 0;
      while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
      let end = 0;
      while (end < old.length - start && end < fresh.length - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
      if (start === old.length && start === fresh.length) return;
      const step = { from: start, to: old.length - end, insert: fresh.slice(start, fresh.length - end) };
      view.dispatch({ changes: since ? EditorState.create({ doc: old }).changes(step).map(since, true) : step });
    },
  };
  return editor;
}
