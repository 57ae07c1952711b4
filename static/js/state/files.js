// Files in the state: what is being handed to the agent stands among the messages like one that is being sent; what the
// agent says of a file's way is laid over the message that has it. Pure.

import { withConversation } from "./list.js";
import { talkOf, withDraft, withTalk } from "./talks.js";

/** @template {Page.Message} M @param {M} message @param {Partial<Page.File>} file */
const withProgress = (message, file) => (message.file ? { ...message, file: { ...message.file, ...file } } : message);

// How far a file is, pushed by the agent or told by the page's own handing over.
export function withFile(/** @type {Page.State} */ state, /** @type {Page.Pushes["file"]} */ { chat, id, file }) {
  const conversation = state.conversations[chat];
  const last = conversation?.last?.id === id ? conversation.last : null;
  const shown = last && /** @type {Api.Message} */ (withProgress(last, file));
  const next = shown ? withConversation(state, { ...conversation, last: shown }) : state;
  const talk = next.talks[chat];
  if (!talk?.messages.some((message) => message.id === id)) return next;
  const messages = talk.messages.map((message) => (message.id === id ? withProgress(message, file) : message));
  return withTalk(next, chat, { ...talk, messages });
}

// A file on its way from the page to the agent. `file.state` is `handing`, `stopped` (the page has lost it and its agent
// has a part) or `failed`.
/** @type {Page.Reducers["handing"]} */
function handing(state, { chat, id, text = "", file, now }) {
  if (talkOf(state, chat).messages.some((message) => message.id === id)) return withFile(state, { chat, id, file });
  const bare = { name: "", size: 0, media_type: "", width: 0, height: 0, preview: false, voice: null, done: 0, where: null, why: null };
  return withDraft(state, chat, { id, time: now, kind: "file", text, state: "handing", file: { ...bare, state: "handing", ...file } });
}

/** @satisfies {Partial<Page.Reducers>} */
export const fileEvents = { handing };
