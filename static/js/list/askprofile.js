// In the first hour: that others see a bare user name, and the way to a picture and a name. It goes away by itself once there is
// one, or once one has chats enough to know one's way; whoever doesn't want it isn't told again.

import { html } from "../../vendor/preact.js";
import { setLook } from "../actions/look.js";
import { editProfile } from "../actions/profile.js";
import { t } from "../i18n/i18n.js";
import { avatar } from "../kit/faces.js";
import { asksNotices } from "./asknotices.js";

const settledIn = 4; // chats

/** @param {Page.State} state */
export function asksProfile(state) {
  const me = state.people[state.me ?? ""];
  const isBare = me && !me.display_name && !me.picture && !me.alike;
  return isBare && !state.settings.introduced && Object.keys(state.conversations).length < settledIn && !asksNotices(state);
}

export function AskProfile(/** @type {Page.Props} */ { state }) {
  if (!asksProfile(state)) return null;
  const me = state.people[state.me];
  return html`
    <aside class="card ask-notices" aria-label=${t("profile.title")} data-ask-profile>
      <p>${avatar(me, "s", false)}<span>${t("profile.offer", { name: me.name })}</span></p>
      <div><button type="button" class="button small" onClick=${() => setLook({ introduced: true })}>${t("profile.later")}</button>
        <button type="button" class="button small" data-edit-profile onClick=${editProfile}>${t("profile.add")}</button></div></aside>`;
}
