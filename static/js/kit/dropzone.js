// Where files can be dropped.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { filesOf } from "../actions/given.js";
import { icon } from "./icons.js";

const hasFiles = (/** @type {DragEvent} */ { dataTransfer }) => [...(dataTransfer?.types ?? [])].includes("Files");

/** Lies over its parent while files are held over it. @param {{words: Page.Content, take: (files: File[]) => unknown}} props */
export function DropZone({ words, take }) {
  const place = useRef(null);
  const [isOver, setOver] = useState(false);
  const latest = useRef(take);
  latest.current = take;
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
      latest.current(filesOf(event.dataTransfer));
    };
    const ended = new AbortController();
    const { signal } = ended;
    for (const type of /** @type {const} */ (["dragenter", "dragover"])) parent.addEventListener(type, over, { signal });
    parent.addEventListener("dragleave", leave, { signal });
    parent.addEventListener("drop", drop, { signal });
    return () => ended.abort();
  }, []);
  return html`<div ref=${place} class=${`drop ${isOver ? "is-over" : ""}`} aria-hidden="true">
    ${isOver && html`<p>${icon("attach")}<span>${words}</span></p>`}</div>`;
}

// What a browser opens in the page's place; where one writes, a link is words.
const leads = (/** @type {DragEvent} */ event) =>
  hasFiles(event) || ([...(event.dataTransfer?.types ?? [])].includes("text/uri-list") && !(event.target instanceof Element && event.target.closest("input, textarea")));

// A file that misses the conversation, or a link, would otherwise be opened in the page's place.
export function guardDrops() {
  for (const type of /** @type {const} */ (["dragover", "drop"]))
    addEventListener(type, (event) => {
      if (!leads(event) || event.defaultPrevented || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    });
}
