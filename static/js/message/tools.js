// What can be done with the message that one points at or stands on: a toolbar, one tab stop, arrows within it.

import { html } from "../../vendor/preact.js";
import { answer, canEdit, edit } from "../actions/compose.js";
import { askDelete, copy, isSettled, openPopover } from "../actions/messageactions.js";
import { t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";
import { rovingFocus } from "../kit/rovingfocus.js";

const byKey = (event) => ({ byKey: event.detail === 0 }); // a press by Enter or Space has no clicks to count

const tool = (key, sign, label, act, look = "") => ({ key, sign, label, act, look });

function toolsOf(message, isGroup) {
  const settled = isSettled(message);
  const { mine, text } = message;
  return [
    settled && tool("react", "smile", "msg.react", (event) => openPopover("quick", message, event.currentTarget, byKey(event))),
    settled && tool("reply", "reply", "msg.reply", () => answer(message), "flip"),
    settled && (canEdit(message) ? tool("edit", "edit", "msg.edit", () => edit(message)) : !mine && text && tool("copy", "copy", "msg.copy", () => copy(text))),
    tool("proof", "info", "msg.details", (event) => openPopover("proof", message, event.currentTarget.closest(".stack"), byKey(event))),
    settled && mine && tool("delete", "trash", isGroup ? "msg.delete.all" : "msg.delete", () => askDelete(message)),
  ].filter(Boolean);
}

export const Tools = ({ message, isGroup }) => html`
  <div class="actions" role="toolbar" aria-label=${t("msg.actions")} onKeyDown=${(event) => rovingFocus(event, ".ghost", true)}>
    ${toolsOf(message, isGroup).map(
      ({ key, sign, label, act, look }, at) => html`<button type="button" key=${key} class=${`ghost small ${look}`}
      aria-label=${t(label)} title=${t(label)} tabindex=${at ? "-1" : "0"} data-tool=${key} onClick=${act}>${icon(sign)}</button>`,
    )}</div>`;
