// Sending one's place: asked for by a press, looked at, and only then sent.

import { html, useState } from "../../vendor/preact.js";
import { findPlace, sendPlace } from "../actions/place.js";
import { t } from "../i18n/i18n.js";
import { closeDialog } from "../core/store.js";
import { Dialog } from "../kit/dialog.js";
import { dots, icon } from "../kit/icons.js";
import { Where } from "../message/place.js";

export function SendPlace(/** @type {Page.Props} */ { dialog: { chat } }) {
  const [found, set] = useState(/** @type {{place?: import("../lib/geo.js").Place, why?: string} | null} */ (null));
  const [isAsking, ask] = useState(false);
  const place = found?.place;
  async function find() {
    if (isAsking) return;
    ask(true);
    set(await findPlace());
    ask(false);
  }
  return html`
    <${Dialog} kind="place" title=${t("place.item")}>
      <div class="dialog-body"><p>${t("place.text")}</p>
        <div role="status">${isAsking && html`<p class="quiet">${t("place.asking")} ${dots()}</p>`}
          ${place && html`<${Where} place=${place} />`}
          ${found?.why && !isAsking && html`<p class="error" data-error=${found.why}>${icon("warn")}<span>${t(found.why)}</span></p>`}</div></div>
      <footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog}>${t("action.cancel")}</button>
        ${place
            ? html`<button key="send" type="button" class="button primary" data-send-place onClick=${() => sendPlace(chat, place)}>${t("place.send")}</button>`
            : html`<button key="find" type="button" class="button primary" data-first data-find-place aria-busy=${String(isAsking)} onClick=${find}>${t("place.find")}</button>`}</footer><//>`;
}
