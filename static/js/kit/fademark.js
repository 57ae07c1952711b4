// The sign of what goes away: by a message, how long it has; by the name of a conversation, how long what is written there stays.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { lasting, lastingShort } from "../i18n/lasting.js";
import { icon } from "./icons.js";

/** Seconds, or null for what stays. @param {Page.Message} message @param {number} now */
const left = ({ lifetime, goes }, now) => (lifetime == null ? null : goes == null ? lifetime : Math.max(0, (goes - now) / 1000));

/** What there is to be read of it, which changes as it has less. @param {Page.Message} message @param {number} now */
export const fades = (message, now) => {
  const seconds = left(message, now);
  return seconds === null ? undefined : lastingShort(seconds);
};

const mark = (/** @type {number} */ seconds, /** @type {string} */ words) => html`
  <span class="fade-mark" title=${words} data-fades>${icon("timer")}<span aria-hidden="true">${lastingShort(seconds)}</span>
    <span class="sr">${words}</span></span>`;

export function fadeMark(/** @type {Page.Message} */ message) {
  const seconds = left(message, Date.now());
  return seconds !== null && mark(seconds, t(message.goes == null ? "fade.whole" : "fade.left", { time: lasting(seconds) }));
}

export const talkFades = (/** @type {Api.Conversation | null} */ conversation) =>
  Boolean(conversation?.lifetime) && mark(conversation?.lifetime ?? 0, t("fade.on", { time: lasting(conversation?.lifetime ?? 0) }));
