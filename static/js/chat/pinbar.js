// Over the messages: one that is pinned. A press goes to it, and shows the next one.

import { html, useState } from "../../vendor/preact.js";
import { pinMessage } from "../actions/pins.js";
import { openAt } from "../actions/reading.js";
import { t } from "../i18n/i18n.js";
import { icon, iconButton } from "../kit/icons.js";
import { called } from "../state/names.js";
import { gist } from "../message/quote.js";

export function PinBar(/** @type {Page.Props} */ { state, open }) {
  const { chat, conversation, group, person } = open;
  const [at, go] = useState(0);
  const pins = conversation?.pins ?? [];
  if (!pins.length) return null;
  const shown = Math.min(at, pins.length - 1);
  const { order, by, ...said } = pins[shown];
  const press = () => {
    openAt(chat, order);
    go((shown + 1) % pins.length);
  };
  const mayTake = group ? group.may_add : !person?.blocked;
  const title = pins.length > 1 ? t("pin.of", { at: shown + 1, n: pins.length }) : t("pin.single");
  return html`
    <section class="pin-bar" aria-label=${t("pin.bar")}>
      <button type="button" class="pin-main" data-pinned=${order} title=${t("pin.by", { name: called(state.people[by] ?? { name: t("person.unknown") }) })} onClick=${press}>
        ${icon("pin")}<span class="bar-quote"><strong>${title}</strong>${gist(said)}</span></button>
      ${mayTake && iconButton("close", t("pin.undo"), () => pinMessage({ chat, order }, false), { look: "small", "data-unpin": true })}</section>`;
}
