// Where one writes: grows with the text, keeps a draft for each conversation, never sends what an input method is still
// composing.

import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { keepDraft, send } from "../actions/talk.js";
import { reason, t } from "../i18n.js";
import { Attach, takePaste } from "./attach.js";
import { icon } from "./marks.js";

const highest = 0.36; // of the window's height; then it scrolls

const long = 20_000; // characters; measuring the height of more would hold up the page

function grow(field) {
  if (field.value.length > long) {
    field.style.blockSize = `${innerHeight * highest}px`;
    return;
  }
  field.style.blockSize = "auto";
  field.style.blockSize = `${Math.min(field.scrollHeight, innerHeight * highest)}px`;
}

const gone = { left: "why.left", removed: "why.removed" };

// Why nothing can be written here, or null.
function closedBecause({ conversation, person, group }) {
  if (person?.revoked) return t("why.revoked", { name: person.name });
  if (!conversation || conversation.can_send) return null;
  if (group && group.state in gone) return t(gone[group.state]);
  const told = conversation.why_not && reason(conversation.why_not, { name: conversation.name });
  return told || t("why.other");
}

const isComposed = (event) => event.isComposing || event.keyCode === 229; // 229: the key belongs to the input method

export function Composer({ state, open }) {
  const field = useRef(null);
  const [filled, setFilled] = useState(Boolean(state.drafts[open.chat]));
  const closed = state.alarm ? null : closedBecause(open);

  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.value = state.drafts[open.chat] ?? "";
    grow(field.current);
  }, [closed === null]);

  if (closed !== null)
    return html`<p class="closed" role="note" data-closed=${open.conversation?.why_not}>
    ${icon("lock")}<span>${closed}</span></p>`;

  function onInput() {
    grow(field.current);
    setFilled(Boolean(field.current.value.trim()));
    keepDraft(open.chat, field.current.value);
  }

  function go(event) {
    event?.preventDefault();
    if (!send(field.current.value)) return;
    field.current.value = "";
    setFilled(false);
    grow(field.current);
    field.current.focus();
  }

  function onKeyDown(event) {
    if (event.key !== "Enter" || isComposed(event) || event.shiftKey || event.altKey) return;
    if (event.ctrlKey || event.metaKey || state.settings.enter) go(event);
  }

  const hint = open.group
    ? t("compose.group", { n: open.group.members.filter(({ state: one }) => one === "joined").length })
    : t("compose.to", { name: open.name });
  return html`
    ${state.alarm && html`<div class="paused" id="paused">${icon("lock")}<span>${t("alarm.paused")}</span></div>`}
    <form class="composer" onSubmit=${go}>
      <div class="composer-box"><${Attach} chat=${open.chat} disabled=${Boolean(state.alarm)} /><label class="sr" for="write">${t("compose.label")}</label>
        <textarea id="write" ref=${field} rows="1" dir="auto" placeholder=${hint}
          aria-describedby=${state.alarm ? "paused" : undefined}
          enterkeyhint=${state.settings.enter ? "send" : "enter"} onInput=${onInput} onKeyDown=${onKeyDown}
          onPaste=${(event) => takePaste(event, open.chat)}></textarea>
        <button type="submit" class="send flip" aria-label=${t("compose.send")} title=${t("compose.send")}
          disabled=${Boolean(state.alarm) || !filled}>${icon("send")}</button>
      </div></form>`;
}
