// The keyboard shortcuts, in a dialog.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { Dialog } from "../kit/dialog.js";

/** @type {[string, [string, string[], string[]?, string?][]][]} */
const parts = [
  ["keys.go", [
    ["keys.search", ["/"], ["Ctrl", "Alt", "K"], ","], ["chat.search", ["Ctrl", "F"]], ["keys.next", ["Alt", "↑"], ["↓"]],
    ["keys.sections", ["Alt", "1"], ["4"], "–"], ["keys.panes", ["F6"]], ["keys.date", ["Ctrl", "Alt", "J"]], ["keys.close", ["Esc"]],
  ]],
  ["keys.write", [
    ["keys.send", ["Enter"]], ["keys.line", ["Shift", "Enter"]], ["keys.send_always", ["Ctrl", "Enter"]],
    ["keys.edit", ["↑"]], ["keys.attach", ["Ctrl", "Alt", "U"]],
  ]],
  ["keys.marks", [
    ["mark.strong", ["*…*"], ["Ctrl", "B"], ","], ["mark.em", ["_…_"], ["Ctrl", "I"], ","],
    ["mark.s", ["~…~"], ["Ctrl", "Shift", "X"], ","], ["mark.hidden", ["||…||"]], ["mark.code", ["`…`"], ["```"], ","],
    ["mark.quote", [">"]], ["mark.list", ["-"], ["1."], ","],
  ]],
  ["keys.message", [
    ["keys.reply", ["R"]], ["keys.react", ["E"]], ["keys.copy", ["C"]], ["keys.proof", ["I"]], ["forward.item", ["F"]], ["star.item", ["S"]], ["select.item", ["X"]], ["keys.delete", ["Del"]],
    ["keys.menu", ["Enter"]],
  ]],
  ["keys.reading", [
    ["keys.page", ["PgUp"], ["PgDn"]], ["keys.newest", ["End"]], ["keys.arrows", ["↑"], ["↓"]],
    ["keys.pictures", ["←"], ["→"]], ["keys.zoom", ["+"], ["-"]],
  ]],
  ["keys.safety", [["keys.lock", ["Ctrl", "Alt", "L"]], ["keys.compare", ["Ctrl", "Alt", "V"]], ["keys.sheet", ["?"]]]],
];

const keys = (/** @type {string[]} */ names) => html`<span class="keys">${names.map((one) => html`<kbd>${one}</kbd>`)}</span>`;

export const Shortcuts = () => html`
  <${Dialog} kind="shortcuts" title=${t("keys.title")} look="is-wide">
    <div class="dialog-body two-cols" tabindex="0" role="group" aria-labelledby="dialog-title">
      ${parts.map(([title, rows]) => html`<section><h3>${t(title)}</h3><dl class="short">
        ${rows.map(([words, first, second, between]) => html`
        <div><dt>${t(words)}</dt><dd dir="ltr">
          ${keys(first)}${between && html`<span class="to">
          ${between}</span>`}${second && keys(second)}</dd></div>`)}</dl></section>`)}
    </div><//>`;
