// What lies over the open conversation, if anything: a message's menu, its proof, a choice of emoji.

import { html, useEffect } from "../../vendor/preact.js";
import { insert } from "../actions/compose.js";
import { closePopover, react } from "../actions/messageactions.js";
import { EmojiPicker } from "../kit/emojipicker.js";
import { Guard } from "../kit/guard.js";
import { MessageMenu, QuickReactions } from "../message/messagemenu.js";
import { Proof } from "../message/proof.js";

/** @type {Record<string, Page.View<Page.Props>>} */
const kinds = {
  menu: MessageMenu,
  quick: QuickReactions,
  proof: Proof,
  react: (props) => html`<${EmojiPicker} ...${props} onPick=${(/** @type {string} */ emoji) => {
    closePopover();
    react(/** @type {Page.Sent} */ (props.message), emoji);
  }} />`,
  emoji: (props) => html`<${EmojiPicker} ...${props} onPick=${(/** @type {string} */ emoji) => insert(emoji)} />`,
};

export function Popovers(/** @type {Page.Props} */ { state, open }) {
  const { popover } = state;
  useEffect(() => closePopover, []); // with the conversation goes what lies over it
  if (popover?.chat !== open.chat) return null;
  const message = popover.id && state.talks[open.chat]?.messages.find(({ id }) => id === popover.id);
  if (popover.id && !message) return null;
  const Kind = kinds[popover.kind];
  return html`<${Guard} key=${`${popover.kind} ${popover.id}`} of=${popover} onBroken=${closePopover}>
    <${Kind} popover=${popover} message=${message} people=${state.people} me=${state.me}
    recent=${state.recent} language=${state.settings.language} group=${open.group} /><//>`;
}
