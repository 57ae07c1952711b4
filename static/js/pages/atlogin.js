// Settings: whether the computer starts Hamraz when its user logs in. What the agent finds there is the computer's, not the vault's.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { startAtLogin } from "../actions/choices.js";
import { attempt } from "../actions/notice.js";
import { t } from "../i18n/i18n.js";
import { Switch } from "../kit/choice.js";

/** Nothing where this computer has no such thing, and until that is known. */
export function AtLogin() {
  const [on, setOn] = useState(/** @type {boolean | null} */ (null));
  useEffect(() => void startAtLogin().then(setOn, () => {}), []);
  if (on === null) return null;
  async function change(/** @type {boolean} */ wanted) {
    setOn(wanted);
    if (!(await attempt(startAtLogin(wanted).then(setOn)))) setOn(!wanted);
  }
  return html`<${Switch} id="set-at-login" words=${t("at_login.row")} hint=${t("at_login.hint")} on=${on} change=${change} />`;
}
