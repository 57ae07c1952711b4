// One message as a bubble: who, what, when, and how far one's own has come; what it answers, who answered it with a sign,
// and what can be done with it.

import { html, useState } from "../../vendor/preact.js";
import { answer, putBack, write } from "../actions/compose.js";
import { isSettled, openPopover } from "../actions/messageactions.js";
import { showPerson } from "../actions/reading.js";
import { discard, sendAgain, settleChange } from "../actions/sending.js";
import { maySelect, select } from "../actions/selecting.js";
import { clock, iso, isSeen, isTechnical, t, errorText } from "../i18n/i18n.js";
import { glance } from "../lib/glance.js";
import { cut } from "../lib/graphemes.js";
import { chosenBy, pollOf } from "../lib/poll.js";
import { isPicture } from "../lib/prose.js";
import { called, isNote, nameOf } from "../state/names.js";
import { memo } from "../core/memo.js";
import { Album } from "./album.js";
import { Answers } from "./answers.js";
import { FileBody } from "./file.js";
import { avatar, hue, name, roleWord } from "../kit/faces.js";
import { fadeMark } from "../kit/fademark.js";
import { icon, ring } from "../kit/icons.js";
import { Quote } from "./quote.js";
import { Reactions } from "./reactions.js";
import { Sealed } from "./sealed.js";
import { Text } from "./text.js";
import { Tools } from "./tools.js";
import { whyItWaits } from "../kit/waiting.js";

const meta = (/** @type {Page.Message & {isSilent?: boolean}} */ message) => html`
  <span class="meta"><bdi>${message.edited != null && html`<span>${t("msg.edited")}</span>`}
    <time datetime=${iso(message.time)}>${clock(message.time)}</time>
    ${message.isSilent && html`<span class="silent-mark">${icon("mute")}<span class="sr">${t("silent.mark")}</span></span>`}
    ${message.starred && html`<span class="star-mark">${icon("favourite")}<span class="sr">${t("star.mark")}</span></span>`}
    ${fadeMark(message)}
    ${message.mine && message.kind !== "deleted" && !isNote(message) && ring(message.state)}</bdi></span>`;

/** What a message whose words are gone says in their place. @param {Page.Props} props */
function goneText({ message, person, isGroup, me, people = {} }) {
  if (message.retracted) {
    const { by, reason } = message.retracted;
    const why = isSeen(reason) ? reason : "";
    if (by === me) return t(why ? "msg.retracted_by_you.why" : "msg.retracted_by_you", { why });
    return t(why ? "msg.retracted.why" : "msg.retracted", { name: nameOf(people, by), why });
  }
  if (message.mine) return t(isGroup ? "msg.deleted_by_you.all" : "msg.deleted_by_you");
  return t(isGroup ? "msg.deleted_by_them.all" : "msg.deleted_by_them", { name: called(person) });
}

// Its place stays, and its hash; its words are gone.
const Gone = (/** @type {Page.Props} */ props) => html`
  <div class="text"><p class="gone">${icon("trash")}<span>${goneText(props)}</span></p></div>${meta(props.message)}`;

function Trouble(/** @type {Page.Props} */ { message }) {
  const again = message.order === null;
  function edit() {
    discard(message);
    putBack(message.chat, message.text);
    write();
  }
  return html`
    <div class="trouble"><p class="error" data-error=${message.why}>${icon("warn")}<span>
      ${errorText(message.refusal ?? { code: message.why ?? "" })}</span></p>
      <button type="button" class="link" onClick=${() => sendAgain(message)}>${t("msg.again")}</button>
      ${again && html`<button type="button" class="link" onClick=${edit}>${t("msg.rewrite")}</button>`}</div>`;
}

