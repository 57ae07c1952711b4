// In the composer's place while messages are ticked: how many, and what is done with all of them.

import { html, useEffect } from "../../vendor/preact.js";
import { write } from "../actions/compose.js";
import { mayForward } from "../actions/forwarding.js";
import { mayDelete } from "../actions/messageactions.js";
import { askClearAll, askDeleteAll, askForward, copyAll, leaveSelecting } from "../actions/selecting.js";
import { mayStar, star } from "../actions/stars.js";
import { t } from "../i18n/i18n.js";
import { icon, iconButton } from "../kit/icons.js";
import { rovingFocus } from "../kit/rovingfocus.js";
import { isNote } from "../state/names.js";
import { selectedOf } from "../state/selecting.js";

export function SelectBar(/** @type {Page.Props} */ { state, open }) {
  const messages = selectedOf(state);
  const any = messages.length > 0;
  const isStarred = any && messages.every(({ starred }) => starred);
  const all = open.group ? "msg.delete.all" : "msg.delete";
  const tools = [
    { key: "copy", sign: "copy", label: t("msg.copy"), on: messages.some(({ text }) => text), act: () => copyAll(messages) },
    { key: "forward", sign: "pass-on", look: "flip-icon", label: t("forward.item"), on: messages.some(mayForward), act: () => askForward(messages) },
    { key: "star", sign: "favourite", label: t(isStarred ? "star.undo" : "star.item"), on: any && messages.every(mayStar), act: () => star(messages, !isStarred) },
    { key: "clear", sign: "trash", label: t("clear.message.item"), on: any, act: () => askClearAll(messages) },
    ...(any && messages.every((one) => mayDelete(one) && !isNote(one)) ? [{ key: "delete", sign: "trash", label: t(all), on: true, stop: true, act: () => askDeleteAll(messages) }] : []),
  ];
  useEffect(() => () => {
    requestAnimationFrame(() => document.activeElement === document.body && write());
  }, []);
  return html`
    <div class="select-bar" data-selected=${messages.length}>
      ${iconButton("close", t("select.over"), leaveSelecting)}
      <p class="strong grow" role="status">${t("select.count", { n: messages.length })}</p>
      <div class="select-tools" role="toolbar" aria-label=${t("select.bar")} onKeyDown=${(event) => rovingFocus(event, ".button", true)}>
        ${tools.map(({ key, sign, look, label, on, stop, act }, at) => html`<button type="button" key=${key} class=${`button ${stop ? "stop" : ""}`}
          data-all=${key} aria-label=${label} title=${label} disabled=${!on} tabindex=${at ? "-1" : "0"} onClick=${act}>
          <span class=${look}>${icon(sign)}</span><span class="wide-only">${label}</span></button>`)}</div></div>`;
}
