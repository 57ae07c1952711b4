// What lies over the open conversation, if anything: a message's menu, its proof, a choice of emoji.

import { html, useEffect } from "../../vendor/preact.js";
import { insert } from "../actions/compose.js";
import { liftOver, react } from "../actions/marks.js";
import { EmojiPicker } from "../kit/emojipicker.js";
import { Guard } from "../kit/guard.js";
import { MessageMenu, QuickReactions } from "../message/messagemenu.js";
import { Proof } from "../message/proof.js";

const kinds = {
  menu: MessageMenu,
  quick: QuickReactions,
  proof: Proof,
  react: (props) => html`<${EmojiPicker} ...${props} onPick=${(emoji) => {
    liftOver();
    react(props.message, emoji);
  }} />`,
  emoji: (props) => html`<${EmojiPicker} ...${props} onPick=${(emoji) => insert(props.over.chat, emoji)} />`,
};

export function Overs({ state, open }) {
  const { over } = state;
  useEffect(() => liftOver, []); // with the conversation goes what lies over it
  if (over?.chat !== open.chat) return null;
  const message = over.id && state.talks[open.chat]?.messages.find(({ id }) => id === over.id);
  if (over.id && !message) return null;
  const Kind = kinds[over.kind];
  return html`<${Guard} key=${`${over.kind} ${over.id}`} of=${over} onBroken=${liftOver}><${Kind} over=${over} message=${message} people=${state.people} me=${state.me}
    recent=${state.recent} language=${state.settings.language} group=${open.group} /><//>`;
}