/** What was changed of it waited when a backup was made: nobody here knows whether the other has that. @param {Page.Props} props */
const Unsure = ({ message }) => html`
  <div class="trouble" data-unsure><p class="error">${icon("warn")}<span>${t("msg.unsure")}</span></p>
    <button type="button" class="link" data-say-again onClick=${() => settleChange("say_again", message)}>${t("msg.unsure.again")}</button>
    <button type="button" class="link" data-let-be onClick=${() => settleChange("let_be", message)}>${t("msg.unsure.let_be")}</button></div>`;

/** @type {Record<string, Page.View<Page.Props>>} */
const bodies = {
  text: (props) => html`<${Text} ...${props} meta=${meta} />`,
  file: ({ message, person, album, picked }) => album
    ? html`<${Album} album=${album} person=${person} menu=${menuOf} picked=${picked} end=${meta(album.at(-1))} />`
    : html`<${FileBody} message=${message} person=${person} end=${meta(message)} />`,
  deleted: Gone,
  unreadable: (props) => html`<${Sealed} ...${props} />${meta(props.message)}`,
};

const held = 450; // ms that a finger rests on a message before its menu opens
let resting = 0; // the timer of the finger that rests
let hasOpened = false; // its menu is open, and lifting it must press nothing there

const lift = () => clearTimeout(resting);

// The menu opens by a right press, by the menu key, and by a resting finger; what is selected keeps the browser's own.
/** @param {Page.Message} message @param {boolean | null} [selected] @returns {any} */
function menuOf(message, selected = null) {
  // while messages are ticked, a press anywhere on one ticks it
  if (selected !== null) {
    return {
      onClickCapture(/** @type {Page.Press} */ event) {
        event.preventDefault();
        event.stopPropagation();
        if (maySelect(message)) select(message);
      },
    };
  }
  /** @param {Element | {x: number, y: number}} place @param {Element} target @param {boolean} byKey */
  const open = (place, target, byKey) => openPopover("menu", message, place, { link: target.closest("a")?.href, byKey });
  return {
    onContextMenu(/** @type {Page.Press} */ event) {
      if (!getSelection()?.isCollapsed) return;
      event.preventDefault();
      const byKey = event.button !== 2;
      open(byKey ? event.currentTarget.querySelector(".bubble") ?? event.currentTarget : event, event.target, byKey);
    },
    onPointerDown(/** @type {Page.Press} */ event) {
      if (event.pointerType !== "touch") return;
      const { clientX: x, clientY: y, target } = event;
      hasOpened = false;
      resting = setTimeout(() => {
        hasOpened = true;
        open({ x, y }, target, false);
      }, held);
    },
    onPointerUp: lift,
    onPointerCancel: lift,
    onPointerMove(/** @type {Page.Press} */ event) {
      if (event.movementX ** 2 + event.movementY ** 2 > 9) lift();
    },
    onTouchEnd(/** @type {Page.Press} */ event) {
      if (hasOpened) event.preventDefault();
    },
    /** Two presses beside the words answer; on the words they select one, as everywhere. @param {Page.Press} event */
    onDblClick(/** @type {Page.Press} */ event) {
      if (isSettled(message) && getSelection()?.isCollapsed && !event.target.closest("button, a, pre")) answer(message);
    },
  };
}

/** All of what was sent together, or, if all of it is ticked, none. @param {Page.Message[]} album @param {string[]} picked */
function tickAll(album, picked) {
  const left = album.filter(({ id }) => !picked.includes(id));
  for (const one of left.length ? left : album) if (maySelect(one)) select(one);
}

