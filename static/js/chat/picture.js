// One picture, large: its preview until all of it is here and checked, then the picture itself, drawn from decoded pixels or, if
// it moves, moving; looked at closely, and with those before and after it in the talk.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { picture, preview, saveFile } from "../actions/files.js";
import { picturesOf, turnPicture } from "../actions/gallery.js";
import { dayAndTime, plain, t } from "../i18n/i18n.js";
import { Canvas } from "../kit/canvas.js";
import { closeDialog } from "../core/store.js";
import { Dialog } from "../kit/dialog.js";
import { icon, iconButton } from "../kit/icons.js";
import { Zoom } from "../kit/zoom.js";
import { useMoving } from "../message/media.js";
import { called } from "../state/names.js";

const isRtl = () => document.documentElement.dir === "rtl";

function Large(/** @type {Page.Props & {message: Page.Filed, isHere: boolean}} */ { message, isHere }) {
  const src = useMoving(message);
  if (src) return html`<img class="large" src=${src} alt="" data-moving draggable=${false} />`;
  return isHere
    ? html`<${Canvas} key=${`${message.id} whole`} of=${`${message.id} whole`} load=${() => picture(message)} look="large" owns />`
    : html`<${Canvas} key=${message.id} of=${message.id} load=${() => preview(message)} look="large is-small" />`;
}

export function PictureDialog(/** @type {Page.Props} */ { state, dialog }) {
  const { chat, id } = dialog;
  const [isTurning, setTurning] = useState(false);
  const message = state.talks[chat]?.messages.find((one) => one.id === id);
  useEffect(() => {
    if (!message?.file) closeDialog(); // deleted meanwhile
  }, [message?.file]);
  if (!message?.file) return null;
  const { file, from, time } = message;
  const filed = /** @type {Page.Filed} */ (message);
  const isHere = file.state === "here" || file.state === "sending";
  const part = file.size ? Math.round((file.done / file.size) * 100) : 0;
  const all = picturesOf(state, chat);
  const isLast = all.at(-1)?.id === id;
  const person = state.people[from];

  async function turn(/** @type {number} */ way) {
    if (isTurning || (way > 0 && isLast)) return;
    setTurning(true);
    await turnPicture(chat, id, way);
    setTurning(false);
  }
  function onKeyDown(/** @type {Page.Press} */ event) {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    turn(isRtl() ? -way : way);
  }
  const about = t("picture.from", { name: person ? called(person) : t("person.unknown"), time: { ready: dayAndTime(time, state.now) } });
  return html`
    <${Dialog} kind="picture" title=${html`<bdi dir="ltr">${plain(file.name)}</bdi>`} look="picture-dialog">
      <div class="picture-large" data-file=${file.state} data-shown=${id} onKeyDown=${onKeyDown}>
        ${iconButton("back", t("picture.before"), () => turn(-1), { look: "turn is-before flip", "data-turn": "-1", "aria-disabled": String(isTurning) })}
        <${Zoom} of=${id} label=${t("msg.picture_shown", { file: file.name })} sweep=${(/** @type {number} */ way) => turn(isRtl() ? -way : way)}>
          <${Large} message=${filed} isHere=${isHere} /><//>
        ${iconButton("back", t("picture.after"), () => turn(1), { look: "turn is-after", "data-turn": "1", "aria-disabled": String(isLast) })}
        ${file.state === "fetching" && html`<progress max="100" value=${part}
          aria-label=${t("file.fetching", { file: file.name })}></progress>`}
      </div>
      <footer><p class="grow quiet" role="status">${about}</p><button type="button" class="button" onClick=${closeDialog}>
        ${t("action.close")}</button>
        <button type="button" class="button primary" disabled=${!isHere} onClick=${() => saveFile(filed)}>
          ${icon("save")}<span>${t("file.save_it")}</span></button></footer><//>`;
}
