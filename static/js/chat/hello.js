// A private chat in which nothing has been said yet: who it is with, a hello, and who can read it.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { called, talkWith } from "../state/names.js";
import { avatar, name, talkAvatar, verified } from "../kit/faces.js";
import { icon } from "../kit/icons.js";

const Notes = (/** @type {Page.Props} */ { person }) => html`
  <div class="hello" data-hello>${talkAvatar(person, "l", false)}
    <p class="strong">${talkWith(person)}</p><p>${t("notes.hello")}</p>
    <p class="quiet with-mark">${icon("lock")}<span>${t("notes.sub")}</span></p></div>`;

export const Hello = (/** @type {Page.Props} */ { person }) => person.me ? html`<${Notes} person=${person} />` : html`
  <div class="hello" data-hello>${avatar(person, "l", false)}
    <p class="strong">${name(called(person))}${verified(person)}</p>
    <p>${t("hello.say")}</p>
    <p class="quiet with-mark">${icon("lock")}<span>${t("new.private.hint")}</span></p></div>`;
