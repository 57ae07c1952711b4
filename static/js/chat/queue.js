// What waits to go out: which messages, to whom, since when, and for what.

import { html, useEffect } from "../../vendor/preact.js";
import { openAt } from "../actions/reading.js";
import { readQueue, tryNow } from "../actions/safety.js";
import { brief, iso, t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { closeDialog } from "../core/store.js";
import { Dialog } from "../kit/dialog.js";
import { guarded } from "../kit/guard.js";
import { avatar, groupAvatar, name } from "../kit/faces.js";
import { dots } from "../kit/icons.js";
import { words } from "../kit/words.js";

function reason(/** @type {{group: boolean, person: Api.Person | undefined, isUp: boolean}} */ { group, person, isUp }) {
  if (group) return t(isUp ? "queue.group" : "queue.authority");
  if (isUp && person?.online) return t("queue.now");
  return t(isUp ? "queue.person" : "queue.either", { name: called(person ?? { name: t("person.unknown") }) });
}

const Waiting = guarded(({ message, state }) => {
  const { chat, order, time, text } = /** @type {Page.Sent} */ (message);
  const conversation = state.conversations[chat];
  const person = state.people[chat.slice(2)];
  const group = chat.startsWith("g:");
  return html`
    <li><button type="button" class="row waiting" data-waiting=${order} onClick=${() => openAt(chat, order)}>
      ${group ? groupAvatar(chat.slice(2), "", conversation?.group?.picture) : person && avatar(person)}
      <span class="row-top"><span class="row-name">${name(person ? called(person) : conversation?.name ?? "")}</span>
        <time datetime=${iso(time)}>${brief(time, Date.now())}</time></span>
      <span class="row-end"><span class="waiting-text">${words(text)}
        <span class="quiet">${reason({ group, person, isUp: state.link.up })}</span></span></span>
    </button></li>`;
});

export function Queue(/** @type {Page.Props} */ { state }) {
  const { waiting } = state;
  useEffect(() => void readQueue(), [state.link.waiting]);
  return html`
    <${Dialog} kind="queue" title=${t("queue.title")}>
      <div class="dialog-body queue-body" tabindex="0" role="group" aria-labelledby="dialog-title">
        ${waiting === null && html`<p class="none">${dots()}</p>`}
        ${waiting?.length === 0 && html`<p class="none" role="status">${t("queue.empty")}</p>`}
        ${waiting && waiting.length > 0 && html`<p class="quiet">${t("queue.text")}</p>
          <ul>${waiting.map((message) => html`<${Waiting} key=${message.order} message=${message} state=${state} />`)}</ul>`}</div>
      <footer><span class="spacer"></span>
        <button type="button" class="button" onClick=${closeDialog}>${t("action.close")}</button>
        <button type="button" class="button primary" data-first onClick=${tryNow}>${t("down.try")}</button></footer><//>`;
}