// In small letters, as Preact wants the events that have no property of their own.
export const Message = memo((props) => {
  const { message, album, joined, followed, person, isGroup, isLastWaiting, people = {}, me, selected = null, picked = null } = props;
  const [isNear, near] = useState(false);
  const { mine, kind } = message;
  const Body = bodies[kind] ?? bodies.unreadable;
  const place = joined ? (followed ? "joined" : "joined last") : followed ? "first" : "";
  const look = kind === "unreadable" ? "is-sealed" : kind === "deleted" ? "is-gone" : "";
  const bare = kind === "text" && !message.reply && isPicture(message.text) ? "bare" : "";
  const known = person ?? { uid: message.from, name: t("person.unknown"), role: null };
  const others = isGroup && !mine;
  // a poll shows its votes itself
  const { reactions = [] } = message;
  const poll = reactions.length && kind === "text" && pollOf(message.text);
  const reacted = poll ? reactions.filter((/** @type {Api.Reaction} */ { emoji }) => !chosenBy(emoji, poll).length) : reactions;
  const leave = (/** @type {Page.Press} */ event) => near(event.currentTarget.contains(document.activeElement));
  // beside the name where there is one, which is pressed too
  const tools = isNear && selected === null && message.order !== null && html`<${Tools} message=${message} isGroup=${isGroup} />`;
  return html`
    <li class=${`msg ${mine ? "own" : "other"} ${place} ${look} ${message.mention || message.keyword ? "is-mention" : ""} ${selected ? "is-selected" : ""}`} data-message=${message.id} data-kind=${kind}
      data-from=${message.from} data-order=${message.order} data-position=${(album?.at(-1) ?? message).position}
      data-state=${mine ? message.state : undefined}
      ...${picked ? {} : menuOf(message, selected)} onPointerEnter=${(event) => event.pointerType !== "touch" && near(true)} onPointerLeave=${leave}
      onfocusin=${(event) => event.target.matches(":focus-visible") && near(true)}
      onfocusout=${({ currentTarget: line, relatedTarget: to }) =>
        line.contains(/** @type {Node | null} */ (to)) || near(line.matches(":hover"))}>
      ${selected !== null && html`<span class="tick-place">${maySelect(message) && html`<button type="button" role="checkbox" class="tick-box"
        aria-checked=${String(selected)} onClick=${picked && (() => tickAll(album, picked))} aria-label=${`${t("list.says", { name: mine ? t("msg.you") : called(known) })} ${cut(glance(message.text), 120)}`}>
        ${selected && icon("check")}</button>`}</span>`}
      ${others && (followed
          ? html`<span class="avatar-gap"></span>`
          : html`<span class="face" onClick=${() => showPerson(known.uid)}>${avatar(known, "s", false)}</span>`)}
      <div class="stack">
        ${others && !joined && html`<p class=${`sender ${hue(known.uid)}`}><button type="button" class="plain strong"
          tabindex="-1" onClick=${() => showPerson(known.uid)}>${name(called(known))}</button>${known.role && isTechnical() && html`<span class="role-word">${roleWord(known.role)}</span>`}
          ${tools}</p>`}
        <div class=${`bubble ${bare}`}>
          ${mine
              ? html`<span class="sr">${t("msg.you_said")}</span>`
              : (!others || joined) &&
                html`<span class="sr">
            ${t("list.says", { name: called(known) })}</span>`}
          ${message.reply && html`<${Quote} chat=${message.chat} reply=${message.reply} person=${people[message.reply.from]} />`}
          <${Body} ...${props} person=${known} />
        </div>
        ${(!others || joined) && tools}
        ${reacted.length > 0 && html`<${Reactions} message=${{ ...message, reactions: reacted }} people=${people} me=${me} />`}
        ${(album ?? []).slice(1).map((/** @type {Page.Message} */ one) => one.reactions?.length > 0 &&
          html`<${Reactions} key=${one.id} message=${one} people=${people} me=${me} />`)}
        ${message.answers > 0 && html`<${Answers} message=${message} people=${people} answeredAt=${props.answeredAt} />`}
        ${message.imported
            ? html`<p class="state-line" data-imported>${t(message.why === "not_receipted" ? "import.unproven" : "import.proven")}</p>`
            : mine && message.state === "failed" && html`<${Trouble} message=${message} />`}
        ${message.unsure && message.why !== "not_certain" && html`<${Unsure} message=${message} />`}
        ${isLastWaiting && html`<p class="state-line" data-why=${message.why}>${whyItWaits(message, props.asked ? called(props.asked) : "")}</p>`}
      </div></li>`;
});
