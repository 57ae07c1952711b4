// Who is writing, sending a file or recording, in the list and above the field. Names are few: more than two people are a number.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { avatar } from "./faces.js";
import { dots } from "./icons.js";
import { nameOf } from "../state/names.js";

/** Those who do what the last one has begun: one sentence is enough. @param {Page.Doing[]} doing */
function newest(doing) {
  const what = doing.at(-1)?.what ?? "typing";
  return { what, uids: doing.filter((one) => one.what === what).map(({ uid }) => uid) };
}

/** Of one or many; of two; of the one whose row of the list it stands in. @type {Record<Api.Doing, [string, string, string]>} */
const said = {
  typing: ["typing", "typing.two", "typing.alone"],
  sending: ["sending", "sending.two", "sending.alone"],
  recording: ["recording", "recording.two", "recording.alone"],
};

function words(/** @type {Page.Doing[]} */ doing, /** @type {Page.People} */ people) {
  const { what, uids } = newest(doing);
  const [a, b] = uids.map((uid) => nameOf(people, uid));
  return uids.length === 2 ? t(said[what][1], { a, b }) : t(said[what][0], { n: uids.length, name: a });
}

// In a row of the list, in the place of the last message; in a private conversation it is clear who.
export const typingLine = (/** @type {Page.Doing[]} */ doing, /** @type {Page.People} */ people, /** @type {boolean} */ isGroup) => html`
  <span class="typing-line" data-typing=${doing.length} data-what=${newest(doing).what}>
    <span>${isGroup ? words(doing, people) : t(said[newest(doing).what][2])}</span>${dots()}</span>`;

/** The region stays when nobody writes, so that screen readers hear what comes into it. @param {Page.Props} props */
export const TypingIndicator = ({ doing, people }) => html`
  <div class="typing" role="status" data-typing=${doing.length} data-what=${doing.length ? newest(doing).what : undefined}>${doing.length > 0 &&
    html`<div class="typing-now">${newest(doing).uids.slice(0, 3).map((/** @type {string} */ uid) => people[uid] && avatar(people[uid], "s", false))}
      <span class="bubble">${dots()}</span><span class="quiet">${words(doing, people)}</span></div>`}</div>`;
