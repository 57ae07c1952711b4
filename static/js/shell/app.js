// The whole page: the front door, or the frame with what lies in it, or both under a dialog.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { screenOf } from "../state/screen.js";
import { Door } from "../entry/door.js";
import { Frame } from "./frame.js";
import { Loading } from "../kit/loading.js";
import { Dialogs } from "./dialogs.js";
import { Toasts } from "../kit/toasts.js";

export function App(/** @type {Page.Props} */ { state }) {
  const screen = screenOf(state);
  if (screen === "loading") return html`<${Loading} state=${state} />`;
  if (["join", "sign_up", "log_in", "with_kit", "restore", "from_computer", "moving"].includes(screen)) {
    return html`<${Door} state=${state} screen=${screen} />
      ${!state.connected && html`<p class="door-away" role="status">${t("agent.away")}</p>`}
      <${Toasts} toasts=${state.toasts} />`;
  }
  return html`
    <${Frame} state=${state} screen=${screen} />
    <${Dialogs} state=${state} />
    <${Toasts} toasts=${state.toasts} />`;
}
