// Before files are sent: what they are, small pictures of those that are pictures, and words to go with them. These are the
// conversation's draft: they are taken from it, and stay in it when nothing is sent.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { keepCaption, sizeOf, textLimit } from "../actions/compose.js";
import { canShrink, forgetChosen, heldOf, leaveOut, looked, mostBytes, sendFiles, tells } from "../actions/files.js";
import { titleOf } from "../state/names.js";
import { Refusal } from "../core/connection.js";
import { plain, t, errorText } from "../i18n/i18n.js";
import { Canvas } from "../kit/canvas.js";
import { FormDialog } from "../kit/dialog.js";
import { sizeWords } from "../kit/bytes.js";
import { useForm } from "../kit/form.js";
import { isComposed } from "../kit/composed.js";
import { icon, iconButton } from "../kit/icons.js";

const isTooBig = (/** @type {{file: File}} */ { file }) => file.size > mostBytes;

function Chosen(/** @type {Page.Props} */ { id, one, isOnly }) {
  const { file, small } = one;
  const big = isTooBig(one);
  const name = plain(file.name);
  return html`
    <li class="chosen" data-chosen=${file.name}>
      ${small
          ? html`<${Canvas} of=${id} load=${() => Promise.resolve(small.bitmap)} look="chosen-picture" />`
          : html`<span class="file-icon">${icon("file")}</span>`}
      <span class="file-text"><bdi class="file-name" dir="ltr">${name}</bdi>
        <span class=${big ? "error" : "quiet"} data-error=${big ? "file_too_big" : undefined}>
          ${big ? errorText({ code: "file_too_big", values: { limit: 200 } }) : sizeWords(file.size)}</span></span>
      ${!isOnly && iconButton("close", t("file.drop", { file: name }), () => leaveOut(id), { look: "small" })}</li>`;
}

const Tick = (/** @type {Page.Props} */ { id, words, hint, on, change }) => html`
  <label class="choice"><input type="checkbox" id=${id} checked=${on} onChange=${() => change(!on)} /><span>
    <span class="strong">${words}</span><span class="quiet">${hint}</span></span></label>`;

export function SendFiles(/** @type {Page.Props} */ { state, dialog }) {
  const all = /** @type {string[]} */ (dialog.ids).flatMap((id) => (heldOf(id) ? [{ id, one: heldOf(id) }] : []));
  const good = all.filter(({ one }) => one && !isTooBig(one)).map(({ id }) => id);
  const caption = state.drafts[dialog.chat] ?? "";
  const [smaller, setSmaller] = useState(false);
  const [whole, setWhole] = useState(false);
  const it = useForm([], async () => {
    if (sizeOf(caption) > textLimit) throw new Refusal({ code: "message_too_long", values: { limit: textLimit } });
    await looked();
    if (good.length) sendFiles(good, caption.trim(), smaller, whole);
  });
  function onKeyDown(/** @type {Page.Press} */ event) {
    if (event.key !== "Enter" || isComposed(event) || event.shiftKey || !(state.settings.enter || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    it.form.current?.requestSubmit();
  }
  useEffect(() => () => forgetChosen(dialog.ids), []);
  const to = titleOf(state.people, state.conversations[dialog.chat] ?? { name: "", uid: dialog.chat.slice(2) });
  return html`
    <${FormDialog} kind="send_files" title=${t("file.send_to", { name: to, n: all.length })} it=${it}
      go=${good.length > 0 && t("file.send")}>
      <ul class="chosen-all" aria-busy=${String(!dialog.ready)}>
        ${all.map(({ id, one }) => html`<${Chosen} key=${id} id=${id} one=${one} isOnly=${all.length === 1} />`)}</ul>
      ${dialog.left > 0 && html`<p class="note" role="status" data-left=${dialog.left}>${t("file.left", { n: dialog.left, most: all.length })}</p>`}
      ${good.some((id) => canShrink(heldOf(id))) && html`<${Tick} id="smaller" words=${t("file.smaller")} hint=${t("file.smaller.hint")} on=${smaller} change=${setSmaller} />`}
      ${good.some((id) => tells(heldOf(id))) && html`<${Tick} id="whole" words=${t("file.whole")} hint=${t("file.whole.hint")} on=${whole} change=${setWhole} />`}
      ${good.length > 0 && html`<div class="field"><label for="caption">${t("file.caption")}</label><div class="input">
        <textarea id="caption" name="caption" dir="auto" rows=${Math.min(4, caption.split("\n").length)} value=${caption} data-first
          onInput=${(event) => keepCaption(dialog.chat, event.target.value)} onKeyDown=${onKeyDown}></textarea></div></div>`}<//>`;
}
