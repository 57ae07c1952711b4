// The front door: the tiled wall, the switch of language and colours, and one of three forms.

import { html } from "../../vendor/preact.js";
import { setLook } from "../actions/look.js";
import { languages, t } from "../i18n/i18n.js";
import { where } from "../state/screen.js";
import { isDark } from "../i18n/settings.js";
import { Join } from "./join.js";
import { LogIn, SignUp } from "./account.js";
import { FromComputer, Moving } from "./moving.js";
import { Restore } from "./restore.js";
import { WithKit } from "./withkit.js";
import { iconButton } from "../kit/icons.js";

/** @type {Record<string, Page.View<Page.Props>>} */
const forms = { join: Join, sign_up: SignUp, log_in: LogIn, with_kit: WithKit, restore: Restore, from_computer: FromComputer, moving: Moving };

const wall = () => html`
  <div class="wall" aria-hidden="true">
    <svg class="tiles" focusable="false"><rect width="100%" height="100%" fill="url(#girih-deep)" /></svg>
    <div class="wall-text"><svg class="brand" focusable="false"><use href="#i-brand" /></svg>
      <p class="wordmark"><span lang="fa" dir="rtl">همراز</span><span lang="en" dir="ltr">Hamraz</span></p>
      <p class="promise">${t("brand.promise")}</p>
    </div>
  </div>`;

export function Door(/** @type {Page.Props} */ { state, screen }) {
  const other = state.settings.language === "fa" ? "en" : "fa";
  const dark = isDark(state.settings);
  const Form = forms[screen];
  return html`
    <div class="front">
      ${wall()}
      <main class="door-side">
        <div class="door-top">
          ${screen !== "join" && state.authority && html`
            <span class="where"><span>
              ${t("join.at", { authority: where(state.authority) })}</span></span>`}
          <span class="spacer"></span>
          <button type="button" class="ghost text" lang=${other} data-language=${other}
            onClick=${() => setLook({ language: other })}>
            <span>${languages[other].own}</span></button>
          ${iconButton(dark ? "sun" : "moon", t("theme.switch"), () => setLook({ theme: dark ? "light" : "dark" }))}
        </div>
        <${Form} key=${screen} state=${state} />
      </main>
    </div>`;
}
