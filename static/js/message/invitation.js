// An invitation: who invites, to what, with whom; join or decline. It is the pane of the group that one is asked into.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { answerInvitation } from "../actions/group.js";
import { markRead } from "../actions/reading.js";
import { isLookedAt } from "../core/looking.js";
import { digits, isTechnical, list, t } from "../i18n/i18n.js";
import { groupAvatar, name, verified } from "../kit/faces.js";
import { dots } from "../kit/icons.js";
import { factRow } from "../kit/factrow.js";
import { nameOf } from "../state/names.js";

function company(/** @type {string[]} */ uids, /** @type {Page.People} */ people) {
  const names = uids.map((uid) => nameOf(people, uid));
  if (names.length <= 3) return list(names).ready;
  return t("invite.members", { a: names[0], b: names[1], n: names.length - 2 });
}

function Answer(/** @type {Page.Props} */ { gid }) {
  const [busy, setBusy] = useState(null);
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

/** @param {Omit<Page.Props, "state">} props */
const Card = ({ gid, title, from, members, history, write, port, people }) => html`
  <article class="card" aria-labelledby=${`invite-${gid}`} data-invitation=${gid}>
    <header>${groupAvatar(gid)}<div class="grow"><p class="quiet">${t("invite.kicker")}</p><h3 id=${`invite-${gid}`}>
      ${name(title)}</h3></div></header>
    <dl class="pairs">
      ${factRow(t("invite.by"), html`${name(nameOf(people, from))}${verified(people[from])}`, "with-mark")}
      ${members.length > 0 && factRow(t("invite.with"), company(members, people))}
      ${factRow(t("invite.history"), t(history === "all" ? "history.all" : "history.joining"))}
      ${write === "ranked" && factRow(t("write.title"), t("write.ranked"))}
      ${isTechnical() && factRow(t("cert.title"), t("invite.cert", { port: { ready: digits(port) } }))}
    </dl>
    <${Answer} gid=${gid} />
  </article>`;

/** @param {string[]} uids @param {string} from @param {Page.People} people */
const others = (uids, from, people) => uids.filter((uid) => uid !== from && !people[uid]?.me);

/** Once it is seen it is read. @param {Api.Conversation} conversation @param {Page.State["details"]} details may lie over it */
function useRead({ chat, position, unread }, details) {
  useEffect(() => {
    const look = () => unread > 0 && isLookedAt(chat) && markRead(chat, position);
    const ended = new AbortController();
    look();
    document.addEventListener("visibilitychange", look, { signal: ended.signal });
    addEventListener("focus", look, { signal: ended.signal });
    return () => ended.abort();
  }, [chat, position, unread, details]);
}

export function GroupInvitation(/** @type {Page.Props} */ { state, open }) {
  const { gid, members, history, write, port, invited_by: by, creator } = /** @type {Api.Group} */ (open.group);
  const from = by ?? creator;
  useRead(/** @type {Api.Conversation} */ (open.conversation), state.details);
  return html`
    <div class="log" tabindex="0" role="group" aria-label=${t("group.label", { name: open.name })}>
      <ul class="messages is-centred"><li class="invitation">
      <${Card} gid=${gid} title=${open.name} from=${from}
        members=${others(members.map(({ uid }) => uid), from, state.people)} history=${history} write=${write} port=${port}
        people=${state.people} /></li></ul></div>`;
}
