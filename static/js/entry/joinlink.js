// The dialog that lets somebody in.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { closeDialog } from "../core/store.js";
import { Dialog } from "../kit/dialog.js";
import { Inviting, copyLink } from "../kit/inviting.js";

export const JoinLink = (/** @type {Page.Props} */ { state }) => html`
  <${Dialog} kind="join_link" title=${t("people.invite")}>
    <div class="dialog-body"><${Inviting} state=${state} /></div>
    <footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog}>
      ${t("action.close")}</button>${state.joinLink && copyLink(state.joinLink)}</footer><//>`;
