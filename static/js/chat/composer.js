// Where one writes: grows with the text, keeps a draft for each conversation, never sends what an input method is still
// composing, says before sending what is too long.

import { html, useLayoutEffect, useRef } from "../../vendor/preact.js";
import { editLast, keepDraft, mark, sizeOf, textLimit, write } from "../actions/compose.js";
import { openPopover, closePopover } from "../actions/messageactions.js";
import { askLater } from "../actions/later.js";
import { send } from "../actions/sending.js";
import { dayAndTime, isSeen, number, reason, t } from "../i18n/i18n.js";
import { letterOf } from "../lib/letter.js";
import { textOf } from "../state/compose.js";
import { called, nameOf } from "../state/names.js";
import { threadIn } from "../state/threads.js";
import { Attach, takePaste } from "./attach.js";
import { Microphone, Recorder, useRecording } from "./recorder.js";
import { isComposed } from "../kit/composed.js";
import { icon, iconButton } from "../kit/icons.js";
import { useCodes } from "./emojilist.js";
import { useNames } from "./mentionlist.js";
import { ComposeBar } from "../message/quote.js";

const highest = 0.36; // of the window's height; then it scrolls

const long = 20_000; // characters; measuring the height of more would hold up the page

const warned = 4096; // bytes before the limit from which on it is told

function grow(/** @type {HTMLTextAreaElement} */ field) {
  if (field.value.length > long) {
    field.style.blockSize = `${innerHeight * highest}px`;
    return;
  }
  field.style.blockSize = "auto";
  field.style.blockSize = `${Math.min(field.scrollHeight, innerHeight * highest)}px`;
}

/** With Ctrl or Command: what marks the words that are selected. @type {Record<string, string>} */
const signs = { B: "*", I: "_", "shift X": "~" };

/** By whom, when and why one was taken out, as far as that still stands here. @param {Page.Shown} state @param {Api.Message | null} last */
function removal({ people, me, now }, last) {
  if (last?.system?.what !== "removed" || !last.system.who.includes(me)) return t("why.removed");
  const { by, reason: why } = last.system;
  const when = { ready: dayAndTime(last.time, now) };
  return t(isSeen(why) ? "why.removed.by.why" : "why.removed.by", { name: nameOf(people, by), when, why });
}

/** Why nothing can be written here, or null. @param {Page.Shown} state @param {Page.Open} open */
function closedBecause(state, { conversation, person, group }) {
  if (person?.revoked) return t("why.revoked", { name: called(person) });
  if (!conversation || conversation.can_send) return null;
  if (group?.state === "removed") return removal(state, conversation.last);
  if (group?.state === "left") return t("why.left");
  const told = conversation.why_not && reason(conversation.why_not, { name: conversation.name });
  return told || t("why.other");
}

/** How much is left, or too much, near the limit. @param {Page.Props} props */
function Size({ size }) {
  const left = textLimit - size;
  if (left > warned) return null;
  return html`<p class=${`size ${left < 0 ? "is-over" : ""}`} id="write-size" role="status" data-over=${left < 0 ? -left : undefined}>
    ${t(left < 0 ? "compose.over" : "compose.left", { n: Math.abs(left), limit: { ready: number(textLimit) } })}</p>`;
}

