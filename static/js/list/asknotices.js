// Once there is a conversation: whether one wants to be told of what comes. Asked once, by words of ours, and the browser
// asks after the press only; whoever doesn't want it isn't asked again.

import { html } from "../../vendor/preact.js";
import { allowNotifications } from "../actions/choices.js";
import { setLook } from "../actions/look.js";
import { lastPermission } from "../core/notifications.js";
import { t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";

/** @param {Page.State} state */
export function asksNotices({ conversations, settings, choices }) {
  const isMoment = Object.values(conversations).some(({ last }) => last && last.kind !== "system");
  return isMoment && !settings.asked && choices.notifications !== "off" && lastPermission() === "default";
}

export function AskNotices(/** @type {Page.Props} */ { state }) {
  if (!asksNotices(state)) return null;
  const said = () => setLook({ asked: true });
  return html`
    <aside class="card ask-notices" aria-label=${t("notify.title")} data-ask-notices>
      <p>${icon("bell")}<span>${t("notify.offer")}</span></p>
      <div><button type="button" class="button small" onClick=${said}>${t("notify.later")}</button>
        <button type="button" class="button small primary" onClick=${() => {
          said();
          allowNotifications();
        }}>${t("notify.allow")}</button></div></aside>`;
}
