// For how long a conversation is to be quiet.

import { html } from "../../vendor/preact.js";
import { mute } from "../actions/chats.js";
import { t } from "../i18n/i18n.js";
import { closeDialog } from "../core/store.js";
import { Dialog } from "../kit/dialog.js";

const hour = 3_600_000; // ms

export function MuteChat(/** @type {Page.Props} */ { state, dialog: { chat } }) {
  const isGroup = Boolean(state.conversations[chat]?.group);
  const now = Date.now();
  /** @type {[string, Parameters<typeof mute>[1]][]} */
  const ways = [
    ["hour", { muted_until: now + hour }],
    ["day", { muted_until: now + 24 * hour }],
    ["always", { muted: true }],
  ];
  if (isGroup) ways.unshift(["mentions", { mentions_only: true }]);
  return html`
    <${Dialog} kind="mute" title=${t("mute.title")} look="small">
      <div class="dialog-body"><p class="quiet">${t("mute.text")}</p>
        <div class="choices">${ways.map(([name, how]) => html`<button type="button" class="button wide" key=${name} data-mute=${name} data-first=${name === ways[0][0] ? "" : undefined}
          onClick=${() => {
            closeDialog();
            mute(chat, how);
          }}>${t(`mute.${name}`)}</button>`)}</div></div><//>`;
}
