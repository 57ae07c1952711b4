// What can be done with the message that one points at or stands on: a toolbar beside it, one tab stop, arrows within it.
// Where there is no room for it, one button that opens the message's menu.

import { html } from "../../vendor/preact.js";
import { answer, canEdit, edit } from "../actions/compose.js";
import { askDelete, copy, isSettled, mayDelete, openPopover } from "../actions/messageactions.js";
import { isPoll } from "../actions/polls.js";
import { t } from "../i18n/i18n.js";
import { bareWords } from "../lib/forwarded.js";
import { isNote } from "../state/names.js";
import { iconButton } from "../kit/icons.js";
import { rovingFocus } from "../kit/rovingfocus.js";

const byKey = (/** @type {Page.Press} */ event) => ({ byKey: event.detail === 0 }); // a press by Enter or Space has no clicks to count

const stackOf = (/** @type {Page.Press} */ { currentTarget }) => currentTarget.closest(".stack") ?? currentTarget;

/** @param {string} key @param {string} sign @param {string} label @param {(event: Page.Press) => unknown} act */
const tool = (key, sign, label, act, look = "") => ({ key, sign, label, act, look });

function toolsOf(/** @type {Page.Message} */ message, /** @type {boolean} */ isGroup) {
  const said = bareWords(message.text);
  const alone = isSettled(message) && !mayDelete(message) && said;
  return [
    isSettled(message) && !isPoll(message) && tool("react", "smile", "msg.react", (event) => openPopover("quick", message, event.currentTarget, byKey(event))),
    isSettled(message) && tool("reply", "reply", "msg.reply", () => answer(message), "flip"),
    canEdit(message) ? tool("edit", "edit", "msg.edit", () => edit(message)) : alone && tool("copy", "copy", "msg.copy", () => copy(said)),
    !isNote(message) && tool("proof", "info", "msg.details", (event) => openPopover("proof", message, stackOf(event), byKey(event))),
    mayDelete(message) && !isNote(message) && tool("delete", "trash", isGroup ? "msg.delete.all" : "msg.delete", () => askDelete(message)),
  ].filter((one) => typeof one === "object");
}

export const Tools = (/** @type {Page.Props} */ { message, isGroup }) => html`
  <div class="actions" role="toolbar" aria-label=${t("msg.actions")} onKeyDown=${(event) => rovingFocus(event, ".ghost", true)}>
    ${iconButton("more", t("msg.actions"), (/** @type {Page.Press} */ event) => openPopover("menu", message, event.currentTarget, byKey(event)),
      { look: "small all-tools", tabindex: "0", "data-all-tools": true, "aria-haspopup": "menu" })}
    ${toolsOf(message, isGroup).map(({ key, sign, label, act, look }, at) =>
        iconButton(sign, t(label), act, { key, look: `small ${look}`, tabindex: at ? "-1" : "0", "data-tool": key }))}</div>`;
