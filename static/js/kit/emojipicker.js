// Choosing an emoji: by what it is called, in either language, or by groups. One tab stop for all of them; arrows go
// through them as they stand.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { emojiOf, findEmoji, groups } from "../state/emoji.js";
import { t } from "../i18n/i18n.js";
import { isComposed } from "./composed.js";
import { dots, icon } from "./icons.js";
import { Popover } from "./popover.js";

/** @type {Record<string, string>} */
const signs = {
  recent: "🕘",
  smileys: "🙂",
  people: "👋",
  nature: "🌿",
  food: "🍎",
  travel: "🚗",
  activities: "⚽",
  objects: "💡",
  symbols: "❤️",
  flags: "🏁",
};
const enough = 120; // found ones; who wants more writes another letter

/** @typedef {import("../state/emoji.js").Emoji} Emoji @typedef {Record<string, Emoji[]>} Emojis */

let list = /** @type {Emojis | null} */ (null); // fetched once

function shownOf(/** @type {{all: Emojis, group: string, sought: string, recent: string[]}} */ { all, group, sought, recent }) {
  if (sought.trim()) return findEmoji(all, sought).slice(0, enough);
  if (group !== "recent") return all[group];
  const known = new Map(Object.values(all).flatMap((some) => some.map((one) => [one.emoji, one])));
  const chosen = recent.map((emoji) => known.get(emoji) ?? { emoji, names: { en: emoji, fa: emoji } });
  return [...chosen, ...all.smileys.filter(({ emoji }) => !recent.includes(emoji))]; // on with what is chosen most
}

/** From one to the next along the line, or to the one above or below it. @param {string} key @param {HTMLElement} grid */
function step(key, grid) {
  const all = /** @type {HTMLElement[]} */ ([...grid.children]);
  const at = all.findIndex((one) => one === document.activeElement);
  const columns = Math.max(1, all.findIndex((one) => one.offsetTop > all[0].offsetTop));
  const along = document.documentElement.dir === "rtl" ? -1 : 1;
  const by = new Map([["ArrowRight", along], ["ArrowLeft", -along], ["ArrowDown", columns], ["ArrowUp", -columns]]).get(key);
  if (!by) return null;
  return all[at < 0 ? 0 : at + by] ?? null;
}

export function EmojiPicker(/** @type {Page.Props} */ { popover, recent, language, onPick }) {
  const [all, setAll] = useState(list);
  const [group, setGroup] = useState(recent.length ? "recent" : "smileys");
  const [sought, seek] = useState("");
  const [named, name] = useState(null);
  const grid = /** @type {{current: HTMLElement & {firstElementChild: HTMLElement | null}}} */ (useRef(null));
  useEffect(() => {
    if (!list)
      emojiOf().then((loaded) => {
        list = loaded;
        setAll(loaded);
      });
  }, []);

  function onKeyDown(/** @type {Page.Press} */ event) {
    const isField = event.target.matches("input");
    if (isField && event.key !== "ArrowDown") {
      if (event.key === "Enter" && !isComposed(event) && sought.trim()) {
        event.preventDefault();
        grid.current?.firstElementChild?.click();
      }
      return;
    }
    if (!isField && !grid.current.contains(event.target)) return;
    const to = isField ? grid.current?.firstElementChild : step(event.key, grid.current);
    if (to) to.focus();
    else if (event.key === "ArrowUp") event.currentTarget.querySelector("input")?.focus();
    else return;
    event.preventDefault();
  }

  const shown = all ? shownOf({ all, group, sought, recent }) : [];
  const tabs = recent.length ? ["recent", ...groups] : groups;
  return html`
    <${Popover} popover=${popover} look="pop emoji" role="dialog" aria-label=${t("compose.emoji")} first="input" onKeyDown=${onKeyDown}>
      <label class="search on-card"><span class="sr">${t("emoji.search")}</span>${icon("search")}
        <input type="search" dir="auto" autocomplete="off" placeholder=${t("emoji.search")} value=${sought}
          onInput=${(event) => seek(event.target.value)} /></label>
      <div class="emoji-tabs" role="group" aria-label=${t("emoji.groups")}>
        ${tabs.map(
          (one) => html`<button type="button" key=${one} class="emoji-tab" aria-pressed=${String(one === group && !sought.trim())}
          aria-label=${t(`emoji.${one}`)} title=${t(`emoji.${one}`)} data-group=${one} onClick=${() => {
            seek("");
            setGroup(one);
          }}>${signs[one]}</button>`,
        )}</div>
      <div class="emoji-scroll" aria-busy=${String(!all)}>
        <div class="emoji-grid" ref=${grid} role="group" aria-label=${t(sought.trim() ? "emoji.found" : `emoji.${group}`)}>
          ${shown.map((one, at) => html`<button type="button" class="emoji-one" key=${one.emoji} tabindex=${at ? "-1" : "0"}
            aria-label=${one.names[/** @type {"en"} */ (language)]} data-emoji=${one.emoji} onPointerEnter=${() => name(one)}
            onFocus=${() => name(one)} onClick=${() => onPick(one.emoji)}>${one.emoji}</button>`)}</div>
        ${!all && html`<p class="emoji-none">${dots()}</p>`}
        ${all && !shown.length && html`<p class="emoji-none" role="status">${t("emoji.none")}</p>`}
      </div>
      <p class="emoji-name" aria-hidden="true">${named ? html`<span>${named.emoji}</span><bdi>${named.names[language]}</bdi>` : " "}</p>
    <//>`;
}
