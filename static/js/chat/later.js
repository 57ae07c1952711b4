// When something is to be sent, and what waits for its time.

import { html, useState } from "../../vendor/preact.js";
import { askLater, sendLater, takeOut } from "../actions/later.js";
import { sendSilently } from "../actions/sending.js";
import { freshId, Refusal } from "../core/connection.js";
import { closeDialog, openDialog } from "../core/store.js";
import { clock, dayAndTime, errorText, fullDay, iso, t } from "../i18n/i18n.js";
import { daysLater, noon } from "../lib/calendar.js";
import { daytimeOf } from "../lib/daytime.js";
import { textOf } from "../state/compose.js";
import { Dialog, FormDialog } from "../kit/dialog.js";
import { errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { icon, iconButton } from "../kit/icons.js";
import { words } from "../kit/words.js";

const days = 31; // that are offered

/** The moment of a clock's time on a day, which is given by its noon. @param {number} day @param {string} time */
function at(day, time) {
  const found = daytimeOf(time);
  if (!found) throw new Refusal({ code: "no_daytime", field: "time" });
  return new Date(day).setHours(...found, 0, 0);
}

/** Within an hour from now, at a full one. @param {number} now */
const nextHour = (now) => new Date(new Date(now).setMinutes(0, 0, 0) + 2 * 3_600_000);

export function SendLater(/** @type {Page.Props} */ { state, dialog: { chat } }) {
  const [id] = useState(freshId);
  const first = nextHour(state.now);
  const it = useForm(["time"], ({ day, time }) => {
    const when = at(Number(day), time);
    if (!(when > Date.now())) throw new Refusal({ code: "past", field: "time" });
    return sendLater(chat, when, id);
  });
  const start = noon(state.now);
  return html`
    <${FormDialog} kind="later" title=${t("later.title")} it=${it} go=${t("later.go")} note=${t("later.note")}>
      <p class="later-words">${words(textOf(state, chat))}</p>
      <div class="field"><label for="later-day">${t("later.day")}</label><div class="input"><select id="later-day" name="day">
        ${Array.from({ length: days }, (_, n) => daysLater(start, n)).map((day) => html`<option key=${day} value=${day} selected=${day === noon(first.getTime())}>${fullDay(day)}</option>`)}</select></div></div>
      <div class=${`field ${it.at("time") ? "has-error" : ""}`}><label for="later-time">${t("later.time")}</label>
        <div class="input"><input id="later-time" name="time" dir="auto" autocomplete="off" maxlength="20" defaultValue=${clock(first.getTime())}
          aria-invalid=${it.at("time") ? "true" : undefined} aria-describedby=${it.at("time") ? "later-time-error" : undefined} /></div>
        ${errorLine("later-time-error", it.at("time"))}</div><//>`;
}

/** All that waits in one conversation. @param {Page.Props} props */
export function LaterList({ state, dialog: { chat } }) {
  const waiting = state.conversations[chat]?.later ?? [];
  return html`
    <${Dialog} kind="later_list" title=${t("later.list")}>
      <div class="dialog-body" tabindex="0" role="group" aria-labelledby="dialog-title">
        ${!waiting.length && html`<p class="none">${t("later.none")}</p>`}
        <ul class="later-list">${waiting.map(({ id, text, at: when, why, answers }) => html`<li key=${id} data-later=${id}><div class="grow">
          <p>${answers && html`<span class="quiet with-mark"><span class="flip-icon">${icon("reply")}</span>${t("later.answers")}</span>`}${words(text)}</p>
          ${why
              ? html`<p class="error" data-error=${why}>${icon("warn")}<span>${errorText({ code: why })}</span></p>`
              : html`<p class="quiet"><time datetime=${iso(when)}>${dayAndTime(when, state.now)}</time></p>`}</div>
          ${iconButton("close", t("later.take_out"), () => takeOut(chat, id), { look: "small", "data-take-out": true })}</li>`)}</ul></div>
      <footer><span class="spacer"></span><button type="button" class="button" onClick=${closeDialog}>${t("action.close")}</button></footer><//>`;
}

/** Over the field: that something waits. @param {Page.Props} props */
export function LaterBar({ open }) {
  const waiting = open.conversation?.later ?? [];
  if (!waiting.length) return null;
  const isStuck = waiting.some(({ why }) => why);
  return html`<button type="button" class=${`later-bar ${isStuck ? "is-stuck" : ""}`} data-later-bar=${waiting.length}
    onClick=${() => openDialog({ kind: "later_list", chat: open.chat })}>${icon(isStuck ? "warn" : "clock")}
    <span>${t(isStuck ? "later.stuck" : "later.some", { n: waiting.length })}</span></button>`;
}

/** What a menu offers once something is written. @param {string} chat */
export const writtenItems = (chat) => [
  { key: "silent", icon: "mute", label: t("silent.item"), sub: t("silent.hint"), onPick: sendSilently },
  { key: "later", icon: "clock", label: t("later.item"), onPick: () => askLater(chat) },
];
