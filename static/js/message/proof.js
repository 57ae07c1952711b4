// A message's info: who wrote it, when, who has it; and, folded, its proof: with which key it is signed, where it stands in
// the chain. Each time checked anew by the agent, from the bytes that it keeps.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { copy, details as ask, closePopover } from "../actions/messageactions.js";
import { clock, daysAgo, digits, list, moment, number, t } from "../i18n/i18n.js";
import { errorLine } from "../kit/field.js";
import { dots, icon, iconButton } from "../kit/icons.js";
import { Popover } from "../kit/popover.js";
import { securityDetails } from "../kit/securitydetails.js";
import { causeOf } from "./sealed.js";
import { userNameOf } from "../kit/system.js";
import { words } from "../kit/words.js";

// A hash in groups of four, as far as a person compares it; all of it in the title. What couldn't be read has none.
const hex = (/** @type {string | null} */ text, /** @type {number} */ groups = 4) => html`<span class="code" dir="ltr" title=${text}>
  ${(text?.match(/.{4}/gu) ?? ["–"]).slice(0, groups).join(" ")}</span>`;

/** @param {string} sign @param {string} title @param {Page.Content} value @param {Page.Content} [more] */
const fact = (sign, title, value, more) => html`
  <div>${icon(sign)}<dt>${title}</dt><dd><span>${value}</span>${more && html`<span class="quiet">${more}</span>`}</dd></div>`;

/** @param {Api.Details} details @param {{mine: boolean, name: string}} signer */
function keyNote({ key_entry: n, key_current: current }, { mine, name }) {
  if (!current) return t("proof.key.former", { n });
  return mine ? t("proof.key.since", { n }) : t("proof.key.since_of", { name, n });
}

function placeOf(/** @type {Api.Details} */ { place, sequence }) {
  if (!place && !sequence) return t("proof.place.none");
  if (place) return t("proof.place.group", { n: place.n, epoch: { ready: digits(place.epoch) } });
  return sequence && sequence > 1 ? t("proof.place.n", { n: sequence, prev: { ready: number(sequence - 1) } }) : t("proof.place.first");
}

const sealedTo = (/** @type {string | null} */ sealed, /** @type {string} */ name) => t(`proof.seal.${sealed ?? "not_yet"}`, { name });

const open = ["waiting", "deleted"]; // there is nothing to check yet, or any more

/** @param {number | null} time @param {number | null} day */
const when = (time, day) => ({ ready: daysAgo(time, day) === 0 ? clock(time) : moment(time) });

function receiptsOf(/** @type {Api.Details} */ { receipts, time: day }, /** @type {Page.People} */ people) {
  const shown = receipts.slice(0, 4).map(({ uid, what, time }) =>
    html`<span>${t(`proof.receipt.${what}`, { name: userNameOf(people, uid), time: when(time, day) })}</span>`,
  );
  const rest = receipts.length - shown.length;
  return [...shown, rest > 0 && html`<span class="quiet">${t("proof.receipt.more", { n: rest })}</span>`];
}

function Verdict(/** @type {Page.Props} */ { found, message, people, others }) {
  const name = userNameOf(people, found.signed_by);
  if (found.verified)
    return html`<p class="proof-verdict" data-verified="true">${icon("verified")}<span><span class="strong">${t("proof.ok")}</span>
      <span class="quiet">${t(others.length ? "proof.ok.who" : "proof.ok.you", { name: list(others) })}</span></span></p>`;
  if (open.includes(found.why))
    return html`<p class="proof-verdict is-open" data-verified="false">${icon("clock")}<span><span class="strong">${t("proof.open")}</span>
      <span class="quiet">${t(`proof.open.${found.why}`)}</span></span></p>`;
  return html`<p class="proof-verdict is-bad" data-verified="false">${icon("warn")}<span><span class="strong">${t("proof.bad")}</span>
    <span class="quiet">${causeOf(found.why ?? message.why, name)}</span></span></p>`;
}

const edit = (/** @type {Api.Details["edits"][0]} */ { time, text }) =>
  html`<span class="edit">${words(text)}<span class="quiet">${moment(time)}</span></span>`;

function Facts(/** @type {Page.Props} */ { found, message, people }) {
  const earlier = found.edits.filter((/** @type {{text: string}} */ { text }) => text !== message.text);
  const signer = { mine: message.mine, name: userNameOf(people, found.signed_by) };
  const other = message.mine ? userNameOf(people, message.chat.slice(2)) : signer.name;
  return html`
    <dl class="facts">
      ${fact("edit", t("proof.signed_by"), signer.mine ? t("proof.you", { name: signer.name }) : html`<bdi>${signer.name}</bdi>`)}
      ${fact("clock", t("proof.when"), moment(found.time), t(message.mine ? "proof.when.own" : "proof.when.claim"))}
      ${found.received && !message.mine && fact("save", t("proof.received"), moment(found.received))}
      ${found.receipts.length > 0 && fact("doc", t("proof.receipt"), receiptsOf(found, people))}
      ${earlier.length > 0 &&
        fact("reload", t("proof.edits"), earlier.map(edit))
      }
    </dl>
    ${securityDetails(html`<dl class="facts">
      ${found.key && fact("key", t("proof.key"), hex(found.key), keyNote(found, signer))}
      ${fact("lock", t("proof.seal"), sealedTo(found.sealed, message.mine ? other : t("msg.you")))}
      ${fact("link", t("proof.place"), placeOf(found), html`${t("proof.hash")} ${hex(found.hash, 3)}`)}
    </dl>
    <button type="button" class="button small" onClick=${() => copy(JSON.stringify(found, null, 2))}>
      ${icon("copy")}<span>${t("proof.copy")}</span></button>`)}`;
}

export function Proof(/** @type {Page.Props} */ { popover, message, people }) {
  const [answer, know] = useState(null);
  useEffect(() => {
    ask(/** @type {Page.Sent} */ (message)).then(know);
  }, []);
  const found = answer?.details;
  const others = [...new Set((found?.receipts ?? []).map((/** @type {Api.Receipt} */ { uid }) => userNameOf(people, uid)))].slice(0, 3);
  return html`
    <${Popover} popover=${popover} look="pop proof" role="dialog" aria-labelledby="proof-title" first="header .ghost">
      <header><h3 id="proof-title">${t("proof.title")}</h3>
        ${iconButton("close", t("action.close"), closePopover, { look: "small" })}</header>
      <div class="proof-body" aria-live="polite">
        ${!answer && html`<p class="proof-wait">${dots()}<span>${t("proof.checking")}</span></p>`}
        ${answer?.error && errorLine("proof-error", answer.error)}
        ${found && html`<${Verdict} found=${found} message=${message} people=${people} others=${others} />
          <${Facts} found=${found} message=${message} people=${people} />`}
      </div><//>`;
}
