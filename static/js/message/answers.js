// Under a message, how many answer it: a press shows them.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { dispatch } from "../core/store.js";
import { threadOf } from "../state/threads.js";
import { icon } from "../kit/icons.js";

export const Answers = (/** @type {Page.Props} */ { message }) => html`
  <button type="button" class="link answers" data-answers=${message.order}
    onClick=${() => dispatch({ type: "details", on: threadOf(/** @type {number} */ (message.order)) })}><span class="flip-icon">${icon("reply")}</span><span>${t("thread.n", { n: message.answers })}</span></button>`;
