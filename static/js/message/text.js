// What somebody has written: words, a poll, a place, or nothing but emoji; what somebody else has said before, passed on.

import { html, useState } from "../../vendor/preact.js";
import { isSeen, t } from "../i18n/i18n.js";
import { forwardOf } from "../lib/forwarded.js";
import { placeIn } from "../lib/geo.js";
import { pollOf } from "../lib/poll.js";
import { isPicture } from "../lib/prose.js";
import { silentOf } from "../lib/silent.js";
import { Prose } from "../kit/prose.js";
import { Forwarded } from "./forwarded.js";
import { PlaceCard } from "./place.js";
import { Poll } from "./poll.js";

/** meta: what stands at its end, if anything does. @param {Page.Props} props */
export function Text({ message: said, people, me, unfolded, meta = () => null }) {
  const [whole, showAll] = useState(false);
  const quiet = silentOf(said.text);
  const message = quiet === null ? said : { ...said, text: quiet, isSilent: true };
  const end = meta(message);
  const onMore = whole || unfolded ? null : () => showAll(true);
  const passed = forwardOf(message.text);
  if (passed && isSeen(passed.text)) {
    return html`<${Forwarded} name=${passed.author} />
      <${Prose} text=${passed.text} end=${end} onMore=${onMore} />`;
  }
  if (!isSeen(message.text)) return html`<div class="text"><p class="quiet">${t("bounds.unseen")}</p></div>${end}`;
  const poll = pollOf(message.text);
  if (poll) return html`<${Poll} message=${message} poll=${poll} people=${people} me=${me} end=${end} />`;
  const place = placeIn(message.text);
  if (place) return html`<${PlaceCard} place=${place} end=${end} />`;
  if (isPicture(message.text)) return html`<div class="text"><p class="big">${message.text.trim()}</p></div>${end}`;
  return html`<${Prose} text=${message.text} end=${end} onMore=${onMore} />`;
}
