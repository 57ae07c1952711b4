// Who is writing, in the list and above the field. Names are few: more than two people are a number.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { avatar } from "./faces.js";
import { dots } from "./icons.js";
import { nameOf } from "./system.js";

function words(/** @type {string[]} */ uids, /** @type {Page.People} */ people) {
  const [a, b] = uids.map((uid) => nameOf(people, uid));
  return uids.length === 2 ? t("typing.two", { a, b }) : t("typing", { n: uids.length, name: a });
}

// In a row of the list, in the place of the last message; in a private conversation it is clear who.
export const typingLine = (/** @type {string[]} */ uids, /** @type {Page.People} */ people, /** @type {boolean} */ isGroup) => html`
  <span class="typing-line" data-typing=${uids.length}>
    <span>${isGroup ? words(uids, people) : t("typing.alone")}</span>${dots()}</span>`;

/** The region stays when nobody writes, so that screen readers hear what comes into it. @param {Page.Props} props */
export const TypingIndicator = ({ uids, people }) => html`
  <div class="typing" role="status" data-typing=${uids.length}>${uids.length > 0 &&
    html`<div class="typing-now">${uids.slice(0, 3).map((uid) => people[uid] && avatar(people[uid], "s", false))}
      <span class="bubble">${dots()}</span><span class="quiet">${words(uids, people)}</span></div>`}</div>`;
