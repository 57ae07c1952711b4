// A poll in a bubble: the question, an answer a button, and who has chosen it.

import { html } from "../../vendor/preact.js";
import { isSettled } from "../actions/messageactions.js";
import { vote, votesOf } from "../actions/polls.js";
import { list, number, plain, t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";
import { runsOf } from "../lib/runs.js";
import { nameOf } from "../state/names.js";
import { run } from "../kit/words.js";

/** All of it, on as many lines as it takes. @param {string} text @param {string} look */
const said = (text, look) => html`<span class=${look} dir="auto">${runsOf(plain(text)).map(run)}</span>`;

const named = 8; // people in a tooltip

function whose(/** @type {string[]} */ from, /** @type {Page.People} */ people) {
  const names = from.slice(0, named).map((uid) => (people[uid]?.me ? t("msg.you") : nameOf(people, uid)));
  return from.length > named ? { ready: t("react.names_more", { names: list(names), n: from.length - named }) } : list(names);
}

/** How many have voted; where each has one vote, how many votes there are. @param {boolean} closed @param {boolean} several @param {number} n */
function standing(closed, several, n) {
  if (closed) return t(several ? "poll.closed.people" : "poll.closed", { n });
  if (!n) return t("poll.open");
  return t(several ? "poll.votes.people" : "poll.votes", { n });
}

export function Poll(/** @type {Page.Props} */ { message, poll, people = {}, me, end }) {
  const { question, answers, closed, several } = poll;
  const votes = votesOf(message, poll);
  const all = new Set(votes.flat()).size;
  const isFixed = closed || !isSettled(message);
  return html`
    <div class=${`text poll ${several ? "is-several" : ""}`} data-poll=${closed ? "closed" : "open"}>
      <p class="poll-question">${said(question, "grow")}</p>
      <ul aria-label=${t(several ? "poll.answers.several" : "poll.answers")}>${answers.map((/** @type {string} */ answer, /** @type {number} */ at) => {
        const from = votes[at];
        const isMine = from.includes(me);
        const who = from.length ? t("poll.by", { who: whose(from, people) }) : undefined;
        return html`<li key=${at}><button type="button" class=${`poll-answer ${isMine ? "is-mine" : ""}`} aria-pressed=${String(isMine)} title=${who}
          data-vote=${at} disabled=${isFixed} onClick=${() => vote(message, poll, at)}>
          <span class="poll-tick">${isMine && icon("check")}</span>${said(answer, "poll-words")}
          <span class="poll-count">${number(from.length)}<span class="sr"> ${t("poll.votes", { n: from.length })}</span></span>
          <span class="poll-bar" aria-hidden="true" style=${{ inlineSize: `${all ? Math.round((from.length / all) * 100) : 0}%` }}></span></button></li>`;
      })}</ul>
      <p class="quiet poll-sum">${several && !closed && `${t("poll.several")} · `}${standing(closed, several, all)}</p>
    </div>${end}`;
}
