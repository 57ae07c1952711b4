// Everyone at this authority, with roles; who may change a role sees only the choices that the rules allow.

import { html, useState } from "../../vendor/preact.js";
import { attempt } from "../actions/notice.js";
import { findPeople, giveRole } from "../actions/people.js";
import { showCard } from "../actions/profile.js";
import { reason, t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { isCalled, othersOf, peopleOf, where } from "../state/screen.js";
import { openDialog } from "../core/store.js";
import { blockItems } from "../chat/block.js";
import { personItems } from "../kit/chatmenu.js";
import { Others, useSought } from "../kit/everyone.js";
import { SearchField } from "../kit/field.js";
import { guarded } from "../kit/guard.js";
import { avatar, chip, name, roleMay, roleWord, userName, verified } from "../kit/faces.js";
import { icon } from "../kit/icons.js";
import { Menu } from "../kit/menu.js";
import { presenceWord } from "../kit/presence.js";

/** @type {Api.Role[]} */
const grades = ["admin", "advanced user", "beginner user"];

/** A new role moves the row, and focus with it. @param {{uid: string}} given */
const backTo = ({ uid }) => requestAnimationFrame(() => document.getElementById(`role-${uid}`)?.focus());

function Role(/** @type {Page.Props} */ { person }) {
  if (!person.may.length) {
    const why =
      person.why_not &&
      (reason(person.why_not === "role.only_super" ? "role.admin.fixed" : person.why_not) ?? t("why.other"));
    return html`<span class="fixed"><span class="narrow-role">${roleWord(person.role)}</span>
      ${why && html`<span class="quiet" data-why=${person.why_not}>${why}</span>`}</span>`;
  }
  const now = t("role.now", { name: called(person), role: { ready: roleWord(person.role) } });
  /** @type {{key: string, label: string, sub: string, onPick: () => unknown, [what: string]: any}[]} */
  const items = grades
    .filter((role) => person.may.includes(role) || role === person.role)
    .map((role) => ({ key: role, label: roleWord(role), sub: roleMay(role), checked: role === person.role,
      onPick: () => role !== person.role && giveRole(person, role).then(() => backTo(person)),
    }));
  if (person.may_revoke) {
    items.push({ key: "revoke", icon: "lock", label: t("revoke.item"), sub: t("revoke.sub"), stop: true,
      onPick: () => openDialog({ kind: "revoke", uid: person.uid }) });
  }
  return html`<${Menu} id=${`role-${person.uid}`} label=${t("role.menu", { name: called(person) })} items=${items}
    note=${person.may.includes("admin") ? null : t("role.only_super")}
    wide="role-menu" look="button small select" face=${html`<span>${roleWord(person.role)}</span>${icon("down")}`}
    button=${{ "aria-label": now, "data-role": person.role }} />`;
}

/** What else one can do with somebody; of oneself, and of an account that has ended, there is nothing. @param {Page.Props} props */
function More({ person }) {
  if (person.me || (person.revoked && !person.blocked)) return null;
  const items = [
    ...(person.revoked ? [] : personItems(person)),
    ...(person.may_revoke
      ? [{ key: "sign_kit", icon: "key", label: t("kit.sign.item"), sub: t("kit.sign.sub"),
          onPick: () => openDialog({ kind: "sign_kit", uid: person.uid }) }]
      : []),
    ...blockItems(person),
  ];
  return html`<${Menu} id=${`person-${person.uid}`} label=${t("person.menu", { name: called(person) })} items=${items}
    face=${icon("more")} look="ghost small"
    button=${{ "aria-label": t("person.menu", { name: called(person) }), title: t("action.more") }} />`;
}

const PersonRow = guarded(({ person, now }) => html`
  <tr data-person=${person.uid} data-name=${person.name} data-role=${person.role}>
    <th scope="row"><span class="person"><span class="face" onClick=${() => showCard(person.uid)}>
      ${avatar(person, "m")}</span><span class="member-name">
      <button type="button" class="link plain" title=${t("card.item")} data-card-of=${person.uid}
        onClick=${() => showCard(person.uid)}>${name(called(person))}</button><span class="quiet">${userName(person)}</span>
      ${verified(person)}${person.me && chip(t("you.mark"))}${person.new_key && chip(t("people.new_key"), "is-warn")}
      ${person.revoked && chip(t("people.revoked"))}${person.blocked && chip(t("blocked.chip"))}</span></span></th>
    <td class="wide-only"><span class=${`presence-word ${person.online ? "is-online" : ""}`}>
      ${person.revoked || person.blocked ? "" : presenceWord(person, now)}</span></td>
    <td class="end"><span class="person-tools"><${Role} person=${person} /><${More} person=${person} /></span></td></tr>`, "tr");

export function People(/** @type {Page.Props} */ { state }) {
  const [sought, setSought] = useState("");
  const [end, setEnd] = useState(/** @type {{last: string | null, more: boolean} | null} */ (null)); // of what was asked for
  const all = peopleOf(state);
  const isMore = othersOf(state) > 0 && (end === null || end.more);
  useSought(state, sought);
  const seek = (/** @type {string} */ text) => {
    setSought(text);
    setEnd(null);
  };
  const people = all.filter((person) => isCalled(person, sought));
  const mine = t("people.you", { role: { ready: roleWord(state.people[state.me].role) } });
  return html`
    <section class="pane page" aria-labelledby="people-title">
      <div class="page-scroll" tabindex="0" role="group" aria-labelledby="people-title"><div class="page-in">
      <header class="page-head"><div><h2 id="people-title">${t("people.title")}</h2>
        <p class="quiet">${t("people.sub", { n: all.length + othersOf(state), authority: where(state.authority) })} ${mine}</p></div>
        <button type="button" class="button primary"
          onClick=${() => openDialog({ kind: "join_link" })}>${icon("link")}<span>
          ${t("people.invite")}</span></button></header>
      <${SearchField} id="people-search" look="on-panel" label=${t("people.search")} hint=${t("people.search_hint")}
        value=${sought} find=${seek} />
      ${people.length
          ? html`
        <table class="table"><thead><tr><th scope="col">${t("people.col.name")}</th><th scope="col" class="wide-only">
          ${t("people.col.presence")}</th><th scope="col" class="end">${t("people.col.role")}</th></tr></thead>
          <tbody>${people.map((person) => html`<${PersonRow} key=${person.uid} person=${person}
            now=${state.now} />`)}</tbody></table>`
          : html`<p class="none" role="status">${t("list.nothing")}</p>`}
      ${isMore && html`<div class="more-people"><${Others} state=${state} /><button type="button" class="button" data-more-people
        onClick=${() => attempt(findPeople(sought.trim(), end?.last ?? null).then(setEnd))}>${t("people.more")}</button></div>`}
    </div></div></section>`;
}
