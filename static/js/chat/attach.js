// How a file gets onto the page: the button beside where one writes, or a paste; or it is dropped on the conversation.

import { html, useRef } from "../../vendor/preact.js";
import { choose } from "../actions/files.js";
import { filesOf } from "../actions/given.js";
import { t } from "../i18n/i18n.js";
import { areNames } from "../lib/pasted.js";
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

// For the field where one writes: what is pasted of a file manager, and a picture, are files; words are left alone.
export function takePaste(/** @type {Page.Press} */ event, /** @type {string} */ chat) {
  const { clipboardData: data } = event;
  if (!data?.files.length || !areNames(data.getData("text/plain"), Array.from(data.files, ({ name }) => name))) return;
  event.preventDefault();
  choose(chat, filesOf(data));
}
