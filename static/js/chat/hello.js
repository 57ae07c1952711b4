// A private chat in which nothing has been said yet: who it is with, a hello, and who can read it.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { avatar, name, verified } from "../kit/faces.js";
import { icon } from "../kit/icons.js";

export const Hello = (/** @type {Page.Props} */ { person }) => html`
  <div class="hello" data-hello>${avatar(person, "l", false)}
    <p class="strong">${name(called(person))}${verified(person)}</p>
    <p>${t("hello.say")}</p>
    <p class="quiet with-mark">${icon("lock")}<span>${t("new.private.hint")}</span></p></div>`;
