// How a file gets onto the page: the button beside where one writes, a paste, or dropped anywhere on the conversation.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { choose } from "../actions/files.js";
import { t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";

export function Attach({ chat, disabled }) {
  const input = useRef(null);
  return html`
    <button type="button" class="ghost" id="attach" aria-label=${t("compose.attach")} title=${t("compose.attach")}
      disabled=${disabled} onClick=${() => input.current.click()}>${icon("attach")}</button>
    <input ref=${input} type="file" multiple hidden id="attach-files" onChange=${(event) => {
      choose(chat, event.currentTarget.files);
      event.currentTarget.value = "";
    }} />`;
}

// For the field where one writes: a picture that is pasted is a file; words are left alone.
export function takePaste(event, chat) {
  const { files } = event.clipboardData;
  if (!files.length || event.clipboardData.getData("text/plain")) return;
  event.preventDefault();
  choose(chat, files);
}

const hasFiles = (/** @type {DragEvent} */ { dataTransfer }) => [...(dataTransfer?.types ?? [])].includes("Files");

// Lies over its parent while files are held over it.
export function DropZone({ chat, name }) {
  const place = useRef(null);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const parent = place.current.parentElement;
    const over = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      setOver(true);
    };
    const leave = (event) => {
      if (!parent.contains(event.relatedTarget)) setOver(false);
    };
    const drop = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      choose(chat, event.dataTransfer.files);
    };
    const listeners = { dragenter: over, dragover: over, dragleave: leave, drop };
    for (const [type, listener] of Object.entries(listeners)) parent.addEventListener(type, listener);
    return () => {
      for (const [type, listener] of Object.entries(listeners)) parent.removeEventListener(type, listener);
    };
  }, [chat]);
  return html`<div ref=${place} class=${`drop ${isOver ? "is-over" : ""}`} aria-hidden="true">
    ${isOver && html`<p>${icon("attach")}<span>${t("file.drop_here", { name })}</span></p>`}</div>`;
}

// A file that misses the conversation would otherwise be opened in the page's place.
export function guardDrops() {
  for (const type of /** @type {const} */ (["dragover", "drop"]))
    addEventListener(type, (event) => {
      if (!hasFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    });
}
