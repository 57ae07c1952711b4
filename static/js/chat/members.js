// The members of a group: who is in it, as what, and who is only invited; what one may do with each of them, or why not.
// A large group has a field to find people in, and is drawn as far as it is looked at.

import { html, useState } from "../../vendor/preact.js";
import { showPerson } from "../actions/reading.js";
import { number, reason, t } from "../i18n/i18n.js";
import { memo } from "../core/memo.js";
import { called } from "../state/names.js";
import { byRank, isCalled } from "../state/screen.js";
import { openDialog } from "../core/store.js";
import { SearchField } from "../kit/field.js";
import { guarded } from "../kit/guard.js";
import { avatar, chip, name, roleWord, userName, verified } from "../kit/faces.js";
import { icon } from "../kit/icons.js";
import { blockItems } from "./block.js";
import { personItems } from "../kit/chatmenu.js";
import { Menu } from "../kit/menu.js";

const few = 12; // members that are seen at a glance
const standings = ["joined", "invited", "declined"];
const most = 60; // drawn before one asks for all

const unknown = (/** @type {string} */ uid) => ({ uid, name: t("person.unknown"), me: false, online: null, role: null });
const whyNot = (/** @type {string | null} */ code) => reason(code ?? "", {}) ?? t("why.other");

/** How somebody stands in the group. @param {Page.Props} props */
function standing({ person, of, isCreator }) {
  const role = person.role && roleWord(person.role);
  if (of !== "joined") return t(`member.${of}`);
  return role && (isCreator ? t("member.creator", { role }) : role);
}

const Member = guarded(memo((props) => {
  const { person, of, gid, mayRemove, why } = props;
  const isIn = of === "joined";
  const items = [
    ...personItems(person),
    ...(of === "declined" ? [] : [{ key: "remove", icon: "remove-person", stop: mayRemove, off: !mayRemove, label: t("member.remove"),
      onPick: () => openDialog({ kind: "remove", gid, uid: person.uid }) }]),
    ...blockItems(person),
  ];
  return html`
    <li class=${`member ${isIn ? "" : "is-invited"}`} data-person=${person.uid} data-name=${person.name} data-state=${of}>
      <span class="face" onClick=${() => showPerson(person.uid)}>${avatar(person, "s", isIn)}</span>
      <span class="grow"><span class="member-name">
        <button type="button" class="link plain" title=${t("chat.details")} data-about=${person.uid}
          onClick=${() => showPerson(person.uid)}>${name(called(person))}</button>${verified(person)}${person.me && chip(t("you.mark"))}${person.blocked && chip(t("blocked.chip"))}</span>
        <span class="quiet">${userName(person, standing(props))}</span></span>
      ${!person.me && html`<${Menu} id=${`member-${person.uid}`} label=${t("member.of", { name: called(person) })}
        items=${items} note=${mayRemove || of === "declined" ? null : whyNot(why)} face=${icon("more")} look="ghost small"
        button=${{ "aria-label": t("member.of", { name: called(person) }), title: t("member.more") }} />`}
    </li>`;
}));

function Find(/** @type {Page.Props} */ { text, set, found }) {
  return html`
    <${SearchField} id="member-search" label=${t("members.search")} value=${text} find=${set} />
    <p class="sr" role="status">${text.trim() ? t("members.found", { n: found }) : ""}</p>`;
}

/** Whoever is only invited doesn't know yet which of the others have joined. @param {Page.Props} props */
export function Members({ group, people }) {
  const [text, setText] = useState("");
  const [all, setAll] = useState(false);
  const isGuest = group.state === "invited";
  const isOpen = group.state === "joined";
  const declined = group.declined.map((uid) => ({ uid, state: "declined" }));
  const known = [...group.members, ...declined]
    .map(({ uid, state }) => {
      const person = people[uid] ?? unknown(uid);
      return { person, of: isGuest && state === "invited" && !person.me ? "joined" : state };
    })
    .sort((a, b) => standings.indexOf(a.of) - standings.indexOf(b.of) || byRank(a.person, b.person));
  const found = text.trim() ? known.filter(({ person }) => isCalled(person, text)) : known;
  const drawn = all ? found : found.slice(0, most);
  const here = known.filter(({ of }) => of === "joined").length;
  return html`
    <section><header class="part"><h3>${t("members.title")} <span class="count">${number(here)}</span></h3>
      ${isOpen && html`<button type="button" class="button small" data-add aria-disabled=${group.may_add ? undefined : "true"}
        aria-describedby=${group.may_add ? undefined : "members-why"}
        onClick=${() => group.may_add && openDialog({ kind: "add", gid: group.gid })}>${icon("add-person")}<span>
        ${t("members.add")}</span></button>`}</header>
      ${isOpen && !group.may_add &&
        html`<p class="quiet with-mark why-not" id="members-why" data-why=${group.why_not}>${icon("lock")}<span>
        ${whyNot(group.why_not)}</span></p>`}
      ${known.length > few && html`<${Find} text=${text} set=${setText} found=${found.length} />`}
      ${text.trim() && !found.length && html`<p class="quiet center">${t("members.nobody")}</p>`}
      <ul class="members">${drawn.map(
        ({ person, of }) => html`<${Member} key=${person.uid} person=${person} of=${of}
        isCreator=${person.uid === group.creator} gid=${group.gid} mayRemove=${isOpen && group.may_remove}
        why=${isOpen ? group.why_not : group.state} />`,
      )}</ul>
      ${drawn.length < found.length && html`<button type="button" class="button wide" onClick=${() => setAll(true)}>
        ${t("members.all", { n: found.length })}</button>`}</section>`;
}
