// The dialog that lets somebody in: the join link as a picture and as text, and what can be read out instead.

import { html, useEffect } from "../../vendor/preact.js";
import { readJoinCode } from "../actions/people.js";
import { copy } from "../actions/messageactions.js";
import { t } from "../i18n/i18n.js";
import { closeDialog } from "../core/store.js";
import { Dialog } from "../kit/dialog.js";
import { fingerprint } from "./found.js";
import { icon } from "../kit/icons.js";
import { Qr } from "../kit/qr.js";

/** hamraz://HOSTS:PORT/INVITATION#ID @param {string} link */
const invitationOf = (link) => (/\/([a-z2-7]{16})#/.exec(link)?.[1].match(/.{4}/g) ?? []).join("-");

export function JoinLink(/** @type {Page.Props} */ { state }) {
  const link = state.joinLink;
  useEffect(() => {
    if (link) readJoinCode();
  }, [link]);
  const copyLink = () => copy(link ?? "");
  return html`
    <${Dialog} kind="join_link" title=${t("people.invite")}>
      <div class="dialog-body"><p>${t(link ? "invite.link" : "invite.link.none")}</p>
        ${link && html`
        <div class="qr-place">${state.joinCode && html`<${Qr} rows=${state.joinCode} label=${t("people.qr")} />`}</div>
        <p class="link-box code" dir="ltr" tabindex="0">${link}</p>
        <div class="read-out"><p class="quiet">${t("invite.digits")}</p>${fingerprint(state.authority.digits)}
          <p class="quiet">${t("invite.code")}</p>
          <p class="digits spelled" dir="ltr" lang="en" data-invitation-code>${invitationOf(link)}</p></div>`}</div>
      <footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog}>
        ${t("action.close")}</button>
        ${link && html`<button type="button" class="button primary" data-first onClick=${copyLink}>${icon("copy")}<span>
          ${t("action.copy")}</span></button>`}</footer><//>`;
}
