// Under a message, how many answer it, who did last and when: a press shows them.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { dispatch } from "../core/store.js";
import { facesOf, threadOf } from "../state/threads.js";
import { avatar } from "../kit/faces.js";
import { icon } from "../kit/icons.js";

/** @param {Page.Props} props */
export function Answers({ message, people, answeredAt }) {
  const { order, answers, answered } = message;
  const faces = facesOf(answered, people);
  const show = () => dispatch({ type: "details", on: threadOf(/** @type {number} */ (order)) });
  return html`
    <button type="button" class="link answers" data-answers=${order} onClick=${show}>
      ${faces.length > 0
          ? html`<span class="answers-faces">${faces.map((one) => avatar(one, "xs", false))}</span>`
          : html`<span class="flip-icon">${icon("reply")}</span>`}
      <span>${t("thread.n", { n: answers })}</span>
      ${answeredAt && html`<span class="quiet">${"· "}${t("thread.last", { time: { ready: answeredAt } })}</span>`}</button>`;
}
