// Beside the talk: a message and all that answers it. What one writes meanwhile answers it too.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { answer } from "../actions/compose.js";
import { isSettled } from "../actions/messageactions.js";
import { openAt, showPerson } from "../actions/reading.js";
import { answerIn, askThread, stopAnswering } from "../actions/threads.js";
import { dayAndTime, iso, t } from "../i18n/i18n.js";
import { dispatch } from "../core/store.js";
import { isOverTalk } from "../lib/width.js";
import { called } from "../state/names.js";
import { depthsOf, threadIn } from "../state/threads.js";
import { Guard } from "../kit/guard.js";
import { avatar, name } from "../kit/faces.js";
import { dots, iconButton } from "../kit/icons.js";
import { gist } from "../message/quote.js";
import { Text } from "../message/text.js";
import { Composer } from "./composer.js";
import { turn } from "./turning.js";

const close = () => dispatch({ type: "details", on: false });

/** One of them: who, when, what. @param {Page.Props} props */
function Line({ message, person, people, me, depth, now }) {
  const { chat, order } = message;
  const known = person ?? { uid: message.from, name: t("person.unknown") };
  const show = () => {
    openAt(chat, /** @type {number} */ (order));
    if (isOverTalk()) close();
  };
  return html`
    <li class=${`thread-line depth-${depth}`} data-thread=${order}>
      <span class="face" onClick=${() => showPerson(known.uid)}>${avatar(known, "s", false)}</span>
      <div class="grow"><p class="thread-head"><strong>${message.mine ? t("msg.you") : name(called(known))}</strong>
        <time class="quiet" datetime=${iso(message.time)}>${dayAndTime(message.time, now)}</time></p>
        ${message.kind === "text" ? html`<${Text} message=${message} people=${people} me=${me} />` : html`<p class="quiet with-mark">${gist(message)}</p>`}
        <p class="thread-tools">${isSettled(message) && html`<button type="button" class="link" data-answer=${order}
            onClick=${() => answer(message)}>${t("msg.reply")}</button>`}
          <button type="button" class="link" data-in-talk=${order} onClick=${show}>${t("thread.show")}</button></p></div></li>`;
}

function turnThread(/** @type {Page.Press} */ event) {
  const said = /** @type {HTMLElement} */ (event.currentTarget.querySelector(".details-body"));
  turn(event, said, () => {
    said.scrollTop = said.scrollHeight;
  });
}

/** @param {Page.Props} props */
export function Thread({ state, open }) {
  const { chat } = open;
  const order = /** @type {number} */ (threadIn(state.details));
  const [found, set] = useState(/** @type {{messages: Page.Sent[], more: boolean} | null} */ (null));
  const messages = found?.messages ?? [];
  const root = messages.find((one) => one.order === order);
  const { [chat]: talk } = state.talks;
  const { [chat]: answering } = state.answering;
  const { [chat]: editing } = state.editing;
  useEffect(() => {
    let alive = true;
    askThread(chat, order).then((all) => alive && (all === null ? close() : all && set(all)));
    return () => {
      alive = false;
    };
  }, [chat, order, talk?.messages]); // whatever comes or changes there
  useEffect(() => {
    if (root) answerIn(root);
  }, [root?.order, root?.kind, answering, editing]);
  useEffect(() => () => stopAnswering(chat, order), [chat, order]);
  useEffect(() => /** @type {HTMLElement | null} */ (document.querySelector("[data-thread-pane] .details-body"))?.focus(), [order]);
  const depths = depthsOf(messages, order);
  return html`
    <section class="details thread" aria-label=${t("thread.title")} data-thread-pane=${order} onKeyDown=${turnThread}>
      <header class="details-head"><h2>${t("thread.title")}</h2>${iconButton("close", t("action.close"), close)}</header>
      <div class="details-body" tabindex="0" role="group" aria-label=${t("thread.title")}>
        ${!found && dots()}
        <ol class="thread-lines">${messages.map((message) => html`<${Guard} key=${message.order} of=${message}><${Line} message=${message}
          person=${state.people[message.from]} people=${state.people} me=${state.me} depth=${Math.min(3, depths.get(message.order) ?? 0)} now=${state.now} /><//>`)}</ol>
        ${found?.more && html`<p class="quiet">${t("thread.more")}</p>`}</div>
      ${!open.person?.blocked && html`<${Composer} state=${state} open=${open} />`}
    </section>`;
}
