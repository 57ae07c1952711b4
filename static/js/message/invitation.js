// An invitation: who invites, to what, with whom; join or decline. As a card in the talk with the inviter, and as the
// pane of the group itself.

import { html, useState } from "../../vendor/preact.js";
import { answerInvitation } from "../actions/group.js";
import { openChat } from "../actions/reading.js";
import { clock, digits, isTechnical, list, t } from "../i18n/i18n.js";
import { groupAvatar, name, verified } from "../kit/faces.js";
import { dots, icon } from "../kit/icons.js";
import { factRow } from "../kit/factrow.js";
import { nameOf } from "../kit/system.js";

function company(/** @type {string[]} */ uids, /** @type {Page.People} */ people) {
  const names = uids.map((uid) => nameOf(people, uid));
  if (names.length <= 3) return list(names).ready;
  return t("invite.members", { a: names[0], b: names[1], n: names.length - 2 });
}

function Answer(/** @type {Omit<Page.Props, "state"> & {state: string}} */ { gid, state }) {
  const [busy, setBusy] = useState(null);
  if (state === "joined")
    return html`<footer class="one">
    <button type="button" class="button" onClick=${() => openChat(`g:${gid}`)}>${t("invite.open")}</button></footer>`;
  if (state === "sent") return html`<p class="quiet">${t("invite.sent")}</p>`;
  if (state !== "invited") return html`<p class="quiet with-mark">${icon("info")}<span>${t("invite.over")}</span></p>`;
  const answer = (/** @type {boolean} */ join) => async () => {
    if (busy !== null) return;
    setBusy(join);
    await answerInvitation(gid, join);
    setBusy(null);
  };
  return html`
    <p class="quiet">${t("invite.until")}</p>
    <footer><button type="button" class="button primary" aria-busy=${String(busy === true)} onClick=${answer(true)}>
      ${t("invite.join")}${busy === true && dots()}</button>
      <button type="button" class="button" aria-busy=${String(busy === false)} onClick=${answer(false)}>
        ${t("invite.decline")}</button></footer>`;
}

/** @param {Omit<Page.Props, "state"> & {state: string}} props */
const Card = ({ gid, title, from, members, history, port, state, people }) => html`
  <article class="card" aria-labelledby=${`invite-${gid}`} data-invitation=${gid}>
    <header>${groupAvatar(gid)}<div class="grow"><p class="quiet">${t("invite.kicker")}</p><h3 id=${`invite-${gid}`}>
      ${name(title)}</h3></div></header>
    <dl class="pairs">
      ${state !== "sent" && factRow(t("invite.by"), html`${name(nameOf(people, from))}${verified(people[from])}`, "with-mark")}
      ${members.length > 0 && factRow(t("invite.with"), company(members, people))}
      ${factRow(
        t(state === "sent" ? "history.title" : "invite.history"),
        t(history === "all" ? "history.all" : "history.joining"),
      )}
      ${isTechnical() && factRow(t("cert.title"), t("invite.cert", { port: { ready: digits(port) } }))}
    </dl>
    <${Answer} gid=${gid} state=${state} />
  </article>`;

/** @param {string[]} uids @param {string} from @param {Page.People} people */
const others = (uids, from, people) => uids.filter((uid) => uid !== from && !people[uid]?.me);

/** In the talk with whoever invites. A group that isn't in the list any more has been declined or left. @param {Page.Props} props */
export function Invitation({ message, conversation, people, hooks }) {
  const { gid, name: title, members, history, port } = /** @type {Api.Invitation} */ (message.invitation);
  const state = message.mine ? "sent" : (conversation?.group?.state ?? "gone");
  return html`
    <li class=${`invitation ${message.mine ? "is-own" : ""}`} ...${hooks}>
      <${Card} gid=${gid} title=${title} from=${message.from} members=${others(members, message.from, people)}
        history=${history} port=${port} state=${state} people=${people} />
      <span class="meta outside"><bdi><time>${clock(message.time)}</time></bdi></span></li>`;
}

export function GroupInvitation(/** @type {Page.Props} */ { state, open }) {
  const { gid, members, history, port, invited_by: by, creator } = /** @type {Api.Group} */ (open.group);
  const from = by ?? creator;
  return html`
    <div class="log" tabindex="0" role="group" aria-label=${t("group.label", { name: open.name })}>
      <ul class="messages is-centred"><li class="invitation">
      <${Card} gid=${gid} title=${open.name} from=${from}
        members=${others(members.map(({ uid }) => uid), from, state.people)} history=${history} port=${port}
        state="invited" people=${state.people} /></li></ul></div>`;
}
