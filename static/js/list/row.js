// One conversation in the list: who, when, the last words or what needs a look, and what is unread.

import { html } from "../../vendor/preact.js";
import { showCard } from "../actions/profile.js";
import { openChat } from "../actions/reading.js";
import { brief, number, t } from "../i18n/i18n.js";
import { asksSaid } from "../state/asks.js";
import { called, isNote, talkWith } from "../state/names.js";
import { memo } from "../core/memo.js";
import { chatItems } from "../kit/chatmenu.js";
import { fileSign, fileWords } from "../message/file.js";
import { avatar, groupAvatar, name, talkAvatar, verified } from "../kit/faces.js";
import { icon, ring } from "../kit/icons.js";
import { Menu } from "../kit/menu.js";
import { systemText } from "../kit/system.js";
import { words } from "../kit/words.js";
import { typingLine } from "../kit/typing.js";
import { isMuted } from "../state/quiet.js";

/** @param {string} sign @param {string} said */
const tagged = (sign, said, look = "") => html`<span class=${`tagged ${look}`}>${icon(sign)}<span>
  ${said}</span></span>`;

function preview(/** @type {Page.Props} */ { conversation, draft, person, sender, people, typing }) {
  const { last, group } = conversation;
  if (typing?.length) return typingLine(typing, people, Boolean(group));
  if (group?.state === "invited") return tagged("letter", t("list.invitation", { group: conversation.name }));
  if (draft) return html`<span class="draft">${t("list.draft")}</span>${words(draft)}`;
  if (person?.revoked) return tagged("lock", t("people.revoked"), "is-warn");
  if (person?.blocked) return tagged("block", t("blocked.chip"), "is-gone");
  if (person?.new_key) return tagged("key", t("list.key_changed"), "is-warn");
  if (!last) return null;
  if (last.kind === "unreadable") return tagged("key", t("unreadable.title"));
  if (last.kind === "deleted") return tagged("trash", t("quote.deleted"), "is-gone");
  // the page's own sentence, in the page's direction; the names in it are isolated already
  if (last.system) return html`<span class="words">${systemText(last.system, people ?? {})}</span>`;
  if (last.file) {
    const said = last.text ? words(last.text) : html`<span class="words">${fileWords(last.file)}</span>`;
    return html`${last.mine && !isNote(last) && ring(last.state)}<span class="tagged">${icon(fileSign(last))}${said}</span>`;
  }
  const who = group && (last.mine ? t("msg.you_said") : sender && t("list.says", { name: called(sender) }));
  return html`${last.mine && !isNote(last) && ring(last.state)}${who && html`<span class="says">${who}</span>`}${words(last.text)}`;
}

/** @param {string} sign @param {string} key */
const mark = (sign, key) => html`<span class="mark">${icon(sign)}<span class="sr">${t(key)}</span></span>`;

/** A press with the other button, the menu key and Shift + F10 open the menu, as does its own button. @param {Page.Press} event */
function openMenu(event) {
  if (event.target.closest(".menu")) return;
  /** @type {HTMLElement | null} */ (event.currentTarget.querySelector(".row-more"))?.click();
  event.preventDefault();
}

export const Row = memo((props) => {
  const { conversation, isOpen, stop, person, people } = props;
  const { chat, unread, marked_unread: marked, last, pinned } = conversation;
  const muted = isMuted(conversation, Date.now());
  const asks = (conversation.group?.asks ?? []).map(({ uid }) => uid);
  const of = chatItems(conversation);
  const card = person && !person.me && { key: "card", icon: "info", label: t("card.item"), onPick: () => showCard(person.uid) };
  const items = card ? [...of.slice(0, 2), card, ...of.slice(2)] : of;
  const title = person ? talkWith(person) : conversation.name;
  const when = last ? last.time : conversation.time;
  return html`
    <div class="row-frame" onContextMenu=${openMenu}><button type="button" class=${`row ${unread || marked ? "is-unread" : ""}`}
      data-chat=${chat} data-name=${conversation.name} data-unread=${unread}
      aria-current=${isOpen ? "true" : undefined} tabindex=${stop ? "0" : "-1"} onClick=${() => openChat(chat)}>
      ${conversation.kind === "group" ? groupAvatar(chat.slice(2), "", conversation.group?.picture) : person && (person.me ? talkAvatar(person) : html`<span class="face" onClick=${(/** @type {Page.Press} */ event) => {
            event.stopPropagation();
            showCard(person.uid);
          }}>${avatar(person)}</span>`)}
      <span class="row-top"><span class="row-name">${name(title)}${verified(person)}</span>
        ${when !== null && html`<time>${brief(when, Date.now())}</time>`}</span>
      <span class="row-end"><span class="preview">${preview(props)}</span>
        ${muted && mark("mute", "mark.muted")}${pinned && mark("pin", "mark.pinned")}
        ${conversation.mentions > 0 && html`<span class="badge at-badge" data-mentions=${conversation.mentions}><span aria-hidden="true">@${conversation.mentions > 1 && number(conversation.mentions)}</span>
          <span class="sr">${t("mention.count", { n: conversation.mentions })}</span></span>`}
        ${asks.length > 0 && html`<span class=${`badge asks-badge ${muted ? "quiet" : ""}`} data-asks-badge=${asks.length}>${icon("add-person")}${asks.length > 1 &&
          html`<span aria-hidden="true">${number(asks.length)}</span>`}<span class="sr">${asksSaid(people ?? {}, asks)}</span></span>`}
        ${marked && !unread && html`<span class=${`badge is-mark ${muted ? "quiet" : ""}`} data-marked><span class="sr">${t("row.marked")}</span></span>`}
        ${unread > 0 && html`<span class=${`badge ${muted ? "quiet" : ""}`}>${number(unread)}<span class="sr">
          ${t("nav.unread")}</span></span>`}</span>
    </button>
    <${Menu} id=${`more-${chat}`} label=${t("row.menu", { name: title })} items=${items}
      face=${icon("more")} look="ghost small row-more"
      button=${{
        "aria-label": t("row.menu", { name: title }),
        "data-more": chat,
        tabindex: stop ? "0" : "-1",
      }} /></div>`;
});
