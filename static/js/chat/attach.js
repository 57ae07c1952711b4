// How a file gets onto the page: the button beside where one writes, a paste, or dropped anywhere on the conversation.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { choose } from "../actions/files.js";
import { t } from "../i18n/i18n.js";
import { icon, iconButton } from "../kit/icons.js";

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

const hasFiles = (/** @type {DragEvent} */ { dataTransfer }) => [...(dataTransfer?.types ?? [])].includes("Files");

/** Lies over its parent while files are held over it. @param {Page.Props} props */
export function DropZone({ chat, name }) {
  const place = useRef(null);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const parent = /** @type {HTMLElement} */ (place.current.parentElement);
    const over = (/** @type {DragEvent} */ event) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      setOver(true);
    };
    const leave = (/** @type {DragEvent} */ { relatedTarget }) => {
      if (!parent.contains(/** @type {Node | null} */ (relatedTarget))) setOver(false);
    };
    const drop = (/** @type {DragEvent} */ event) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      setOver(false);
      choose(chat, event.dataTransfer.files);
    };
    const ended = new AbortController();
    const { signal } = ended;
    for (const type of /** @type {const} */ (["dragenter", "dragover"])) parent.addEventListener(type, over, { signal });
    parent.addEventListener("dragleave", leave, { signal });
    parent.addEventListener("drop", drop, { signal });
    return () => ended.abort();
  }, [chat]);
  return html`<div ref=${place} class=${`drop ${isOver ? "is-over" : ""}`} aria-hidden="true">
    ${isOver && html`<p>${icon("attach")}<span>${t("file.drop_here", { name })}</span></p>`}</div>`;
}

// A file that misses the conversation would otherwise be opened in the page's place.
export function guardDrops() {
  for (const type of /** @type {const} */ (["dragover", "drop"]))
    addEventListener(type, (event) => {
      if (!hasFiles(event) || event.defaultPrevented || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    });
}
