// How a file gets onto the page: the button beside where one writes, or a paste; or it is dropped on the conversation.

import { html, useRef } from "../../vendor/preact.js";
import { choose } from "../actions/files.js";
import { t } from "../i18n/i18n.js";
import { iconButton } from "../kit/icons.js";

export function Attach(/** @type {Page.Props} */ { chat, disabled }) {
  const input = useRef(null);
  return html`
    ${iconButton("attach", t("compose.attach"), () => input.current.click(), { id: "attach", disabled })}
    <input ref=${input} type="file" multiple hidden id="attach-files" onChange=${(event) => {
      choose(chat, event.currentTarget.files ?? []);
      event.currentTarget.value = "";
    }} />`;
}

// For the field where one writes: a picture that is pasted is a file; words are left alone.
export function takePaste(/** @type {Page.Press} */ event, /** @type {string} */ chat) {
  const { clipboardData: data } = event;
  if (!data?.files.length || data.getData("text/plain")) return;
  event.preventDefault();
  choose(chat, data.files);
}
