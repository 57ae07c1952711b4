// Where messages are passed on to: conversations and people to tick, and whether it is said whose words they are.

import { html, useState } from "../../vendor/preact.js";
import { forward, haveAuthors, mayForward, mostChats, placesOf } from "../actions/forwarding.js";
import { Refusal } from "../core/connection.js";
import { list, t } from "../i18n/i18n.js";
import { FormDialog } from "../kit/dialog.js";
import { useSought } from "../kit/everyone.js";
import { groupAvatar, name, talkAvatar, verified } from "../kit/faces.js";
import { SearchField } from "../kit/field.js";
import { useForm } from "../kit/form.js";

const most = 40; // places offered at once: the field finds the others

const Place = (/** @type {Page.Props} */ { one, checked, disabled, press }) => html`
  <li><label class=${`option place ${checked ? "is-on" : ""}`} data-place=${one.chat}>
    <input type="checkbox" checked=${checked} disabled=${disabled} onChange=${press} />
    ${one.person ? talkAvatar(one.person, "s") : groupAvatar(one.chat.slice(2), "s", one.picture)}
    <span class="grow strong">${name(one.name)}${verified(one.person)}</span></label></li>`;

export function Forward(/** @type {Page.Props} */ { state, dialog: { messages } }) {
  const [sought, find] = useState("");
  const [chosen, choose] = useState(/** @type {{chat: string, name: string}[]} */ ([]));
  const [isNamed, say] = useState(true);
  const going = /** @type {Page.Sent[]} */ (messages).filter(mayForward);
  const it = useForm([], () => {
    if (!chosen.length) throw new Refusal({ code: "nobody" });
    forward(chosen.map(({ chat }) => chat), going, isNamed);
  });
  useSought(state, sought);
  const places = placesOf(state, sought);
  const isChosen = (/** @type {string} */ chat) => chosen.some((one) => one.chat === chat);
  const isFull = chosen.length >= mostChats;
  const press = (/** @type {{chat: string, name: string}} */ one) => {
    it.clear();
    choose(isChosen(one.chat) ? chosen.filter(({ chat }) => chat !== one.chat) : [...chosen, one]);
  };
  const left = messages.length - going.length;
  return html`
    <${FormDialog} kind="forward" title=${t("forward.title", { n: going.length })} it=${it} go=${t("forward.go")}
      note=${chosen.length > 0 && t("forward.to", { names: list(chosen.map((one) => one.name)) })}>
      <${SearchField} id="forward-search" label=${t("forward.search")} look="on-card" find=${find} />
      ${places.length
          ? html`<ul class="places" aria-label=${t("forward.search")}>${places.slice(0, most).map((one) => html`<${Place} key=${one.chat} one=${one}
            checked=${isChosen(one.chat)} disabled=${isFull && !isChosen(one.chat)} press=${() => press(one)} />`)}</ul>`
          : html`<p class="quiet">${t("forward.none")}</p>`}
      ${isFull && html`<p class="hint">${t("forward.full", { n: mostChats })}</p>`}
      ${haveAuthors(going) && html`<label class="choice"><input type="checkbox" checked=${isNamed} onChange=${() => say(!isNamed)} data-named />
        <span><span class="strong">${t("forward.named")}</span><span class="quiet">${t("forward.named.hint")}</span></span></label>`}
      ${left > 0 && html`<p class="hint" data-left=${left}>${t("forward.left", { n: left })}</p>`}<//>`;
}
