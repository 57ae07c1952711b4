// Blocking people: what a menu offers, what is asked before, what stands in place of the composer, and the list in
// Settings.

import { html, useState } from "../../vendor/preact.js";
import { askBlock, block, unblock } from "../actions/block.js";
import { write } from "../actions/compose.js";
import { inOrder, number, t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { Ask } from "../kit/dialog.js";
import { avatar, name } from "../kit/faces.js";
import { icon } from "../kit/icons.js";

const few = 10; // of the list in Settings, before one asks for all

// For the menus of a person; nothing for oneself, and for an account that has ended only the way back.
export function blockItems(/** @type {Api.Person | null} */ person) {
  if (!person || person.me || (person.revoked && !person.blocked)) return [];
  return person.blocked
    ? [{ key: "unblock", icon: "block", label: t("unblock.go"), onPick: () => unblock(person) }]
    : [{ key: "block", icon: "block", stop: true, label: t("block.item"), onPick: () => askBlock(person) }];
}

export function BlockDialog(/** @type {Page.Props} */ { state, dialog }) {
  const person = state.people[dialog.uid];
    return html`<${Ask} kind="block" title=${t("block.title", { name: called(person) })} go=${t("block.go")} stop submit=${() => block(person)}
    lines=${["block.what", "block.means", "block.after"].map((key) => t(key, { name: called(person) }))} />`;
}

// What was focused is gone with it: writing goes on.
const toComposer = () => requestAnimationFrame(write);

export const BlockedBar = (/** @type {Page.Props} */ { person }) => html`
  <p class="closed" role="note" data-closed="person_blocked">${icon("block")}
    <span>${t("blocked.bar", { name: called(person) })}</span>
    <button type="button" class="button small" data-unblock
      onClick=${() => unblock(person).then((done) => done && toComposer())}>${t("unblock.go")}</button></p>`;

// The row goes with the press, and focus to the list's heading.
const toList = () => requestAnimationFrame(() => document.getElementById("set-blocked")?.focus());

export function BlockedPeople(/** @type {Page.Props} */ { people }) {
  const [all, showAll] = useState(false);
  const blocked = Object.values(people)
    .filter((person) => person.blocked)
    .sort((a, b) => inOrder(called(a), called(b)));
  return html`
    <section class="set" aria-labelledby="set-blocked"><h3 id="set-blocked" tabindex="-1">${t("blocked.title")}</h3>
      <div class="card"><div class="set-row"><p class="quiet">${t(blocked.length ? "blocked.hint" : "blocked.none")}</p></div>
      ${blocked.length > 0 && html`<ul class="blocked">${(all ? blocked : blocked.slice(0, few)).map(
          (person) => html`
        <li class="set-row" key=${person.uid} data-blocked=${person.uid}><span class="person">
          ${avatar(person, "s", false)}<span class="strong">${name(called(person))}</span></span>
          <button type="button" class="button small" aria-label=${t("unblock.of", { name: called(person) })}
            onClick=${() => unblock(person).then((done) => done && toList())}>${t("unblock.go")}</button></li>`,
        )}</ul>`}
      ${!all && blocked.length > few &&
        html`<div class="set-row"><button type="button" class="button wide" onClick=${() => showAll(true)}>
        ${t("blocked.more", { n: { ready: number(blocked.length) } })}</button></div>`}</div></section>`;
}
