// The open conversation: its head, its messages, and where one writes.

import { html, useLayoutEffect } from "../../vendor/preact.js";
import { choose } from "../actions/files.js";
import { askPhoto } from "../actions/camera.js";
import { askPlace } from "../actions/place.js";
import { askPoll } from "../actions/polls.js";
import { openChat } from "../actions/reading.js";
import { digits, isSeen, isTechnical, t } from "../i18n/i18n.js";
import { dispatch, openDialog } from "../core/store.js";
import { textOf } from "../state/compose.js";
import { emptyTalk } from "../state/talk.js";
import { threadIn } from "../state/threads.js";
import { isNarrow } from "../lib/width.js";
import { BlockedBar, blockItems } from "./block.js";
import { chatItems } from "../kit/chatmenu.js";
import { Composer } from "./composer.js";
import { GroupInvitation } from "../message/invitation.js";
import { Log } from "./messages.js";
import { groupAvatar, name, talkAvatar, verified } from "../kit/faces.js";
import { talkFades } from "../kit/fademark.js";
import { DropZone } from "../kit/dropzone.js";
import { icon, iconButton } from "../kit/icons.js";
import { Menu } from "../kit/menu.js";
import { messageKeys } from "../message/messagekeys.js";
import { AsksBar } from "./joining.js";
import { LaterBar, writtenItems } from "./later.js";
import { PinBar } from "./pinbar.js";
import { SelectBar } from "./selectbar.js";
import { Popovers } from "./popovers.js";
import { presenceLine } from "../kit/presence.js";
import { TypingIndicator } from "../kit/typing.js";

function groupLine(/** @type {Api.Group} */ group, /** @type {Page.People} */ people) {
  if (group.state === "invited") return t("invite.kicker");
  const here = group.members.filter(({ state }) => state === "joined");
  const isKnown = here.some(({ uid }) => people[uid]?.online !== null && !people[uid]?.me);
  const bare = !isKnown && here.length > 1;
  const said = t(bare ? "group.sub.bare" : "group.sub", { n: here.length, online: here.filter(({ uid }) => people[uid]?.online).length });
  if (!isTechnical()) return said;
  return `${said} · ${t("group.technique", { port: { ready: digits(group.port) }, epoch: { ready: digits(group.epoch) } })}`;
}

/** @param {Page.State} state @param {"about" | "search"} what */
const toggle = (state, what) => dispatch({ type: "details", on: state.details === what ? false : what });

function Head(/** @type {Page.Props} */ { state, open }) {
  const { person, group, chat, conversation } = open;
  const mayAsk = !state.alarm && !person?.blocked && !person?.revoked && (conversation?.can_send ?? true);
  const items = [
    { key: "search", icon: "search", label: t("chat.search"), onPick: () => toggle(state, "search") },
    { key: "date", icon: "calendar", label: t("keys.date"), onPick: () => openDialog({ kind: "date", chat, time: state.now }) },
    ...(mayAsk && isSeen(textOf(state, chat)) && !state.editing[chat] ? writtenItems(chat) : []),
    ...(mayAsk ? [{ key: "poll", icon: "check", label: t("poll.item"), onPick: () => askPoll(chat) }] : []),
    ...(mayAsk ? [{ key: "camera", icon: "camera", label: t("camera.item"), onPick: () => askPhoto(chat) }] : []),
    ...(mayAsk ? [{ key: "place", icon: "place", label: t("place.item"), onPick: () => askPlace(chat) }] : []),
    { key: "about", icon: "info", label: t("chat.details"), onPick: () => toggle(state, "about") },
    ...(conversation ? chatItems(conversation) : []),
    ...blockItems(person),
  ];
  /** @param {"about" | "search"} what @param {string} sign @param {string} label @param {object} more */
  const tool = (what, sign, label, more) => {
    const isOn = state.details === what;
    return iconButton(sign, label, () => toggle(state, what), { look: isOn ? "is-on" : "", "aria-expanded": String(isOn), ...more });
  };
  return html`
    <header class="panel-head">
      <button type="button" class="ghost back flip" aria-label=${t("action.back")} onClick=${() => openChat(null)}>
        ${icon("back")}</button>
      <div class="head-about" onClick=${() => toggle(state, "about")}>
        ${person ? talkAvatar(person) : groupAvatar(open.chat.slice(2), "", group?.picture)}
        <div class="who"><h2><button type="button" class="plain" title=${t("chat.details")} data-title>${name(open.name)}</button>
          ${verified(person)}${talkFades(conversation)}</h2>
          <p class="sub">
            ${person?.me ? t("notes.sub") : person ? presenceLine(person, state.link.up, state.now) : group && groupLine(group, state.people)}</p></div></div>
      <div class="tools">
        ${tool("search", "search", t("chat.search"), { "data-search": true })}
        ${tool("about", "info", t("chat.details"), { "data-details": true })}
        <${Menu} id="chat-more" label=${t("action.more")} items=${items} face=${icon("more")}
          button=${{ "aria-label": t("action.more"), title: t("action.more") }} /></div>
    </header>`;
}

export function Pane(/** @type {Page.Props} */ { state, open }) {
  const { chat, person, group } = open;
  // with the drawing: what somebody types at once is typed here
  useLayoutEffect(() => {
    if (isNarrow()) document.getElementById("main-panel")?.focus({ preventScroll: true });
    else (document.getElementById("write") ?? document.querySelector(".log"))?.focus({ preventScroll: true });
    return () =>
      requestAnimationFrame(() => {
        if (document.activeElement === document.body)
          /** @type {HTMLElement | null} */ (
            document.querySelector(`.row[data-chat="${chat}"], .row[tabindex="0"]`)
          )?.focus();
      });
  }, []);
  const isBeside = threadIn(state.details) !== null; // where one writes is with the answers then
  const label = t(group ? "group.label" : "chat.label", { name: open.name });
  if (group?.state === "invited") {
    return html`<section class="pane" aria-label=${label} data-chat=${chat}><${Head} state=${state} open=${open} />
      <${GroupInvitation} state=${state} open=${open} /></section>`;
  }
  return html`
    <section class="pane" aria-label=${label} data-chat=${chat}
      onKeyDown=${(event) => messageKeys(event, chat, state.talks[chat]?.messages ?? [])}>
      <${Head} state=${state} open=${open} />
      <${AsksBar} open=${open} people=${state.people} />
      <${PinBar} state=${state} open=${open} />
      <${Log} open=${open} talk=${state.talks[chat] ?? emptyTalk} exists=${open.conversation !== null}
        people=${state.people} me=${state.me}
        selecting=${state.selecting?.chat === chat ? state.selecting : null}
        now=${Math.floor(state.now / 6e4)} label=${t(group ? "group.log" : "chat.log", { name: open.name })}
        unread=${open.conversation?.unread ?? 0} />
      <${LaterBar} open=${open} />
      <${TypingIndicator} doing=${state.typing[chat] ?? []} people=${state.people} />
      ${state.selecting?.chat === chat
          ? html`<${SelectBar} state=${state} open=${open} />`
          : person?.blocked ? html`<${BlockedBar} person=${person} />` : !isBeside && html`<${Composer} state=${state} open=${open} />`}
      ${!person?.blocked && (open.conversation?.can_send ?? true) && !state.alarm && html`<${DropZone}
        words=${t("file.drop_here", { name: open.name })} take=${(/** @type {File[]} */ files) => choose(chat, files)} />`}
      <${Popovers} state=${state} open=${open} />
    </section>`;
}
