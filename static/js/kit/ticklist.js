// Choosing people from a list with ticks: a field to find them in, everybody at once, and how many are chosen. Of many
// people as many rows are in the page as one has scrolled to.

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { othersOf } from "../state/screen.js";
import { foundOf, share, tick, tickAll, toTick } from "../state/ticks.js";
import { isComposed } from "./composed.js";
import { Others, useSought } from "./everyone.js";
import { avatar, name as nameOf, roleWord, userName, verified } from "./faces.js";
import { SearchField } from "./field.js";
import { rovingFocus } from "./rovingfocus.js";

const step = 60; // rows that are drawn, and as many more at each end of the scrolling

function Everybody(/** @type {Page.Props} */ { id, uids, shown, words, set }) {
  const box = /** @type {{current: HTMLInputElement}} */ (useRef(null));
  const now = share(uids, shown);
  useEffect(() => {
    box.current.indeterminate = now === "some";
  });
  return html`
    <label class="tickrow"><input ref=${box} type="checkbox" id=${`${id}-all`} checked=${now === "all"}
      onChange=${() => set(tickAll(uids, shown))} /><span class="grow strong">${words}</span></label>`;
}

const Tick = (/** @type {Page.Props} */ { person, on, stop, again, press }) => html`
  <li><label class="tickrow" data-person=${person.uid} data-name=${person.name}>
    <input type="checkbox" checked=${on} tabindex=${stop ? 0 : -1} onChange=${press} />
    ${avatar(person, "s")}<span class="grow"><span class="strong option-name">
      ${nameOf(called(person))}${verified(person)}</span><span class="quiet">
      ${userName(person, again ? t("member.waiting") : roleWord(person.role))}</span></span></label></li>`;

/** left: who isn't offered; again: whom only a tick of their own asks once more. @param {Page.Props} props */
export function TickList({ id, state, label, uids, set, error, left = [], again = [] }) {
  const [text, setText] = useState("");
  const [only, setOnly] = useState(/** @type {string[] | null} */ (null)); // those who were chosen when it was pressed
  const [drawn, setDrawn] = useState(step);
  const [stop, setStop] = useState(/** @type {string | null} */ (null));
  const list = /** @type {{current: HTMLElement}} */ (useRef(null));
  const all = toTick(state, left);
  useSought(state, text);
  const chosen = new Set(uids);
  const people = foundOf(only ? all.filter(({ uid }) => only.includes(uid)) : all, text);
  const shown = people.slice(0, drawn);
  const at = shown.some(({ uid }) => uid === stop) ? stop : shown[0]?.uid;
  const fresh = people.map(({ uid }) => uid).filter((uid) => !again.includes(uid));
  const words = text.trim() ? "ticks.found" : only ? "ticks.these" : "ticks.all";

  function find(/** @type {string} */ sought) {
    setText(sought);
    setDrawn(step);
    if (list.current) list.current.scrollTop = 0;
  }

  function press(/** @type {string} */ uid) {
    set(tick(uids, uid));
    setStop(uid);
  }

  function onSearchKey(/** @type {Page.Press} */ event) {
    if (isComposed(event)) return;
    if (event.key === "ArrowDown") list.current?.querySelector("input")?.focus();
    else if (event.key === "Enter" && text.trim()) {
      if (people.length) {
        press(people[0].uid);
        find("");
      }
    } else if (event.key === "Escape" && text) find("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function onListKey(/** @type {Page.Press} */ event) {
    if (event.key === "ArrowUp" && document.activeElement === list.current.querySelector("input")) {
      document.getElementById(id)?.focus();
      event.preventDefault();
    } else if (event.key === "Enter") event.preventDefault(); // a tick is set with Space; nothing is sent by mistake
    else rovingFocus(event, "input");
  }

  return html`
    <div class="ticks" role="group" aria-label=${label} data-ticked=${uids.length}>
      <${SearchField} id=${id} name="typed" look="on-panel" label=${t("ticks.search")} value=${text} find=${find} onKeyDown=${onSearchKey}
        aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? `${id}-error` : undefined} />
      <div class="ticks-head">
        ${fresh.length > 0 && (text.trim() || only || !othersOf(state)) && html`<${Everybody} id=${id} uids=${uids} shown=${fresh} set=${set}
          words=${t(words, { n: fresh.length })} />`}
        <button type="button" class=${`ghost text small ${only ? "is-on" : ""}`} aria-pressed=${String(Boolean(only))}
          aria-disabled=${uids.length || only ? undefined : "true"} data-only-chosen
          onClick=${() => setOnly(only || !uids.length ? null : uids)}>
          ${t("ticks.chosen", { n: uids.length })}</button></div>
      <p class="sr" role="status">${t("ticks.chosen", { n: uids.length })}</p>
      ${people.length
          ? html`<ul class="tick-list" ref=${list} onKeyDown=${onListKey}
        onFocusIn=${(event) => setStop(event.target.closest("[data-person]")?.getAttribute("data-person") ?? stop)}
        onScroll=${({ currentTarget: box }) => box.scrollHeight - box.scrollTop < 2 * box.clientHeight &&
          drawn < people.length && setDrawn(drawn + step)}>
        ${shown.map((person) => html`<${Tick} key=${person.uid} person=${person} on=${chosen.has(person.uid)}
          stop=${person.uid === at} again=${again.includes(person.uid)} press=${() => press(person.uid)} />`)}</ul>`
          : html`<p class="quiet center">${t(all.length ? "list.nothing" : left.length ? "ticks.all_in" : "safety.nobody")}</p>`}
      ${!text.trim() && !only && html`<${Others} state=${state} />`}
    </div>`;
}
