// Dialogs about one message: where a link leads.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n.js";
import { Dialog, closeDialog } from "./dialog.js";

export const OpenLink = ({ dialog: { text, href, host } }) => html`
  <${Dialog} kind="link" title=${t("link.title")}>
    <div class="dialog-body"><p>${t("link.text")}</p>
      <dl class="pairs"><div><dt>${t("link.written")}</dt><dd><bdi class="url" dir="ltr">${text}</bdi></dd></div>
        <div><dt>${t("link.leads")}</dt><dd><bdi class="url" dir="ltr">${host}</bdi></dd></div></dl></div>
    <footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog} data-first>
      ${t("action.cancel")}</button>
      <a class="button primary" href=${href} rel="noopener noreferrer" target="_blank" onClick=${closeDialog}>
        ${t("link.go")}</a></footer><//>`;
