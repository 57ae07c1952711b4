// What lets somebody in: the join link as a picture and as text, and what can be read out instead.

import { html, useEffect } from "../../vendor/preact.js";
import { readJoinCode } from "../actions/people.js";
import { copy } from "../actions/messageactions.js";
import { t } from "../i18n/i18n.js";
import { fingerprint } from "./fingerprint.js";
import { icon } from "./icons.js";
import { Qr } from "./qr.js";

/** hamraz://HOSTS:PORT/INVITATION#ID @param {string} link */
const invitationOf = (link) => (/\/([a-z2-7]{16})#/.exec(link)?.[1].match(/.{4}/g) ?? []).join("-");

/** What to give to somebody. @param {Page.Props} props */
export function Inviting({ state }) {
  const link = state.joinLink;
  useEffect(() => {
    if (link) readJoinCode();
  }, [link]);
  return html`
    <p>${t(link ? "invite.link" : "invite.link.none")}</p>
    ${link && html`
    <div class="qr-place">${state.joinCode && html`<${Qr} rows=${state.joinCode} label=${t("people.qr")} />`}</div>
    <p class="link-box code" dir="ltr" tabindex="0">${link}</p>
    <div class="read-out"><p class="quiet">${t("invite.digits")}</p>${fingerprint(state.authority.digits)}
      <p class="quiet">${t("invite.code")}</p>
      <p class="digits spelled" dir="ltr" lang="en" data-invitation-code>${invitationOf(link)}</p></div>`}`;
}

export const copyLink = (/** @type {string} */ link) => html`
  <button type="button" class="button primary" data-first data-copy-link onClick=${() => copy(link)}>${icon("copy")}<span>
    ${t("invite.copy")}</span></button>`;
