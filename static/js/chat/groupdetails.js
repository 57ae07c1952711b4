// A group from inside: its members and what one may do with them, what newcomers read, reload and leave; and, folded, who
// has its key and what its certificate says.

import { html, useState } from "../../vendor/preact.js";
import { reload } from "../actions/group.js";
import { brief, digits, list, number, plain, t } from "../i18n/i18n.js";
import { openDialog } from "../core/store.js";
import { errorLine } from "../kit/field.js";
import { groupAvatar, name } from "../kit/faces.js";
import { dots, icon, iconButton } from "../kit/icons.js";
import { Asks, JoinLinkPart } from "./joining.js";
import { Members } from "./members.js";
import { factRow } from "../kit/factrow.js";
import { securityDetails } from "../kit/securitydetails.js";
import { nameOf } from "../state/names.js";

const most = 12; // bars of the meter; a larger group is drawn in proportion

function KeyCard(/** @type {Page.Props} */ { group, people, removed }) {
  const joined = group.members.filter(({ state }) => state === "joined");
  const waiting = joined.filter(({ acked }) => !acked);
  const bars = Math.min(joined.length, most);
  const on = joined.length ? Math.floor((group.acked / joined.length) * bars) : 0;
  const names = list(waiting.slice(0, 3).map(({ uid }) => nameOf(people, uid)));
  const key = waiting.length > 3 ? "key.waiting_more" : "key.waiting_for";
  const words = waiting.length > 0 && t(key, { n: waiting.length, name: names });
  return html`
    <section class="card keycard">
      <div class="keycard-top">${icon("key")}<div class="grow">
        <p class="strong" data-acked=${group.acked} data-all=${joined.length}>
        ${t("key.acked", { n: group.acked, all: joined.length })}</p>
        ${words && html`<p class="quiet">${words}</p>`}</div></div>
      <div class="meter" role="meter" aria-valuemin="0" aria-valuemax=${joined.length} aria-valuenow=${group.acked}
        aria-label=${t("key.meter")}>
        ${Array.from({ length: bars }, (_, at) => html`<i class=${at < on ? "on" : ""}></i>`)}</div>
      ${group.stale && html`<p class="quiet">${t("key.stale")}</p>`}
      ${removed && html`<p class="quiet">${t("key.removed_cut", { name: nameOf(people, removed) })}</p>`}
    </section>`;
}

function Reload(/** @type {Page.Props} */ { group, now }) {
  const [it, set] = useState({ busy: false, error: /** @type {Api.Failure | null} */ (null) });
  const time = group.last_checked !== null && { ready: brief(group.last_checked, now) };
  const checked = time ? t("group.reload.last", { time }) : t("group.reload.never");
  async function go() {
    if (it.busy) return;
    set({ busy: true, error: null });
    set({ busy: false, error: await reload(group.gid) });
  }
  return html`
    <button type="button" class="button wide" data-reload aria-busy=${String(it.busy)} aria-describedby="reload-says"
      onClick=${go}>${icon("reload")}<span>${t("group.reload")}</span>${it.busy && dots()}</button>
    <div id="reload-says" role="status">${it.error ? errorLine("reload-error", it.error) : html`<p class="quiet center">${checked}</p>`
    }</div>`;
}

export function GroupDetails(/** @type {Page.Props & {open: {group: Api.Group}}} */ { state, open }) {
  const { group, chat } = open;
  const { people } = state;
  const removed = state.talks[chat]?.messages.findLast(({ system }) => system?.what === "removed")?.system?.who[0];
  const isOpen = group.state === "joined";
  const isCut = removed && !group.members.some(({ uid }) => uid === removed);
  const edit = () => openDialog({ kind: "edit_group", group, name: open.name });
  return html`
    <section class="contact">${groupAvatar(group.gid, "l", group.picture)}<div class="grow"><h3>${name(open.name)}</h3>
      ${group.line && html`<p class="quiet about-line" dir="auto">${plain(group.line)}</p>`}</div>
      ${isOpen && group.may_add && iconButton("edit", t("group.edit"), edit, { "data-edit-group": true })}</section>
    ${isOpen && group.may_add && html`<${Asks} group=${group} people=${people} now=${state.now} />`}
    <${Members} group=${group} people=${people} />
    ${isOpen && group.may_add && html`<${JoinLinkPart} group=${group} />`}
    <section><dl class="pairs">
      ${factRow(t("write.title"), t(`write.${group.write}`))}
      ${factRow(t("history.title"), t(group.history === "all" ? "history.all" : "history.joining"))}
    </dl></section>
    ${group.state !== "invited" && html`<section class="stacked"><${Reload} group=${group} now=${state.now} />
      ${isOpen && group.may_leave && html`<button type="button" class="button stop wide flip-icon"
        onClick=${() => openDialog({ kind: "leave", gid: group.gid })}>${icon("leave")}<span>
        ${t("group.leave")}</span></button>`}</section>`}
    ${securityDetails(html`
      ${isOpen && html`<${KeyCard} group=${group} people=${people} removed=${isCut ? removed : null} />`}
      <section><header class="part"><h3>${t("cert.title")}</h3>
        ${group.certificate.checked && html`<span class="chip is-ok">${t("cert.ok")}</span>`}</header>
        <dl class="pairs">
          ${factRow(t("cert.port"), group.port, "code", "ltr")}
          ${factRow(t("cert.epoch"), digits(group.epoch))}
          ${factRow(t("cert.signed"), t("cert.authority"))}
          ${group.certificate.entry !== null && factRow(t("cert.entry"), number(group.certificate.entry))}
        </dl></section>`)}`;
}
