// One line of a conversation: a day, "n new", a gap, a new key, what a group did, or a message.

import { html } from "../../vendor/preact.js";
import { brief, dayLine, t } from "../i18n/i18n.js";
import { memo } from "../core/memo.js";
import { openDialog } from "../core/store.js";
import { KeyChange } from "./keychange.js";
import { fades } from "../kit/fademark.js";
import { icon } from "../kit/icons.js";
import { Message } from "./message.js";
import { systemIcon, systemText } from "../kit/system.js";

const chooseDay = (/** @type {string} */ chat, /** @type {number} */ time) => openDialog({ kind: "date", chat, time });

export const Line = memo(({ row, chat, people, now, person, isGroup, asked, isLastWaiting, me, selected, picked, unfolded }) => {
  const { kind, message } = row;
  if (kind === "day")
    return html`<li class="day"><button type="button" class="day-btn" data-day=${row.time}
      onClick=${() => chooseDay(chat, row.time)}>${dayLine(row.time, now * 6e4)}<span class="sr">${" "}
      ${t("chat.jump")}</span></button></li>`;
  if (kind === "new") return html`<li class="new-line" data-divider><span>${t("chat.new", { n: row.n })}</span></li>`;
  if (kind === "key") return html`<${KeyChange} person=${person} people=${people} />`;
  if (kind === "gap") return html`<li class="system boxed"><p>${icon("clock")}<span>${t("gap.text")}</span></p></li>`;
  const hooks = {
    "data-message": message.id,
    "data-kind": message.kind,
    "data-from": message.from,
    "data-order": message.order,
    "data-position": message.position,
  };
  if (message.kind === "system") {
    return html`<li class="system" ...${hooks}><p>${icon(systemIcon[message.system.what])}<span>
      ${systemText(message.system, people)}</span></p></li>`;
  }
  return html`<${Message} message=${message} album=${row.album} joined=${row.joined} followed=${row.followed}
    person=${people[message.from]} isGroup=${isGroup} fades=${fades(message, now * 6e4)}
    selected=${selected} picked=${picked} unfolded=${unfolded} isLastWaiting=${isLastWaiting} asked=${asked} me=${me}
    answeredAt=${message.answered?.time != null ? brief(message.answered.time, now * 6e4) : ""}
    people=${message.reply || message.retracted || message.answered || (row.album ?? [message]).some((/** @type {Page.Message} */ one) => one.reactions?.length) ? people : undefined} />`;
});
