// The menu of one message: quick reactions, and what can be done with it. And the quick reactions alone.

import { html } from "../../vendor/preact.js";
import { answer, canEdit, edit } from "../actions/compose.js";
import {
  askClear, askDelete, askTakeAway, askWho, closePopover, copy, copyPlace, isSettled, mayDelete, mayTakeAway, openPopover, react,
} from "../actions/messageactions.js";
import { mayForward } from "../actions/forwarding.js";
import { askForward, maySelect, select } from "../actions/selecting.js";
import { isPinned, mayPin, pinMessage } from "../actions/pins.js";
import { close, isPoll, mayClose } from "../actions/polls.js";
import { mayStar, star } from "../actions/stars.js";
import { bareWords } from "../lib/forwarded.js";
import { quick } from "../state/emoji.js";
import { t } from "../i18n/i18n.js";
import { getState } from "../core/store.js";
import { icon } from "../kit/icons.js";
import { isNote } from "../state/names.js";
import { Popover } from "../kit/popover.js";

/** @param {Page.Message} message */
const reactionOf = ({ reactions = [] }) => reactions.find(({ from }) => from.includes(getState().me ?? ""))?.emoji ?? "";

function Quick(/** @type {Page.Props & {message: Page.Sent}} */ { message, popover }) {
  const mine = reactionOf(message);
  const pick = (/** @type {string} */ emoji) => {
    closePopover();
    react(message, emoji);
  };
  return html`
    <div role="group" class="quick" aria-label=${t("msg.react")}>
      ${quick.map((emoji) => html`<button type="button" role="menuitemradio" aria-checked=${String(emoji === mine)} tabindex="-1"
        key=${emoji} class="quick-one" data-emoji=${emoji} onClick=${() => pick(emoji)}>${emoji}</button>`)}
      <button type="button" role="menuitem" class="quick-one" tabindex="-1" aria-label=${t("react.more")} title=${t("react.more")}
        data-more onClick=${() => openPopover("react", message, popover.at, { byKey: popover.byKey })}>${icon("add")}</button></div>`;
}

const gone = { icon: "trash", look: "is-stop" };

/** In the order of use. @param {Page.Message} message @param {Page.Popover} popover @param {Api.Group} group */
function itemsOf(message, popover, group) {
  const { at, byKey, link } = popover;
  const prove = () => openPopover("proof", message, at, { byKey });
  return [
    isSettled(message) && { key: "reply", icon: "reply", look: "flip-icon", label: t("msg.reply"), act: () => answer(message) },
    bareWords(message.text) && { key: "copy", icon: "copy", label: t("msg.copy"), act: () => copy(bareWords(message.text)) },
    link && { key: "copy_link", icon: "link", label: t("msg.copy_link"), act: () => copy(link) },
    message.order !== null && { key: "copy_place", icon: "link", label: t("msg.copy_place"), act: () => copyPlace(message) },
    mayPin(message, group) && { key: "pin", icon: "pin", label: t(isPinned(message) ? "pin.undo" : "pin.item"), act: () => pinMessage(message, !isPinned(message)) },
    mayForward(message) && { key: "forward", icon: "pass-on", look: "flip-icon", label: t("forward.item"), act: () => askForward([message]) },
    mayStar(message) && { key: "star", icon: "favourite", label: t(message.starred ? "star.undo" : "star.item"), act: () => star([message], !message.starred) },
    maySelect(message) && { key: "select", icon: "check", label: t("select.item"), act: () => select(message) },
    mayClose(message) && { key: "close_poll", icon: "lock", label: t("poll.close"), act: () => close(message) },
    canEdit(message) && { key: "edit", icon: "edit", label: t("msg.edit"), act: () => edit(message) },
    message.reactions?.length && { key: "reacted", icon: "smile", label: t("react.who"), act: () => askWho(message) },
    message.order !== null && !isNote(message) && { key: "proof", icon: "info", label: t("proof.title"), act: prove },
    message.order !== null && { key: "clear", ...gone, label: t("clear.message.item"), act: () => askClear(message) },
    mayDelete(message) && !isNote(message) && { key: "delete", ...gone, label: t(group ? "msg.delete.all" : "msg.delete"), act: () => askDelete(message) },
    mayTakeAway(message, group) && { key: "retract", ...gone, label: t("msg.retract"), act: () => askTakeAway(message) },
  ].filter((item) => typeof item === "object");
}

/** Up and down go through the menu, left and right along the reactions; the ends meet. @param {Page.Press} event */
function move(event) {
  const { key, currentTarget: menu } = event;
  if (key === "Tab") {
    event.preventDefault();
    closePopover();
    return;
  }
  const row = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(".quick-one")]);
  const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(".menu-item")]);
  const at = /** @type {HTMLElement} */ (document.activeElement);
  let to = /** @type {HTMLElement | null | undefined} */ (null);
  const along = Number(key === "ArrowRight") - Number(key === "ArrowLeft");
  const down = Number(key === "ArrowDown") - Number(key === "ArrowUp");
  if (along && row.includes(at)) {
    const step = document.documentElement.dir === "rtl" ? -along : along;
    to = row.at((row.indexOf(at) + step) % row.length);
  } else if (down && items.length) {
    const column = row.length ? [row[0], ...items] : items;
    const place = row.includes(at) ? 0 : column.indexOf(at);
    to = column.at((place + down) % column.length);
  } else if (key === "Home") to = row[0] ?? items[0];
  else if (key === "End") to = items.at(-1) ?? row.at(-1);
  if (!to) return;
  to.focus();
  event.preventDefault();
}

export const QuickReactions = (/** @type {Page.Props} */ { message, popover }) => html`
  <${Popover} popover=${popover} look="menu quick-menu" role="menu" aria-label=${t("msg.react")} first=".quick-one" onKeyDown=${move}>
    <${Quick} message=${message} popover=${popover} /><//>`;

export const MessageMenu = (/** @type {Page.Props} */ { message, popover, group }) => html`
  <${Popover} popover=${popover} look="menu message-menu" role="menu" aria-label=${t("msg.actions")} first=".menu-item" onKeyDown=${move}>
    ${isSettled(message) && !isPoll(message) && html`<${Quick} message=${message} popover=${popover} />`}
    ${itemsOf(message, popover, group).map(
      (item) => html`<button type="button" role="menuitem" tabindex="-1" key=${item.key} data-item=${item.key}
      class=${`menu-item ${item.look ?? ""}`} onClick=${() => {
        closePopover();
        item.act();
      }}>${icon(item.icon)}<span class="grow">${item.label}</span></button>`,
    )}<//>`;
