// What static/js/script-editor.js uses of CodeMirror, and nothing else: what is not named here is not shipped.
export { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
export { defineLanguageFacet, HighlightStyle, Language, syntaxHighlighting } from "@codemirror/language";
export { search, searchKeymap } from "@codemirror/search";
export { EditorSelection, EditorState, RangeSetBuilder, StateEffect, StateField, Transaction } from "@codemirror/state";
export {
  Decoration,
  drawSelection,
  EditorView,
  keymap,
  MatchDecorator,
  placeholder,
  ViewPlugin,
} from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { parser as markdown, Strikethrough, Table } from "@lezer/markdown";