export function Composer(/** @type {Page.Props} */ { state, open }) {
  const field = /** @type {{current: HTMLTextAreaElement}} */ (useRef(null));
  const { chat } = open;
  const text = textOf(state, chat);
  const editing = state.editing[chat];
  const answering = state.answering[chat];
  const closed = state.alarm ? null : closedBecause(state, open);
  const recording = useRecording();
  const names = useNames(/** @type {Page.Props} */ ({ state, open }), field);
  const codes = useCodes(/** @type {Page.Props} */ ({ state }), field);
  const size = sizeOf(text);
  const canGo = !state.alarm && isSeen(text) && size <= textLimit;

  useLayoutEffect(() => {
    if (field.current) grow(field.current);
  }, [text, closed === null]);

  if (closed !== null)
    return html`<p class="closed" role="note" data-closed=${open.conversation?.why_not}>
    ${icon("lock")}<span>${closed}</span></p>`;

  function go(/** @type {Page.Press} */ event) {
    event?.preventDefault();
    if (!canGo || !send(field.current.value)) return;
    write();
  }

  function onKeyDown(/** @type {Page.Press} */ event) {
    const { key } = event;
    if (isComposed(event) || names.takes(event) || codes.takes(event)) return;
    const sign = (event.ctrlKey || event.metaKey) && !event.altKey && signs[(event.shiftKey ? "shift " : "") + letterOf(event)];
    if (sign) {
      event.preventDefault();
      mark(sign);
      return;
    }
    if (key === "ArrowUp" && !text && !event.shiftKey && !event.altKey && !event.ctrlKey && editLast(chat)) event.preventDefault();
    else if (key === "Enter" && !event.shiftKey && !event.altKey && (event.ctrlKey || event.metaKey || state.settings.enter)) go(event);
  }

  /** @param {boolean} [isUndone] */
  function look(isUndone) {
    names.look();
    codes.look(isUndone);
  }

  function leave() {
    names.end();
    codes.end();
  }

  function emoji(/** @type {Page.Press} */ event) {
    if (state.popover?.kind === "emoji") closePopover();
    else openPopover("emoji", { chat }, event.currentTarget);
  }

  const hint = open.group
    ? t("compose.group", { n: open.group.members.filter(({ state: one }) => one === "joined").length })
    : open.person?.me ? t("notes.write") : t("compose.to", { name: open.name });
  const described = [state.alarm && "paused", (editing || answering) && "write-bar", size > textLimit - warned && "write-size"];
  return html`
    ${state.alarm && html`<div class="paused" id="paused">${icon("lock")}<span>${t("alarm.paused")}</span></div>`}
    <form class="composer" onSubmit=${go}>
      <div class="composer-box">${names.list || codes.list}
        ${(editing || answering) && html`<${ComposeBar} chat=${chat} answering=${answering} editing=${editing} people=${state.people}
          stays=${!editing && answering?.order === threadIn(state.details)} />`}
        ${recording?.chat === chat && recording.phase !== "asking" && html`<${Recorder} of=${recording} />`}
        <div class="composer-line" hidden=${recording?.chat === chat && recording.phase !== "asking"}><${Attach} chat=${chat} disabled=${Boolean(state.alarm)} />
        <label class="sr" for="write">${t("compose.label")}</label>
        <textarea id="write" ref=${field} rows="1" dir="auto" placeholder=${hint} value=${text}
          aria-describedby=${described.filter(Boolean).join(" ") || undefined} aria-invalid=${size > textLimit ? "true" : undefined}
          enterkeyhint=${state.settings.enter ? "send" : "enter"} onInput=${(/** @type {any} */ event) => {
            keepDraft(chat, field.current.value);
            look(event.inputType?.startsWith("history"));
          }} onKeyUp=${() => look()} onClick=${() => look()} onBlur=${leave} ...${codes.aria} ...${names.aria}
          onKeyDown=${onKeyDown} onPaste=${(event) => takePaste(event, chat)}></textarea>
        ${iconButton("smile", t("compose.emoji"), emoji, { "data-emoji-button": true, "aria-haspopup": "dialog",
          "aria-expanded": String(state.popover?.kind === "emoji") })}
        ${!state.alarm && !editing && !text && html`<${Microphone} chat=${chat} />`}
        <button type="submit" class=${`send ${editing ? "" : "flip"}`} aria-label=${t(editing ? "edit.go" : "compose.send")}
          title=${t(editing ? "edit.go" : "compose.send")}
          onContextMenu=${(/** @type {Page.Press} */ event) => {
            if (!canGo || editing) return;
            event.preventDefault();
            askLater(chat);
          }}
          disabled=${!canGo}>${icon(editing ? "check" : "send")}</button></div>
        <${Size} size=${size} />
      </div></form>`;
}
