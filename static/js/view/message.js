// One message as a bubble: who, what, when, and how far one's own has come; or why it can't be opened yet.

import { html, useState } from "../../vendor/preact.js";
import { keepDraft, sendAgain, takeBack } from "../actions/talk.js";
import { clock, fits, has, t, wrong } from "../i18n.js";
import { clipped, isPicture } from "../prose.js";
import { pure } from "../pure.js";
import { FileBody } from "./file.js";
import { face, hue, icon, name, ring, roleWord } from "./marks.js";
import { Prose } from "./prose.js";

const meta = (message) => html`
  <span class="meta"><bdi><time datetime=${new Date(message.time).toISOString()}>${clock(message.time)}</time>
    ${message.mine && ring(message.state)}</bdi></span>`;

// Of the closed list of causes; a broken signature or chain is an error with words of its own.
function cause({ why }, name) {
  const key = [`cause.${why}`, `error.${why}`].find((one) => has(one) && fits(one, { name }));
  return key ? t(key, { name }) : t("cause.other");
}

const heals = ["no_key"];

const Sealed = ({ message, person, asked }) => html`
  <div class="text"><div class="sealed"><span class="sealed-icon">${icon("key")}</span>
    <div><p class="strong">${t("unreadable.title")}</p><p>
      ${cause(message, (message.why === "no_key" ? asked : person)?.name ?? t("person.unknown"))}</p>
      ${
        heals.includes(message.why) &&
        html`<p class="healing"><span class="dots" aria-hidden="true"><i></i><i></i>
        <i></i></span><span>${t("unreadable.heals")}</span></p>`
      }
    </div></div></div>${meta(message)}`;

function Text({ message }) {
  const [whole, showAll] = useState(false);
  if (isPicture(message.text))
    return html`<div class="text"><p class="big">${message.text.trim()}</p></div>
    ${meta(message)}`;
  const { text, more } = whole ? { text: message.text, more: false } : clipped(message.text);
  return html`<${Prose} text=${text} end=${meta(message)}
    more=${
      more &&
      html`<button type="button" class="link" onClick=${() => showAll(true)}>
      ${t("msg.all")}</button>`
    } />`;
}

function Trouble({ message }) {
  const again = message.order === null;
  function edit() {
    takeBack(message);
    keepDraft(message.chat, message.text);
    const field = document.getElementById("write");
    if (!field) return;
    field.value = message.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
  return html`
    <div class="trouble"><p class="error" data-error=${message.why}>${icon("warn")}<span>
      ${wrong(message.refusal ?? { code: message.why })}</span></p>
      <button type="button" class="link" onClick=${() => sendAgain(message)}>${t("msg.again")}</button>
      ${again && html`<button type="button" class="link" onClick=${edit}>${t("msg.rewrite")}</button>`}</div>`;
}

export const Message = pure(({ message, joined, followed, person, isGroup, isLastWaiting, asked }) => {
  const { mine, kind } = message;
  const isSealed = kind === "unreadable";
  const place = joined ? (followed ? "joined" : "joined last") : followed ? "first" : "";
  const bare = kind === "text" && isPicture(message.text) ? "bare" : "";
  const known = person ?? { uid: message.from, name: t("person.unknown"), role: null };
  const others = isGroup && !mine;
  return html`
    <li class=${`msg ${mine ? "own" : "other"} ${place} ${isSealed ? "is-sealed" : ""}`} data-message=${message.id}
      data-kind=${kind}
      data-from=${message.from} data-order=${message.order} data-state=${mine ? message.state : undefined}>
      ${others && (followed ? html`<span class="avatar-gap"></span>` : face(known, "s", false))}
      <div class="stack">
        ${
          others &&
          !joined &&
          html`<p class=${`sender ${hue(known.uid)}`}><span class="strong">
          ${name(known.name)}</span>${known.role && html`<span class="role-word">${roleWord(known.role)}</span>`}</p>`
        }
        <div class=${`bubble ${bare}`}>
          ${
            mine
              ? html`<span class="sr">${t("msg.you_said")}</span>`
              : (!others || joined) &&
                html`<span class="sr">
            ${t("list.says", { name: known.name })}</span>`
          }
          ${
            isSealed
              ? html`<${Sealed} message=${message} person=${person} asked=${asked} />`
              : kind === "file"
                ? html`<${FileBody} message=${message} person=${known} end=${meta(message)} />`
                : html`<${Text} message=${message} />`
          }
        </div>
        ${mine && message.state === "failed" && html`<${Trouble} message=${message} />`}
        ${isLastWaiting && html`<p class="state-line">${t("state.waiting.why")}</p>`}
      </div></li>`;
});
