// One picture, large: its preview until all of it is here and checked, then the picture itself, drawn from decoded pixels.

import { html, useEffect } from "../../vendor/preact.js";
import { picture, preview, saveFile } from "../actions/files.js";
import { plain, t } from "../i18n/i18n.js";
import { Canvas } from "../kit/canvas.js";
import { closeDialog } from "../core/store.js";
import { Dialog } from "../kit/dialog.js";
import { icon } from "../kit/icons.js";

export function PictureDialog(/** @type {Page.Props} */ { state, dialog }) {
  const message = state.talks[dialog.chat]?.messages.find(({ id }) => id === dialog.id);
  useEffect(() => {
    if (!message?.file) closeDialog(); // deleted meanwhile
  }, [message?.file]);
  if (!message?.file) return null;
  const { file } = message;
  const filed = /** @type {Page.Filed} */ (message);
  const isHere = file.state === "here" || file.state === "sending";
  const part = file.size ? Math.round((file.done / file.size) * 100) : 0;
  return html`
    <${Dialog} kind="picture" title=${html`<bdi dir="ltr">${plain(file.name)}</bdi>`} look="picture-dialog">
      <div class="picture-large" tabindex="0" data-first role="img" aria-label=${t("msg.picture_shown", { file: file.name })}
        data-file=${file.state}>
        ${isHere
            ? html`<${Canvas} key="whole" of=${`${message.id} whole`} load=${() => picture(filed)} look="large" owns />`
            : html`<${Canvas} key="small" of=${message.id} load=${() => preview(message)} look="large is-small" />`}
        ${file.state === "fetching" && html`<progress max="100" value=${part}
          aria-label=${t("file.fetching", { file: file.name })}></progress>`}
      </div>
      <footer><span class="grow"></span><button type="button" class="button" onClick=${closeDialog}>
        ${t("action.close")}</button>
        <button type="button" class="button primary" disabled=${!isHere} onClick=${() => saveFile(filed)}>
          ${icon("save")}<span>${t("file.save_it")}</span></button></footer><//>`;
}
